"""The arguments by which components authenticate to each other: names of Secrets, as plain values."""

from collections.abc import Sequence
from typing import TypedDict

import pulumi

from components import Tracing
from components.grafana.values import LOGIN_DIRECTORY, TLS_DIRECTORY
from config import Settings
from config.namespaces import namespace_in_url

COLLECTORS, GRAFANA, GENERATOR = "alloy", "grafana", "tempo"
"""The usernames of the collectors, Grafana and Tempo's metrics generator, which are the names of their releases."""


class ServerAuthArgs(TypedDict):
    """The authentication that Loki and Tempo require of clients."""

    tls_secret: str
    client_certificates: bool
    logins_secret: str
    metrics_namespaces: Sequence[str]


class MetricsAuthArgs(TypedDict):
    """The authentication that Prometheus and Thanos require of clients."""

    tls_secret: str
    client_certificates: bool
    logins_secret: str


class CollectorAuthArgs(TypedDict):
    """The credentials of the collectors for Loki and Tempo, and the TLS of their receiver."""

    tls_secret: str
    client_certificates: bool
    login_secret: str
    receiver_tls: bool


class GrafanaAuthArgs(TypedDict):
    """The Secrets that Grafana's datasources authenticate with."""

    tls_secret: str
    login_secret: str


class DatasourcesAuthArgs(TypedDict):
    """The directories of Grafana's pod with the files of those Secrets."""

    tls_directory: str
    client_certificates: bool
    login_directory: str
    metrics_authentication: bool


def of_loki(settings: Settings) -> ServerAuthArgs:
    """Return the authentication that Loki requires; with tenants as users, the logins are theirs."""
    own_logins = "" if settings.logging.tenants_secret else logins(settings, "loki")
    return _of_server(settings, settings.security.certificates.loki, own_logins)


def of_tempo(settings: Settings) -> ServerAuthArgs:
    """Return the authentication that Tempo requires."""
    return _of_server(settings, settings.security.certificates.tempo, logins(settings, "tempo"))


def of_prometheus(settings: Settings) -> MetricsAuthArgs:
    """Return the authentication that the stack's own Prometheus requires."""
    return _of_metrics(settings, settings.security.certificates.prometheus)


def of_thanos(settings: Settings) -> MetricsAuthArgs:
    """Return the authentication that Thanos requires, of the same clients."""
    return _of_metrics(settings, settings.security.certificates.thanos)


def _of_metrics(settings: Settings, certificate: str) -> MetricsAuthArgs:
    area = settings.security
    return {
        "tls_secret": certificate if area.uses_tls else "",
        "client_certificates": area.presents_certificates,
        "logins_secret": logins(settings, "prometheus") if area.uses_basic_auth else "",
    }


def of_collectors(settings: Settings) -> CollectorAuthArgs:
    """Return how the collectors authenticate to Loki and Tempo; to Prometheus they have a client of their own."""
    area, stores = settings.security, settings.logging.in_stack or settings.tracing.in_stack
    secured = stores or area.receiver_tls
    return {
        "tls_secret": area.certificates.collectors if area.uses_tls and secured else "",
        "client_certificates": area.presents_certificates and secured,
        "login_secret": login(settings, "collectors") if area.uses_basic_auth and stores else "",
        "receiver_tls": area.receiver_tls,
    }


def traces_endpoint(settings: Settings, tracing: Tracing) -> pulumi.Output[str]:
    """Return Tempo's address for the collectors: gRPC, except for logins without TLS, which gRPC refuses."""
    area = settings.security
    return tracing.otlp_http_url if area.uses_basic_auth and not area.uses_tls else tracing.otlp_grpc_endpoint


def of_grafana(settings: Settings) -> GrafanaAuthArgs:
    """Return the Secrets whose files Grafana's datasources name."""
    area = settings.security
    return {
        "tls_secret": area.certificates.grafana if area.uses_tls and settings.has_own_store else "",
        "login_secret": login(settings, "grafana") if area.uses_basic_auth and settings.has_own_store else "",
    }


def of_datasources(settings: Settings) -> DatasourcesAuthArgs:
    """Return where those files are."""
    area = settings.security
    return {
        "tls_directory": TLS_DIRECTORY if area.uses_tls and settings.has_own_store else "",
        "client_certificates": area.presents_certificates and settings.has_own_store,
        "login_directory": LOGIN_DIRECTORY if area.uses_basic_auth else "",
        "metrics_authentication": settings.metrics.in_stack,
    }


def login(settings: Settings, client: str) -> str:
    """Return the Secret that `collectors`, `grafana` or `generator` logs in with."""
    names = {"collectors": COLLECTORS, "grafana": GRAFANA, "generator": GENERATOR}
    own = settings.security.logins
    return str(getattr(own, client) or "") if own else f"{names[client]}-login"


def logins(settings: Settings, server: str) -> str:
    """Return the Secret with the logins that `loki`, `tempo` or `prometheus` accepts."""
    own = settings.security.logins
    return str(getattr(own, server) or "") if own else f"{server}-logins"


def _of_server(settings: Settings, certificate: str, logins: str) -> ServerAuthArgs:
    area = settings.security
    authenticated = area.uses_basic_auth or area.presents_certificates
    return {
        "tls_secret": certificate if area.uses_tls else "",
        "client_certificates": area.presents_certificates,
        "logins_secret": logins if area.uses_basic_auth else "",
        "metrics_namespaces": _metrics_namespaces(settings) if authenticated else [],
    }


def clients_of_prometheus(settings: Settings) -> Sequence[str]:
    """Return the namespaces that may reach Prometheus and Thanos; none where all may."""
    area, further = settings.security, set(settings.metrics.client_namespaces)
    if not (area.uses_basic_auth or area.presents_certificates or further):
        return []
    tempo = {settings.tracing.namespace} if settings.tracing.in_stack else set()
    return sorted(further | tempo | {settings.telemetry.namespace, settings.grafana.namespace})


def _metrics_namespaces(settings: Settings) -> Sequence[str]:
    stated, metrics = list(settings.security.metrics_namespaces), settings.metrics
    if stated or metrics.in_stack:
        return stated or [metrics.namespace]
    external = namespace_in_url(metrics.remote_write_url or "")
    return [external] if external else []
