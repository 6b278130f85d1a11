"""Processors and connectors: what each source begins with, and the declared ones."""

from collections.abc import Mapping, Sequence

from ..._collector_roles import Role
from ..._log_labels import IndexLabel
from ..._merge import deep_merge
from ..labels import EVENTS_JOB, static_labels
from ..model import PipelineProcessor, PipelineSource, ProcessorKind, Signal, SourceKind
from ..ottl import (
    APP_LABEL_ATTRIBUTES,
    LOGS_ANNOTATION,
    LOGS_ANNOTATION_ATTRIBUTE,
    SERVICE_NAME_ATTRIBUTE,
    Statements,
    delete_attributes,
    drop_condition,
    event_statements,
    label_attributes,
    metadata_fields,
    quote,
    set_labels,
    set_where_missing,
    span_metric_statements,
    static_attributes,
    syslog_statements,
    transformations,
    unread_namespaces,
    unread_pods,
)
from ..spans import FLUSH_INTERVAL, SERVICE_GRAPH_STORE, SPAN_METRICS, decision_cache_size, policies
from ..spec import TelemetrySpec
from ..workload import KUBERNETES_ATTRIBUTES, refused_from_mib, workload_name
from .receivers import milliseconds
from .variables import NODE_VARIABLE, POD_VARIABLE, Config, Variable

OWN_BEGINNING = frozenset({SourceKind.CONTAINERS, SourceKind.EVENTS, SourceKind.SYSLOG})
"""The sources that have processors of their own; the others send resources."""
METRICS_OF_SPANS = frozenset({ProcessorKind.SPAN_METRICS, ProcessorKind.SERVICE_GRAPH})
"""The kinds that are connectors."""

_CONTAINER_ONLY = frozenset({IndexLabel.STREAM, IndexLabel.FILENAME, IndexLabel.CONTAINER_RUNTIME, IndexLabel.LEVEL})
"""The labels that are not known of logs that are sent."""


def first_processors(spec: TelemetrySpec, role: Role, signal: Signal, sources: Mapping[str, PipelineSource]) -> Config:
    """Return the processors of sources that begin alike: the memory limiter, the names of pods, labels."""
    limiter: Config = {"memory_limiter": {"check_interval": "1s", "limit_mib": refused_from_mib(spec, role)}}
    if role is Role.GATEWAY:
        return limiter
    match next(iter(sources.values())).kind:
        case SourceKind.CONTAINERS:
            return {**limiter, **_containers(spec)}
        case SourceKind.EVENTS:
            return {**limiter, **_unread_events(sources), **_events(spec)}
        case SourceKind.SYSLOG:
            return {**limiter, **_syslog(spec)}
        case _:
            return {**limiter, **_received(spec, role, signal, sources)}


def transform(name: str, **signals: Sequence[Statements]) -> Config:
    """Return the processor that runs statements for each signal."""
    statements = {
        f"{signal.removesuffix('s')}_statements": [
            {"context": each.context, "statements": list(each.statements)} for each in found if each.statements
        ]
        for signal, found in signals.items()
    }
    # An error is that a line is no JSON, for example: nothing to log for each line.
    return {f"transform/{name}": {"error_mode": "silent", **statements}}


def _containers(spec: TelemetrySpec) -> Config:
    labels = spec.index_labels
    names = {"namespace": "k8s.namespace.name", "pod": "k8s.pod.name", "container": "k8s.container.name"}
    found = {**names, "uid": "k8s.pod.uid"}
    named = [f"set({_resource(to)}, {_resource(name)})" for name, to in found.items()]
    unused = [name for name in names if name not in labels]
    # The table of tenants reads the namespace last.
    used = {"k8s.namespace.name"} if spec.namespace_tenants else set()
    temporary = sorted({*found.values(), "k8s.node.name", "k8s.pod.ip", LOGS_ANNOTATION_ATTRIBUTE} - used)
    static = [f"set({_resource(name)}, {quote(value)})" for name, value in static_labels(spec).items()]
    resource = [*set_labels(labels), *delete_attributes(*unused, *temporary), *static]
    record = [
        "set(log.observed_time_unix_nano, 0) where log.time_unix_nano != 0",
        *metadata_fields(spec.structured_metadata),
    ]
    unread = {"error_mode": "ignore", "log_conditions": [_conditions("resource", unread_pods())]}
    return {
        **transform("container_names", logs=[Statements("resource", [*named, *delete_attributes("uid")])]),
        "k8s_attributes/containers": _attributes_of_containers(),
        "filter/unread_pods": unread,
        **transform("container_labels", logs=[Statements("resource", resource), Statements("log", record)]),
    }


