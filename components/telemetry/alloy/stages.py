"""The processing of lines: stages that parse, choose, change and label them before they are sent."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from ..._log_labels import OTLP_INDEX_LABELS
from ..labels import processors_of, static_labels
from ..levels import LEVEL_FIELDS, LEVEL_WORD, LEVELS
from ..model import PipelineProcessor, ProcessorKind, SourceKind
from ..pipelines import Flow
from ..redaction import redactions
from ..spec import TelemetrySpec
from .sources import HOSTNAME, HOSTS, NamedSource, unwanted_labels
from .syntax import Block, quote

_INDEXED = frozenset(name.replace(".", "_") for name in OTLP_INDEX_LABELS)


def pipeline_stages(spec: TelemetrySpec, flow: Flow, sources: Sequence[NamedSource], metadata: str) -> Iterator[Block]:
    """Yield the stages of a pipeline of lines, after those of its sources; `metadata` is that of structured metadata.

    Trace ids become structured metadata: queryable like labels, without a stream for each trace.
    """
    yield Block("stage.static_labels", attributes={"values": static_labels(spec)})
    if flow.reads(SourceKind.CONTAINERS):
        tenants = sorted({*spec.namespace_tenants.values()})
        yield from (_tenant_stage(tenant, spec.namespace_tenants) for tenant in tenants)
    processors = processors_of(spec, flow)
    for name, processor in processors.items():
        yield from _STAGES[processor.kind](name, processor, metadata, flow)
    if fields := {name: name for name in spec.structured_metadata}:
        yield Block("stage.json", attributes={"expressions": fields})
        yield Block(metadata, attributes={"values": fields})
    level = any(
        processor.kind is ProcessorKind.LEVEL or "level" in processor.labels for processor in processors.values()
    )
    unwanted = [label for source in sources for label in unwanted_labels(spec, source, level=level)]
    if unwanted:
        yield Block("stage.label_drop", attributes={"values": list(dict.fromkeys(unwanted))})


def metadata_stage(*, as_labels: bool) -> str:
    """Return the stage that keeps what is extracted: as structured metadata, or for what knows only labels as these."""
    return "stage.labels" if as_labels else "stage.structured_metadata"


def metadata_names(spec: TelemetrySpec, flow: Flow) -> list[str]:
    """Return the names of the structured metadata that the stages of a pipeline may add, sorted."""
    parsed = {name for processor in flow.processors.values() for name in processor.metadata}
    attributes = {
        attribute_label(name)
        for processor in flow.processors.values()
        for name in processor.attributes
        if attribute_label(name) not in _INDEXED
    }
    hosts = [HOSTNAME] if flow.reads(*HOSTS) else []
    return sorted({*spec.structured_metadata, *parsed, *attributes, *hosts})


def _tenant_stage(tenant: str, tenants: Mapping[str, str]) -> Block:
    """Return the stage that assigns the lines of a tenant's namespaces to it, overriding the tenant of the push."""
    namespaces = "|".join(sorted(namespace for namespace, named in tenants.items() if named == tenant))
    selector = {"selector": f'{{namespace=~"{namespaces}"}}'}
    return Block("stage.match", "", selector, [Block("stage.tenant", attributes={"value": tenant})])


def _multiline(_name: str, processor: PipelineProcessor, _metadata: str, _flow: Flow) -> Iterator[Block]:
    yield Block("stage.multiline", attributes={"firstline": processor.pattern})


def _json(_name: str, processor: PipelineProcessor, metadata: str, _flow: Flow) -> Iterator[Block]:
    expressions = {key: _jmespath(field) for key, field in _fields(processor).items()}
    yield Block("stage.json", attributes={"expressions": expressions})
    yield from _assigned(processor, metadata)


def _logfmt(_name: str, processor: PipelineProcessor, metadata: str, _flow: Flow) -> Iterator[Block]:
    yield Block("stage.logfmt", attributes={"mapping": _fields(processor)})
    yield from _assigned(processor, metadata)


def _fields(processor: PipelineProcessor) -> dict[str, str]:
    """Return the field of each label and each metadata, by the name of what is extracted.

    The names of labels stand for their values among what is extracted, and `stage.structured_metadata` takes a label
    of the name that it reads away.
    """
    return {_extracted(name): field for name, field in {**processor.metadata, **processor.labels}.items()}


