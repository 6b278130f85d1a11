"""Rules of sources, processors, destinations and pipelines, for the rules of `TelemetrySpec`."""

import dataclasses
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import combinations
from typing import Any

import yaml
from pydantic import BaseModel

from .._collector_roles import Role
from .._http_client import HttpTls, client_problems
from .._log_labels import PIPELINE_LABELS, IndexLabel
from .._model import Location, placeholder
from .._shown import shown
from .._spec import Fix, Violation
from ..units import parse_quantity
from .engines import UNSUPPORTED, Engine
from .model import (
    DestinationKind,
    LogSource,
    Pipeline,
    PipelineSource,
    ProcessorKind,
    Signal,
    SourceKind,
)
from .names import regex_problem
from .pipelines import (
    OWN_DESTINATIONS,
    SIGNALS_OF_PROCESSORS,
    SIGNALS_OF_SOURCES,
    Model,
    log_source_of,
    named_processor,
    named_source,
    pipelines,
    ports_of,
    reads_once,
    stack_pipelines,
)

_K, _P = SourceKind, ProcessorKind
_SOURCE_OPTIONS: Mapping[str, Sequence[SourceKind]] = {
    "namespaces": (_K.CONTAINERS, _K.EVENTS),
    "exclude_namespaces": (_K.CONTAINERS, _K.EVENTS),
    "log_source": (_K.CONTAINERS,),
    "port": (_K.ZIPKIN, _K.FLUENT_FORWARD, _K.SYSLOG),
    "format": (_K.SYSLOG,),
    "transport": (_K.SYSLOG,),
    "units": (_K.JOURNALD,),
    "targets": (_K.PROMETHEUS,),
    "path": (_K.PROMETHEUS,),
    "interval": (_K.PROMETHEUS,),
}
_PROCESSOR_OPTIONS: Mapping[str, Sequence[ProcessorKind]] = {
    "pattern": (_P.MULTILINE, _P.DROP),
    "labels": (_P.JSON, _P.LOGFMT),
    "metadata": (_P.JSON, _P.LOGFMT),
    "detect": (_P.REDACT,),
    "patterns": (_P.REDACT,),
    "attributes": (_P.RESOURCE,),
    **dict.fromkeys(("errors", "slow", "percentage", "decision_wait", "traces_in_memory"), (_P.TAIL_SAMPLING,)),
}
_REQUIRED: Mapping[str, Mapping[StrEnum, Sequence[str]]] = {
    "sources": {_K.PROMETHEUS: ("targets",)},
    "processors": {
        _P.MULTILINE: ("pattern",),
        _P.DROP: ("pattern",),
        _P.JSON: ("labels", "metadata"),
        _P.LOGFMT: ("labels", "metadata"),
        _P.RESOURCE: ("attributes",),
    },
    "destinations": dict.fromkeys(set(DestinationKind) - {DestinationKind.PROMETHEUS_EXPORTER}, ("url",)),
}
"""The options of which a kind requires one."""
_SIGNALS_OF_DESTINATIONS: Mapping[DestinationKind, frozenset[Signal]] = {
    DestinationKind.LOKI: frozenset({Signal.LOGS}),
    DestinationKind.OTLP: frozenset(Signal),
    DestinationKind.PROMETHEUS: frozenset({Signal.METRICS}),
    DestinationKind.PROMETHEUS_EXPORTER: frozenset({Signal.METRICS}),
}
_BLOCK = 'otelcol.receiver.kafka "orders" { }'
_ALLOY_BLOCK = re.compile(r'^[a-z][\w.]*( "\w+")? \{', re.MULTILINE)
NO_API_READER = (
    "must be files with engine otel-collector, which has no reader of logs through the API server; set engine alloy, "
    "or remove it"
)
_WHOLE_TRACES = (_P.TAIL_SAMPLING, _P.SERVICE_GRAPH)


