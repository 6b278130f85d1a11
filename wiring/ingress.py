"""A route to every UI, each behind a login."""

import pulumi

from components import BasicAuth, Grafana, Telemetry, UiRoute
from components.telemetry.engines import Engine
from config import Settings
from config.ingress import IngressKind

from . import build_args


def create_routes(
    settings: Settings, telemetry: Telemetry, grafana: Grafana | None, options: pulumi.ResourceOptions
) -> dict[str, pulumi.Output[str]]:
    """Route each UI's host to its Service; return the URL of each, without an ingress the one in the cluster."""
    has_alloy = settings.telemetry.engine is Engine.ALLOY
    if settings.ingress.kind is IngressKind.NONE:
        alloy = pulumi.Output.format("http://{0}.{1}:{2}", telemetry.ui_service, telemetry.namespace, telemetry.ui_port)
        return {**({"alloy": alloy} if has_alloy else {}), **({"grafana": grafana.url} if grafana else {})}
    urls = {}
    if has_alloy:
        to_alloy = build_args.alloy_route_args(
            settings,
            namespace=telemetry.namespace,
            service=telemetry.ui_service,
            auth_middleware=existing_middleware(settings) or _login(settings, telemetry.namespace, options),
        )
        urls["alloy"] = UiRoute("alloy", to_alloy, options).url
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


def _login(settings: Settings, namespace: pulumi.Output[str], options: pulumi.ResourceOptions) -> pulumi.Output[str]:
    return BasicAuth("ui-login", build_args.basic_auth_args(settings, namespace), options).reference