def _unread_events(sources: Mapping[str, PipelineSource]) -> Config:
    """Return the processor that leaves out namespaces of a source, also those that come to be while it is read."""
    return {
        f"filter/unread_{name}": {
            "error_mode": "ignore",
            "log_conditions": [_conditions("resource", unread_namespaces(source.exclude_namespaces))],
        }
        for name, source in sources.items()
        if source.exclude_namespaces and not source.namespaces
    }


def _events(spec: TelemetrySpec) -> Config:
    job = {"job": EVENTS_JOB, SERVICE_NAME_ATTRIBUTE: EVENTS_JOB, **static_labels(spec)}
    wanted = IndexLabel.NAMESPACE in spec.index_labels
    namespace = [f"set({_resource('namespace')}, {_resource('k8s.namespace.name')})"] if wanted else []
    resource = [*namespace, *delete_attributes("k8s.namespace.name"), *set_where_missing(job)]
    return transform("events_labels", logs=[Statements("resource", resource), Statements("log", event_statements())])


def _syslog(spec: TelemetrySpec) -> Config:
    named = {IndexLabel.APP: "appname", IndexLabel.NODE_NAME: "hostname"}
    labels = {label.value: field for label, field in named.items() if label in spec.index_labels}
    moved = {**labels, SERVICE_NAME_ATTRIBUTE: "appname"}
    static = set_where_missing({"job": "syslog", **static_labels(spec)})
    found = [Statements("resource", static), Statements("log", syslog_statements(moved))]
    return {
        **transform("syslog_labels", logs=found),
        "groupbyattrs/syslog_labels": {"keys": list(moved)},
    }


def _received(spec: TelemetrySpec, role: Role, signal: Signal, sources: Mapping[str, PipelineSource]) -> Config:
    logs = signal is Signal.LOGS
    found: Config = {}
    # The singleton calls its targets itself: no pod sends to it.
    if spec.kubernetes_attributes and role is not Role.SINGLETON:
        name = "k8s_attributes/logs" if logs else "k8s_attributes"
        found[name] = _kubernetes_attributes(labels=logs, own_node=spec.node_local_otlp)
    static = static_attributes(signal, spec.cluster, spec.extra_labels)
    if not logs:
        return {**found, **transform("attributes", **{signal.value: [Statements("resource", static)]})}
    labels = [label for label in spec.index_labels if label not in _CONTAINER_ONLY]
    # Senders of OTLP name themselves; what comes by another protocol is named by its source.
    otlp = any(source.kind is SourceKind.OTLP for source in sources.values())
    service = "unknown_service" if otlp else next(iter(sources))
    named = [*static, *set_labels(labels), *set_where_missing({SERVICE_NAME_ATTRIBUTE: service})]
    own = "log_attributes" if otlp else f"log_attributes_{service}"
    return {**found, **transform(own, logs=[Statements("resource", named)])}


def _attributes_of_containers() -> Config:
    config = _kubernetes_attributes(labels=True, own_node=True)
    annotation = {"tag_name": LOGS_ANNOTATION_ATTRIBUTE, "key": LOGS_ANNOTATION, "from": "pod"}
    return deep_merge(config, {"extract": {"annotations": [annotation]}})