def option_problems(spec: Model, engine: Engine) -> Iterator[Violation]:
    """Yield options that are of another kind, required ones that are missing, and addresses without their form."""
    declared: tuple[tuple[str, Mapping[str, Any], Mapping[str, Sequence[StrEnum]]], ...] = (
        ("sources", spec.sources, _SOURCE_OPTIONS),
        ("processors", spec.processors, _PROCESSOR_OPTIONS),
        (
            "destinations",
            spec.destinations,
            {"url": tuple(set(DestinationKind) - {DestinationKind.PROMETHEUS_EXPORTER})},
        ),
    )
    for field, models, options in declared:
        for name, model in models.items():
            yield from _options(model, options, (field, name))
    for name, source in spec.sources.items():
        if source.namespaces and not {*source.namespaces} - {*source.exclude_namespaces}:
            yield Violation("leaves no namespace; remove it", at=("sources", name, "exclude_namespaces"))
    for name, processor in spec.processors.items():
        expressions: dict[Location, str] = {("pattern",): processor.pattern}
        expressions |= {("patterns", key): text for key, text in processor.patterns.items()}
        for at, text in expressions.items():
            if text and (reason := regex_problem(text)):
                yield Violation(reason, at=("processors", name, *at))
        if processor.kind is _P.REDACT and not processor.detect and not processor.patterns:
            yield Violation("leaves nothing to replace; remove it, or set patterns", at=("processors", name, "detect"))
        # The level of a line is in its text; the others tell where it comes from.
        for own in sorted({*processor.labels} & PIPELINE_LABELS - {IndexLabel.LEVEL}):
            message = f"must not be {own}, a label of the pipeline; choose another name, or remove it"
            yield Violation(message, at=("processors", name, "labels", own))
        for both in sorted({*processor.labels} & {*processor.metadata}):
            yield Violation("is one of labels too; remove it", at=("processors", name, "metadata", both))
    for name, destination in spec.destinations.items():
        at = ("destinations", name, "url")
        is_prometheus = destination.kind is DestinationKind.PROMETHEUS
        # An exporter of Alloy has one authentication, and only one of them takes secret headers.
        headers = is_prometheus or engine is Engine.OTEL_COLLECTOR
        for found in client_problems(destination.client, "client", sigv4=is_prometheus, headers=headers):
            yield dataclasses.replace(found, fix=None, at=("destinations", name, *found.at))
        if destination.client.login and "://" not in destination.url and destination.client.tls == HttpTls():
            message = "would be sent in plain text over gRPC; set client.tls, or an https URL"
            yield Violation(message, at=("destinations", name, "client", destination.client.login))
        url, kind = destination.url, destination.kind
        if url and kind in (DestinationKind.LOKI, DestinationKind.PROMETHEUS) and "://" not in url:
            yield Violation(f"must be an http or https URL for {kind}; add http:// or https://", at=at)
        elif kind is DestinationKind.LOKI and url.split("://")[-1].strip("/").count("/"):
            yield Violation("must have no path, as Loki's are added; remove it", at=at)


def _options(model: BaseModel, options: Mapping[str, Sequence[StrEnum]], at: Location) -> Iterator[Violation]:
    kind = model.kind  # type: ignore[attr-defined]
    for option, kinds in options.items():
        if option in model.model_fields_set and kind not in kinds:
            of = " and ".join(sorted(one.value for one in kinds))
            yield Violation(f"is an option of {of}, and the kind is {kind.value}; remove it", at=(*at, option))
    required = _REQUIRED[str(at[0])].get(kind, ())
    if required and not any(getattr(model, option) for option in required):
        yield Violation(f"requires {' or '.join(required)} with kind {kind.value}; set it", {}, at=at)


def name_problems(spec: Model) -> Iterator[Violation]:
    """Yield names of pipelines that nothing has, and what does not take the signal of its pipeline."""
    own = stack_pipelines(spec)
    for name in spec.pipelines:
        at: Location = ("pipelines", name)
        pipeline = pipelines(spec).get(name)
        if pipeline is None:
            continue
        if pipeline.signal is None:
            yield Violation(
                f"requires signal, as it is none of the pipelines of the stack ({', '.join(sorted(own))}); set it",
                {},
                at,
            )
            continue
        if name in own and pipeline.signal is not own[name].signal:
            message = f"must be {own[name].signal}, that of the pipeline of the stack with this name; remove it"
            yield Violation(message, at=(*at, "signal"))
            continue
        if not pipeline.sources:
            yield Violation("requires sources; set it to names of sources, or to kinds such as otlp", {}, at)
        yield from _unknown_names(spec, at, pipeline, pipeline.signal)


