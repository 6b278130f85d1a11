"""The monthly cost of topologies."""

from collections.abc import Iterable
from dataclasses import dataclass

from .model import Prices, Topology

LEFT_OUT = "cross-zone traffic, NAT, data transfer, KMS requests, load balancers, support, taxes and idle node capacity"
"""The costs that no figure of this module includes, besides workloads whose topology `cost` does not get."""


@dataclass(frozen=True)
class Cost:
    """The cost of a month, once the retention is full."""

    object_store: float = 0.0
    disks: float = 0.0
    compute: float = 0.0
    """Of the requests; nodes are larger."""

    @property
    def total(self) -> float:
        """The sum."""
        return self.object_store + self.disks + self.compute


def cost(topologies: Iterable[Topology], prices: Prices) -> Cost:
    """Return the cost of the buckets, volumes and requests of `topologies`."""
    found = list(topologies)
    sizes = [size for topology in found for size in topology.all.values()]
    return Cost(
        object_store=sum(
            topology.objects.gb * prices.object_gb_month
            + topology.objects.writes / 1000 * prices.write_thousand
            + topology.objects.reads / 1000 * prices.read_thousand
            for topology in found
        ),
        disks=sum(size.replicas * size.volume_gib for size in sizes) * prices.disk_gib_month,
        compute=(
            sum(size.replicas * size.cpu_millis for size in sizes) / 1000 * prices.cpu_month
            + sum(size.replicas * size.memory_mib for size in sizes) / 1024 * prices.memory_gib_month
        ),
    )
