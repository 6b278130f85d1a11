"""The keys that a `values.yaml` only shows in comments: charts document optional values like that."""

import re
from collections import defaultdict
from collections.abc import Mapping

Path = tuple[str, ...]

_KEY = re.compile(r"^(?P<indent> *)(?P<key>[A-Za-z_][\w./-]*|'[^']+'|\"[^\"]+\"):(?: |$)")
_COMMENTED = re.compile(r"^(?P<indent> *)#+(?P<inner> *)(?:- )?(?P<key>[A-Za-z_][\w./-]*):(?: |$)")


def commented_keys(text: str) -> Mapping[Path, frozenset[str]]:
    """Return the commented-out keys by the path of the map that they would stand in.

    A comment belongs to the map that its `#` is indented in; a `#` in the first column keeps the indentation of the
    key behind it.
    """
    found: dict[Path, set[str]] = defaultdict(set)
    open_maps: list[tuple[int, Path]] = []
    for line in text.splitlines():
        if comment := _COMMENTED.match(line):
            column = len(comment["indent"])
            columns = {column} if column else {0, len(comment["inner"]), len(comment["inner"]) + 1}
            for each in columns:
                found[_map_at(each, open_maps)].add(comment["key"])
        elif key := _KEY.match(line):
            indent = len(key["indent"])
            open_maps = [entry for entry in open_maps if entry[0] < indent]
            open_maps.append((indent, (*_map_at(indent, open_maps), key["key"].strip("'\""))))
    return {path: frozenset(keys) for path, keys in found.items()}


def _map_at(column: int, open_maps: list[tuple[int, Path]]) -> Path:
    return next((path for indent, path in reversed(open_maps) if indent < column), ())
