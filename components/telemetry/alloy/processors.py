"""The processing of OTLP data: the components of processors, and of what every pipeline begins with."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ..._collector_roles import Role
from ..._log_labels import APP_LABELS, IndexLabel
from ..model import PipelineProcessor, ProcessorKind, Signal
from ..ottl import (
    APP_LABEL_ATTRIBUTES,
    SERVICE_NAME_ATTRIBUTE,
    Statements,
    delete_attributes,
    drop_condition,
    label_attributes,
    quote,
    set_labels,
    span_metric_statements,
    static_attributes,
    transformations,
)
from ..pipelines import PROMETHEUS
from ..spans import FLUSH_INTERVAL, SERVICE_GRAPH_STORE, SPAN_METRICS, Policy, decision_cache_size, policies
from ..spec import TelemetrySpec
from ..workload import KUBERNETES_ATTRIBUTES, refused_from_mib, workload_name
from .destinations import Outlet, exporters
from .sources import NODE_NAME
from .syntax import Block, Ref, Sum, Value, go_duration

Consumers = Mapping[Signal, Sequence[Ref]]


def output(consumers: Consumers) -> Block:
    """Return the block of where a component sends each signal."""
    return Block("output", attributes={signal.value: list(inputs) for signal, inputs in sorted(consumers.items())})


def memory_limiter(spec: TelemetrySpec, role: Role, label: str, consumers: Consumers) -> Block:
    """Return the processor that rejects OTLP data before the container reaches its memory limit; senders retry."""
    attributes: dict[str, Value] = {"check_interval": "1s", "limit": f"{refused_from_mib(spec, role)}MiB"}
    return Block("otelcol.processor.memory_limiter", label, attributes, [output(consumers)])


def kubernetes_attributes(spec: TelemetrySpec, label: str, consumers: Consumers) -> Block:
    """Return the processor that names the pod of the data, found by its uid or IP attribute, else by connection."""
    address = ["k8s.pod.ip"] if IndexLabel.POD_IP in spec.index_labels else []
    apps = [
        Block("label", attributes={"from": "pod", "key": key, "tag_name": APP_LABEL_ATTRIBUTES[key]})
        for key in (APP_LABELS if Signal.LOGS in consumers else ())
    ]
    # The name of a Deployment is that of its ReplicaSets without their hash: none of them is read, as in the Collector.
    deployment = {"deployment_name_from_replicaset": True}
    metadata = [*KUBERNETES_ATTRIBUTES, *address]
    extract = Block("extract", attributes={"metadata": metadata, **deployment}, blocks=apps)
    own_node = [Block("filter", attributes={"node": NODE_NAME})] if spec.node_local_otlp else []
    sources: list[dict[str, Value]] = [
        {"from": "resource_attribute", "name": "k8s.pod.uid"},
        {"from": "resource_attribute", "name": "k8s.pod.ip"},
        {"from": "connection"},
    ]
    associations = [Block("pod_association", blocks=[Block("source", attributes=source)]) for source in sources]
    blocks = [extract, *own_node, *associations, output(consumers)]
    return Block("otelcol.processor.k8sattributes", label, blocks=blocks)


def resource_labels(spec: TelemetrySpec, label: str, consumers: Consumers) -> Block:
    """Return the processor that adds the cluster and the extra labels, and to logs the labels of the policy."""
    statements = {
        signal: [
            *static_attributes(signal, spec.cluster, spec.extra_labels),
            *(set_labels(spec.index_labels) if signal is Signal.LOGS else []),
        ]
        for signal in sorted(consumers)
    }
    # Metrics and traces pass the processor that extracts the labels of pods for logs.
    for signal, found in statements.items():
        if signal is not Signal.LOGS and Signal.LOGS in consumers and spec.kubernetes_attributes:
            found += delete_attributes(*APP_LABEL_ATTRIBUTES.values())
    blocks = [_statements(signal, "resource", found) for signal, found in statements.items()]
    return Block("otelcol.processor.transform", label, {"error_mode": "ignore"}, [*blocks, output(consumers)])


def _statements(signal: Signal, context: str, statements: Sequence[Value]) -> Block:
    name = f"{signal.value.removesuffix('s')}_statements"
    return Block(name, attributes={"context": context, "statements": statements})


def batch(label: str, consumers: Consumers) -> Block:
    """Return the processor that batches data."""
    return Block("otelcol.processor.batch", label, blocks=[output(consumers)])


@dataclass(frozen=True)
class Place:
    """Where a processor is in a pipeline."""

    spec: TelemetrySpec
    role: Role
    signal: Signal
    label: str
    """The label of its components."""
    inputs: Sequence[Ref]
    """What comes after it."""

    @property
    def output(self) -> Block:
        """The block that sends the signal to what comes after it."""
        return output({self.signal: self.inputs})


def processed(place: Place, processor: PipelineProcessor) -> Outlet:
    """Return the components of a processor; none where OTLP data does not need it, as its logs are whole entries."""
    return _COMPONENTS[processor.kind](place, processor)


def _nothing(place: Place, _processor: PipelineProcessor) -> Outlet:
    return Outlet(place.inputs)


def _transform(place: Place, processor: PipelineProcessor) -> Outlet:
    """Return the transformation, and for labels, which differ by record, the grouping that resources get them by."""
    labels = label_attributes(processor) if place.signal is Signal.LOGS else []
    grouped = [Block("otelcol.processor.groupbyattrs", place.label, {"keys": labels}, [place.output])] if labels else []
    following = output({place.signal: [grouped[0].export("input")]}) if grouped else place.output
    blocks = [
        _statements(place.signal, found.context, found.statements) for found in transformations(processor, place.signal)
    ]
    transform = Block("otelcol.processor.transform", place.label, {"error_mode": "ignore"}, [*blocks, following])
    return Outlet([transform.export("input")], [transform, *grouped])


def _filter(place: Place, processor: PipelineProcessor) -> Outlet:
    # The blocks of both supported versions know their context, and take paths without it.
    condition = drop_condition(processor, place.signal)
    condition = condition.replace("IsMatch(log.", "IsMatch(", 1).replace("IsMatch(span.", "IsMatch(", 1)
    kind = {Signal.LOGS: "log_record", Signal.TRACES: "span"}[place.signal]
    dropped = Block(place.signal.value, attributes={kind: [condition]})
    component = Block("otelcol.processor.filter", place.label, {"error_mode": "ignore"}, [dropped, place.output])
    return Outlet([component.export("input")], [component])


def _span_metrics(place: Place, _processor: PipelineProcessor) -> Outlet:
    histogram = Block("histogram", attributes={"unit": "s"}, blocks=[Block("explicit")])
    exemplars = Block("exemplars", attributes={"enabled": True})
    return _connected(place, Block("otelcol.connector.spanmetrics", place.label, SPAN_METRICS, [histogram, exemplars]))


def _service_graph(place: Place, _processor: PipelineProcessor) -> Outlet:
    store = Block("store", attributes=SERVICE_GRAPH_STORE)
    attributes: dict[str, Value] = {"metrics_flush_interval": FLUSH_INTERVAL}
    return _connected(place, Block("otelcol.connector.servicegraph", place.label, attributes, [store]))


def _connected(place: Place, connector: Block) -> Outlet:
    """Return a connector beside what comes after it; its metrics go to the store of the stack.

    The series are those of an instance of the collectors, as two that write one series make it wrong.
    """
    spec = place.spec
    sent = exporters(spec, place.role, Signal.METRICS, PROMETHEUS, None)
    instance = Sum(('set(resource.attributes["service.instance.id"], "', Ref("constants.hostname"), '")'))
    own = f"set(resource.attributes[{quote(SERVICE_NAME_ATTRIBUTE)}], {quote(workload_name(spec, place.role))})"
    static = static_attributes(Signal.METRICS, spec.cluster, spec.extra_labels)
    found = [Statements("resource", [own, *static]), *span_metric_statements()]
    blocks = [_statements(Signal.METRICS, each.context, each.statements) for each in found]
    identified = _statements(Signal.METRICS, "resource", [instance])
    series = Block(
        "otelcol.processor.transform",
        place.label,
        {"error_mode": "ignore"},
        [identified, *blocks, output({Signal.METRICS: sent.inputs})],
    )
    following = output({Signal.METRICS: [series.export("input")]})
    made = Block(connector.name, connector.label, connector.attributes, [*connector.blocks, following])
    return Outlet([made.export("input"), *place.inputs], [made, series, *sent.blocks])


def _tail_sampling(place: Place, processor: PipelineProcessor) -> Outlet:
    decisions = decision_cache_size(processor)
    attributes: dict[str, Value] = {
        "decision_wait": go_duration(processor.decision_wait),
        "num_traces": processor.traces_in_memory,
        "decision_cache": {"sampled_cache_size": decisions, "non_sampled_cache_size": decisions},
    }
    component = Block(
        "otelcol.processor.tail_sampling", place.label, attributes, [*map(_policy, policies(processor)), place.output]
    )
    return Outlet([component.export("input")], [component])


def _policy(policy: Policy) -> Block:
    settings = Block(policy.kind, attributes=policy.settings)
    return Block("policy", attributes={"name": policy.name, "type": policy.kind}, blocks=[settings])


_COMPONENTS: Mapping[ProcessorKind, Callable[[Place, PipelineProcessor], Outlet]] = {
    ProcessorKind.MULTILINE: _nothing,
    ProcessorKind.JSON: _transform,
    ProcessorKind.LOGFMT: _transform,
    ProcessorKind.LEVEL: _transform,
    ProcessorKind.DROP: _filter,
    ProcessorKind.REDACT: _transform,
    ProcessorKind.RESOURCE: _transform,
    ProcessorKind.SPAN_METRICS: _span_metrics,
    ProcessorKind.SERVICE_GRAPH: _service_graph,
    ProcessorKind.TAIL_SAMPLING: _tail_sampling,
}
