"""Compares what the catalogue states by hand with the source code that it names.

`python -m tools.catalogue.sources CHECKOUTS` reads `<repository>@<version>/<file>` below a directory with a checkout of
each version, and reports the names, labels and values that no file of an entry has. It is run after the version of a
program was raised. A program may join a name of several constants, so that this finds what was renamed or misspelt, not
every wrong combination.
"""

import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from components.alerting.catalogue import QUANTILE, additions, closed_values
from components.alerting.label_flow import BUCKET

_STRING = re.compile(r'"((?:[^"\\\n]|\\.)*)"|`([^`]*)`|^# TYPE (\w+)', re.MULTILINE)
"""A string of source code, or the name of a metric in an exposition, such as a test compares."""
_VERB = re.compile(r"%[a-z]")
_WORD = re.compile(r"\w+")
_ADDED = frozenset({"total", "seconds", "milliseconds", "bytes"})
"""What the exporter of OpenTelemetry adds to names: https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/"""
_OF_THE_TYPE = frozenset({BUCKET, QUANTILE})


def problems(checkouts: Path) -> Iterator[str]:
    """Yield what the sources do not have, and the files that are missing."""
    for entry in [*additions(), *closed_values()]:
        paths = [
            checkouts / f"{source['repository']}@{source['version']}" / file
            for source in entry["sources"]
            for file in source["files"]
        ]
        missing = [path for path in paths if not path.is_file()]
        yield from (f"{path.relative_to(checkouts)}: missing" for path in missing)
        if not missing:
            texts = [path.read_text(encoding="utf-8") for path in paths]
            name = entry.get("program") or entry["metrics"]
            yield from (f"{name}: {each}" for each in unfounded(entry, texts))


def unfounded(entry: Mapping[str, Any], texts: Sequence[str]) -> list[str]:
    """Return what none of the sources of an entry has: names and labels, joined of words of strings, and values."""
    if "values" in entry:
        return list(_absent(entry["values"], texts))
    words = _ADDED.union(*map(_words, texts))
    found = []
    for name, metric in entry["metrics"].items():
        labels = {*metric.get("labels", ()), *metric.get("optional", ())} - _OF_THE_TYPE
        found += [] if _is_joined(name, words) else [f"{name}: no such name"]
        found += [f"{name}: no label {label}" for label in sorted(labels) if not _is_joined(label, words)]
        for label in labels & metric.get("values", {}).keys():
            found += [f"{name}: {each}" for each in _absent(metric["values"][label], texts)]
    return found


def _absent(values: Iterable[str], texts: Sequence[str]) -> Iterator[str]:
    """Yield the values that no text has; constants of codes and states are identifiers and numbers there."""
    every = "\n".join(texts).lower()
    for value in values:
        if not re.search(rf"(?<!\w){re.escape(value.lower())}(?!\w)", every):
            yield f"no value {value}"


def _words(text: str) -> frozenset[str]:
    """Return the words of the strings of a text, with and without the `_` that they begin or end with."""
    strings = (_VERB.sub(" ", "".join(groups)) for groups in _STRING.findall(text))
    found = {word for string in strings for word in _WORD.findall(string)}
    return frozenset(found | {word.strip("_") for word in found})


def _is_joined(name: str, words: frozenset[str]) -> bool:
    """Whether a name is one of the words, or several of them joined by `_`."""
    starts = [0]
    for end in [*(match.start() for match in re.finditer("_", name)), len(name)]:
        if any(name[start:end] in words for start in starts):
            starts.append(end + 1)
    return starts[-1] > len(name)


def main() -> int:
    found = list(dict.fromkeys(problems(Path(sys.argv[1]))))
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
