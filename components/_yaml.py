"""Files of YAML with the lines of their parts, read strictly: a key that a map has twice is a fault."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import count, islice
from typing import Annotated, Any

import yaml
from pydantic import WrapValidator

from ._model import Location

_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class DataFile(str):
    """The text of a file that was stated as data: its lines are those of no file."""

    __slots__ = ()


def _text(content: Any, handler: Any) -> Any:
    if isinstance(content, DataFile):
        return content
    return DataFile(yaml.safe_dump(content, sort_keys=False)) if isinstance(content, Mapping) else handler(content)


YamlFile = Annotated[str, WrapValidator(_text)]
"""A file of YAML: its text, or the same as data."""


@dataclass(frozen=True)
class Document:
    """One document of a file; empty ones are none."""

    data: Any
    node: Any
    """Its nodes, which know their lines."""
    index: int
    """Which document of the text it is, empty ones counted."""


@dataclass(frozen=True)
class Fault:
    """An error of syntax, a repeated key or another problem of the form of a file."""

    line: int
    """0 where it is not known."""
    message: str


def file_place(path: str, text: str, line: int) -> str:
    """Return a file with a line of it, where that is one that a user wrote."""
    return f"{path}:{line}" if line and not isinstance(text, DataFile) else path


def read_documents(text: str) -> tuple[list[Document], list[Fault]]:
    """Return the documents of a file up to the first error of its syntax, and every fault."""
    documents: list[Document] = []
    faults: list[Fault] = []
    loader = _Loader(str(text))
    try:
        for index in count():
            if not loader.check_node():
                break
            node = loader.get_node()
            data = loader.construct_document(node)
            # A file may begin and end with the line between documents.
            if data is not None:
                documents.append(Document(data, node, index))
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or getattr(error, "reason", None) or error
        faults.append(Fault(mark.line + 1 if mark else 0, f"must be valid YAML ({reason}); correct it"))
    finally:
        loader.dispose()
    return documents, [*faults, *loader.repeated]


@lru_cache(maxsize=64)
def node_of(text: str, index: int) -> Any:
    """Return a document of a text as nodes."""
    return next(islice(yaml.compose_all(str(text), Loader=_SafeLoader), index, None))


def line_of(node: Any, location: Location = ()) -> int:
    """Return the line of the deepest part of `location` that there is: of its key, or of an item of a list."""
    *_, (line, _) = _way(node, location)
    return line


def scalar_of(node: Any, location: Location) -> str:
    """Return the word at a location, as it is written."""
    *_, (_, found) = _way(node, location)
    return str(found.value)


def _way(node: Any, location: Location) -> Iterator[tuple[int, Any]]:
    """Yield each part on the way to a location that there is, and its line."""
    yield node.start_mark.line + 1, node
    for part in location:
        if isinstance(node, yaml.MappingNode):
            # The keys of a merged map are before its own.
            found = ((key, value) for key, value in reversed(node.value) if key.value == part)
            key, node = next(found, (None, None))
            if key is None:
                return
            yield key.start_mark.line + 1, node
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            yield node.start_mark.line + 1, node
        else:
            return


@lru_cache(maxsize=4096)
def _tag(kind: type, value: str, implicit: tuple[bool, bool]) -> str:
    return str(_RESOLVER.resolve(kind, value, implicit))


_RESOLVER: Any = yaml.resolver.Resolver()


class _Loader(_SafeLoader):  # type: ignore[misc]
    """The safe loader, which finds the type of a word once (half the time of reading a file), and repeated keys."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.repeated: list[Fault] = []
        """Each key that its map has already."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> str:
        return _tag(kind, value, implicit) if kind is yaml.ScalarNode else super().resolve(kind, value, implicit)

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        seen = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    line = key.start_mark.line + 1
                    self.repeated.append(Fault(line, f"{key.value}: is set twice; remove one"))
                seen.add(key.value)
        return super().construct_mapping(node, deep)
