"""What each component is told of the proofs that clients show: Secrets by name, all of it plain."""

from typing import Any

import pulumi

from components import Tracing
from components.grafana.secrets import LOGIN_DIRECTORY, TLS_DIRECTORY
from config import Settings
from config.addresses import namespace_of

COLLECTORS, GRAFANA = "alloy", "grafana"
"""The names that the collectors and Grafana log in by, those of their releases."""


def of_loki(settings: Settings) -> dict[str, Any]:
    """Arguments of Loki about what it asks of its clients."""
    tenants = settings.logging.tenants_secret
    asked = _of_server(settings, settings.security.certificates.loki, "" if tenants else logins(settings, "loki"))
    return {**asked, "tenants_secret": tenants}


def of_tempo(settings: Settings) -> dict[str, Any]:
    """Arguments of Tempo about what it asks of its clients."""
    return _of_server(settings, settings.security.certificates.tempo, logins(settings, "tempo"))


def of_collectors(settings: Settings) -> dict[str, Any]:
    """Arguments of the collectors about what they show to Loki and Tempo, and ask of senders."""
    area = settings.security
    return {
        "tls_secret": area.certificates.collectors if area.encrypted else "",
        "client_certificates": area.shows_certificates,
        "login_secret": login(settings, "collectors") if area.logs_in else "",
        "receiver_tls": area.senders,
    }


def takes_traces_at(settings: Settings, tracing: Tracing) -> pulumi.Output[str]:
    """Choose Tempo's address for the collectors: gRPC, but where they log in without TLS, which gRPC refuses."""
    area = settings.security
    return tracing.otlp_http_url if area.logs_in and not area.encrypted else tracing.otlp_grpc_endpoint


def of_grafana(settings: Settings) -> dict[str, Any]:
    """Arguments of Grafana about the Secrets whose files its datasources name."""
    area = settings.security
    return {
        "tls_secret": area.certificates.grafana if area.encrypted else "",
        "login_secret": login(settings, "grafana") if area.logs_in else "",
    }


def of_datasources(settings: Settings) -> dict[str, Any]:
    """Arguments of the datasources about those files."""
    area = settings.security
    return {
        "tls_directory": TLS_DIRECTORY if area.encrypted else "",
        "client_certificates": area.shows_certificates,
        "login_directory": LOGIN_DIRECTORY if area.logs_in else "",
    }


def login(settings: Settings, client: str) -> str:
    """Name the Secret that `collectors` or `grafana` logs in with."""
    names = {"collectors": f"{COLLECTORS}-login", "grafana": f"{GRAFANA}-login"}
    return getattr(settings.security.logins, client) if settings.security.logins else names[client]


def logins(settings: Settings, server: str) -> str:
    """Name the Secret that `loki` or `tempo` checks logins by."""
    return getattr(settings.security.logins, server) if settings.security.logins else f"{server}-logins"


def _of_server(settings: Settings, certificate: str, logins: str) -> dict[str, Any]:
    area = settings.security
    authenticated = area.logs_in or area.shows_certificates
    return {
        "tls_secret": certificate if area.encrypted else "",
        "client_certificates": area.shows_certificates,
        "logins_secret": logins if area.logs_in else "",
        "metrics_namespaces": _metrics_namespaces(settings) if authenticated else [],
    }


def _metrics_namespaces(settings: Settings) -> list[str]:
    said, metrics = list(settings.security.metrics_namespaces), settings.metrics
    if said or metrics.in_stack:
        return said or [metrics.namespace]
    there = namespace_of(metrics.remote_write_url or "")
    return [there] if there else []
