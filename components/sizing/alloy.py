"""Alloy: the resources of collection, shared by the collectors.

Alloy's docs (https://grafana.com/docs/alloy/latest/introduction/estimate-resource-usage/) give a core and 120 MiB for
each MiB/s of logs, 0.4 cores and 11 GiB for a million series, and nothing for spans: those are not counted.
"""

from .model import Load, Size, Topology, round_up

MILLIS_PER_MIB_OF_LOGS = 1_000
MEMORY_MIB_PER_MIB_OF_LOGS = 120
MILLIS_PER_SERIES = 400 / 1e6
MEMORY_MIB_PER_SERIES = 11 * 1024 / 1e6

MIN_CPU_MILLIS = 100
MIN_MEMORY_MIB = 256
"""The component's default requests, which no plan goes below."""


def alloy(load: Load) -> Topology:
    """Return the size of the collectors; an even distribution of work between them is an estimate."""
    rate = load.logs_gb_per_day * 1e9 / 86_400 / 2**20
    cpu = rate * MILLIS_PER_MIB_OF_LOGS + load.active_series * MILLIS_PER_SERIES
    memory = rate * MEMORY_MIB_PER_MIB_OF_LOGS + load.active_series * MEMORY_MIB_PER_SERIES
    size = Size(
        replicas=load.collectors,
        cpu_millis=max(MIN_CPU_MILLIS, round_up(cpu / load.collectors, step=50)),
        memory_mib=max(MIN_MEMORY_MIB, round_up(memory / load.collectors, step=64)),
    )
    return Topology("collectors", {"alloy": size})
