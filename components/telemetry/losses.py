"""What the collectors of a specification can lose or repeat, in a sentence that a preview shows."""

from collections.abc import Iterator

from .engines import Engine
from .labels import log_sources
from .model import LogSource, ProcessorKind, SourceKind
from .pipelines import flows
from .spec import TelemetrySpec

_STORED_ONCE = "which Loki stores once"


def losses(spec: TelemetrySpec) -> str:
    """Return what a kill or an outage can lose or repeat; figures are those of docs/collection.md."""
    return "what can be lost or repeated: " + "; ".join(_losses(spec))


def _losses(spec: TelemetrySpec) -> Iterator[str]:
    alloy = spec.engine is Engine.ALLOY
    sources = log_sources(spec)
    if LogSource.API in sources:
        yield (
            "a collector of logs through the API server that restarts streams each container from its beginning, "
            f"{_STORED_ONCE}, and misses containers that ended meanwhile"
        )
    if LogSource.FILES in sources:
        yield _losses_of_files(spec)
    on_disk = not alloy or spec.queue_size is not None
    yield f"data by OTLP {_waits(on_disk)}"
    if not alloy and spec.metrics_remote_write_url:
        yield f"of it, what is written remotely {_waits(on_disk=False)}"
    if spec.gateway is not None:
        yield f"in the gateway, it {_waits(spec.gateway.volume_size is not None)}"
    if any(flow.reads(SourceKind.EVENTS) for flow in flows(spec)):
        yield "a singleton that restarts reads again the events that Kubernetes still has, " + _STORED_ONCE
    if any(flow.has(ProcessorKind.TAIL_SAMPLING) for flow in flows(spec)):
        yield "a gateway that ends loses the traces that wait for their decision"
    if any(flow.has(ProcessorKind.MULTILINE) for flow in flows(spec)):
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


def _waits(on_disk: bool) -> str:
    if on_disk:
        return "waits on disk for its destination"
    return "waits in memory for its destination, and is lost with its collector"
