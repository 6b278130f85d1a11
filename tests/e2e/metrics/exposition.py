"""The text in which programs expose their metrics, read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_LINE = re.compile(r"(?P<name>[a-zA-Z_:][\w:]*)(?:\{(?P<labels>.*)\})? (?P<value>\S+)")
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True)
class Sample:
    """One line: the value of a series."""

    name: str
    labels: Mapping[str, str]
    value: float

    def has(self, labels: Mapping[str, str]) -> bool:
        """Whether the series has these labels, among others."""
        return labels.items() <= self.labels.items()


class Exposition:
    """Everything that a program exposes at one time."""

    def __init__(self, text: str) -> None:
        self.samples = tuple(_samples(text))

    def __contains__(self, name: str) -> bool:
        return any(sample.name == name for sample in self.samples)

    def find(self, name: str, **labels: str) -> list[Sample]:
        """Return the series of this name that have these labels."""
        return [sample for sample in self.samples if sample.name == name and sample.has(labels)]

    def value(self, name: str, **labels: str) -> float:
        """Return the value of the only series of this name that has these labels."""
        (sample,) = self.find(name, **labels)
        return sample.value

    def total(self, name: str, **labels: str) -> float:
        """Return the sum of the series of this name that have these labels."""
        return sum(sample.value for sample in self.find(name, **labels))


def _samples(text: str) -> Iterator[Sample]:
    for line in text.splitlines():
        if match := _LINE.match(line):
            yield Sample(match["name"], dict(_LABEL.findall(match["labels"] or "")), float(match["value"]))
