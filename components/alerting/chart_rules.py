"""The labels of the chart's alerts and records, from `catalogue/chart_rules.yaml`.

A test derives that file from the rules that the released chart renders, and writes it where `tools.catalogue`'s
variable is set.
"""

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from ..metrics.spec import ALERT_RULES
from .catalogue import Metric

FILE = "chart_rules.yaml"
"""In the directory of the catalogue."""


def alert_labels(name: str) -> frozenset[str]:
    """Return the labels of an alert of the chart that is kept, but its name, its severity and its owner."""
    return frozenset(_read()["alerts"][name])


def recorded_metrics(producers: Collection[str], sections: Collection[str]) -> Iterator[tuple[str, Metric]]:
    """Yield what the chart records of `producers`, by name.

    Of the sections that hold alerts, `sections` are deployed.
    """
    for section, stated in _read()["records"].items():
        if (section not in ALERT_RULES or section in sections) and set(stated["producers"]) <= set(producers):
            for name, described in stated["metrics"].items():
                yield name, Metric.read({"type": "gauge", **described})


@lru_cache(1)
def _read() -> Mapping[str, Any]:
    text = (files(__package__) / "catalogue" / FILE).read_text(encoding="utf-8")
    found: Mapping[str, Any] = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return found
