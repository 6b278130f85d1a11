"""What the smaller components of a stack will be told, as far as it follows from the settings."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from config import Settings
from config.caching import CacheKind
from config.ingress import IngressKind
from config.storage import PURPOSES, FilesystemStorage

from . import arguments
from .caching import cache_arguments
from .ingress import alloy_route, given_middleware, grafana_route, login_arguments
from .metrics import metrics_addresses
from .namespaces import namespace_arguments
from .security import certificate_arguments
from .storage import access_arguments

Told = tuple[str, str, Any]
"""Area of the settings, name of the component, arguments."""

SPECS = {
    "Namespace": "components.namespaces.component",
    "Certificate": "components.security.spec",
    "AwsBucketAccess": "components.storage.aws_access",
    "SecretBucketAccess": "components.storage.secret_access",
    "Cache": "components.caching.spec",
    "Datasources": "components.datasources.spec",
    "UiRoute": "components.ingress.spec",
    "BasicAuth": "components.ingress.spec",
    "Demo": "components.demo.spec",
}
"""Where the specification of each is."""

_HOUSED = ("logging", "tracing", "telemetry", "metrics", "grafana", "storage", "caching", "demo")

SETTINGS = {
    **{f"{area}.name": f"{area}.namespace" for area in _HOUSED},
    **{
        f"{who}-certificate.{argument}": setting
        for who in ("loki", "tempo", "collectors", "grafana")
        for argument, setting in (
            ("secret_name", f"security.certificates.{who}"),
            ("issuer", "security.issuer.name"),
            ("issuer_kind", "security.issuer.kind"),
        )
    },
    "access.account_id": "storage.account_id",
    "access.partition": "storage.partition",
    "access.oidc_issuer": "storage.oidc_issuer",
    "access.cluster_name": "storage.eks_cluster",
    "access.role_name": "cluster.name",
    "access.tags": "storage.tags",
    "access.existing_secret": "storage.credentials",
    "caching.node_selector": "cluster.node_selector",
    "caching.tolerations": "cluster.tolerations",
    "datasources.metrics_uid": "metrics.datasource_uid",
    "datasources.metrics_url": "metrics.query_url",
    "datasources.logs_tenants": "logging.tenants",
    "ingress.host": "ingress.domain",
}
"""Their arguments that are called otherwise in a stack file."""


def smaller_components(settings: Settings, later: Any) -> Iterator[Told]:
    """Give the arguments of each that the stack has; `later` stands for what other components give."""
    for name, told in namespace_arguments(settings).items():
        owner = next(area for area in _HOUSED if getattr(getattr(settings, area), "namespace", None) == name)
        yield owner, "Namespace", told
    for who, (_, told) in certificate_arguments(settings, {}).items():
        yield f"{who}-certificate", "Certificate", told
    yield from _access_to_buckets(settings, later)
    if settings.caching.kind is CacheKind.VALKEY:
        yield "caching", "Cache", cache_arguments(settings, later)
    yield "datasources", "Datasources", _datasources(settings, later)
    if settings.ingress.kind is not IngressKind.NONE:
        yield from _ingress(settings, later)
    if settings.demo.enabled:
        yield "demo", "Demo", arguments.demo(settings, namespace=later, otlp_http_url=later)


def _access_to_buckets(settings: Settings, later: Any) -> Iterator[Told]:
    if isinstance(settings.storage, FilesystemStorage):
        return
    each = dict.fromkeys(PURPOSES, later)
    made = SimpleNamespace(
        **dict.fromkeys(("buckets", "prefixes", "access_key_ids", "secret_access_keys"), each),
        **dict.fromkeys(("kms_key_arn", "credentials_revision"), later),
    )
    for purpose, consumer in (("logs", "loki"), ("traces", "tempo")):
        component, given = access_arguments(settings, purpose, consumer, later, made)
        if component == "SecretBucketAccess" and "existing_secret" not in given:
            # Keys that are missing or in plain text are told as settings of their own.
            given = {**given, "access_key_id": later, "secret_access_key": later}
        yield "access", component, given


def _datasources(settings: Settings, later: Any) -> Any:
    prometheus: Any = SimpleNamespace(**dict.fromkeys(("remote_write_url", "otlp_url", "query_url"), later))
    metrics = metrics_addresses(settings, prometheus if settings.metrics.in_stack else None)
    return arguments.datasources(
        settings,
        namespace=later,
        logs_url=later,
        traces_url=later,
        metrics_uid=metrics.datasource_uid,
        metrics_url=metrics.query_url,
        provision_metrics=metrics.provision,
        log_labels=later,
        generated_metrics=later,
    )


def _ingress(settings: Settings, later: Any) -> Iterator[Told]:
    middleware = given_middleware(settings)
    if middleware is None:
        yield "ingress", "BasicAuth", login_arguments(settings, later)
    yield "ingress", "UiRoute", alloy_route(settings, later, later, middleware or later)
    if settings.grafana.enabled:
        yield "ingress", "UiRoute", grafana_route(settings, later, later, later)