def _unknown_names(spec: Model, at: Location, pipeline: Pipeline, signal: Signal) -> Iterator[Violation]:
    for index, name in enumerate(pipeline.sources):
        place = (*at, "sources", index)
        if name not in spec.sources and name not in list(SourceKind):
            yield _unknown(place, "source", [*spec.sources, *SourceKind])
        elif signal not in SIGNALS_OF_SOURCES[named_source(spec, name).kind]:
            yield _other_signal(place, signal, SIGNALS_OF_SOURCES[named_source(spec, name).kind])
    for index, name in enumerate(pipeline.processors):
        place = (*at, "processors", index)
        if name not in spec.processors and name not in list(ProcessorKind):
            yield _unknown(place, "processor", [*spec.processors, *ProcessorKind])
        elif signal not in SIGNALS_OF_PROCESSORS[named_processor(spec, name).kind]:
            yield _other_signal(place, signal, SIGNALS_OF_PROCESSORS[named_processor(spec, name).kind])
        elif name not in spec.processors and (required := _REQUIRED["processors"].get(ProcessorKind(name))):
            message = f"requires {' or '.join(required)}; declare it in processors with kind {name}"
            yield Violation(message, at=place)
    available = {signal: name for signal, name in OWN_DESTINATIONS.items() if signal in _stores(spec)}
    for index, name in enumerate(pipeline.destinations or [OWN_DESTINATIONS[signal]]):
        place = (*at, "destinations", index) if pipeline.destinations else at
        if name in spec.destinations:
            takes: Collection[Signal] = _SIGNALS_OF_DESTINATIONS[spec.destinations[name].kind]
        elif name in available.values():
            takes = [one for one, own in available.items() if own == name]
        elif name in OWN_DESTINATIONS.values():
            yield Violation(f"sends to {name}, of which there is no address; set destinations", at=place)
            continue
        else:
            yield _unknown(place, "destination", [*spec.destinations, *available.values()])
            continue
        if signal not in takes:
            yield _other_signal(place, signal, takes)


def _stores(spec: Model) -> Collection[Signal]:
    """Return the signals that the stack has a store for."""
    found = {Signal.LOGS: True, Signal.TRACES: spec.has_traces, Signal.METRICS: spec.has_metrics}
    return [signal for signal, has in found.items() if has]


def _unknown(at: Location, what: str, known: Sequence[str]) -> Violation:
    return Violation(f"is no {what}; use one of {', '.join(sorted(set(known)))}, or declare it in {what}s", at=at)


def _other_signal(at: Location, signal: Signal, takes: Collection[Signal]) -> Violation:
    return Violation(f"has {' and '.join(sorted(takes))}, and the pipeline is of {signal}; remove it", at=at)


def declaration_problems(spec: Model) -> Iterator[Violation]:
    """Yield declarations that no pipeline names, and names that stand for something else."""
    used = pipelines(spec).values()
    of_nodes = [one for one in _valid(spec).values() if not _reads_once(spec, one)]
    if not of_nodes and len(_valid(spec)) == len(used):
        yield Violation("leaves the collectors of the nodes without a pipeline; enable one", {}, ("pipelines",))
    kinds: Mapping[str, Collection[str]] = {"sources": list(SourceKind), "processors": list(ProcessorKind)}
    for field in ("sources", "processors", "destinations"):
        named = {name for pipeline in used for name in getattr(pipeline, field)}
        for name, model in getattr(spec, field).items():
            if name in kinds.get(field, ()) and name != model.kind:
                message = f"must not be the name of another kind than {model.kind.value}; choose another name"
                yield Violation(message, at=(field, name))
            elif field == "destinations" and name in (*OWN_DESTINATIONS.values(), Role.GATEWAY.value):
                yield Violation(
                    "must not be the name of a destination of the stack; choose another name", at=(field, name)
                )
            elif name not in named:
                yield Violation("is in no pipeline; name it in one of pipelines, or remove it", at=(field, name))


def _reads_once(spec: Model, pipeline: Pipeline) -> bool:
    return all(reads_once(spec, named_source(spec, source)) for source in pipeline.sources)


def _valid(spec: Model) -> dict[str, Pipeline]:
    """Return the pipelines whose names are all known, as the other rules ask what they stand for."""
    wrong = {violation.at[1] for violation in name_problems(spec)}
    return {name: pipeline for name, pipeline in pipelines(spec).items() if name not in wrong}


