"""A route to every UI, each behind a login."""

from typing import Any

import pulumi

from components import BasicAuth, Grafana, Telemetry, UiRoute
from config import Settings
from config.ingress import IngressKind

from .arguments import given


def create_routes(
    settings: Settings, telemetry: Telemetry, grafana: Grafana | None, options: pulumi.ResourceOptions
) -> dict[str, pulumi.Output[str]]:
    """Route each UI's host to its Service and give the address of each; without an ingress, the one in the cluster."""
    if settings.ingress.kind is IngressKind.NONE:
        alloy = pulumi.Output.format("http://{0}.{1}:{2}", telemetry.ui_service, telemetry.namespace, telemetry.ui_port)
        return {"alloy": alloy, **({"grafana": grafana.url} if grafana else {})}
    addresses = {
        "alloy": _route(
            "alloy",
            alloy_route(
                settings, telemetry.namespace, telemetry.ui_service, _login(settings, telemetry.namespace, options)
            ),
            options,
        )
    }
    if grafana is not None:
        arguments = grafana_route(settings, grafana.namespace, grafana.service, grafana.port)
        addresses["grafana"] = _route("grafana", arguments, options)
    return addresses


def alloy_route(settings: Settings, namespace: Any, service: Any, auth_middleware: Any) -> Any:
    """Arguments of the route to the collectors' UI, which has no login of its own."""
    return _arguments(
        "alloy",
        settings,
        namespace=namespace,
        service=service,
        port_name="http-metrics",
        auth_middleware=auth_middleware,
    )


def grafana_route(settings: Settings, namespace: Any, service: Any, port: Any) -> Any:
    """Arguments of the route to Grafana, which asks for a login itself."""
    return _arguments("grafana", settings, namespace=namespace, service=service, port=port, authenticated_by_ui=True)


def given_middleware(settings: Settings) -> str | None:
    """Give the middleware that authenticates, as a route names it; `None` where the stack makes one."""
    existing = settings.ingress.auth_middleware
    return f"{existing.namespace}/{existing.name}" if existing else None


def login_arguments(settings: Settings, namespace: pulumi.Output[str]) -> Any:
    """Arguments of the middleware that the stack makes."""
    return given(namespace=namespace, htpasswd=settings.secret("ui_users"))


def _arguments(name: str, settings: Settings, **target: Any) -> Any:
    ingress = settings.ingress
    return given(
        **target,
        host=f"{name}.{ingress.domain}",
        tls_secret=ingress.tls_secret,
        https=ingress.https,
    ) | {"entry_points": list(ingress.entry_points)}


def _route(name: str, arguments: Any, options: pulumi.ResourceOptions) -> pulumi.Output[str]:
    return UiRoute(name, arguments, options).url


def _login(
    settings: Settings, namespace: pulumi.Output[str], options: pulumi.ResourceOptions
) -> str | pulumi.Output[str]:
    return given_middleware(settings) or BasicAuth("ui-login", login_arguments(settings, namespace), options).reference
