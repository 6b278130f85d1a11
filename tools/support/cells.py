"""The matrix: every shape on every store that it can have, with every version of its chart."""

from dataclasses import dataclass
from typing import Any

from .shapes import SHAPES, Shape
from .stores import STORES, Store

_ONE_POD = {"logging": {"mode": "monolithic"}, "tracing": {"mode": "monolithic"}}


@dataclass(frozen=True)
class Cell:
    """One combination that is supported."""

    shape: Shape
    store: Store
    version: str

    def __str__(self) -> str:
        return f"{self.shape.area}: {self.shape.title}, on {self.store.title}, {self.shape.chart.name} {self.version}"

    @property
    def config(self) -> dict[str, Any]:
        """The configuration of a stack that is this combination; the other signal is one pod."""
        area = {self.shape.area: {**self.shape.settings, "chart_version": self.version}}
        return {"cluster": {"name": "matrix"}, **_ONE_POD, **self.store.config, **area}


def cells_of(shape: Shape, store: Store) -> tuple[Cell, ...]:
    """Give the combinations of a shape with a store; none where they do not go together."""
    possible = store.shared or shape.on_filesystem
    return tuple(Cell(shape, store, version) for version in shape.versions) if possible else ()


CELLS = tuple(cell for shape in SHAPES for store in STORES for cell in cells_of(shape, store))
