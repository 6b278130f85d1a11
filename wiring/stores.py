"""The addresses of the stores of logs and traces, in the stack or external, and the clients of external ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict, cast

import pulumi

from components import Logging, Tracing
from components._args import HttpClient
from components._http_client import HttpClientSettings
from components.urls import LOKI_OTLP_PATH, LOKI_PUSH_PATH
from config import Settings

from . import authentication

Text = pulumi.Input[str]


@dataclass(frozen=True)
class LogsAddresses:
    """The addresses of Loki."""

    push_url: Text
    otlp_url: Text
    query_url: Text
    namespace: Text
    """The namespace of its datasource: of Loki, or of the collectors where that is external."""


@dataclass(frozen=True)
class TracesAddresses:
    """The addresses of Tempo; empty for those that an external one does not have."""

    endpoint: Text
    """The address for the collectors."""
    otlp_grpc_endpoint: Text
    otlp_http_url: Text
    query_url: Text
    namespace: Text
    """The namespace of its datasource: of Tempo, or of the collectors where that is external."""
    generated_metrics: pulumi.Input[Sequence[Text]]
    """The metrics that it makes of spans, as far as they are known."""


def logs_addresses(settings: Settings, loki: Logging | None) -> LogsAddresses:
    """Return the addresses of the stack's own Loki, or those in the settings."""
    if loki is not None:
        return LogsAddresses(loki.push_url, loki.otlp_url, loki.query_url, loki.namespace)
    base = settings.logging.url or ""
    return LogsAddresses(base + LOKI_PUSH_PATH, base + LOKI_OTLP_PATH, base, settings.telemetry.namespace)


def traces_addresses(settings: Settings, tempo: Tracing | None) -> TracesAddresses:
    """Return the addresses of the stack's own Tempo, or those in the settings."""
    if tempo is not None:
        return TracesAddresses(
            authentication.traces_endpoint(settings, tempo),
            tempo.otlp_grpc_endpoint,
            tempo.otlp_http_url,
            tempo.query_url,
            tempo.namespace,
            tempo.generated_metrics,
        )
    area = settings.tracing
    endpoint = area.otlp_endpoint or ""
    http = "://" in endpoint
    return TracesAddresses(
        endpoint,
        "" if http else endpoint,
        endpoint if http else "",
        area.query_url or "",
        settings.telemetry.namespace,
        [],
    )


class StoreClientsArgs(TypedDict, total=False):
    """The clients of external stores."""

    logs_client: HttpClient
    traces_client: HttpClient


def store_clients(settings: Settings) -> StoreClientsArgs:
    """Return the client of each external store, which knows none of the credentials of the stack's own stores."""
    found: StoreClientsArgs = {}
    if not settings.logging.in_stack:
        found["logs_client"] = _client(settings.logging.client)
    if not settings.tracing.in_stack:
        found["traces_client"] = _client(settings.tracing.client)
    return found


def tenants(settings: Settings) -> list[str]:
    """Return the tenants of logs that Grafana reads; none where its login is the tenant."""
    area = settings.logging
    if area.in_stack:
        return [] if area.tenants_secret else list(area.tenants)
    own = area.client.tenant if area.client else ""
    return sorted(filter(None, {own, *settings.telemetry.namespace_tenants.values()}))


def _client(client: HttpClientSettings | None) -> HttpClient:
    data = {} if client is None else client.model_dump(mode="json", exclude_unset=True, exclude_none=True)
    return cast(HttpClient, data)
