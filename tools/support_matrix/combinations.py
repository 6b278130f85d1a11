"""The matrix: every topology on every store that it can have, with every version of its chart."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .stores import STORES, Store
from .topologies import TOPOLOGIES, Topology

_ONE_POD = {"logging": {"mode": "monolithic"}, "tracing": {"mode": "monolithic"}}


@dataclass(frozen=True)
class Combination:
    """One combination that is supported."""

    topology: Topology
    store: Store
    version: str

    def __str__(self) -> str:
        topology = self.topology
        return f"{topology.area}: {topology.title}, on {self.store.title}, {topology.chart.name} {self.version}"

    @property
    def config(self) -> dict[str, Any]:
        """The configuration of a stack that is this combination; the other signal is one pod."""
        area = {self.topology.area: {**self.topology.settings, "chart_version": self.version}}
        return {"cluster": {"name": "matrix"}, **_ONE_POD, **self.store.config, **area}


def combinations_of(topology: Topology, store: Store) -> tuple[Combination, ...]:
    """Return the combinations of a topology with a store; none where they do not go together."""
    possible = store.shared or topology.on_filesystem
    return tuple(Combination(topology, store, version) for version in topology.versions) if possible else ()


COMBINATIONS = tuple(
    combination for topology in TOPOLOGIES for store in STORES for combination in combinations_of(topology, store)
)


def _pairwise() -> Iterator[Combination]:
    """Yield each topology on each store with the versions of its chart in turn, on volumes with every version."""
    for place, topology in enumerate(TOPOLOGIES):
        for turn, store in enumerate(STORES, place):
            possible = combinations_of(topology, store)
            yield from possible[turn % len(possible) :][:1] if store.shared else possible


PAIRWISE = tuple(_pairwise())
"""The combinations that have each pair of topology, store and version once or more."""
