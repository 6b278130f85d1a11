"""What Alloy's components know of arguments and blocks, and configurations against it.

It is kept in `published/` for the Alloy of every supported version of its chart: `alloy_reference.py` writes it.
"""

import functools
import json
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tools.render import Rendering

from .alloy_syntax import Expression, ParsedBlock, parse
from .alloy_validate import configurations
from .chart_values import PUBLISHED
from .finding import Finding

_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
_STRINGS = re.compile(r'"(?:[^"\\\n]|\\.)*"|`[^`]*`')


@dataclass(frozen=True)
class BlockSchema:
    """The arguments of a component or a block, and whether it must be there."""

    required: Sequence[str]
    optional: Sequence[str]
    compulsory: bool = False


@dataclass(frozen=True)
class ComponentSchema:
    """A component: whether it has a label, and its blocks by their path; the empty path is the component itself."""

    label: bool
    blocks: Mapping[str, BlockSchema] = field(default_factory=dict)


@functools.cache
def schemas(chart_version: str) -> Mapping[str, ComponentSchema]:
    """Return the components of the Alloy that a version of the chart installs, by name."""
    kept = json.loads((PUBLISHED / f"alloy-components-{chart_version}.json").read_text(encoding="utf-8"))
    return {
        name: ComponentSchema(
            component["label"],
            {
                path: BlockSchema(block.get("required", []), block.get("optional", []), block.get("compulsory", False))
                for path, block in component["blocks"].items()
            },
        )
        for name, component in kept["components"].items()
    }


def problems(text: str, chart_version: str) -> Iterator[str]:
    """Yield what a configuration has that its components do not know, and what they require that it lacks."""
    known = schemas(chart_version)
    roots = {name.partition(".")[0] for name in known}
    try:
        blocks = parse(text)
    except ValueError as error:
        yield f"is not Alloy's syntax: {error}"
        return
    yield from _reference_problems(blocks, known)
    for block in blocks:
        if block.name.partition(".")[0] not in roots:
            # A component that the configuration declares or imports itself.
            continue
        if block.name not in known:
            yield f"{block.name}: is no component of the Alloy of chart {chart_version}"
            continue
        schema = known[block.name]
        if schema.label is not bool(block.label):
            yield f"{block.reference}: must have {'one label' if schema.label else 'no label'}"
        yield from _block_problems(block, schema, "")


def _reference_problems(
    blocks: Sequence[ParsedBlock], known: Mapping[str, ComponentSchema], outer: Collection[str] = ()
) -> Iterator[str]:
    """Yield components that are declared twice, and those that others name and that are not declared.

    `outer` are those of the configuration around a template; a `declare` has its own alone.
    """
    declared = Counter(block.reference for block in blocks)
    names = {*declared, *outer}
    yield from (f"{reference}: is declared {count} times" for reference, count in declared.items() if count > 1)
    labelled = {name for name, schema in known.items() if schema.label}
    for block in blocks:
        if block.name == "declare":
            yield from _reference_problems(block.blocks, known)
            continue
        for template in block.of("template") if block.name == "foreach" else ():
            yield from _reference_problems(template.blocks, known, names)
        named = replace(block, blocks=()) if block.name == "foreach" else block
        for name in sorted(set(_names(named))):
            parts = name.split(".")
            # A name of a component may begin that of another one: the longest counts.
            length = max((n for n in range(1, len(parts)) if ".".join(parts[:n]) in labelled), default=0)
            if length and (reference := ".".join(parts[: length + 1])) not in names:
                yield f"{block.reference}: names {reference}, which is not declared"


def _names(block: ParsedBlock) -> Iterator[str]:
    """Yield the dotted names in the expressions of a block."""
    for value in block.arguments.values():
        yield from _names_in(value)
    for inner in block.blocks:
        yield from _names(inner)


def _names_in(value: Any) -> Iterator[str]:
    if isinstance(value, Expression):
        yield from _DOTTED.findall(_STRINGS.sub("", value.text))
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _names_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from _names_in(item)


def _block_problems(block: ParsedBlock, schema: ComponentSchema, path: str) -> Iterator[str]:
    place = " > ".join([block.reference, *path.split("/")]) if path else block.reference
    own = schema.blocks[path]
    for name in block.arguments:
        if name not in (*own.required, *own.optional):
            yield f"{place}: has no argument {name}"
    for name in own.required:
        if name not in block.arguments:
            yield f"{place}: requires the argument {name}"
    names = {inner.name for inner in block.blocks}
    for inner_path, inner_schema in schema.blocks.items():
        parent, _, name = inner_path.rpartition("/")
        if inner_path and parent == path and inner_schema.compulsory and name not in names:
            yield f"{place}: requires the block {name}"
    for inner in block.blocks:
        # The stages inside stage.match are those of the component.
        inner_path = inner.name if path == "stage.match" else f"{path}/{inner.name}".lstrip("/")
        if inner_path not in schema.blocks:
            yield f"{place}: has no block {inner.name}"
            continue
        if inner.label:
            yield f"{place} > {inner.name}: must have no label"
        yield from _block_problems(
            ParsedBlock(block.name, block.label, inner.arguments, inner.blocks), schema, inner_path
        )


def configurations_fit_their_components(rendering: Rendering) -> Iterator[Finding]:
    """An argument or a block that a component does not know keeps Alloy from starting."""
    for configuration in configurations(rendering):
        for message in problems(configuration.text, configuration.chart_version):
            yield Finding(configuration.place, message)
