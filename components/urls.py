"""Addresses of servers outside the stack: host and port, or a URL with the path of its API."""

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator

from .units import HttpUrl, OptionalHttpUrl

REMOTE_WRITE_PATHS = ("/api/v1/write", "/api/v1/push", "/api/v1/receive", "/api/prom/push")
"""Prometheus and VictoriaMetrics, Mimir, Thanos, Cortex."""

SIGNAL_PATHS = ("/v1/logs", "/v1/metrics", "/v1/traces")
"""Paths that OTLP exporters append to a base URL (https://opentelemetry.io/docs/specs/otlp/#otlphttp-request)."""


_HOST_AND_PORT = re.compile(r"[a-zA-Z0-9](?:[-a-zA-Z0-9.]*[a-zA-Z0-9])?:(?P<port>[1-9]\d{0,4})")


def is_host_and_port(text: str) -> bool:
    """Whether a text is `host:port`, as clients without HTTP require."""
    found = _HOST_AND_PORT.fullmatch(text)
    return found is not None and int(found["port"]) < 65536


def _path(url: str) -> str:
    return urlsplit(url).path.rstrip("/")


def _remote_write(url: str) -> str:
    if url and not _path(url).endswith(REMOTE_WRITE_PATHS):
        raise ValueError("must be a remote-write address; append /api/v1/write for Prometheus, /api/v1/push for Mimir")
    return url


def _otlp_base(url: str) -> str:
    path = _path(url)
    if appended := [signal for signal in SIGNAL_PATHS if path.endswith(signal)]:
        raise ValueError(f"must not end with {appended[0]}, which collectors append; remove it")
    if path.endswith((*REMOTE_WRITE_PATHS, "/api/v1/query")):
        raise ValueError(
            "must be an address that takes OTLP; use /api/v1/otlp of Prometheus, or /otlp of Mimir or Loki"
        )
    return url


def _query(url: str) -> str:
    if "/api/v1" in _path(url):
        raise ValueError("must not contain /api/v1, as Grafana appends the paths of the API; remove it and the rest")
    return url


def _loki_push(url: str) -> str:
    if not _path(url).endswith("/loki/api/v1/push"):
        raise ValueError("must end with /loki/api/v1/push; append it")
    return url


RemoteWriteUrl = Annotated[HttpUrl, AfterValidator(_remote_write)]
"""URL of the remote-write API of Prometheus."""

OptionalRemoteWriteUrl = Annotated[OptionalHttpUrl, AfterValidator(_remote_write)]
"""A `RemoteWriteUrl`, or the empty string where there is none."""

OtlpUrl = Annotated[HttpUrl, AfterValidator(_otlp_base)]
"""Base URL for OTLP over HTTP, which the path of a signal is appended to."""

OptionalOtlpUrl = Annotated[OptionalHttpUrl, AfterValidator(_otlp_base)]
"""An `OtlpUrl`, or the empty string where there is none."""

QueryUrl = Annotated[HttpUrl, AfterValidator(_query)]
"""Base URL of the HTTP API of Prometheus, as a Grafana datasource requires."""

OptionalQueryUrl = Annotated[OptionalHttpUrl, AfterValidator(_query)]
"""A `QueryUrl`, or the empty string where there is none."""

LokiPushUrl = Annotated[HttpUrl, AfterValidator(_loki_push)]
"""URL of the push API of Loki."""
