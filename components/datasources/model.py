"""What Grafana's datasources link to, as objects: a link holds the datasource that it leads to, never a uid as text.

The text in here is what a person would write; the escaping that provisioning files need is the serialiser's business.
"""

import re
from dataclasses import dataclass


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
                f"{type(self).__name__}(seconds={self.seconds}): the direction is in the type, "
                "so write a number of seconds above zero"
            )


class Before(_Shift):
    """So many seconds before the span began."""


class After(_Shift):
    """So many seconds after the span ended."""


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
    """A regular expression over plain-text log lines whose first group is the trace id."""

    name: str
    regex: str

    def __post_init__(self) -> None:
        try:
            groups = re.compile(self.regex).groups
        except re.error as error:
            raise ValueError(f"{self.regex!r} is no regular expression: {error}") from None
        if groups == 0:
            raise ValueError(f"{self.regex!r} has no group: put the trace id in parentheses, such as trace_id=(\\w+)")


@dataclass(frozen=True)
class TraceLink:
    """From a log line to its trace."""

    field: LogLabel | LineField | LinePattern
    target: Tempo


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
            raise TypeError(f"start = {self.start!r}: the lines begin before the span, write Before(seconds=…)")
        if not isinstance(self.end, After):
            raise TypeError(f"end = {self.end!r}: the lines end after the span, write After(seconds=…)")


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
    """The graph of services, drawn from the metrics that traces are turned into."""

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


@dataclass(frozen=True)
class Authentication:
    """What Grafana presents to a datasource and whom it trusts: directories with the files of a Secret each."""

    tls_directory: str = ""
    """`ca.crt`, and `tls.crt` and `tls.key` where Grafana presents a certificate; empty without TLS."""
    client_certificate: bool = False
    login_directory: str = ""
    """`username` and `password`; empty without a login."""


@dataclass(frozen=True)
class ProvisionedLoki:
    """Loki as Grafana is told about it."""

    datasource: Loki
    url: str
    traces: tuple[TraceLink, ...] = ()
    max_lines: int = 1000
    tenants: tuple[str, ...] = ()
    authentication: Authentication = Authentication()


@dataclass(frozen=True)
class ProvisionedTempo:
    """Tempo as Grafana is told about it."""

    datasource: Tempo
    url: str
    logs: LogsLink | None = None
    metrics: MetricsLink | None = None
    service_map: ServiceMap | None = None
    streaming: bool = False
    authentication: Authentication = Authentication()


@dataclass(frozen=True)
class ProvisionedPrometheus:
    """Prometheus as Grafana is told about it."""

    datasource: Prometheus
    url: str
    scrape_interval: str
    exemplars: tuple[ExemplarLink, ...] = ()


Provisioned = ProvisionedLoki | ProvisionedTempo | ProvisionedPrometheus
