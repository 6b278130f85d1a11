"""Grafana's datasources and their links, as objects: a link holds its target datasource, never a uid as text.

Texts are unescaped; provisioning.py escapes them.
"""

import re
from dataclasses import dataclass

from .._http_client import ClientFiles


@dataclass(frozen=True)
class Datasource:
    """A datasource of Grafana, known by its uid; its name is what users see."""

    uid: str
    name: str


class Loki(Datasource):
    """Logs."""


class Tempo(Datasource):
    """Traces."""


class Prometheus(Datasource):
    """Metrics."""


@dataclass(frozen=True)
class _Shift:
    seconds: int

    def __post_init__(self) -> None:
        if self.seconds <= 0:
            raise ValueError(
                f"{type(self).__name__}(seconds={self.seconds}): the direction is in the type, so set a number "
                "of seconds above zero"
            )


class Before(_Shift):
    """A number of seconds before the span starts."""


class After(_Shift):
    """A number of seconds after the span ends."""


VALUE = "${__value.raw}"
"""What Grafana replaces by the value that a link from log lines starts at."""


@dataclass(frozen=True)
class LogLabel:
    """An index label or a piece of structured metadata of log lines."""

    name: str


@dataclass(frozen=True)
class LineField:
    """A key of structured log lines, which becomes a label once a query parses them, as Logs Drilldown does."""

    name: str


@dataclass(frozen=True)
class LinePattern:
    """A regular expression over plain-text log lines whose first group is the value, such as a trace id."""

    name: str
    regex: str

    def __post_init__(self) -> None:
        try:
            groups = re.compile(self.regex).groups
        except re.error as error:
            raise ValueError(f"must be a regular expression ({error}); correct it") from None
        if groups == 0:
            raise ValueError("must have a group for the value; put it in parentheses, such as trace_id=(\\w+)")


@dataclass(frozen=True)
class TraceLink:
    """From a log line to its trace."""

    field: LogLabel | LineField | LinePattern
    target: Tempo


@dataclass(frozen=True)
class AddressLink:
    """From a log line to an address with the value of a field, such as the dashboard of its service."""

    name: str
    field: LogLabel | LineField | LinePattern
    url: str


@dataclass(frozen=True)
class Tag:
    """A span's attribute and the label that it is looked up as in the target."""

    attribute: str
    label: str


@dataclass(frozen=True)
class LogsLink:
    """From a span to its log lines.

    Without a `query`, Grafana looks for lines that contain the ids or carry them as `trace_id` and `span_id`, so it
    finds lines tailed from files and lines sent by OTLP alike. With a `query` only that query runs.
    """

    target: Loki
    start: Before
    end: After
    tags: tuple[Tag, ...]
    by_trace_id: bool = True
    by_span_id: bool = True
    query: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.start, Before):
            raise TypeError(f"start = {self.start!r}: must be before the span; write Before(seconds=…)")
        if not isinstance(self.end, After):
            raise TypeError(f"end = {self.end!r}: must be after the span; write After(seconds=…)")


@dataclass(frozen=True)
class MetricsQuery:
    """A named PromQL query, in which `$__tags` stands for the tags of the span."""

    name: str
    query: str


@dataclass(frozen=True)
class MetricsLink:
    """From a span to series."""

    target: Prometheus
    queries: tuple[MetricsQuery, ...]
    tags: tuple[Tag, ...]


@dataclass(frozen=True)
class ServiceMap:
    """The service graph, from the metrics that Tempo generates."""

    target: Prometheus


@dataclass(frozen=True)
class ExemplarLink:
    """From a sample in a graph to the trace that its exemplar names in `label`."""

    target: Tempo
    label: str


@dataclass(frozen=True)
class FileReference:
    """The content of a file of Grafana's pod, which Grafana reads when it loads its datasources."""

    path: str
    prefix: str = ""
    """Text before the content."""


@dataclass(frozen=True)
class Authentication:
    """The credentials and the authority that Grafana uses with a datasource: a directory for each Secret."""

    tls_directory: str = ""
    """`ca.crt`, and `tls.crt` and `tls.key` where Grafana presents a certificate; empty without TLS."""
    client_certificate: bool = False
    login_directory: str = ""
    """`username` and `password`; empty without a login."""


@dataclass(frozen=True)
class ProvisionedLoki:
    """The datasource of Loki to provision."""

    datasource: Loki
    url: str
    traces: tuple[TraceLink, ...] = ()
    addresses: tuple[AddressLink, ...] = ()
    max_lines: int = 1000
    tenants: tuple[str, ...] = ()
    authentication: Authentication = Authentication()
    client: ClientFiles | None = None
    """The client of a Loki outside the platform, in place of `authentication`."""


@dataclass(frozen=True)
class ProvisionedTempo:
    """The datasource of Tempo to provision."""

    datasource: Tempo
    url: str
    logs: LogsLink | None = None
    metrics: MetricsLink | None = None
    service_map: ServiceMap | None = None
    streaming: bool = False
    authentication: Authentication = Authentication()
    client: ClientFiles | None = None
    """The client of a Tempo outside the platform, in place of `authentication`."""


@dataclass(frozen=True)
class ProvisionedPrometheus:
    """The datasource of Prometheus to provision."""

    datasource: Prometheus
    url: str
    scrape_interval: str
    exemplars: tuple[ExemplarLink, ...] = ()
    client: ClientFiles | None = None
    authentication: Authentication = Authentication()
    software: str = ""
    """The software behind the API of Prometheus, as Grafana names it; empty where that is not stated."""


Provisioned = ProvisionedLoki | ProvisionedTempo | ProvisionedPrometheus
