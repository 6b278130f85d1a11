"""What the settings say of sizes, as figures of the plan: a row shows them in place of its own."""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from components import sizing
from components.logging.modes import Role
from components.logging.sizes import default_replicas
from components.tracing.roles import Role as TempoRole
from components.units import parse_quantity
from config.area import Area
from config.logging import Logging
from config.tracing import Tracing

MEBIBYTE = 2**20
FIGURES = ("replicas", "cpu", "memory", "volume_size")

Arguments = dict[str, Any]


def row(
    title: str, shape: sizing.Shape, said_of: Callable[[str], Arguments], choice: sizing.Choice | None = None
) -> sizing.Row:
    """Give the row of `shape` with the figures that `said_of` finds for each workload in place of the plan's."""
    said = {role: said_of(role) for role in shape.workloads}
    workloads = {role: _as_said(size, said[role]) for role, size in shape.workloads.items()}
    by_user = frozenset(role for role, figures in said.items() if figures)
    return sizing.Row(title, replace(shape, workloads=workloads), choice, by_user)


def of(area: Area) -> Arguments:
    """Give the figures that the user sets."""
    told = area.model_dump(exclude_none=True, include={*FIGURES, "cpu_request", "memory_request"})
    return {name.removesuffix("_request"): value for name, value in told.items()}


def of_tempo(area: Tracing, role: str) -> Arguments:
    """Give the figures that the user sets for one workload of Tempo, or for all that hold spans."""
    own = area.workloads.get(role)
    alone = of(own) if own else {}
    if role != "tempo" and not TempoRole(role).gathers:
        return alone
    return {**of(area), **({"replicas": area.partitions} if area.partitions else {}), **alone}


def of_loki(area: Logging, role: str) -> Arguments:
    """Give the figures that the user sets for one workload of Loki, or for all of them."""
    of_all = of(area)
    if area.replicas:
        of_all["replicas"] = default_replicas(Role(role), area.replicas)
    own = area.workloads.get(role)
    return {**of_all, **(of(own) if own else {})}


def _as_said(size: sizing.Size, said: Mapping[str, Any]) -> sizing.Size:
    memory, volume, cpu = said.get("memory"), said.get("volume_size"), said.get("cpu")
    return sizing.Size(
        replicas=said.get("replicas", size.replicas),
        cpu_millis=math.ceil(parse_quantity(cpu) * 1000) if cpu else size.cpu_millis,
        memory_mib=math.ceil(parse_quantity(memory) / MEBIBYTE) if memory else size.memory_mib,
        volume_gib=math.ceil(parse_quantity(volume) / MEBIBYTE / 1024) if volume else size.volume_gib,
    )
