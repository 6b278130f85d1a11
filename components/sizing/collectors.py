"""The collectors: those that share the load of all nodes, the gateway of traces, and the singleton.

Figures of Alloy are those of its docs (https://grafana.com/docs/alloy/latest/set-up/estimate-resource-usage/). Those of
the OpenTelemetry Collector were measured by `make bench`, with its rendered pipelines on two cores; beyond the loads of
that they are extrapolated. Spans go through the same components in both engines, so that the figures are the
Collector's: an estimate for Alloy.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from .._collector_roles import Role
from .limits import PEAK_OF_MEAN, SPANS_PER_TRACE
from .model import CollectorOptions, Load, Sampling, Size, Topology, round_up


@dataclass(frozen=True)
class Figures:
    """What an engine takes for a unit of each kind of data."""

    millis_per_log_mb: float
    """CPU for a MB of logs a second."""
    idle_mib: float
    """Memory without any data."""
    memory_mib_per_log_mb: float
    """Memory for a MB of logs a second."""
    millis_per_sample: float
    """CPU for a sample of metrics a second."""
    memory_mib_per_scraped_series: float
    memory_mib_per_written_series: float
    """Memory for a series that is sent by remote write and was not scraped."""


_MIB = 1e6 / 2**20
IDLE_MIB = 70
"""Memory of a Collector without any data: measured 65 to 70, in an agent, a gateway and a singleton."""
FIGURES: Mapping[str, Figures] = {
    # A core and 120 MiB for each MiB/s of logs; 0.4 cores and 11 GiB for a million series every minute, which are
    # scraped and written remotely. None is stated for Alloy without any data.
    "alloy": Figures(1_000 * _MIB, 0, 120 * _MIB, 400 / (1e6 / 60), 11 * 1024 / 1e6, 11 * 1024 / 1e6),
    # Lines of 500 bytes: 0.082 to 0.134 seconds of CPU for a MB, and 105 MiB at most at 9.6 and 13 MB a second. Scrapes
    # of 20,000 and of 100,000 series: 9 to 15 microseconds for a sample, 3.3 to 4.2 KiB at most for a series. Remote
    # write keeps no series.
    "otel-collector": Figures(134, IDLE_MIB, 35 / 9.6, 0.015, 4 / 1024, 0),
}
"""The figures by engine."""

SPANS_PER_CORE = 15_000
"""Spans a second: the docs of Splunk's distribution of the Collector on sizing.

Measured with the rendered pipelines: 52 microseconds of CPU for a span in an agent, and 26 to 45 in a gateway that
keeps a tenth of the traces, the most where each trace is one span.
"""
SPANS_PER_GATEWAY = 10_000
"""Spans a second of one replica, which then holds 360 MiB of spans for 10 seconds: an estimate."""
MIN_GATEWAYS = 2
SPAN_KIB = 3.7
"""Memory for a span that waits for the decision on its trace.

Measured with the rendered gateway, spans of 434 bytes: 3.9 with 20,000 of them waiting, 3.4 with 120,000.
"""
DECISION_BYTES = 300
"""Memory for a remembered decision: measured 287, with 394,800 of them."""
SERIES_PER_TARGET = 1_000
"""Series of a target that the singleton scrapes: an estimate."""

MIN_CPU_MILLIS = 100
MIN_MEMORY_MIB = 256
"""The default requests of agents and of the singleton, which no plan goes below.

The gateway has more memory by default: what the default `tail_sampling` remembers alone takes 286 MiB.
"""


def collectors(load: Load, options: CollectorOptions | None = None) -> Topology:
    """Return the size of every workload; an even distribution of work between the agents is an estimate."""
    chosen = options or CollectorOptions()
    figures = FIGURES[chosen.engine]
    return Topology(
        "collectors",
        {
            Role.AGENTS: _agents(load, chosen, figures),
            Role.GATEWAY: _gateway(load, chosen),
            Role.SINGLETON: _singleton(load, chosen, figures),
        },
    )


def needed_traces(load: Load, sampling: Sampling) -> int:
    """Return the traces that a replica must be able to hold until they are decided, at peak."""
    traces = _waiting_spans(load, sampling) / SPANS_PER_TRACE
    return round_up(traces * PEAK_OF_MEAN, step=1_000)


def _agents(load: Load, options: CollectorOptions, figures: Figures) -> Size:
    """Return the size of an agent; that all series pass through the agents is the most there can be."""
    logs = load.logs_gb_per_day * 1000 / 86_400
    cpu = (
        logs * figures.millis_per_log_mb
        + load.samples_per_second * figures.millis_per_sample
        + load.spans_per_second / SPANS_PER_CORE * 1000
    )
    written = load.active_series * options.remote_writes
    memory = logs * figures.memory_mib_per_log_mb + written * figures.memory_mib_per_written_series
    return _size(load.collectors, cpu / load.collectors, figures.idle_mib + memory / load.collectors)


def _gateway(load: Load, options: CollectorOptions) -> Size:
    memory = float(IDLE_MIB)
    for sampling in options.sampling:
        traces = max(sampling.traces_in_memory, needed_traces(load, sampling))
        memory += _waiting_spans(load, sampling) * SPAN_KIB / 1024
        memory += traces * sampling.decisions_per_trace * DECISION_BYTES / 2**20
    replicas = max(MIN_GATEWAYS, round_up(load.spans_per_second / SPANS_PER_GATEWAY))
    return _size(replicas, _spans_per_gateway(load) / SPANS_PER_CORE * 1000, memory)


def _waiting_spans(load: Load, sampling: Sampling) -> float:
    """Return the spans of a replica that wait for the decision on their trace."""
    return _spans_per_gateway(load) * sampling.decision_wait_seconds


def _spans_per_gateway(load: Load) -> float:
    """Return the spans a second of a replica: the fewest replicas share a small load."""
    return min(load.spans_per_second / MIN_GATEWAYS, SPANS_PER_GATEWAY)


def _singleton(load: Load, options: CollectorOptions, figures: Figures) -> Size:
    """Return the size of the singleton; events are too few to count."""
    series = min(load.active_series, options.scraped_targets * SERIES_PER_TARGET)
    samples = series / load.scrape_interval_seconds
    memory = figures.idle_mib + series * figures.memory_mib_per_scraped_series
    return _size(1, samples * figures.millis_per_sample, memory)


def _size(replicas: int, cpu_millis: float, memory_mib: float) -> Size:
    return Size(
        replicas=replicas,
        cpu_millis=max(MIN_CPU_MILLIS, round_up(cpu_millis, step=50)),
        memory_mib=max(MIN_MEMORY_MIB, round_up(memory_mib, step=64)),
    )