def _extracted(name: str) -> str:
    return f"parsed_{name}"


def _assigned(processor: PipelineProcessor, metadata: str) -> Iterator[Block]:
    for stage, names in (("stage.labels", processor.labels), (metadata, processor.metadata)):
        if names:
            yield Block(stage, attributes={"values": {name: _extracted(name) for name in names}})


def _jmespath(field: str) -> str:
    """Return the expression of a field of a JSON object, or of one inside others by their names and dots.

    https://jmespath.org/specification.html#identifiers
    """
    parts = field.split(".")
    return ".".join(part if re.fullmatch(r"[A-Za-z_]\w*", part, re.ASCII) else json.dumps(part) for part in parts)


def _level(_name: str, _processor: PipelineProcessor, _metadata: str, flow: Flow) -> Iterator[Block]:
    """Yield the stages that find the level in JSON, in logfmt or as a word, and write it as the policy does."""
    # Events name theirs `type`, which is Normal or Warning.
    event = ["type"] if flow.reads(SourceKind.EVENTS) else []
    named = {f"level_{field}": field for field in LEVEL_FIELDS}
    # The words of a JSON object without a level say nothing about it.
    field = " || ".join([*LEVEL_FIELDS, *event, "'none'"])
    yield Block("stage.json", attributes={"expressions": {"level_json": field}})
    yield Block("stage.logfmt", attributes={"mapping": named})
    yield Block("stage.regex", attributes={"expression": LEVEL_WORD})
    yield Block("stage.template", attributes={"source": "level", "template": _level_template(event)})
    yield Block("stage.labels", attributes={"values": {"level": "level"}})


def _level_template(event: Sequence[str]) -> str:
    sources = ["level_json", *(f"level_{field}" for field in LEVEL_FIELDS), "level"]
    values = {value: level for level, found in LEVELS.items() for value in found.split("|")}
    if event:
        values["normal"] = "info"
    table = " ".join(f"{quote(value)} {quote(level)}" for value, level in values.items())
    found = f'coalesce {" ".join(f".{source}" for source in sources)} "none" | lower | trimAll "[]:"'
    return f"{{{{ get (dict {table}) ({found}) }}}}"


def _drop(name: str, processor: PipelineProcessor, _metadata: str, _flow: Flow) -> Iterator[Block]:
    yield Block("stage.drop", attributes={"expression": processor.pattern, "drop_counter_reason": name})


def _redact(_name: str, processor: PipelineProcessor, _metadata: str, _flow: Flow) -> Iterator[Block]:
    for name, pattern in redactions(processor):
        yield Block("stage.replace", attributes={"expression": pattern.captured, "replace": f"[{name}]"})


def _resource(_name: str, processor: PipelineProcessor, metadata: str, _flow: Flow) -> Iterator[Block]:
    """Yield the stages of attributes: those that Loki indexes for OTLP are labels, the others structured metadata."""
    for attribute, value in processor.attributes.items():
        label, key = attribute_label(attribute), _extracted(attribute_label(attribute))
        missing = f"{{{{ coalesce .{label} {quote(value)} }}}}"
        yield Block("stage.template", attributes={"source": key, "template": missing})
        stage = "stage.labels" if label in _INDEXED else metadata
        yield Block(stage, attributes={"values": {label: key}})


def attribute_label(attribute: str) -> str:
    """Return the name that Loki gives an attribute of OTLP."""
    return re.sub(r"\W", "_", attribute, flags=re.ASCII)


_STAGES: Mapping[ProcessorKind, Callable[[str, PipelineProcessor, str, Flow], Iterator[Block]]] = {
    ProcessorKind.MULTILINE: _multiline,
    ProcessorKind.JSON: _json,
    ProcessorKind.LOGFMT: _logfmt,
    ProcessorKind.LEVEL: _level,
    ProcessorKind.DROP: _drop,
    ProcessorKind.REDACT: _redact,
    ProcessorKind.RESOURCE: _resource,
}
"""The stages of each kind of processor; the other kinds are of traces."""
