"""What the collectors of a specification can lose or repeat, in a sentence that a preview shows.

For journald, Docker and syslog these are facts of `internal/component/loki/source` of Alloy 1.18.1 (`max_age` of 7
hours, positions stored every 10 s, `discovery.docker` every minute) and of its issue 7036, and of the receiver `syslog`
of opentelemetry-collector-contrib 0.158.
"""

from collections.abc import Iterator

from .engines import Engine
from .labels import log_sources
from .model import LogSource, ProcessorKind, SourceKind, Transport
from .pipelines import flows
from .spec import TelemetrySpec

_STORED_ONCE = "which Loki stores once"
_OF_NODES = (SourceKind.JOURNALD, SourceKind.DOCKER)
"""The kinds of which a node keeps what was not read, as it does of files."""


def losses(spec: TelemetrySpec) -> str:
    """Return what a kill or an outage can lose or repeat; figures are those of docs/collection.md."""
    return "what can be lost or repeated: " + "; ".join(_losses(spec))


def _losses(spec: TelemetrySpec) -> Iterator[str]:
    alloy = spec.engine is Engine.ALLOY
    sources, running = log_sources(spec), flows(spec)
    if LogSource.API in sources:
        yield (
            "a collector of logs through the API server that restarts streams each container from its beginning, "
            f"{_STORED_ONCE}, and misses containers that ended meanwhile"
        )
    if LogSource.FILES in sources or any(flow.reads(*_OF_NODES) for flow in running):
        yield _losses_of_files(spec)
    if any(flow.reads(SourceKind.JOURNALD) for flow in running):
        yield "entries of the journal that are older than 7 hours when a collector starts are not read"
    if any(flow.reads(SourceKind.DOCKER) for flow in running):
        yield (
            "containers of Docker that live for less than a minute, or that are removed while their collector is "
            f"away, can be missed; one that is started again is read again from its beginning, {_STORED_ONCE}"
        )
    yield from _losses_of_syslog(spec)
    on_disk = not alloy or spec.queue_size is not None
    of_node = spec.reads_files and bool(spec.positions_directory)
    yield f"data by OTLP {_waits(on_disk)}" + ("" if of_node or not on_disk else ", and is lost with its pod")
    if not alloy and spec.metrics_remote_write_url:
        yield f"of it, what is written remotely {_waits(on_disk=False)}"
    if spec.gateway is not None:
        yield f"in the gateway, it {_waits(spec.gateway.volume_size is not None)}"
    if any(flow.reads(SourceKind.EVENTS) for flow in running):
        yield "a singleton that restarts reads again the events that Kubernetes still has, " + _STORED_ONCE
    if any(flow.has(ProcessorKind.TAIL_SAMPLING) for flow in running):
        yield "a gateway that ends loses the traces that wait for their decision"
    if any(flow.has(ProcessorKind.MULTILINE) for flow in running):
        yield "a killed collector loses entries of several lines that were not complete"


def _losses_of_files(spec: TelemetrySpec) -> str:
    if not spec.positions_directory:
        return f"a pod that is replaced reads every file again, {_STORED_ONCE}"
    if spec.engine is Engine.ALLOY:
        return (
            "a killed collector loses up to 10 MiB of lines that it had read and repeats those of up to 10 s, "
            f"{_STORED_ONCE}"
        )
    return (
        f"a killed collector loses no line and repeats those of its last reads, {_STORED_ONCE}; one that is ended "
        "while its queue is full loses up to 100 lines of each file"
    )


def _losses_of_syslog(spec: TelemetrySpec) -> Iterator[str]:
    transports = {
        source.transport for flow in flows(spec) for source in flow.sources.values() if source.kind is SourceKind.SYSLOG
    }
    if not transports:
        return
    if spec.engine is Engine.ALLOY:
        yield "a killed collector loses up to 10 MiB of syslog that it had taken"
        yield "messages of syslog that are not of the format of their source are lost"
    else:
        yield "a killed collector loses the messages of syslog that its connections held"
    if Transport.UDP in transports:
        yield "syslog by UDP is lost while its collector restarts or does not take it"


def _waits(on_disk: bool) -> str:
    if on_disk:
        return "waits on disk for its destination"
    return "waits in memory for its destination, and is lost with its collector"
