"""Alloy's configuration: the pipelines of a role, from their sources to their destinations.

Component names are those of https://grafana.com/docs/alloy/latest/reference/components/. Lines that Alloy reads itself
go through `loki.*`, which keeps their labels and positions; everything else is OTLP and goes through `otelcol.*`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ..._collector_roles import Role
from ..labels import processors_of, static_labels
from ..model import DestinationKind, ProcessorKind, Signal, SourceKind
from ..ottl import set_where_missing
from ..pipelines import Flow, flows_of
from ..spec import TelemetrySpec
from .destinations import (
    Outlet,
    client_files,
    exporters,
    line_exporter,
    login_files,
    pushes,
    queue_bytes,
    queue_storage,
)
from .processors import (
    Place,
    batch,
    kubernetes_attributes,
    memory_limiter,
    output,
    processed,
    resource_labels,
)
from .sources import LINE_SOURCES, line_reader, named_sources, receiver, source_stages
from .stages import attribute_label, metadata_names, metadata_stage, pipeline_stages
from .syntax import Block, Ref, identifier, render


def alloy_config(spec: TelemetrySpec, role: Role = Role.AGENTS) -> str:
    """Return the configuration that the ConfigMap of a role holds."""
    logging = Block("logging", attributes={"level": spec.log_level.value, "format": "logfmt"})
    blocks = [
        logging,
        *login_files(spec),
        *client_files(spec, role),
        *queue_storage(spec, role),
        *line_pipelines(spec, role),
        *otlp_pipelines(spec, role),
    ]
    text = render({(block.name, block.label): block for block in blocks}.values())
    raw = spec.raw_config.strip() if role is Role.AGENTS else ""
    return f"{text}\n{raw}\n" if raw else text


def _is_line_source(kind: SourceKind) -> bool:
    return kind in LINE_SOURCES


def _is_otlp_source(kind: SourceKind) -> bool:
    return kind not in LINE_SOURCES


def _label(flow: Flow) -> str:
    """Return the label of the components of a pipeline."""
    return "pod" if flow.name == "containers" else f"pipeline_{identifier(flow.name)}"


def line_pipelines(spec: TelemetrySpec, role: Role) -> Iterator[Block]:
    """Yield the components that read lines and send them on, in the order of the data.

    A source of several pipelines has one reader, which hands each line to all of them.
    """
    flows = [flow for flow in flows_of(spec, role) if flow.reads(*LINE_SOURCES)]
    pipelines = [_line_pipeline(spec, role, flow) for flow in flows]
    for source in named_sources(flows, _is_line_source):
        receivers = [pipeline.inputs[source.name] for pipeline in pipelines if source.name in pipeline.inputs]
        yield from line_reader(spec, source, receivers)
    for pipeline in pipelines:
        yield from pipeline.blocks


@dataclass(frozen=True)
class _LinePipeline:
    inputs: Mapping[str, Ref]
    """Where the lines of each source go, by its name."""
    blocks: Sequence[Block]


def _line_pipeline(spec: TelemetrySpec, role: Role, flow: Flow) -> _LinePipeline:
    """Return the processing of the lines of a pipeline: in one component with the stages of the source if it is one."""
    label, sources = _label(flow), named_sources([flow], _is_line_source)
    sent, as_labels = _line_destinations(spec, role, flow)
    metadata = metadata_stage(as_labels=as_labels)
    stages = list(pipeline_stages(spec, flow, sources, metadata))
    if len(sources) == 1:
        stages = [*source_stages(spec, sources[0], metadata), *stages]
    process = Block("loki.process", label, {"forward_to": list(sent.inputs)}, stages)
    inputs, before = {}, []
    for source in sources:
        own = source_stages(spec, source, metadata) if len(sources) > 1 else []
        first = Block("loki.process", f"{label}_{source.component}", {"forward_to": [_receiver(process)]}, own)
        inputs[source.name] = _receiver(first if own else process)
        before += [first] if own else []
    return _LinePipeline(inputs, [*before, process, *sent.blocks])


def _receiver(block: Block) -> Ref:
    return block.export("receiver")


def _line_destinations(spec: TelemetrySpec, role: Role, flow: Flow) -> tuple[Outlet, bool]:
    """Return where the lines of a pipeline go, and whether structured metadata arrives there among the labels.

    Lines become OTLP with their labels alone; a push to Loki beside it makes metadata of them again.
    """
    by_otlp = {
        name: destination
        for name, destination in flow.destinations.items()
        if destination is not None and destination.kind is DestinationKind.OTLP
    }
    pushed = [pushes(spec, name, destination) for name, destination in flow.destinations.items() if name not in by_otlp]
    inputs = [ref for outlet in pushed for ref in outlet.inputs]
    blocks = [block for outlet in pushed for block in outlet.blocks]
    if not by_otlp:
        return Outlet(inputs, blocks), False
    label, names = _label(flow), metadata_names(spec, flow)
    if inputs and names:
        values = Block("stage.structured_metadata", attributes={"values": {name: name for name in names}})
        stored = Block("loki.process", f"{label}_metadata", {"forward_to": inputs}, [values])
        inputs, blocks = [_receiver(stored)], [stored, *blocks]
    sent = [line_exporter(spec, role, name, destination) for name, destination in by_otlp.items()]
    converted = _lines_as_otlp(spec, flow, [ref for outlet in sent for ref in outlet.inputs])
    return Outlet(
        [*inputs, _receiver(converted[0])],
        [*blocks, *converted, *(block for outlet in sent for block in outlet.blocks)],
    ), True


def _lines_as_otlp(spec: TelemetrySpec, flow: Flow, inputs: Sequence[Ref]) -> list[Block]:
    """Return the components that make OTLP of lines, whose labels are attributes of the resource."""
    label = f"{_label(flow)}_otlp"
    resources = [one for one in flow.processors.values() if one.kind is ProcessorKind.RESOURCE]
    # The hints of the receiver are for a way back to Loki, and the labels of attributes have the names of Loki.
    attributes = [attribute_label(name) for one in resources for name in one.attributes]
    unwanted = ("loki.attribute.labels", "log.file.name", "filename", "__tenant_id__", *attributes)
    statements = [
        'set(attributes["log.file.path"], attributes["filename"])',
        *(f'delete_key(attributes, "{name}")' for name in unwanted),
    ]
    names = [
        f'set(attributes["service.name"], attributes["{name}"]) where attributes["service.name"] == nil'
        for name in ("service_name", "app", "container", "job")
    ]
    further = [
        'delete_key(attributes, "service_name")',
        'set(attributes["k8s.cluster.name"], attributes["cluster"])',
        *(statement for one in resources for statement in set_where_missing(one.attributes)),
    ]
    parsed = {name for processor in flow.processors.values() for name in processor.labels}
    keys = sorted({*(found.value for found in spec.index_labels), *static_labels(spec), *parsed, "service_name"})
    transform = Block(
        "otelcol.processor.transform",
        label,
        {"error_mode": "ignore"},
        [
            Block("log_statements", attributes={"context": "log", "statements": statements}),
            Block("log_statements", attributes={"context": "resource", "statements": [*names, *further]}),
            output({Signal.LOGS: inputs}),
        ],
    )
    grouped = Block("otelcol.processor.groupbyattrs", label, {"keys": keys}, [_logs_to(transform)])
    return [Block("otelcol.receiver.loki", label, blocks=[_logs_to(grouped)]), grouped, transform]


def _logs_to(block: Block) -> Block:
    return output({Signal.LOGS: [block.export("input")]})


@dataclass(frozen=True)
class _Chain:
    """The components that pipelines of the same sources begin with, each signal for itself."""

    label: str
    flows: dict[Signal, list[Flow]] = field(default_factory=dict)


def otlp_pipelines(spec: TelemetrySpec, role: Role) -> Iterator[Block]:
    """Yield the components from the receivers to the exporters, in the order of the data."""
    flows = [flow for flow in flows_of(spec, role) if any(_is_otlp_source(one.kind) for one in flow.sources.values())]
    chains = _chains(flows)
    parts = [(chain, *_chain_components(spec, role, chain)) for chain in chains]
    for source in named_sources(flows, _is_otlp_source):
        consumers: dict[Signal, list[Ref]] = {}
        for chain, first, _ in parts:
            for signal, members in chain.flows.items():
                if source.name in _sources(members[0]) and first.get(signal):
                    consumers.setdefault(signal, []).extend(first[signal])
        yield from receiver(spec, source, output(consumers))
    for _, _, blocks in parts:
        yield from blocks


def _chains(flows: Iterable[Flow]) -> list[_Chain]:
    """Return the pipelines by what they begin with: for each signal those of the same sources.

    The first of each signal, that of OTLP where there is one, share their components.
    """
    groups: dict[tuple[Signal, tuple[str, ...]], list[Flow]] = {}
    for flow in flows:
        groups.setdefault((flow.signal, _sources(flow)), []).append(flow)
    ordered = sorted(groups.items(), key=lambda group: (group[0][0], not group[1][0].reads(SourceKind.OTLP)))
    shared, others = _Chain("default"), []
    for (signal, _), members in ordered:
        if signal in shared.flows:
            others.append(_Chain(_label(members[0]), {signal: members}))
        else:
            shared.flows[signal] = members
    return [shared, *others] if shared.flows else []


def _sources(flow: Flow) -> tuple[str, ...]:
    return tuple(sorted(one.name for one in named_sources([flow], _is_otlp_source)))


def _chain_components(spec: TelemetrySpec, role: Role, chain: _Chain) -> tuple[dict[Signal, list[Ref]], list[Block]]:
    """Return the first inputs of each signal, and the components of a chain."""
    following: dict[Signal, list[Ref]] = {}
    plain: dict[Signal, list[Ref]] = {}
    processors: list[Block] = []
    sent: list[Block] = []
    for signal, flows in chain.flows.items():
        for flow in flows:
            outlets = [exporters(spec, role, signal, *destination) for destination in flow.destinations.items()]
            inputs = [ref for outlet in outlets for ref in outlet.inputs]
            sent += [block for outlet in outlets for block in outlet.blocks]
            steps = processors_of(spec, flow)
            if not steps:
                plain[signal] = list(dict.fromkeys([*plain.get(signal, []), *inputs]))
                continue
            part = _flow_components(spec, role, flow, inputs)
            following.setdefault(signal, []).extend(part.inputs)
            processors += part.blocks
    if plain:
        last = _batched(spec, role, chain.label, plain)
        for signal, refs in last.inputs.items():
            following.setdefault(signal, []).extend(refs)
        processors += last.blocks
    first, front = _front(spec, role, chain.label, following)
    return first, [*front, *processors, *sent]


@dataclass(frozen=True)
class _Batched:
    inputs: Mapping[Signal, Sequence[Ref]]
    blocks: Sequence[Block]


def _batched(spec: TelemetrySpec, role: Role, label: str, consumers: Mapping[Signal, Sequence[Ref]]) -> _Batched:
    """Return the processor of batches; none where queues on disk make them, as it would lose its own with the pod."""
    if queue_bytes(spec, role):
        return _Batched(consumers, [])
    component = batch(label, consumers)
    return _Batched({signal: [component.export("input")] for signal in consumers}, [component])


def _flow_components(spec: TelemetrySpec, role: Role, flow: Flow, inputs: Sequence[Ref]) -> Outlet:
    """Return the processors of a pipeline and its batches."""
    label = f"pipeline_{identifier(flow.name)}"
    batched = _batched(spec, role, label, {flow.signal: inputs})
    found = Outlet(batched.inputs[flow.signal], batched.blocks)
    for index, processor in reversed(list(enumerate(processors_of(spec, flow).values()))):
        step = processed(Place(spec, role, flow.signal, f"{label}_{index}", found.inputs), processor)
        found = Outlet(step.inputs, [*step.blocks, *found.blocks])
    return found


def _front(
    spec: TelemetrySpec, role: Role, label: str, consumers: Mapping[Signal, Sequence[Ref]]
) -> tuple[dict[Signal, list[Ref]], list[Block]]:
    """Return what every chain begins with; a gateway receives what agents have labelled already."""
    blocks: list[Block] = []

    def prepend(block: Block) -> dict[Signal, list[Ref]]:
        blocks.insert(0, block)
        return {signal: [block.export("input")] for signal in consumers}

    following: Mapping[Signal, Sequence[Ref]] = dict(sorted(consumers.items()))
    if role is not Role.GATEWAY:
        following = prepend(resource_labels(spec, label, following))
        # The singleton calls its targets itself: no pod sends to it.
        if spec.kubernetes_attributes and role is not Role.SINGLETON:
            following = prepend(kubernetes_attributes(spec, label, following))
    return prepend(memory_limiter(spec, role, label, following)), blocks
