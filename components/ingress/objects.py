"""Traefik's objects: routes and middlewares (https://doc.traefik.io/traefik/reference/routing-configuration/)."""

from typing import Any

from .spec import UiRouteSpec

API_VERSION = "traefik.io/v1alpha1"


def ingress_route(spec: UiRouteSpec) -> dict[str, Any]:
    """Return the specification of an IngressRoute."""
    names = [*spec.middlewares, *([spec.auth_middleware] if spec.auth_middleware else [])]
    service = {"name": spec.service, "port": spec.port or spec.port_name}
    route: dict[str, Any] = {"match": spec.match, "kind": "Rule"}
    if names:
        route["middlewares"] = [_middleware(reference) for reference in names]
    route["services"] = [{**service, "scheme": spec.scheme.value} if spec.scheme else service]
    tls = {"secretName": spec.tls_secret} if spec.tls_secret else {"certResolver": spec.cert_resolver}
    return {
        "entryPoints": list(spec.entry_points),
        "routes": [route],
        **({"tls": tls} if spec.tls_secret or spec.cert_resolver else {}),
    }


def basic_auth(secret_name: str) -> dict[str, Any]:
    """Return the specification of a Middleware that requires a user of `secret_name` and passes no login on."""
    return {"basicAuth": {"secret": secret_name, "removeHeader": True}}


def _middleware(reference: str) -> dict[str, str]:
    namespace, name = reference.split("/")
    return {"name": name, "namespace": namespace}
