"""A route to every UI, each behind a login."""

import pulumi

from components import BasicAuth, Grafana, Metrics, Telemetry, UiRoute
from components.telemetry.engines import Engine
from config import Settings
from config.ingress import IngressKind

from . import build_args
from .alerting import has_alertmanager


def create_routes(
    settings: Settings,
    telemetry: Telemetry,
    prometheus: Metrics | None,
    grafana: Grafana | None,
    options: pulumi.ResourceOptions,
) -> dict[str, pulumi.Output[str]]:
    """Route each UI's host to its Service; return the URL of each, without an ingress the one in the cluster."""
    has_alloy = settings.telemetry.engine is Engine.ALLOY
    alertmanager = prometheus if has_alertmanager(settings) else None
    if settings.ingress.kind is IngressKind.NONE:
        alloy = pulumi.Output.format("http://{0}.{1}:{2}", telemetry.ui_service, telemetry.namespace, telemetry.ui_port)
        return {
            **({"alloy": alloy} if has_alloy else {}),
            **({"alertmanager": alertmanager.alertmanager_url} if alertmanager else {}),
            **({"grafana": grafana.url} if grafana else {}),
        }
    namespaces = {settings.telemetry.namespace: telemetry.namespace}
    if alertmanager is not None:
        namespaces.setdefault(settings.metrics.namespace, alertmanager.namespace)
    middlewares: dict[str, pulumi.Input[str]] = {
        place: BasicAuth(name, build_args.basic_auth_args(settings, namespaces[place]), options).reference
        for place, name in created_logins(settings).items()
    }
    existing = existing_middleware(settings)
    urls = {}
    if has_alloy:
        to_alloy = build_args.alloy_route_args(
            settings,
            namespace=telemetry.namespace,
            service=telemetry.ui_service,
            auth_middleware=existing or middlewares[settings.telemetry.namespace],
        )
        urls["alloy"] = UiRoute("alloy", to_alloy, options).url
    if alertmanager is not None:
        to_alertmanager = build_args.alertmanager_route_args(
            settings,
            namespace=alertmanager.namespace,
            service=alertmanager.alertmanager_service,
            auth_middleware=existing or middlewares[settings.metrics.namespace],
        )
        urls["alertmanager"] = UiRoute("alertmanager", to_alertmanager, options).url
    if grafana is not None:
        to_grafana = build_args.grafana_route_args(
            settings, namespace=grafana.namespace, service=grafana.service, port=grafana.port
        )
        urls["grafana"] = UiRoute("grafana", to_grafana, options).url
    return urls


def existing_middleware(settings: Settings) -> str | None:
    """Return the middleware that authenticates, as a route names it; `None` where the stack makes one."""
    existing = settings.ingress.auth_middleware
    return f"{existing.namespace}/{existing.name}" if existing else None


def created_logins(settings: Settings) -> dict[str, str]:
    """Return the name of each `BasicAuth` that the stack makes, by namespace.

    The UIs without a login of their own share one within a namespace; by default, Traefik refuses a middleware of
    another namespace.
    """
    if settings.ingress.auth_middleware:
        return {}
    logins = {settings.telemetry.namespace: "ui-login"} if settings.telemetry.engine is Engine.ALLOY else {}
    if has_alertmanager(settings):
        logins.setdefault(settings.metrics.namespace, "alertmanager-login")
    return logins
