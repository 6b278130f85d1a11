"""Alloy: what collecting takes, shared by the pods that do it.

Alloy's docs (https://grafana.com/docs/alloy/latest/introduction/estimate-resource-usage/) give a core and 120 MiB for
each MiB/s of logs, 0.4 cores and 11 GiB for a million series, and nothing for spans: those are not counted.
"""

from .model import Load, Shape, Size, whole

MILLIS_PER_MIB_OF_LOGS = 1_000
MEMORY_MIB_PER_MIB_OF_LOGS = 120
MILLIS_PER_SERIES = 400 / 1e6
MEMORY_MIB_PER_SERIES = 11 * 1024 / 1e6

SMALLEST_CPU_MILLIS = 100
SMALLEST_MEMORY_MIB = 256
"""What the component asks for where nobody says: no plan asks for less."""


def alloy(load: Load) -> Shape:
    """Size the collectors, whose work is taken to be even between pods: an estimate."""
    rate = load.logs_gb_per_day * 1e9 / 86_400 / 2**20
    cpu = rate * MILLIS_PER_MIB_OF_LOGS + load.active_series * MILLIS_PER_SERIES
    memory = rate * MEMORY_MIB_PER_MIB_OF_LOGS + load.active_series * MEMORY_MIB_PER_SERIES
    size = Size(
        replicas=load.collectors,
        cpu_millis=max(SMALLEST_CPU_MILLIS, whole(cpu / load.collectors, step=50)),
        memory_mib=max(SMALLEST_MEMORY_MIB, whole(memory / load.collectors, step=64)),
    )
    return Shape("collectors", {"alloy": size})
