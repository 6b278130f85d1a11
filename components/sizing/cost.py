"""The monthly cost of shapes."""

from collections.abc import Iterable
from dataclasses import dataclass

from .model import Prices, Shape

LEFT_OUT = "cross-zone traffic, NAT, data transfer, KMS requests, load balancers, support, taxes and idle node capacity"
"""The costs that no figure of this module includes, besides workloads whose shape `cost` does not get."""


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


def cost(shapes: Iterable[Shape], prices: Prices) -> Cost:
    """Return the cost of the buckets, volumes and requests of `shapes`."""
    found = list(shapes)
    sizes = [size for shape in found for size in shape.all.values()]
    return Cost(
        object_store=sum(
            shape.objects.gb * prices.object_gb_month
            + shape.objects.writes / 1000 * prices.write_thousand
            + shape.objects.reads / 1000 * prices.read_thousand
            for shape in found
        ),
        disks=sum(size.replicas * size.volume_gib for size in sizes) * prices.disk_gib_month,
        compute=(
            sum(size.replicas * size.cpu_millis for size in sizes) / 1000 * prices.cpu_month
            + sum(size.replicas * size.memory_mib for size in sizes) / 1024 * prices.memory_gib_month
        ),
    )
