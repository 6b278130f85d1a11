"""Finds links that lead nowhere: to a label or metric that nothing in the stack provides."""

from collections.abc import Iterable
from dataclasses import dataclass

from .model import LineField, LinePattern, LogLabel, LogsLink, MetricsLink, TraceLink
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
    """Index labels and structured metadata that collectors give."""
    line_fields: frozenset[str] = frozenset()
    """Keys of structured lines."""

    @property
    def every_label(self) -> frozenset[str]:
        """The labels that collectors give and those that Loki adds."""
        return self.labels | LABELS_OF_LOKI


@dataclass(frozen=True)
class ProvidedMetrics:
    """Which metrics there are."""

    generated: frozenset[str] = frozenset()
    """Those that Tempo makes of traces."""
    of_applications: frozenset[str] = frozenset()
    """Those that applications promise."""
    dimensions: frozenset[str] = frozenset()
    """Further labels of the generated ones."""

    @property
    def names(self) -> frozenset[str]:
        """All of them."""
        return self.generated | self.of_applications

    def has(self, name: str) -> bool:
        """Tell whether someone writes `name`, or the histogram that it is a series of."""
        return name in self.names or any(name.removesuffix(series) in self.names for series in _HISTOGRAM_SERIES)

    def labels_of(self, metric: str) -> frozenset[str] | None:
        """Give the labels of a generated metric; `None` for one of an application, whose labels nobody declares."""
        for prefix, labels in _LABELS_OF_GENERATED.items():
            if metric.startswith(prefix):
                return labels | _LABELS_OF_EVERY_METRIC | self.dimensions
        return None


def problems_of_trace_link(link: TraceLink, provided: ProvidedLogs) -> list[str]:
    """Give a sentence where the field that the link starts from is on no log line."""
    field = link.field
    if isinstance(field, LinePattern):
        return []
    if isinstance(field, LogLabel) and field.name not in provided.every_label:
        there, argument = provided.every_label, "log_labels, or line_fields where applications write it"
    elif isinstance(field, LineField) and field.name not in provided.line_fields:
        there, argument = provided.line_fields, "line_fields"
    else:
        return []
    return [
        f"the link from logs to {link.target.name} starts at the label {field.name!r}, which no log line carries "
        f"({_there(there)}): correct the name, or add it to {argument}"
    ]


def problems_of_logs_link(link: LogsLink, provided: ProvidedLogs) -> list[str]:
    """Give a sentence for every label that the link selects by and no log stream carries."""
    place = f"the link from spans to {link.target.name}"
    if not link.tags and not link.query:
        return [
            f"{place} selects by nothing: map an attribute of spans to a label, such as service.name to service_name"
        ]
    asked = [(f"maps {tag.attribute} to", tag.label) for tag in link.tags]
    asked += [("selects by", label) for label in sorted(stream_labels(link.query))]
    return [
        f"{place} {verb} the label {label!r}, which no log line carries ({_there(provided.every_label)}): "
        "use one that is there, or have the collectors add it"
        for verb, label in asked
        if label not in provided.every_label
    ]


def problems_of_metrics_link(link: MetricsLink, provided: ProvidedMetrics) -> list[str]:
    """Give a sentence for every query without a metric, metric that nobody writes and label that it does not have."""
    found = []
    for query in link.queries:
        place = f"the link {query.name!r} from spans to {link.target.name}"
        metrics = sorted(metric_names(query.query))
        if not metrics:
            found.append(f"{place} selects from no metric in {query.query!r}: name one, such as {SERVICE_GRAPH_METRIC}")
        mapped = {tag.label for tag in link.tags} if "__tags" in query.query else set()
        for metric in metrics:
            if not provided.has(metric):
                found.append(_unwritten(place, metric, provided))
            elif (labels := provided.labels_of(metric)) is not None:
                found += [
                    f"{place} needs the label {label!r}, which {metric} does not have ({_there(labels)}): use one that "
                    "is there, or add it to metric_labels where Tempo writes it as a dimension"
                    for label in sorted((mapped | label_names(query.query)) - labels)
                ]
    return found


def _unwritten(place: str, metric: str, provided: ProvidedMetrics) -> str:
    there = _there(provided.names)
    return (
        f"{place} needs the metric {metric}, which nothing writes ({there}): use one that is there, turn on the "
        "processor of Tempo's metrics generator that writes it, or add it to application_metrics"
    )


def _there(names: Iterable[str]) -> str:
    return f"there are {', '.join(sorted(names))}" if names else "there are none"
