"""Addresses of servers outside the stack: host and port, or a URL with the path of its API.

A proxy may serve an API at any path, so that no path is an error. A path that is known to be that of another API is a
warning (`address_warnings`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, TypeVar
from urllib.parse import urlsplit

import pulumi
from pydantic import AfterValidator, BaseModel

from ._model import USER_KNOWN, metadata
from ._shown import shown
from .units import HttpUrl, HttpUrlWithQuery, OptionalHttpUrl, OptionalHttpUrlWithQuery, http_url, is_host

Model = TypeVar("Model", bound=BaseModel)

OTLP_GRPC_PORT, OTLP_HTTP_PORT = 4317, 4318
"""https://opentelemetry.io/docs/specs/otlp/#otlpgrpc-default-port"""
LOKI_PUSH_PATH, LOKI_OTLP_PATH = "/loki/api/v1/push", "/otlp"
"""https://grafana.com/docs/loki/latest/reference/loki-http-api/#ingest-endpoints"""

_SERVICE_AND_PROTOCOL = re.compile(r"(?<=://)_[a-zA-Z0-9-]+\._(?:tcp|udp)\.")
"""The first labels of an SRV name, which Loki resolves with `enable_alertmanager_discovery`."""
_HOST_AND_PORT = re.compile(r"(?:(?P<name>[^:\[\]]+)|\[(?P<address>[^\[\]]*:[^\[\]]*)\]):(?P<port>[1-9]\d{0,4})")


class Api(StrEnum):
    """An HTTP API that is recognised by the last part of its path."""

    REMOTE_WRITE = "Prometheus remote write"
    OTLP = "OTLP"
    OTLP_SIGNAL = "one signal of OTLP"
    METRIC_QUERIES = "queries of metrics"
    LOKI_PUSH = "pushes to Loki"
    LOG_QUERIES = "queries of logs"
    TRACE_QUERIES = "queries of traces"
    ALERTS = "alerts of Alertmanager"


_ENDPOINTS = {
    # https://opentelemetry.io/docs/specs/otlp/#otlphttp-request
    **dict.fromkeys(("/v1/logs", "/v1/metrics", "/v1/traces"), (Api.OTLP_SIGNAL,)),
    # Prometheus and VictoriaMetrics; Mimir; Thanos; Amazon Managed Service for Prometheus.
    **dict.fromkeys(("/api/v1/write", "/api/v1/push", "/api/v1/receive", "/api/v1/remote_write"), (Api.REMOTE_WRITE,)),
    # Grafana Cloud and Cortex; Loki before 2.0.
    "/api/prom/push": (Api.REMOTE_WRITE, Api.LOKI_PUSH),
    # Prometheus; Mimir, Loki and Grafana Cloud; VictoriaMetrics.
    **dict.fromkeys(("/api/v1/otlp", "/otlp", "/opentelemetry"), (Api.OTLP,)),
    **dict.fromkeys(("/api/v1", "/api/v1/query", "/api/v1/query_range"), (Api.METRIC_QUERIES,)),
    LOKI_PUSH_PATH: (Api.LOKI_PUSH,),
    **dict.fromkeys(("/loki/api/v1", "/loki/api/v1/query", "/loki/api/v1/query_range"), (Api.LOG_QUERIES,)),
    **dict.fromkeys(("/api/search", "/api/traces"), (Api.TRACE_QUERIES,)),
    **dict.fromkeys(("/api/v1/alerts", "/api/v2", "/api/v2/alerts"), (Api.ALERTS,)),
}
"""The APIs that a path ends in, by that end of the path."""


@dataclass(frozen=True)
class Destination:
    """The API that a URL is the address of: stated beside the type of a field."""

    api: Api | None
    """`None` for a base URL to which clients append the path of the API."""
    rule: str
    """What the URL should be."""
    fix: str = ""
    """Which URL to set, where it cannot be derived from a wrong one."""
    complete: bool = False
    """Whether clients use the path as it is, so that a URL without one is the address of no API."""

    def warning(self, url: str) -> str | None:
        """Return why `url` is probably the address of another API, `None` where nothing indicates it."""
        path = urlsplit(url).path.rstrip("/")
        if not path:
            return f"should be {self.rule}, and has no path; {self.fix}" if self.complete else None
        end = max((end for end in _ENDPOINTS if path.endswith(end)), key=len, default="")
        apis = _ENDPOINTS.get(end, ())
        if not apis or self.api in apis:
            return None
        is_base = self.api is None or (self.api, apis) == (Api.OTLP, (Api.OTLP_SIGNAL,))
        fix = f"set {_without(url, end)}" if is_base else self.fix
        return f"should be {self.rule}, and ends with {end}, the path of {apis[0]}; {fix}"


