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
            settings,
            options,
            namespace=telemetry.namespace,
            service=telemetry.ui_service,
            port_name="http-metrics",
            auth_middleware=_login(settings, telemetry.namespace, options),
        )
    }
    if grafana is not None:
        addresses["grafana"] = _route(
            "grafana",
            settings,
            options,
            namespace=grafana.namespace,
            service=grafana.service,
            port=grafana.port,
            authenticated_by_ui=True,
        )
    return addresses


def _route(name: str, settings: Settings, options: pulumi.ResourceOptions, **target: Any) -> pulumi.Output[str]:
    ingress = settings.ingress
    arguments = given(
        **target,
        entry_points=list(ingress.entry_points),
        host=f"{name}.{ingress.domain}",
        tls_secret=ingress.tls_secret,
        https=ingress.https,
    )
    return UiRoute(name, arguments, options).url


def _login(
    settings: Settings, namespace: pulumi.Output[str], options: pulumi.ResourceOptions
) -> str | pulumi.Output[str]:
    existing = settings.ingress.auth_middleware
    if existing is not None:
        return f"{existing.namespace}/{existing.name}"
    users = settings.secret("ui_users")
    return BasicAuth("ui-login", given(namespace=namespace, htpasswd=users), options).reference
