"""The pipelines of a specification with every name resolved, and the workloads that run them.

The agents run everything but two things: what is read once for the cluster (`reads_once`) has one collector, and traces
go through the gateway where there is one, so that all spans of a trace meet in one of its replicas.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from .._collector_roles import Role
from .._http_client import HttpClientSettings
from ..urls import LOKI_PUSH_PATH, OTLP_GRPC_PORT, OTLP_HTTP_PORT
from .model import (
    DestinationKind,
    GatewaySettings,
    LogSource,
    Pipeline,
    PipelineDestination,
    PipelineProcessor,
    PipelineSource,
    ProcessorKind,
    Signal,
    SourceKind,
    Transport,
)

LOKI, TEMPO, PROMETHEUS, GATEWAY = "loki", "tempo", "prometheus", "gateway"
OWN_DESTINATIONS = {Signal.LOGS: LOKI, Signal.TRACES: TEMPO, Signal.METRICS: PROMETHEUS}
"""The destination of the stack for each signal, which a pipeline has unless it names others."""

RECEIVED = frozenset({SourceKind.OTLP, SourceKind.JAEGER, SourceKind.ZIPKIN, SourceKind.FLUENT_FORWARD})
"""The kinds of which pods of the cluster send data, which the attributes of these pods are added to."""

SIGNALS_OF_SOURCES: Mapping[SourceKind, frozenset[Signal]] = {
    SourceKind.OTLP: frozenset(Signal),
    SourceKind.JAEGER: frozenset({Signal.TRACES}),
    SourceKind.ZIPKIN: frozenset({Signal.TRACES}),
    SourceKind.PROMETHEUS: frozenset({Signal.METRICS}),
    **{
        kind: frozenset({Signal.LOGS})
        for kind in SourceKind
        if kind not in (SourceKind.OTLP, SourceKind.JAEGER, SourceKind.ZIPKIN, SourceKind.PROMETHEUS)
    },
}
SIGNALS_OF_PROCESSORS: Mapping[ProcessorKind, frozenset[Signal]] = {
    ProcessorKind.MULTILINE: frozenset({Signal.LOGS}),
    ProcessorKind.JSON: frozenset({Signal.LOGS}),
    ProcessorKind.LOGFMT: frozenset({Signal.LOGS}),
    ProcessorKind.LEVEL: frozenset({Signal.LOGS}),
    ProcessorKind.DROP: frozenset({Signal.LOGS, Signal.TRACES}),
    ProcessorKind.REDACT: frozenset({Signal.LOGS, Signal.TRACES}),
    ProcessorKind.RESOURCE: frozenset(Signal),
    ProcessorKind.SPAN_METRICS: frozenset({Signal.TRACES}),
    ProcessorKind.SERVICE_GRAPH: frozenset({Signal.TRACES}),
    ProcessorKind.TAIL_SAMPLING: frozenset({Signal.TRACES}),
}


class Model(Protocol):
    """What decides the pipelines: the part of `TelemetrySpec` that this module and its rules read."""

    @property
    def log_source(self) -> LogSource:
        """Where containers are read unless a source says so."""

    @property
    def events(self) -> bool:
        """Whether events are read."""

    @property
    def sources(self) -> Mapping[str, PipelineSource]:
        """The declared sources."""

    @property
    def processors(self) -> Mapping[str, PipelineProcessor]:
        """The declared processors."""

    @property
    def destinations(self) -> Mapping[str, PipelineDestination]:
        """The declared destinations."""

    @property
    def pipelines(self) -> Mapping[str, Pipeline]:
        """The pipelines of the settings."""

    @property
    def gateway(self) -> GatewaySettings | None:
        """The gateway, if there is one."""

    @property
    def logs_push_url(self) -> str:
        """The push address of Loki."""

    @property
    def logs_client(self) -> HttpClientSettings | None:
        """The client of a Loki outside the platform."""

    @property
    def traces_otlp_endpoint(self) -> str:
        """The address of Tempo."""

    @property
    def traces_client(self) -> HttpClientSettings | None:
        """The client of a Tempo outside the platform."""

    @property
    def has_traces(self) -> bool:
        """Whether the stack has a store of traces."""

    @property
    def has_metrics(self) -> bool:
        """Whether the stack has a store of metrics."""


@dataclass(frozen=True)
class Flow:
    """A pipeline with what its names stand for, each in the order of the pipeline."""

    name: str
    signal: Signal
    sources: Mapping[str, PipelineSource] = field(default_factory=dict)
    processors: Mapping[str, PipelineProcessor] = field(default_factory=dict)
    destinations: Mapping[str, PipelineDestination | None] = field(default_factory=dict)
    """`None` stands for a store of the stack inside the platform, `GATEWAY` for the gateway."""

    def reads(self, *kinds: SourceKind) -> bool:
        """Whether one of the sources is of one of these kinds."""
        return any(source.kind in kinds for source in self.sources.values())

    def has(self, *kinds: ProcessorKind) -> bool:
        """Whether one of the processors is of one of these kinds."""
        return any(processor.kind in kinds for processor in self.processors.values())


def stack_pipelines(spec: Model) -> dict[str, Pipeline]:
    """Return the pipelines that a stack has without settings, by their names."""
    found = {
        "containers": Pipeline(signal=Signal.LOGS, sources=["containers"], destinations=[LOKI]),
        "logs": Pipeline(signal=Signal.LOGS, sources=["otlp"], destinations=[LOKI]),
    }
    if spec.events:
        found["events"] = Pipeline(signal=Signal.LOGS, sources=["events"], destinations=[LOKI])
    if spec.has_metrics:
        found["metrics"] = Pipeline(signal=Signal.METRICS, sources=["otlp"], destinations=[PROMETHEUS])
    if spec.has_traces:
        found["traces"] = Pipeline(signal=Signal.TRACES, sources=["otlp"], destinations=[TEMPO])
    return found


def pipelines(spec: Model) -> dict[str, Pipeline]:
    """Return every enabled pipeline: those of the stack with what the settings change in them, and the others."""
    found = stack_pipelines(spec)
    for name, stated in spec.pipelines.items():
        changed = {key: getattr(stated, key) for key in stated.model_fields_set}
        found[name] = found[name].model_copy(update=changed) if name in found else stated
    return {name: pipeline for name, pipeline in sorted(found.items()) if pipeline.enabled}


def flows(spec: Model) -> list[Flow]:
    """Return the pipelines of a valid specification with every name resolved, sorted by name."""
    return [_flow(spec, name, pipeline) for name, pipeline in pipelines(spec).items()]


def _flow(spec: Model, name: str, pipeline: Pipeline) -> Flow:
    signal = pipeline.signal or Signal.LOGS
    destinations, known = pipeline.destinations or [OWN_DESTINATIONS[signal]], known_destinations(spec)
    return Flow(
        name,
        signal,
        {source: named_source(spec, source) for source in pipeline.sources},
        {processor: named_processor(spec, processor) for processor in pipeline.processors},
        {name: known.get(name) for name in destinations},
    )


def known_destinations(spec: Model) -> dict[str, PipelineDestination]:
    """Return the declared destinations, and the stores of the stack that are outside the platform, by their names."""
    found = dict(spec.destinations)
    if spec.logs_client is not None:
        base = spec.logs_push_url.removesuffix(LOKI_PUSH_PATH)
        found[LOKI] = PipelineDestination(kind=DestinationKind.LOKI, url=base, client=spec.logs_client)
    if spec.traces_client is not None:
        url = spec.traces_otlp_endpoint
        found[TEMPO] = PipelineDestination(kind=DestinationKind.OTLP, url=url, client=spec.traces_client)
    return found


def named_source(spec: Model, name: str) -> PipelineSource:
    """Return the source that a pipeline names: a declared one, or a kind."""
    return spec.sources.get(name) or PipelineSource(kind=SourceKind(name))


def named_processor(spec: Model, name: str) -> PipelineProcessor:
    """Return the processor that a pipeline names: a declared one, or a kind."""
    return spec.processors.get(name) or PipelineProcessor(kind=ProcessorKind(name))


def log_source_of(spec: Model, source: PipelineSource) -> LogSource:
    """Return where a source of containers reads."""
    return source.log_source or spec.log_source


def reads_once(spec: Model, source: PipelineSource) -> bool:
    """Whether one collector reads everything of a source: of any other one, the agents have their part each.

    Agents that are not one on each node share the containers that they read through the API server; those of the nodes
    would each read all of them.
    """
    if source.kind is SourceKind.CONTAINERS:
        return log_source_of(spec, source) is LogSource.API and spec.log_source is LogSource.FILES
    return source.kind in (SourceKind.EVENTS, SourceKind.PROMETHEUS)


def flows_of(spec: Model, role: Role) -> list[Flow]:
    """Return the part of each pipeline that the workload of a role runs."""
    return list(_flows_of(spec, role))


def _flows_of(spec: Model, role: Role) -> Iterator[Flow]:
    sent = False
    for flow in flows(spec):
        single = {name: source for name, source in flow.sources.items() if reads_once(spec, source)}
        others = {name: source for name, source in flow.sources.items() if name not in single}
        through_gateway = spec.gateway is not None and flow.signal is Signal.TRACES
        if role is Role.SINGLETON and single:
            yield replace(flow, sources=single)
        elif role is Role.AGENTS and through_gateway:
            # The gateway runs every pipeline of traces on what arrives once.
            if not sent:
                yield replace(flow, processors={}, destinations={GATEWAY: None})
            sent = True
        elif role is Role.AGENTS and others:
            yield replace(flow, sources=others)
        elif role is Role.GATEWAY and through_gateway:
            yield replace(flow, sources={SourceKind.OTLP.value: PipelineSource(kind=SourceKind.OTLP)})


def roles(spec: Model) -> list[Role]:
    """Return the roles for which there is a workload, the agents first; addresses may still be outputs."""
    names = {name for pipeline in pipelines(spec).values() for name in pipeline.sources}
    single = any(reads_once(spec, named_source(spec, name)) for name in names)
    wanted = {Role.AGENTS: True, Role.SINGLETON: single, Role.GATEWAY: spec.gateway is not None}
    return [role for role in Role if wanted[role]]


@dataclass(frozen=True)
class ReceiverPort:
    """A port that a workload receives data at."""

    name: str
    """At most 15 characters, as Kubernetes requires."""
    number: int
    protocol: str = "TCP"


OTLP_PORTS = (ReceiverPort("otlp-grpc", OTLP_GRPC_PORT), ReceiverPort("otlp-http", OTLP_HTTP_PORT))
JAEGER_PORTS = (
    ReceiverPort("jaeger-grpc", 14250),
    ReceiverPort("jaeger-thrift", 14268),
    ReceiverPort("jaeger-compact", 6831, "UDP"),
    ReceiverPort("jaeger-binary", 6832, "UDP"),
)
EXPORTER_PORT = ReceiverPort("exporter", 8889)
"""The port at which a Prometheus scrapes the destination `prometheus_exporter`."""
_DEFAULT_PORTS = {SourceKind.ZIPKIN: 9411, SourceKind.FLUENT_FORWARD: 24224, SourceKind.SYSLOG: 5140}


def port_of(source: PipelineSource) -> int:
    """Return the port that a source of one port listens on."""
    return source.port or _DEFAULT_PORTS[source.kind]


def ports_of(source: PipelineSource) -> Sequence[ReceiverPort]:
    """Return the ports that a source listens on, none for one that reads."""
    if source.kind is SourceKind.OTLP:
        return OTLP_PORTS
    if source.kind is SourceKind.JAEGER:
        return JAEGER_PORTS
    if source.kind not in _DEFAULT_PORTS:
        return ()
    udp = source.kind is SourceKind.SYSLOG and source.transport is Transport.UDP
    number = port_of(source)
    return [ReceiverPort(f"{source.kind.partition('_')[0]}-{number}", number, "UDP" if udp else "TCP")]


def receiver_ports(spec: Model, role: Role) -> list[ReceiverPort]:
    """Return the ports of a workload, each once; those of OTLP come first."""
    running = flows_of(spec, role)
    named = {name: source for flow in running for name, source in flow.sources.items()}
    found = [port for source in named.values() for port in ports_of(source)]
    destinations = [destination for flow in running for destination in flow.destinations.values() if destination]
    if any(destination.kind is DestinationKind.PROMETHEUS_EXPORTER for destination in destinations):
        found.append(EXPORTER_PORT)
    return sorted(dict.fromkeys(found), key=lambda port: port not in OTLP_PORTS)
