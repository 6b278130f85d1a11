"""What a load needs of a setting against what the stack deploys."""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from components import sizing
from components.units import parse_quantity

NUMBERS = {"replicas": "replicas", "cpu": "cpu_millis", "memory": "memory_mib", "volume_size": "volume_gib"}
"""The settings of a workload, and the number by which two sizes are compared."""

Path = tuple[str, ...]


class Need(NamedTuple):
    """The value of a setting that the load needs, and what the stack deploys."""

    value: float | str
    deployed: float | str
    below: bool
    """Whether less is deployed than the load needs."""
    load: str
    """The part of the load that needs it."""
    reason: str = ""
    """The limit that the load exceeds; empty for a size."""


class Backend(NamedTuple):
    """A backend in one mode: as it is deployed, and as the load needs it."""

    deployed: sizing.Row
    needed: Mapping[str, sizing.Size]
    load: str
    """The load of its signal; empty without one."""
    path: Callable[[str, str], Path | None]
    """The setting of one figure of one workload; `None` where there is none."""

    def needs(self) -> Iterator[tuple[Path, Need]]:
        """Yield what each workload needs. A volume cannot shrink, so a larger one that is deployed stays."""
        deployed = self.deployed.topology.workloads
        for role in (role for role in deployed if self.load and role in self.needed):
            for figure, number in NUMBERS.items():
                path = self.path(role, figure)
                wanted, present = getattr(self.needed[role], number), getattr(deployed[role], number)
                if path and wanted:
                    size = deployed[role] if number == "volume_gib" and present > wanted else self.needed[role]
                    yield (
                        path,
                        Need(getattr(size, figure), getattr(deployed[role], figure), present < wanted, self.load),
                    )


def size(replicas: int, cpu: str, memory: str, volume: str = "0") -> sizing.Size:
    """Return the size of a workload by the quantities of its settings."""
    return sizing.Size(
        replicas,
        math.ceil(parse_quantity(cpu) * 1000),
        math.ceil(parse_quantity(memory) / 2**20),
        math.ceil(parse_quantity(volume or "0") / 2**30),
    )


def amount(number: float, unit: str) -> str:
    """Return an amount of a load; empty for none."""
    return f"{number:,.15g} {unit}" if number else ""
