"""The Lokis whose configuration is proven: every mode with every chart, store, cache and choice that changes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import yaml

from components.charts import LOKI
from components.logging import Logging, LoggingArgs
from components.logging.modes import LokiMode
from tests.checkout import ROOT
from tests.e2e.loki.configuration import Release, release_of, release_of_stack
from tools.support_matrix import COMBINATIONS

_EXTERNAL = "external (S3-compatible)"
_STORE: Any = {
    "namespace": "logging",
    "bucket": "prod",
    "bucket_prefix": "loki",
    "endpoint": "https://s3.example.org",
    "credentials_secret": "loki-bucket",
}
_RULER = {"ruler": True, "alertmanager_url": "http://alertmanager.monitoring:9093"}
_CHOICES: Mapping[str, Mapping[str, Any]] = {
    "ruler": _RULER,
    "rules in a bucket": {
        **_RULER,
        "rule_source": "bucket",
        "ruler_bucket": "prod-rules",
        "lokitool_image": "registry.example.org/lokitool:3.7.7",
    },
    "tenants": {"tenants": ["red", "blue"]},
    "patterns": {"pattern_ingester": True},
    "no caches": {"chunks_cache_mib": 0, "results_cache_mib": 0},
}
_EVERYTHING: Mapping[str, Any] = {
    **_RULER,
    "tenants": ["red"],
    "mode": "distributed",
    "pattern_ingester": True,
    "querier_max_concurrent": 8,
    "chunk_encoding": "zstd",
    "ingester_zones": ["a", "b", "c"],
}
_OLDER_FORMATS = [
    {
        "from": "2019-01-01",
        "store": "boltdb",
        "object_store": "filesystem",
        "schema": "v10",
        "index_period": "168h",
    },
    {"from": "2021-01-01", "store": "boltdb-shipper", "object_store": "filesystem", "schema": "v11"},
    {"from": "2023-01-01", "store": "tsdb", "object_store": "s3", "schema": "v12"},
    {"from": "2024-06-01", "store": "tsdb", "object_store": "s3", "schema": "v13"},
]


@dataclass(frozen=True)
class Case:
    """One Loki, told by a title."""

    title: str
    release: Callable[[], Release]

    def __str__(self) -> str:
        return self.title


def _of_stack(title: str, config: Mapping[str, Any]) -> Case:
    return Case(title, lambda: release_of_stack(config))


def _of_component(title: str, args: LoggingArgs) -> Case:
    return Case(title, lambda: release_of(lambda: {"query_url": Logging("logs", args).query_url}))


def _committed() -> list[Case]:
    found = {file.name.split(".")[1]: yaml.safe_load(file.read_text())["config"] for file in ROOT.glob("Pulumi.*.yaml")}
    own = {
        name: config
        for name, config in found.items()
        if config.get("observability:logging", {}).get("kind") != "external"
    }
    return [_of_stack(f"stack {name}", config) for name, config in sorted(own.items())]


def _of_matrix() -> list[Case]:
    """Every topology on an S3 store; every other store under the smallest topology, which all have alike."""
    logging = [each for each in COMBINATIONS if each.topology.area == "logging"]
    chosen = [each for each in logging if each.store.title == _EXTERNAL or each.topology.title == "monolithic"]
    return [_of_stack(str(each).removeprefix("logging: "), each.config) for each in chosen]


def _with_valkey(mode: LokiMode, version: str) -> Case:
    area = {"mode": mode.value, "chart_version": version}
    config = {"cluster": {"name": "matrix"}, "caching": {"kind": "valkey"}, "logging": area}
    return _of_stack(f"{mode}, valkey, loki {version}", config)


def _with_choice(mode: LokiMode, version: str, choice: str) -> Case:
    args: Any = {**_STORE, "mode": mode.value, "chart_version": version, **_CHOICES[choice]}
    return _of_component(f"{mode}, {choice}, loki {version}", args)


def _singular(version: str) -> list[Case]:
    everything: Any = {**_STORE, **_EVERYTHING, "chart_version": version}
    laptop: Any = {"namespace": "logging", "store": "filesystem", "chart_version": version, **_RULER}
    formats: Any = {**_STORE, "chart_version": version, "schema_entries": _OLDER_FORMATS}
    return [
        _of_component(f"everything at once, loki {version}", everything),
        _of_component(f"ruler on a filesystem, loki {version}", laptop),
        _of_component(f"older index formats, loki {version}", formats),
    ]


CASES = (
    *_committed(),
    *_of_matrix(),
    *(_with_valkey(mode, version) for mode, version in product(LokiMode, LOKI.versions)),
    *(_with_choice(*choice) for choice in product(LokiMode, LOKI.versions, _CHOICES)),
    *(case for version in LOKI.versions for case in _singular(version)),
)