def order_problems(spec: Model) -> Iterator[Violation]:
    """Yield processors at a place where data is lost, or counted after it was left out."""
    for name, pipeline in _valid(spec).items():
        kinds = [named_processor(spec, processor).kind for processor in pipeline.processors]
        of = {named_source(spec, source).kind for source in pipeline.sources}
        for index, kind in enumerate(kinds):
            at = ("pipelines", name, "processors", index)
            if kind is _P.MULTILINE and of != {SourceKind.CONTAINERS}:
                yield Violation("joins lines of containers alone; use a pipeline with no other source", at=at)
            elif kind is _P.MULTILINE and index:
                message = (
                    f"must be the first processor: {kinds[index - 1].value} before it would see single lines, and the "
                    "rest of an entry would be joined to another; move it to the front"
                )
                yield Violation(message, _moved(name, pipeline, index, 0), at)
            elif kind is _P.REDACT and (first := _first(kinds[:index], _P.JSON, _P.LOGFMT)) is not None:
                message = "must be before json and logfmt, as their labels and metadata would keep secrets; move it"
                yield Violation(message, _moved(name, pipeline, index, first), at)
            elif (
                kind in (_P.SPAN_METRICS, _P.SERVICE_GRAPH)
                and (first := _first(kinds[:index], _P.TAIL_SAMPLING)) is not None
            ):
                message = "must be before tail_sampling, as it would count the kept traces alone; move it"
                yield Violation(message, _moved(name, pipeline, index, first), at)
            elif kind is _P.TAIL_SAMPLING and _P.TAIL_SAMPLING in kinds[:index]:
                yield Violation("must be in a pipeline once, as a second decision drops kept traces; remove it", at=at)


def _first(kinds: Sequence[ProcessorKind], *wanted: ProcessorKind) -> int | None:
    return next((index for index, kind in enumerate(kinds) if kind in wanted), None)


def _moved(name: str, pipeline: Pipeline, index: int, to: int) -> Fix:
    """Return the processors of a pipeline with one of them at an earlier place."""
    others = [*pipeline.processors[:index], *pipeline.processors[index + 1 :]]
    return {("pipelines", name, "processors"): [*others[:to], pipeline.processors[index], *others[to:]]}


def trace_problems(spec: Model) -> Iterator[Violation]:
    """Yield processors of whole traces without a gateway, and pipelines that a gateway cannot tell apart."""
    of_traces = {name: one for name, one in _valid(spec).items() if one.signal is Signal.TRACES}
    for name, pipeline in of_traces.items():
        for index, processor in enumerate(pipeline.processors):
            kind, at = named_processor(spec, processor).kind, ("pipelines", name, "processors", index)
            if kind in _WHOLE_TRACES and spec.gateway is None:
                yield Violation(
                    f"requires gateway: {kind.value} needs all spans of a trace in one collector; set gateway.replicas",
                    {"gateway": {"replicas": 2}},
                    at,
                )
            if kind in (_P.SPAN_METRICS, _P.SERVICE_GRAPH) and not spec.has_metrics:
                yield Violation("requires an address of metrics, where its series go; remove it", at=at)
    for kind in (_P.SPAN_METRICS, _P.SERVICE_GRAPH):
        counting = [name for name, one in of_traces.items() if kind in _kinds(spec, one.processors)]
        for name in counting[1:]:
            message = f"has {kind.value} as {counting[0]} has, and both count the same spans; remove it in one"
            yield Violation(message, {}, ("pipelines", name))
    if spec.gateway is None:
        return
    if not of_traces:
        yield Violation("is used by no pipeline of traces; remove it", at=("gateway",))
    sources = {name: sorted(set(pipeline.sources)) for name, pipeline in of_traces.items()}
    for name, of in sources.items():
        first = next(iter(sources))
        if of != sources[first]:
            yield Violation(
                f"must have the sources of {first} ({', '.join(sources[first])}), as all traces reach the gateway by "
                "OTLP; set the same",
                at=("pipelines", name, "sources") if name in spec.pipelines else ("gateway",),
            )


def _kinds(spec: Model, processors: Sequence[str]) -> list[ProcessorKind]:
    return [named_processor(spec, name).kind for name in processors]


def repetition_problems(spec: Model) -> Iterator[Violation]:
    """Yield pipelines that send the same data to the same destination."""
    found = _valid(spec)
    for name, pipeline in found.items():
        for mine, its in combinations(pipeline.sources, 2):
            if mine == its or _same_data(spec, mine, its):
                message = f"has {mine} and {its}, which read the same, so that each is stored twice; remove one"
                yield Violation(message, {}, ("pipelines", name, "sources"))
        for field in ("processors", "destinations"):
            names = getattr(pipeline, field)
            for index, one_name in enumerate(names):
                if one_name in names[:index]:
                    yield Violation("is named twice; remove it", at=("pipelines", name, field, index))
    for (first, one), (second, other) in combinations(found.items(), 2):
        if one.signal is not other.signal or one.signal is None:
            continue
        of = [set(pipeline.destinations or [OWN_DESTINATIONS[one.signal]]) for pipeline in (one, other)]
        shared = [(mine, its) for mine in one.sources for its in other.sources if _same_data(spec, mine, its)]
        if shared and (both := of[0] & of[1]):
            name, other_name = (second, first) if second in spec.pipelines else (first, second)
            yield Violation(
                f"sends the {one.signal} of {shared[0][1]} to {min(both)}, as {other_name} does: each is stored twice; "
                "choose other namespaces, sources or destinations",
                at=("pipelines", name),
            )


