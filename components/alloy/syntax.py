"""Blocks, and the text of a whole configuration."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from .expressions import Ref, Value, assignments, dotted, is_identifier


@dataclass(frozen=True)
class Block:
    """A component (with a label) or a block inside one; attributes come before inner blocks.

    Raise `ValueError` for a name or label that Alloy cannot parse.
    """

    name: str
    label: str = ""
    attributes: Mapping[str, Value] = field(default_factory=dict)
    blocks: Sequence["Block"] = ()

    def __post_init__(self) -> None:
        dotted(self.name)
        for name in (self.label or "_", *self.attributes):
            if not is_identifier(name):
                raise ValueError(f"{self.name}: {name!r} is not an identifier in Alloy; use letters, digits and _")

    def export(self, name: str) -> Ref:
        """Return a reference to an export of this component, such as `receiver` or `output`."""
        return Ref(".".join(part for part in (self.name, self.label, name) if part))


def render(blocks: Iterable[Block]) -> str:
    """Return the configuration of these blocks, formatted as by `alloy fmt`."""
    return "\n\n".join("\n".join(_lines(block)) for block in blocks) + "\n"


def _lines(block: Block) -> list[str]:
    head = f'{block.name} "{block.label}" {{' if block.label else f"{block.name} {{"
    body = list(assignments(block.attributes.items()))
    for inner in block.blocks:
        body += [*([""] if body else []), *_lines(inner)]
    if not body:
        return [f"{head} }}"]
    return [head, *(f"\t{line}" if line else "" for line in body), "}"]
