"""Finds links that lead nowhere: to a label or metric that nothing in the stack provides."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .model import LogLabel, LogsLink, MetricsLink, MetricsQuery, TraceLink
from .queries import label_names, metric_names, stream_labels

LABELS_OF_LOKI = frozenset({"service_name", "detected_level", "trace_id", "span_id"})
"""What Loki adds itself: a service name and a level to every stream and line
(https://grafana.com/docs/loki/latest/get-started/labels/#default-labels-for-all-users), the ids to lines sent by OTLP.
"""

SERVICE_GRAPH_METRIC = "traces_service_graph_request_total"
_LABELS_OF_GENERATED = {
    "traces_service_graph_": frozenset({"client", "server", "connection_type"}),
    "traces_spanmetrics_": frozenset(
        {"service", "span_name", "span_kind", "status_code", "status_message", "job", "instance"}
    ),
}
_LABELS_OF_EVERY_METRIC = frozenset({"le", "job", "instance", "cluster"})
_HISTOGRAM_SERIES = ("_bucket", "_sum", "_count")


@dataclass(frozen=True)
class ProvidedLogs:
    """What log lines carry."""

    labels: frozenset[str] = frozenset()
    """Index labels and structured metadata that collectors write."""
    line_fields: frozenset[str] = frozenset()
    """Keys of structured lines."""

    @property
    def every_label(self) -> frozenset[str]:
        """The labels that collectors write and those that Loki adds."""
        return self.labels | LABELS_OF_LOKI


@dataclass(frozen=True)
class ProvidedMetrics:
    """Which metrics there are."""

    generated: frozenset[str] = frozenset()
    """Those that Tempo generates from traces."""
    of_applications: frozenset[str] = frozenset()
    """Those of applications."""
    dimensions: frozenset[str] = frozenset()
    """Further labels of the generated ones."""

    @property
    def names(self) -> frozenset[str]:
        """All of them."""
        return self.generated | self.of_applications

    def has(self, name: str) -> bool:
        """Whether something writes `name`, or the histogram that it is a series of."""
        return name in self.names or any(name.removesuffix(series) in self.names for series in _HISTOGRAM_SERIES)

    def labels_of(self, metric: str) -> frozenset[str] | None:
        """Return the labels of a generated metric; `None` for one of an application, whose labels are not declared."""
        for prefix, labels in _LABELS_OF_GENERATED.items():
            if metric.startswith(prefix):
                return labels | _LABELS_OF_EVERY_METRIC | self.dimensions
        return None


@dataclass(frozen=True)
class LinkProblem:
    """What a link from spans asks for and nothing provides."""

    message: str
    tag: str = ""
    """The attribute whose label is wrong; empty where a query is."""
    query: str = ""
    """The name of the query to metrics."""


def trace_link_problem(link: TraceLink, provided: ProvidedLogs) -> str | None:
    """Return why no log line carries the label that the link starts at; `None` where lines do."""
    if not isinstance(link.field, LogLabel) or link.field.name in provided.every_label:
        return None
    return (
        f"the link from logs to {link.target.name} starts at the label {link.field.name!r}, which no log line carries "
        f"({_there(provided.every_label)}): correct the name, or add it to log_labels where collectors write it, or to "
        "line_fields where applications do"
    )


def logs_link_problems(link: LogsLink, provided: ProvidedLogs) -> list[LinkProblem]:
    """Return a problem for every label that the link selects by and no log stream carries."""
    place = f"the link from spans to {link.target.name}"
    if not link.tags and not link.query:
        example = "map an attribute of spans to a label, such as service.name to service_name"
        return [LinkProblem(f"{place} selects by nothing: {example}")]
    asked = [(f"maps {tag.attribute} to", tag.label, tag.attribute) for tag in link.tags]
    asked += [("selects by", label, "") for label in sorted(stream_labels(link.query))]
    there = _there(provided.every_label)
    return [
        LinkProblem(
            f"{place} {verb} the label {label!r}, which no log line carries ({there}): use one that is there, or have "
            "the collectors add it",
            tag,
        )
        for verb, label, tag in asked
        if label not in provided.every_label
    ]


def metrics_link_problems(link: MetricsLink, provided: ProvidedMetrics) -> list[LinkProblem]:
    """Return a problem for every query without a metric, every metric that nothing writes and every missing label."""
    return [problem for query in link.queries for problem in _query_problems(query, link, provided)]


def _query_problems(query: MetricsQuery, link: MetricsLink, provided: ProvidedMetrics) -> Iterator[LinkProblem]:
    place = f"the link {query.name!r} from spans to {link.target.name}"
    metrics = sorted(metric_names(query.query))
    if not metrics:
        message = f"{place} selects from no metric in {query.query!r}: name one, such as {SERVICE_GRAPH_METRIC}"
        yield LinkProblem(message, query=query.name)
    mapped = {tag.label: tag.attribute for tag in link.tags} if "__tags" in query.query else {}
    # A label that the query itself names is wrong there, whatever is mapped to it.
    asked = {**mapped, **dict.fromkeys(label_names(query.query), "")}
    for metric in metrics:
        labels = provided.labels_of(metric)
        if not provided.has(metric):
            yield LinkProblem(_unwritten(place, metric, provided), query=query.name)
        elif labels is not None:
            for label in sorted(set(asked) - labels):
                message = (
                    f"{place} needs the label {label!r}, which {metric} does not have ({_there(labels)}): use one that "
                    "is there, or add it to metric_labels where Tempo writes it as a dimension"
                )
                yield LinkProblem(message, asked[label], query.name)


def _unwritten(place: str, metric: str, provided: ProvidedMetrics) -> str:
    there = _there(provided.names)
    return (
        f"{place} needs the metric {metric}, which nothing writes ({there}): use one that is there, turn on the "
        "processor of Tempo's metrics generator that writes it, or add it to application_metrics"
    )


def _there(names: Iterable[str]) -> str:
    return f"there are {', '.join(sorted(names))}" if names else "there are none"
