"""The labels and the structured metadata of the logs that a specification collects."""

from collections.abc import Mapping

from .._log_labels import CLUSTER, OTLP_INDEX_LABELS, SERVICE_NAME, IndexLabel
from .model import LogSource, PipelineProcessor, ProcessorKind, Signal, SourceKind
from .pipelines import Flow, flows, log_source_of
from .spec import TelemetrySettings, TelemetrySpec

EVENTS_JOB = "kubernetes-events"
"""The label `job`, and with it the name of the service, of events."""

_FILES_ONLY = frozenset({IndexLabel.STREAM, IndexLabel.FILENAME})
"""The labels that the API server does not tell."""


def container_labels(spec: TelemetrySpec, source: LogSource) -> list[IndexLabel]:
    """Return the labels that lines of containers have beside the static ones, as their source can know them."""
    return [label for label in spec.index_labels if source is LogSource.FILES or label not in _FILES_ONLY]


def log_sources(spec: TelemetrySpec) -> set[LogSource]:
    """Return where lines of containers are read."""
    sources = [source for flow in flows(spec) for source in flow.sources.values()]
    return {log_source_of(spec, source) for source in sources if source.kind is SourceKind.CONTAINERS}


def processors_of(spec: TelemetrySpec, flow: Flow) -> Mapping[str, PipelineProcessor]:
    """Return the processors of a pipeline; where `level` is an index label, the last one of logs finds the level."""
    if flow.signal is not Signal.LOGS or IndexLabel.LEVEL not in spec.index_labels or flow.has(ProcessorKind.LEVEL):
        return flow.processors
    return {**flow.processors, "index_labels": PipelineProcessor(kind=ProcessorKind.LEVEL)}


def static_labels(spec: TelemetrySpec) -> dict[str, str]:
    """Return the labels that every log line has, from whatever source."""
    return {CLUSTER: spec.cluster, **spec.extra_labels}


def log_labels(spec: TelemetrySpec) -> list[str]:
    """Return the index labels of container logs, sorted."""
    found = {
        label.value for source in log_sources(spec) or {spec.log_source} for label in container_labels(spec, source)
    }
    parsed = {label for flow in _container_flows(spec) for name in flow.processors.values() for label in name.labels}
    levels = {IndexLabel.LEVEL.value for flow in _container_flows(spec) if flow.has(ProcessorKind.LEVEL)}
    return sorted({*found, *parsed, *levels, *static_labels(spec), SERVICE_NAME})


def otlp_index_labels(settings: TelemetrySettings) -> list[str]:
    """Return the attributes of resources that Loki indexes so that logs by OTLP have the labels of the settings.

    Labels of the policy that the settings leave out do not count against Loki's limit; `level` is that of a processor.
    """
    unused = {*IndexLabel} - {*settings.index_labels, IndexLabel.LEVEL}
    parsed = {label for processor in settings.processors.values() for label in processor.labels}
    names = [*(name for name in OTLP_INDEX_LABELS if name not in unused), *settings.index_labels]
    return list(dict.fromkeys([*names, *settings.extra_labels, *sorted(parsed)]))


def log_metadata(spec: TelemetrySpec) -> list[str]:
    """Return the structured metadata that the pipelines add to container logs, sorted."""
    parsed = {name for flow in _container_flows(spec) for found in flow.processors.values() for name in found.metadata}
    return sorted({*spec.structured_metadata, *parsed})


def _container_flows(spec: TelemetrySpec) -> list[Flow]:
    return [flow for flow in flows(spec) if flow.signal is Signal.LOGS and flow.reads(SourceKind.CONTAINERS)]