def _same_data(spec: Model, one: str, other: str) -> bool:
    first, second = named_source(spec, one), named_source(spec, other)
    if first.kind is not second.kind:
        return False
    if first.kind in (SourceKind.JOURNALD, SourceKind.DOCKER, SourceKind.OTLP):
        return not (first.units and second.units) or bool({*first.units} & {*second.units})
    if first.kind is SourceKind.PROMETHEUS:
        return bool({*first.targets} & {*second.targets})
    if first.kind not in (SourceKind.CONTAINERS, SourceKind.EVENTS):
        return one == other
    # `log_source_problems` has what is read from files and through the API server, whatever the destinations.
    if first.kind is SourceKind.CONTAINERS and log_source_of(spec, first) is not log_source_of(spec, second):
        return False
    return _shared(first, second) != []


def _shared(one: PipelineSource, other: PipelineSource) -> list[str] | None:
    """Return the namespaces that two sources both read, sorted; `None` for all but those that they leave out."""
    named = [set(source.namespaces) for source in (one, other) if source.namespaces]
    left_out = {*one.exclude_namespaces, *other.exclude_namespaces}
    return sorted(set.intersection(*named) - left_out) if named else None


def log_source_problems(spec: Model, engine: Engine) -> Iterator[Violation]:
    """Yield sources of containers that no collector can read, and namespaces that are read from two places."""
    for name, source in spec.sources.items():
        at = ("sources", name, "log_source")
        if source.kind is not SourceKind.CONTAINERS or source.log_source is None:
            continue
        if source.log_source is LogSource.FILES and spec.log_source is LogSource.API:
            message = (
                "requires a collector on each node, which log_source api of the collectors does not run; remove it, or "
                "set log_source of the collectors to files"
            )
            yield Violation(message, at=at)
        elif source.log_source is LogSource.API and engine is Engine.OTEL_COLLECTOR:
            yield Violation(NO_API_READER, {"engine": Engine.ALLOY.value}, at)
    if spec.log_source is LogSource.FILES:
        yield from _read_twice(spec)


def _read_twice(spec: Model) -> Iterator[Violation]:
    named = {name: named_source(spec, name) for pipeline in _valid(spec).values() for name in pipeline.sources}
    read = {name: source for name, source in named.items() if source.kind is SourceKind.CONTAINERS}
    by_api = {name: source for name, source in read.items() if reads_once(spec, source)}
    for name, source in by_api.items():
        for other in sorted(read.keys() - by_api.keys()):
            shared = _shared(source, read[other])
            if shared is None:
                yield Violation(
                    f"must not read the namespaces that {other} reads from files, as each line would be stored twice; "
                    f"set namespaces, and leave these out of {other}",
                    {("sources", name, "namespaces"): [placeholder("namespace")]},
                    ("sources", name, "log_source"),
                )
            elif shared:
                yield _of_two_sources(spec, (name, source), (other, read[other]), shared)


def _of_two_sources(
    spec: Model, by_api: tuple[str, PipelineSource], from_files: tuple[str, PipelineSource], shared: Sequence[str]
) -> Violation:
    """Return the violation of namespaces that two sources read; one that reads others too can leave them out."""
    at: Location = ("sources", by_api[0], "namespaces" if by_api[1].namespaces else "log_source")
    message = f"must not read {', '.join(shared)}, which {from_files[0]} reads from files, as each line would be stored"
    for name, source in (from_files, by_api):
        left_out = {*source.exclude_namespaces, *shared}
        if source.namespaces and not {*source.namespaces} - left_out:
            continue
        change: Mapping[Any, Any] = {("sources", name, "exclude_namespaces"): sorted(left_out)}
        if name not in spec.sources:
            change = {("sources", name): {"kind": source.kind.value, "exclude_namespaces": sorted(left_out)}}
        return Violation(f"{message} twice; add {', '.join(shared)} to sources.{name}.exclude_namespaces", change, at)
    return Violation(f"{message} twice; remove one of the sources", {}, at)


