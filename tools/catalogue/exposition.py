"""From the text in which a program exposes its metrics to its file of the catalogue."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from components.alerting.label_flow import BUCKET

CLOSED_LABELS: Mapping[str, re.Pattern[str]] = {
    BUCKET: re.compile(".*"),
    "quantile": re.compile(".*"),
    "mode": re.compile("node_cpu_.*"),
    "phase": re.compile("kube_.*|probe_.*"),
    "state": re.compile("node_.*|alertmanager_.*|loki_ring_.*|thanos_blocks_.*|prometheus_operator_.*|container_.*"),
    "failure_type": re.compile("container_.*"),
}
"""Labels, with the metrics on which every value is exposed from the start: what is seen is the whole set.

`le` and `quantile` are the borders that a program is built with; the others have a series for each phase, mode and
state, with 0 for those that do not hold. The sets of labels that show a value on its first use only (codes, verbs,
reasons) are stated in `closed_values.yaml`.
"""
_TYPE = re.compile(r"# TYPE (\S+) (\w+)")
_SAMPLE = re.compile(r"(?P<name>[a-zA-Z_:][\w:]*)(?:\{(?P<labels>.*)\})? +(?P<value>\S+)")
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
_PARTS = {"histogram": ("_bucket", "_count", "_sum"), "summary": ("", "_count", "_sum")}


def describe(texts: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return the metrics of expositions of one program by name, each with its type and labels.

    A label that is empty in a series is absent there, as Prometheus has it.
    """
    types: dict[str, str] = {}
    found: dict[str, list[Mapping[str, str]]] = {}
    for text in texts:
        stated = dict(_TYPE.findall(text))
        types |= stated
        families = dict(_families(stated))
        for line in text.splitlines():
            if (match := _SAMPLE.match(line)) and not line.startswith("#"):
                labels = {label: value for label, value in _LABEL.findall(match["labels"] or "") if value}
                family, part = families.get(match["name"], (match["name"], ""))
                found.setdefault(family, []).append(labels | ({"": part} if part else {}))
    return {name: _described(name, types.get(name, "untyped"), found[name]) for name in sorted(found)}


def _families(types: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield the names of the series of histograms and summaries, with the metric and the part that they are."""
    for name, kind in types.items():
        for part in _PARTS.get(kind, ()):
            yield f"{name}{part}", (name, part)


def _described(name: str, kind: str, series: list[Mapping[str, str]]) -> dict[str, Any]:
    own = {"histogram": BUCKET, "summary": "quantile"}.get(kind)
    names = {label for labels in series for label in labels} - {""}
    always = {label for label in names if label == own or all(label in labels for labels in series)}
    values = {
        label: sorted({_border(label, labels[label]) for labels in series if label in labels}, key=_order)
        for label in sorted(names)
        if label in CLOSED_LABELS and CLOSED_LABELS[label].fullmatch(name)
    }
    described = {"type": kind, "labels": sorted(always), "optional": sorted(names - always), "values": values}
    return {key: value for key, value in described.items() if value}


def _border(label: str, value: str) -> str:
    """Return a border as Prometheus stores it: a whole number with its fraction, as in OpenMetrics."""
    if label not in (BUCKET, "quantile") or re.search(r"[.e]|Inf|NaN", value):
        return value
    return f"{value}.0"


def _order(value: str) -> tuple[float, str]:
    try:
        return float(value), ""
    except ValueError:
        return 0.0, value


def written(program: str, version: str, source: str, metrics: Mapping[str, Any]) -> str:
    """Return the file of a program, one line a metric, so that a change reads as one."""
    head = {"program": program, "version": version, "source": source}
    opening = "".join(f"{json.dumps(key)}: {json.dumps(value)},\n" for key, value in head.items())
    lines = (f"{json.dumps(name)}: {json.dumps(metrics[name])}" for name in sorted(metrics))
    return "{\n" + opening + '"metrics": {\n' + ",\n".join(lines) + "\n}\n}\n"


def missing(committed: Mapping[str, Any], exposed: Mapping[str, Any]) -> list[str]:
    """Return what a file has and a program does not expose: metrics, types, labels and values of closed labels."""
    problems = []
    for name, stated in sorted(committed.items()):
        if name not in exposed:
            problems.append(f"{name}: not exposed")
            continue
        actual = exposed[name]
        if actual["type"] != stated["type"]:
            problems.append(f"{name}: type {actual['type']}, not {stated['type']}")
        known = {*actual.get("labels", ()), *actual.get("optional", ())}
        problems += [f"{name}: no label {label}" for label in stated.get("labels", ()) if label not in known]
        for label, values in stated.get("values", {}).items():
            lacking = sorted(set(values) - set(actual.get("values", {}).get(label, ())))
            problems += [f"{name}: no {label}={value}" for value in lacking]
    return problems
