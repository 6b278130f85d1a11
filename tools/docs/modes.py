"""The page about modes: which go with which store and chart, and what is refused."""

from collections.abc import Iterable

from tools.docs.markdown import page, table
from tools.support_matrix import REJECTIONS, STORES, TOPOLOGIES, Topology, combinations_of


def modes_page() -> str:
    """Write the page: the matrix of each signal, then what is refused."""
    return page(
        "Modes, stores and charts",
        [
            "The test suite runs every combination of these tables, and validates the chart values against the keys",
            "and the schema of the real chart. A cell names the versions of the chart; what is `refused` fails before",
            "anything is created.",
        ],
        [
            "Pods are named as `workloads` of the same area names them, caches left out; monolithic Tempo has no such",
            "setting. The rows *from* and *back* are the stages of",
            "[a change of Loki's mode](../operations.md#changing-the-mode-of-loki).",
        ],
        *_signal("Loki", "logging"),
        *_signal("Tempo", "tracing"),
        ["## What is refused"],
        ["Each is reported with its field and its fix, all at once; each is tested too."],
        table(["configuration", "error"], [[rejection.title, rejection.message] for rejection in REJECTIONS]),
    )


def _signal(title: str, area: str) -> Iterable[list[str]]:
    topologies = [topology for topology in TOPOLOGIES if topology.area == area]
    rows = [
        [topology.title, _settings(topology), _pods(topology), _replication_factor(topology)] for topology in topologies
    ]
    yield [f"## {title}"]
    yield table(["mode", f"`observability:{area}`", "pods", "replication factor"], rows)
    yield table(
        ["mode", *(store.title for store in STORES)], [[topology.title, *_charts(topology)] for topology in topologies]
    )


def _settings(topology: Topology) -> str:
    return f"`{{{', '.join(f'{key}: {_yaml(value)}' for key, value in topology.settings.items())}}}`"


def _yaml(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_yaml(item) for item in value)}]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _pods(topology: Topology) -> str:
    return ", ".join(f"{count} {workload}" for workload, count in topology.workloads.items())


def _replication_factor(topology: Topology) -> str:
    return "the broker's" if topology.replication_factor is None else str(topology.replication_factor)


def _charts(topology: Topology) -> list[str]:
    return [
        ", ".join(combination.version for combination in combinations_of(topology, store)) or "`refused`"
        for store in STORES
    ]