def node_problems(spec: Model) -> Iterator[Violation]:
    """Yield sources of nodes where there is no collector on each."""
    for name, pipeline in () if spec.log_source is LogSource.FILES else _valid(spec).items():
        for index, source in enumerate(pipeline.sources):
            kind = named_source(spec, source).kind
            if kind in (SourceKind.JOURNALD, SourceKind.DOCKER):
                message = f"requires log_source files: {kind.value} is read on each node; remove it"
                yield Violation(message, at=("pipelines", name, "sources", index))


def engine_problems(spec: Model, engine: Engine) -> Iterator[Violation]:
    """Yield what the engine cannot do, with the engine that can."""
    reasons, declared = UNSUPPORTED[engine], spec.destinations
    other = next(one for one in Engine if one is not engine)
    fix = f"set engine {other.value}, or remove it"
    for name, pipeline in _valid(spec).items():
        named: tuple[tuple[str, list[StrEnum]], ...] = (
            ("sources", [named_source(spec, one).kind for one in pipeline.sources]),
            ("processors", [named_processor(spec, one).kind for one in pipeline.processors]),
            (
                "destinations",
                [declared[one].kind for one in pipeline.destinations if one in declared],
            ),
        )
        for field, kinds in named:
            for index, kind in enumerate(kinds):
                if reason := reasons.get(kind):
                    at: Location = ("pipelines", name, field, index) if name in spec.pipelines else ("engine",)
                    yield Violation(f"is not possible with engine {engine.value}, {reason}; {fix}", at=at)


def port_problems(spec: Model) -> Iterator[Violation]:
    """Yield sources that listen on a port of another."""
    names = {name: None for pipeline in _valid(spec).values() for name in pipeline.sources}
    taken: dict[tuple[int, str], str] = {(number, "TCP"): "the collector itself" for number in _OWN_PORTS}
    for name in sorted(names, key=lambda name: name in spec.sources):
        for port in ports_of(named_source(spec, name)):
            holder = taken.setdefault((port.number, port.protocol), name)
            if holder != name:
                at: Location = ("sources", name) if name in spec.sources else ("pipelines",)
                yield Violation(f"{name} listens on port {port.number} as {holder} does; set another port", {}, at)


def may_have_singleton(spec: Model) -> bool:
    """Whether a pipeline reads what one collector reads, or may do so once its names are corrected."""
    valid = _valid(spec)
    names = {name for pipeline in valid.values() for name in pipeline.sources}
    once = any(reads_once(spec, named_source(spec, name)) for name in names)
    return once or len(valid) < len(pipelines(spec))


def queue_problems(spec: Model, size: str | None, *, has_directory: bool) -> Iterator[Violation]:
    """Yield a queue on disk without a volume that keeps it, or on one that is too small."""
    if size is None:
        return
    if not has_directory:
        message = "requires a directory of the node; remove storage_host_path, which is empty, or remove this"
        yield Violation(message, at=("queue_size",))
    if spec.gateway is None:
        return
    volume = spec.gateway.volume_size
    if volume is None:
        message = f"requires gateway.volume_size, where traces wait on disk; set it to {size} or more"
        yield Violation(message, {"gateway.volume_size": "10Gi"}, ("queue_size",))
    elif parse_quantity(volume) < parse_quantity(size):
        message = f"must be at most gateway.volume_size {shown(volume)}; lower it, or raise that"
        yield Violation(message, at=("queue_size",))


_OWN_PORTS = (8888, 8889, 12345, 13133)
"""Metrics, exporter and health of the Collector, pages of Alloy."""
_SECTIONS = ("receivers", "processors", "connectors", "exporters", "extensions", "service")


def raw_config_problem(text: str, engine: str) -> str | None:
    """Return why a text is no configuration of an engine: sections of the Collector, or blocks of Alloy."""
    if engine == "alloy":
        return None if _ALLOY_BLOCK.search(text) else f"must have a block of Alloy, such as {_BLOCK}; correct it"
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError as error:
        reason = " ".join(str(getattr(error, "problem", error)).split())
        line = error.problem_mark.line + 1 if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark else 1
        return f"must be YAML, and line {line}: {reason}; correct it"
    unknown = sorted({str(key) for key in found} - {*_SECTIONS}) if isinstance(found, Mapping) else [shown(found)]
    if not unknown:
        unknown = [f"{key} without a map" for key, section in found.items() if not isinstance(section, Mapping)]
    if unknown:
        return f"must have sections of the Collector ({', '.join(_SECTIONS)}), and has {', '.join(unknown)}; remove it"
    return None
