"""While two modes of Loki run, the one being removed is as large as it was, and the guard lets every stage pass."""

from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from components.logging.modes import LokiMode, LokiRole
from components.logging.spec import LoggingSpec
from components.logging.update_guard import update_problems
from config import Settings, SettingsError
from tests.unit.config.stacks import load_whole, source
from tests.unit.logging.examples import merged_values
from wiring import build_args
from wiring.upstream import BucketArgs

RULER = {"ruler": True, "alertmanager_url": "http://alertmanager.monitoring:9093"}
STEPS = [
    ("monolithic", "simple-scalable"),
    ("simple-scalable", "distributed"),
    ("distributed", "simple-scalable"),
    ("simple-scalable", "monolithic"),
]
EACH_STEP = pytest.mark.parametrize(("old", "new"), STEPS)


def settings(mode: str, **logging: Any) -> Settings:
    return load_whole(source(logging={"mode": mode, **logging}))


def spec_of(chosen: Settings) -> LoggingSpec:
    bucket: BucketArgs = {"bucket": "acme", "region": "eu-west-1"}
    arguments = build_args.logging_args(chosen, namespace="logs", bucket=bucket, cache={}, log_rules={})
    return LoggingSpec.check("Logging", arguments)


def stages(old: str, new: str, **logging: Any) -> list[LoggingSpec]:
    """Return the stage before `new` comes, and that in which both run."""
    chosen = settings(old, **logging), settings(new, migrate_from=old, **logging)
    return [spec_of(stage) for stage in chosen]


def topologies(spec: LoggingSpec, mode: str) -> dict[str, Any]:
    """Return what the chart has of each workload of `mode`."""
    values = merged_values(spec)
    return {role.value: values[role.section] for role in spec.roles(LokiMode(mode))}


def refusals(way: list[LoggingSpec]) -> list[str]:
    values = [merged_values(stage) for stage in way]
    return [problem for old, new in pairwise(values) for problem in update_problems(old, new, today=date(2026, 5, 1))]


@EACH_STEP
@pytest.mark.parametrize("more", [{}, RULER, {"replication_factor": 1}, {"replicas": 5, "memory": "7Gi"}])
def test_the_mode_that_leaves_stays_as_it_was(old: str, new: str, more: dict[str, Any]) -> None:
    before, both = stages(old, new, **more)
    assert topologies(both, old) == topologies(before, old)


@EACH_STEP
def test_the_mode_that_comes_is_as_large_at_once_as_it_will_be(old: str, new: str) -> None:
    both, after = stages(old, new)[1], spec_of(settings(new))
    assert topologies(both, new) == topologies(after, new)


@pytest.mark.parametrize("more", [{}, RULER])
def test_the_guard_lets_every_stage_pass_to_distributed_and_back(more: dict[str, Any]) -> None:
    way = [spec_of(settings("monolithic", **more))]
    for old, new in STEPS:
        way += [
            spec_of(settings(new, migrate_from=old, **more)),
            spec_of(settings(new, **more)),
        ]
    assert refusals(way) == []


@pytest.mark.parametrize(
    ("old", "new", "workloads"),
    [
        ("monolithic", "simple-scalable", {"loki": {"replicas": 1, "memory": "9Gi"}}),
        ("simple-scalable", "distributed", {"write": {"replicas": 4, "volume_size": "40Gi"}, "backend": {"cpu": "2"}}),
        ("distributed", "simple-scalable", {"ingester": {"replicas": 6, "volume_size": "40Gi"}}),
        ("simple-scalable", "monolithic", {"write": {"replicas": 2}, "read": {"memory": "3Gi"}}),
    ],
)
def test_settings_of_workloads_of_the_previous_mode_stay_in_effect(
    old: str, new: str, workloads: dict[str, Any]
) -> None:
    way = stages(old, new, workloads=workloads)
    assert topologies(way[1], old) == topologies(way[0], old)
    for role, figures in workloads.items():
        for name, value in figures.items():
            assert getattr(way[1].workload(LokiRole(role)), name) == value
    assert refusals([*way, spec_of(settings(new))]) == []
    with pytest.raises(SettingsError, match=f"does not run in mode {new}"):
        settings(new, workloads=workloads)


def test_zones_of_the_ingesters_that_come_change_nothing_of_what_leaves() -> None:
    before = spec_of(settings("simple-scalable"))
    both = spec_of(settings("distributed", migrate_from="simple-scalable", ingester_zones=["a", "b", "c"]))
    assert topologies(both, "simple-scalable") == topologies(before, "simple-scalable")
    assert refusals([before, both]) == []