def _without(url: str, end: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/').removesuffix(end)}"


def address_warnings(model: BaseModel) -> Iterator[str]:
    """Yield a warning for each URL of a model that is probably the address of another API."""
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        for destination in (stated for stated in metadata(field) if isinstance(stated, Destination)):
            for url in value.split(",") if isinstance(value, str) else ():
                if url and (text := destination.warning(url)):
                    yield f"{name} = {shown(url)}: {text}"


def log_address_warnings(spec: pulumi.Output[Model], component: pulumi.Resource) -> None:
    """Log the address warnings of a specification once its URLs are known."""

    def log(resolved: Model) -> None:
        for warning in address_warnings(resolved):
            pulumi.log.warn(warning, component)

    spec.apply(log)


def is_host_and_port(text: str) -> bool:
    """Whether a text is `host:port` or `[address]:port`, as clients without HTTP require."""
    found = _HOST_AND_PORT.fullmatch(text)
    return found is not None and is_host(found["name"] or found["address"]) and int(found["port"]) < 65536


def otlp_over_http(url: str) -> str:
    """Return a URL for OTLP over HTTP; raise `ValueError` where its port is that of gRPC."""
    if url and urlsplit(url).port == OTLP_GRPC_PORT:
        raise ValueError(
            f"must not have port {OTLP_GRPC_PORT}, which takes OTLP over gRPC only; use that of HTTP, {OTLP_HTTP_PORT}"
        )
    return url


def _without_path(url: str) -> str:
    if urlsplit(url).path.strip("/"):
        raise ValueError("must have no path, as those of Loki's APIs are appended; remove it")
    return url.rstrip("/")


def _alertmanager_urls(text: str) -> str:
    for url in text.split(",") if text else ():
        http_url(_SERVICE_AND_PROTOCOL.sub("", url))
    return text


_REMOTE_WRITE = Destination(
    Api.REMOTE_WRITE,
    "the whole URL of remote write",
    "set the one that ends with /api/v1/write in Prometheus, /api/v1/push in Mimir and /api/v1/receive in Thanos",
    complete=True,
)
OTLP_BASE = Destination(
    Api.OTLP,
    "the base URL of OTLP, to which exporters append /v1/logs, /v1/metrics or /v1/traces",
    "set the one that ends with /api/v1/otlp in Prometheus and with /otlp in Mimir and Loki",
)
_LOKI_PUSH = Destination(
    Api.LOKI_PUSH,
    "the whole URL of Loki's push API",
    "set the one that ends with /loki/api/v1/push",
    complete=True,
)
_QUERY_BASE = Destination(None, "the base URL, to which Grafana appends the paths of the API")
_ALERTMANAGER_BASE = Destination(None, "the base URL, to which Loki appends /api/v2/alerts")

RemoteWriteUrl = Annotated[HttpUrlWithQuery, _REMOTE_WRITE]
"""URL of the remote-write API of Prometheus."""

OptionalRemoteWriteUrl = Annotated[OptionalHttpUrlWithQuery, _REMOTE_WRITE]
"""A `RemoteWriteUrl`, or the empty string where there is none."""

OtlpUrl = Annotated[HttpUrl, AfterValidator(otlp_over_http), OTLP_BASE]
"""Base URL for OTLP over HTTP, which the path of a signal is appended to."""

OptionalOtlpUrl = Annotated[OptionalHttpUrl, AfterValidator(otlp_over_http), OTLP_BASE]
"""An `OtlpUrl`, or the empty string where there is none."""

QueryUrl = Annotated[HttpUrl, _QUERY_BASE]
"""Base URL of the HTTP API of Prometheus, Loki or Tempo, as a Grafana datasource requires."""

OptionalQueryUrl = Annotated[OptionalHttpUrl, _QUERY_BASE]
"""A `QueryUrl`, or the empty string where there is none."""

LokiUrl = Annotated[HttpUrl, AfterValidator(_without_path)]
"""Base URL of Loki, to which the paths of pushes, of OTLP and of queries are appended."""

LokiPushUrl = Annotated[HttpUrl, _LOKI_PUSH]
"""URL of the push API of Loki."""

OptionalAlertmanagerUrls = Annotated[str, AfterValidator(_alertmanager_urls), USER_KNOWN, _ALERTMANAGER_BASE]
"""Base URLs of Alertmanagers, joined by commas as Loki's ruler reads them; empty where there is none."""
