"""Checks that the labels and metrics of every link are provided by the stack."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .model import LineField, LinePattern, LogLabel, LogsLink, MetricsLink, MetricsQuery, TraceLink

LOKI_LABELS = frozenset({"service_name"})
"""The index labels that Loki adds itself
(https://grafana.com/docs/loki/latest/get-started/labels/#default-labels-for-all-users).
"""
LOKI_METADATA = frozenset({"detected_level", "trace_id", "span_id"})
"""The structured metadata that Loki adds itself: the level to every line, the ids to lines sent by OTLP."""

SERVICE_GRAPH_METRIC = "traces_service_graph_request_total"
_GENERATED_METRIC_LABELS = {
    "traces_service_graph_": frozenset({"client", "server", "connection_type"}),
    "traces_spanmetrics_": frozenset(
        {"service", "span_name", "span_kind", "status_code", "status_message", "job", "instance"}
    ),
}
_COMMON_METRIC_LABELS = frozenset({"le", "job", "instance", "cluster"})
_HISTOGRAM_SERIES = ("_bucket", "_sum", "_count")

_STRING = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|`[^`]*`")
_NAME_MATCHER = re.compile(r"__name__\s*=\s*\"(?P<name>[a-zA-Z_:][\w:]*)\"")
_BRACES = re.compile(r"\{[^{}]*\}")
_RANGE = re.compile(r"\[[^\]]*\]")
_VARIABLE = re.compile(r"\$\{[^}]*\}|\$\w+")
_GROUPING = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\((?P<labels>[^)]*)\)", re.IGNORECASE)
_IDENTIFIER = re.compile(r"(?<![\w.:])[a-zA-Z_:][\w:]*")
_MATCHED_LABEL = re.compile(r"([a-zA-Z_]\w*)\s*(?:=~|!~|!=|=)")
_LABEL = re.compile(r"\w+")
_KEYWORDS = frozenset(
    {"by", "without", "on", "ignoring", "group_left", "group_right", "bool", "and", "or", "unless", "atan2"}
    | {"offset", "start", "end", "inf", "nan"}
)


@dataclass(frozen=True)
class ProvidedLogs:
    """The labels and fields of log lines."""

    labels: frozenset[str] = frozenset()
    """Index labels that collectors write."""
    metadata: frozenset[str] = frozenset()
    """Structured metadata that collectors write."""
    line_fields: frozenset[str] = frozenset()
    """Keys of structured lines."""

    @property
    def stream_labels(self) -> frozenset[str]:
        """The labels that streams are selected by: those that collectors write and those that Loki adds."""
        return self.labels | LOKI_LABELS

    @property
    def all_labels(self) -> frozenset[str]:
        """The labels of streams and the structured metadata of their lines, which Grafana shows as labels too."""
        return self.stream_labels | self.metadata | LOKI_METADATA


@dataclass(frozen=True)
class ProvidedMetrics:
    """The metrics of the stack."""

    generated: frozenset[str] = frozenset()
    """Metrics that Tempo generates from traces."""
    application: frozenset[str] = frozenset()
    """Metrics of applications."""
    dimensions: frozenset[str] = frozenset()
    """Further labels of the generated metrics."""

    @property
    def names(self) -> frozenset[str]:
        """The names of all metrics."""
        return self.generated | self.application

    def has(self, name: str) -> bool:
        """Whether something writes `name`, or the histogram that it is a series of."""
        return name in self.names or any(name.removesuffix(series) in self.names for series in _HISTOGRAM_SERIES)

    def labels_of(self, metric: str) -> frozenset[str] | None:
        """Return the labels of a generated metric; `None` for one of an application, whose labels are not declared."""
        for prefix, labels in _GENERATED_METRIC_LABELS.items():
            if metric.startswith(prefix):
                return labels | _COMMON_METRIC_LABELS | self.dimensions
        return None


@dataclass(frozen=True)
class LinkProblem:
    """A label or metric that a link from spans requires and nothing provides."""

    message: str
    tag: str = ""
    """The attribute whose label is wrong; empty where a query is."""
    query: str = ""
    """The name of the query to metrics."""


def trace_link_problem(link: TraceLink, provided: ProvidedLogs) -> str | None:
    """Return why no log line carries the label that the link starts at; `None` where lines do."""
    return label_problem(f"the link from logs to {link.target.name}", link.field, provided)


def label_problem(link: str, field: LogLabel | LineField | LinePattern, provided: ProvidedLogs) -> str | None:
    """Return why no log line carries the label that a link starts at; `None` where lines do."""
    if not isinstance(field, LogLabel) or field.name in provided.all_labels:
        return None
    return (
        f"{link} reads the label {field.name!r}, which no log line has "
        f"({_provided(provided.all_labels)}); correct the name, or add it to log_labels "
        "or log_metadata (in a stack telemetry.extra_labels or telemetry.structured_metadata) if collectors write it, "
        "or to line_fields if applications do"
    )


def logs_link_problems(link: LogsLink, provided: ProvidedLogs) -> list[LinkProblem]:
    """Return a problem for every label that the link selects by and no log stream carries."""
    place = f"the link from spans to {link.target.name}"
    if not link.tags and not link.query:
        example = "map an attribute of spans to a label, such as service.name to service_name"
        return [LinkProblem(f"{place} must select by a label; {example}")]
    required = [(f"maps {tag.attribute} to", tag.label, tag.attribute) for tag in link.tags]
    required += [("selects by", label, "") for label in sorted(stream_labels(link.query))]
    labels = _provided(provided.stream_labels)
    return [
        LinkProblem(
            f"{place} {verb} the label {label!r}, which no log stream has ({labels}); use one of these, or add it in "
            "the collectors",
            tag,
        )
        for verb, label, tag in required
        if label not in provided.stream_labels
    ]


def metrics_link_problems(link: MetricsLink, provided: ProvidedMetrics) -> list[LinkProblem]:
    """Return a problem for every query without a metric, every metric that nothing writes and every missing label."""
    return [problem for query in link.queries for problem in _query_problems(query, link, provided)]


def _query_problems(query: MetricsQuery, link: MetricsLink, provided: ProvidedMetrics) -> Iterator[LinkProblem]:
    place = f"the link {query.name!r} from spans to {link.target.name}"
    metrics = sorted(metric_names(query.query))
    if not metrics:
        message = f"{place} must select a metric in {query.query!r}; add one, such as {SERVICE_GRAPH_METRIC}"
        yield LinkProblem(message, query=query.name)
    mapped = {tag.label: tag.attribute for tag in link.tags} if "__tags" in query.query else {}
    # A label in the query itself is reported there, even if a tag is mapped to it too.
    required = {**mapped, **dict.fromkeys(label_names(query.query), "")}
    for metric in metrics:
        labels = provided.labels_of(metric)
        if not provided.has(metric):
            yield LinkProblem(_missing_metric(place, metric, provided), query=query.name)
        elif labels is not None:
            for label in sorted(set(required) - labels):
                message = (
                    f"{place} requires the label {label!r}, which {metric} does not have ({_provided(labels)}); use "
                    "one of these, or add it to metric_labels if Tempo writes it as a dimension"
                )
                yield LinkProblem(message, required[label], query.name)


def _missing_metric(place: str, metric: str, provided: ProvidedMetrics) -> str:
    return (
        f"{place} requires the metric {metric}, which nothing writes ({_provided(provided.names)}); use one of these, "
        "enable the processor of Tempo's metrics generator that writes it, or add it to application_metrics"
    )


def _provided(names: Iterable[str]) -> str:
    return f"there are {', '.join(sorted(names))}" if names else "there are none"


def metric_names(promql: str) -> frozenset[str]:
    """Return the metrics that a PromQL query selects from."""
    bare = _VARIABLE.sub(" ", promql)
    named = {match["name"] for match in _NAME_MATCHER.finditer(bare)}
    bare = _STRING.sub(" ", bare)
    for part in (_BRACES, _RANGE, _GROUPING):
        bare = part.sub(" ", bare)
    found = {
        match[0]
        for match in _IDENTIFIER.finditer(bare)
        if match[0].lower() not in _KEYWORDS and not bare[match.end() :].lstrip().startswith("(")
    }
    return frozenset(found | named)


def label_names(promql: str) -> frozenset[str]:
    """Return the labels that a PromQL query matches or groups by."""
    bare = _STRING.sub(" ", _VARIABLE.sub(" ", promql))
    matched = {label for braces in _BRACES.findall(bare) for label in _MATCHED_LABEL.findall(braces)}
    grouped = {label for match in _GROUPING.finditer(bare) for label in _LABEL.findall(match["labels"])}
    return frozenset((matched | grouped) - {"__name__"})


def stream_labels(logql: str) -> frozenset[str]:
    """Return the labels in the stream selectors of a LogQL query."""
    bare = _VARIABLE.sub(" ", _STRING.sub(" ", logql))
    return frozenset(label for braces in _BRACES.findall(bare) for label in _MATCHED_LABEL.findall(braces))
