"""Statements and conditions of OTTL, the language of the processors `transform` and `filter` in both engines.

They are plain OTTL: the Collector reads `$` in its configuration as the beginning of a variable, so that its writer
doubles it; Alloy takes the text as it is.
https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/v0.158.0/pkg/ottl
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from .._log_labels import APP_LABELS, CLUSTER, IndexLabel
from .levels import LEVEL_FIELDS, LEVEL_WORD, LEVELS, level_pattern
from .model import PipelineProcessor, ProcessorKind, Signal
from .redaction import redactions

SERVICE_NAME_ATTRIBUTE = "service.name"
CLUSTER_ATTRIBUTE = "k8s.cluster.name"
LOGS_ANNOTATION = "observability/logs"
"""The annotation of a pod whose containers are not read where it is `false`."""
LOGS_ANNOTATION_ATTRIBUTE = "observability.logs"

APP_LABEL_ATTRIBUTES: Mapping[str, str] = {label: f"k8s.pod.label.{label}" for label in APP_LABELS}
"""The attribute of a resource that holds each label of the pod until `app` is set from it."""

_LABEL_ATTRIBUTES: Mapping[IndexLabel, str] = {
    IndexLabel.NAMESPACE: "k8s.namespace.name",
    IndexLabel.POD: "k8s.pod.name",
    IndexLabel.CONTAINER: "k8s.container.name",
    IndexLabel.NODE_NAME: "k8s.node.name",
    IndexLabel.POD_IP: "k8s.pod.ip",
}


@dataclass(frozen=True)
class Statements:
    """Statements that a processor `transform` runs for each item of a context."""

    context: str
    """`resource`, `log`, `span`, `spanevent`, `metric` or `datapoint`."""
    statements: Sequence[str]


def quote(text: str) -> str:
    """Return `text` as a string literal."""
    return json.dumps(text, ensure_ascii=False)


def set_where_missing(attributes: Mapping[str, str]) -> list[str]:
    """Return the statements that set attributes of a resource which it does not have."""
    return [
        f"set({_resource(name)}, {quote(value)}) where {_resource(name)} == nil" for name, value in attributes.items()
    ]


def set_labels(labels: Sequence[IndexLabel]) -> list[str]:
    """Return the statements that name a resource of logs by the label policy, from its attributes `k8s.*`.

    `service.name` is the app, else the container, unless the sender has set it.
    """
    app = [f"set({_resource('app')}, {_resource(name)})" for name in reversed([*APP_LABEL_ATTRIBUTES.values()])]
    service = [
        f"set({_resource(SERVICE_NAME_ATTRIBUTE)}, {_resource(name)}) where {_resource(SERVICE_NAME_ATTRIBUTE)} == nil"
        for name in ("app", "k8s.container.name")
    ]
    named = [
        f"set({_resource(label.value)}, {_resource(attribute)})"
        for label, attribute in _LABEL_ATTRIBUTES.items()
        if label in labels
    ]
    if IndexLabel.JOB in labels:
        parts = ("k8s.namespace.name", "k8s.container.name")
        known = " and ".join(f"{_resource(part)} != nil" for part in parts)
        named.append(f'set({_resource("job")}, Concat([{", ".join(map(_resource, parts))}], "/")) where {known}')
    unused = [] if IndexLabel.APP in labels else [f"delete_key(resource.attributes, {quote('app')})"]
    return [*app, *service, *named, *delete_attributes(*APP_LABEL_ATTRIBUTES.values()), *unused]


def delete_attributes(*names: str) -> list[str]:
    """Return the statements that delete attributes of a resource."""
    return [f"delete_key(resource.attributes, {quote(name)})" for name in names]


def static_attributes(signal: Signal, cluster: str, extra_labels: Mapping[str, str]) -> list[str]:
    """Return the statements that add the cluster and the extra labels to OTLP data which does not set them."""
    label = {CLUSTER: cluster} if signal is Signal.LOGS else {}
    return set_where_missing({CLUSTER_ATTRIBUTE: cluster, **label, **extra_labels})


def transformations(processor: PipelineProcessor, signal: Signal) -> list[Statements]:
    """Return the statements of a processor that changes data of a signal; none of one that does not change it."""
    match processor.kind:
        case ProcessorKind.JSON:
            return [Statements("log", [*_parsed_json(), *_json_fields(processor)])]
        case ProcessorKind.LOGFMT:
            return [Statements("log", list(_logfmt_fields(processor)))]
        case ProcessorKind.LEVEL:
            return [Statements("log", list(_level()))]
        case ProcessorKind.REDACT:
            return list(_redacted(processor, signal))
        case ProcessorKind.RESOURCE:
            return [Statements("resource", set_where_missing(processor.attributes))]
        case _:
            return []


def syslog_statements(attributes: Mapping[str, str]) -> list[str]:
    """Return the statements that make the text of a message its body, and fields of it attributes by other names."""
    return [
        *(f"set({_log(name)}, {_log(field)})" for name, field in attributes.items()),
        f"set(log.body, {_log('message')}) where {_log('message')} != nil",
        *(f"delete_key(log.attributes, {quote(name)})" for name in ("message", "appname", "priority")),
        'set(log.severity_number, SEVERITY_NUMBER_FATAL) where IsMatch(log.severity_text, "^(crit|alert)$")',
        "set(log.observed_time_unix_nano, 0) where log.time_unix_nano != 0",
    ]


_EVENT_FIELDS: Mapping[str, str] = {
    "action": "action",
    "count": "deprecatedCount",
    "kind": "regarding.kind",
    "msg": "note",
    "name": "regarding.name",
    "objectAPIversion": "regarding.apiVersion",
    "reason": "reason",
    "reportingcontroller": "reportingController",
    "reportinginstance": "reportingInstance",
    "sourcecomponent": "deprecatedSource.component",
    "sourcehost": "deprecatedSource.host",
    "type": "type",
}
"""The fields of a line, as Alloy names them, and those of an event of `events.k8s.io/v1`."""


def event_statements() -> list[str]:
    """Return the statements that make a line of an event of Kubernetes: its fields, its own time and its level.

    A line that is read again is the same, so that Loki stores it once.
    """
    event, line = 'log.cache["event"]', 'log.cache["line"]'
    whole, fraction = '"%Y-%m-%dT%H:%M:%SZ"', '"%Y-%m-%dT%H:%M:%S.%fZ"'
    times = {
        "metadata.creationTimestamp": whole,
        "eventTime": fraction,
        "deprecatedLastTimestamp": whole,
        "series.lastObservedTime": fraction,
    }
    return [
        # An event that is watched is within its change, one that was there before is not.
        f'set({event}, log.body["object"])',
        f"set({event}, log.body) where {event} == nil",
        *(
            f"set(log.time, Time({event}{_path(field)}, {layout})) where {event}{_path(field)} != nil"
            for field, layout in times.items()
        ),
        "set(log.observed_time_unix_nano, 0) where log.time_unix_nano != 0",
        f'set(log.severity_number, SEVERITY_NUMBER_WARN) where {event}["type"] == "Warning"',
        f'set(log.severity_number, SEVERITY_NUMBER_INFO) where {event}["type"] == "Normal"',
        f"set({line}, {{}})",
        *(
            f"set({line}{_path(name)}, {event}{_path(field)}) where {event}{_path(field)} != nil"
            for name, field in _EVENT_FIELDS.items()
        ),
        f"set(log.body, {line})",
        'delete_matching_keys(log.attributes, ".*")',
    ]


SPAN_METRICS_NAMESPACE = "traces_spanmetrics"
"""The beginning of the names of metrics that a connector makes of spans."""


def span_metric_statements() -> list[Statements]:
    """Return the statements that name metrics of spans and their labels as Tempo does, whose durations are seconds."""
    latency = f"{SPAN_METRICS_NAMESPACE}_latency"
    named = {
        f"{SPAN_METRICS_NAMESPACE}.duration": latency,
        f"{SPAN_METRICS_NAMESPACE}.calls": f"{SPAN_METRICS_NAMESPACE}_calls",
    }
    own = f"IsMatch(metric.name, {quote(f'^{SPAN_METRICS_NAMESPACE}_')})"
    service = 'datapoint.attributes["service.name"]'
    return [
        Statements(
            "metric",
            [
                *(f"set(metric.name, {quote(to)}) where metric.name == {quote(name)}" for name, to in named.items()),
                # Prometheus would add the unit to the name.
                f'set(metric.unit, "") where {own}',
            ],
        ),
        Statements(
            "datapoint",
            [
                f'set(datapoint.attributes["service"], {service}) where {own}',
                f'delete_key(datapoint.attributes, "service.name") where {own}',
            ],
        ),
    ]


def label_attributes(processor: PipelineProcessor) -> list[str]:
    """Return the attributes of logs that a processor sets and that are labels, which resources have."""
    return [IndexLabel.LEVEL.value] if processor.kind is ProcessorKind.LEVEL else list(processor.labels)


def drop_condition(processor: PipelineProcessor, signal: Signal) -> str:
    """Return the condition of the logs, or spans, that a processor leaves out."""
    text = "log.body" if signal is Signal.LOGS else "span.name"
    return f"IsMatch({text}, {quote(processor.pattern)})"


def unread_pods() -> str:
    """Return the condition of the resources whose pods have asked not to be read."""
    return f'{_resource(LOGS_ANNOTATION_ATTRIBUTE)} == "false"'


def unread_namespaces(names: Sequence[str]) -> str:
    """Return the condition of the resources of namespaces that are left out."""
    return " or ".join(f"{_resource('k8s.namespace.name')} == {quote(name)}" for name in sorted(names))


def metadata_fields(names: Sequence[str]) -> list[str]:
    """Return the statements that make fields of JSON lines attributes of the same names."""
    return [*_parsed_json(), *_set_fields({name: name for name in names})] if names else []


def _resource(name: str) -> str:
    return f"resource.attributes[{quote(name)}]"


def _log(name: str) -> str:
    return f"log.attributes[{quote(name)}]"


_FIELDS = 'log.cache["fields"]'
_VALUE = 'log.cache["value"]'


def _parsed_json() -> list[str]:
    return [
        rf'set({_FIELDS}, ParseJSON(log.body)) where IsString(log.body) and IsMatch(log.body, "^\\s*\\{{")',
        f"set({_FIELDS}, log.body) where IsMap(log.body)",
    ]


def _json_fields(processor: PipelineProcessor) -> list[str]:
    return _set_fields({**processor.labels, **processor.metadata})


def _set_fields(fields: Mapping[str, str]) -> list[str]:
    return [f"set({_log(name)}, {_FIELDS}{_path(field)}) where {_FIELDS} != nil" for name, field in fields.items()]


def _path(field: str) -> str:
    return "".join(f"[{quote(part)}]" for part in field.split("."))


def _logfmt_fields(processor: PipelineProcessor) -> Iterator[str]:
    for name, field in {**processor.labels, **processor.metadata}.items():
        for value in (r'[^\s"]+', r'"(?P<value>(?:[^"\\]|\\.)*)"'):
            found = value if "value" in value else f"(?P<value>{value})"
            yield f"set({_log(name)}, {_logfmt_value(field, found)}) where IsString(log.body)"


def _logfmt_value(field: str, value: str) -> str:
    return _extracted(rf"(?:^|\s){_literal(field)}={value}", "value")


def _literal(text: str) -> str:
    """Return an expression that matches `text` itself."""
    return "".join(char if char.isalnum() or char in "_-" else rf"\{char}" for char in text)


def _extracted(pattern: str, group: str) -> str:
    return f"ExtractPatterns(log.body, {quote(pattern)})[{quote(group)}]"


def _level() -> Iterator[str]:
    missing, text = f"{_VALUE} == nil", "IsString(log.body)"
    yield f'set({_VALUE}, log.severity_text) where log.severity_text != ""'
    for field in LEVEL_FIELDS:
        yield f"set({_VALUE}, {_log(field)}) where {missing}"
    yield from _parsed_json()
    for field in LEVEL_FIELDS:
        yield f"set({_VALUE}, {_FIELDS}{_path(field)}) where {missing} and {_FIELDS} != nil"
    for field in LEVEL_FIELDS:
        found = _logfmt_value(field, '"?(?P<value>[A-Za-z0-9]+)')
        yield f"set({_VALUE}, {found}) where {missing} and {_FIELDS} == nil and {text}"
    yield f"set({_VALUE}, {_extracted(LEVEL_WORD, 'level')}) where {missing} and {_FIELDS} == nil and {text}"
    level = _log(IndexLabel.LEVEL.value)
    for index, name in enumerate(LEVELS):
        # Four numbers a level: https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber.
        least = 4 * index + 1
        number = f"log.severity_number >= {least} and log.severity_number <= {least + 3}"
        value = f"{_VALUE} != nil and IsMatch({_VALUE}, {quote(level_pattern(name))})"
        yield f"set({level}, {quote(name)}) where ({number}) or (log.severity_number == 0 and {value})"


def _redacted(processor: PipelineProcessor, signal: Signal) -> Iterator[Statements]:
    found = [
        f"{quote(pattern.surrounded)}, {quote(f'${{1}}[{name}]${{2}}')}" for name, pattern in redactions(processor)
    ]
    if signal is Signal.LOGS:
        yield Statements(
            "log",
            [
                *(f"replace_pattern(log.body, {each}) where IsString(log.body)" for each in found),
                *(f'replace_all_patterns(log.body, "value", {each}) where IsMap(log.body)' for each in found),
                *(f'replace_all_patterns(log.attributes, "value", {each})' for each in found),
            ],
        )
    else:
        yield Statements(
            "span",
            [
                *(f"replace_pattern(span.name, {each})" for each in found),
                *(f"replace_pattern(span.status.message, {each})" for each in found),
                *(f'replace_all_patterns(span.attributes, "value", {each})' for each in found),
            ],
        )
        yield Statements(
            "spanevent", [f'replace_all_patterns(spanevent.attributes, "value", {each})' for each in found]
        )