def _kubernetes_attributes(*, labels: bool, own_node: bool) -> Config:
    """Return the processor that names the pod of data, found by its uid, name or IP, else by connection."""
    metadata = [*KUBERNETES_ATTRIBUTES, *(["k8s.pod.ip", "k8s.container.name"] if labels else [])]
    apps = [{"tag_name": tag, "key": label, "from": "pod"} for label, tag in APP_LABEL_ATTRIBUTES.items()]
    # The directory of a static pod has the hash of its manifest in place of the uid.
    attributes = [["k8s.pod.uid"], ["k8s.namespace.name", "k8s.pod.name"], ["k8s.pod.ip"]]
    sources = [[{"from": "resource_attribute", "name": name} for name in names] for names in attributes]
    return {
        "auth_type": "serviceAccount",
        **({"filter": {"node_from_env_var": NODE_VARIABLE}} if own_node else {}),
        # Lines that are read before the pods are known would lack labels, and be stored again with them.
        "wait_for_metadata": True,
        "extract": {"metadata": metadata, **({"labels": apps} if labels else {})},
        "pod_association": [{"sources": source} for source in [*sources, [{"from": "connection"}]]],
    }


def _resource(name: str) -> str:
    return f"resource.attributes[{quote(name)}]"


def _conditions(context: str, condition: str) -> Config:
    return {"context": context, "conditions": [condition]}


def declared_processor(name: str, processor: PipelineProcessor, signal: Signal) -> Config:
    """Return the processors of a declared one; none of `multiline`, which is a part of the receiver."""
    if processor.kind is ProcessorKind.DROP:
        context = "log" if signal is Signal.LOGS else "span"
        conditions = [_conditions(context, drop_condition(processor, signal))]
        return {f"filter/{name}": {"error_mode": "ignore", f"{signal.value.removesuffix('s')}_conditions": conditions}}
    if processor.kind is ProcessorKind.TAIL_SAMPLING:
        return {f"tail_sampling/{name}": _tail_sampling(processor)}
    found = transformations(processor, signal)
    return transform(name, **{signal.value: found}) if found else {}


def moved_labels(name: str, processors: Mapping[str, PipelineProcessor]) -> Config:
    """Return the processor that makes labels of logs attributes of their resources, so that Loki indexes them."""
    found = [label for processor in processors.values() for label in label_attributes(processor)]
    return {f"groupbyattrs/{name}": {"keys": list(dict.fromkeys(found))}} if found else {}


def _tail_sampling(processor: PipelineProcessor) -> Config:
    """Return the processor that keeps traces by any of its policies."""
    decisions = decision_cache_size(processor)
    return {
        "decision_wait": milliseconds(processor.decision_wait),
        "num_traces": processor.traces_in_memory,
        "decision_cache": {"sampled_cache_size": decisions, "non_sampled_cache_size": decisions},
        "policies": [
            {"name": policy.name, "type": policy.kind, policy.kind: dict(policy.settings)}
            for policy in policies(processor)
        ],
    }


def metrics_of_spans(name: str, processor: PipelineProcessor) -> Config:
    """Return the connector that makes metrics of spans."""
    if processor.kind is ProcessorKind.SERVICE_GRAPH:
        store = dict(SERVICE_GRAPH_STORE)
        return {f"service_graph/{name}": {"metrics_flush_interval": FLUSH_INTERVAL, "store": store}}
    made = {"histogram": {"unit": "s"}, "exemplars": {"enabled": True}}
    return {f"span_metrics/{name}": {**SPAN_METRICS, **made}}


def named_metrics(spec: TelemetrySpec, role: Role) -> Config:
    """Return the processor that names metrics of spans as Tempo does, and their resource after the collector."""
    own = f"set({_resource(SERVICE_NAME_ATTRIBUTE)}, {quote(workload_name(spec, role))})"
    instance = Variable(f"set({_resource('service.instance.id')}, {quote(f'${{env:{POD_VARIABLE}}}')})")
    static = static_attributes(Signal.METRICS, spec.cluster, spec.extra_labels)
    resource = Statements("resource", [own, instance, *static])
    return transform("span_metrics", metrics=[resource, *span_metric_statements()])
