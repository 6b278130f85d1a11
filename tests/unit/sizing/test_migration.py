"""While two modes of Loki run, the one that leaves is as large as it was, and the guard lets every stage pass."""

import re
from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from components.logging.ledger import ledger_problems
from components.logging.modes import Mode, Role
from components.logging.spec import LoggingSpec
from components.logging.values import merged_values
from config import Settings, SettingsError, load
from tests.unit.config.stacks import source
from wiring import arguments, sizing

RULER = {"ruler": True, "alertmanager_url": "http://alertmanager.monitoring:9093"}
STEPS = [
    ("monolithic", "simple-scalable"),
    ("simple-scalable", "distributed"),
    ("distributed", "simple-scalable"),
    ("simple-scalable", "monolithic"),
]
EACH_STEP = pytest.mark.parametrize(("old", "new"), STEPS)
EACH_LOAD = pytest.mark.parametrize("logs", [None, 1, 200, 600, 4_000])


def settings(logs: float | None, mode: str, **logging: Any) -> Settings:
    areas: dict[str, Any] = {"load": {"logs_gb_per_day": logs}} if logs else {}
    return load(source(**areas, logging={"mode": mode, **logging}))


def spec_of(chosen: Settings) -> LoggingSpec:
    told = arguments.logging(chosen, namespace="logs", bucket="acme", region="eu-west-1")
    return LoggingSpec.check("Logging", told)


def stages(logs: float | None, old: str, new: str, **logging: Any) -> list[LoggingSpec]:
    """Give the stage before `new` comes, and that in which both run."""
    chosen = settings(logs, old, **logging), settings(logs, new, migrate_from=old, **logging)
    return [spec_of(stage) for stage in chosen]


def shapes(spec: LoggingSpec, mode: str) -> dict[str, Any]:
    """Give what the chart is told of each workload of `mode`."""
    values = merged_values(spec)
    return {role.value: values[role.section] for role in spec.roles(Mode(mode))}


def refusals(way: list[LoggingSpec]) -> list[str]:
    values = [merged_values(stage) for stage in way]
    return [
        problem
        for applied, wanted in pairwise(values)
        for problem in ledger_problems(applied, wanted, today=date(2026, 5, 1))
    ]


@EACH_STEP
@EACH_LOAD
@pytest.mark.parametrize("more", [{}, RULER, {"replication_factor": 1}, {"replicas": 5, "memory": "7Gi"}])
def test_the_mode_that_leaves_stays_as_it_was(logs: float | None, old: str, new: str, more: dict[str, Any]) -> None:
    before, both = stages(logs, old, new, **more)
    assert shapes(both, old) == shapes(before, old)


@EACH_STEP
@EACH_LOAD
def test_the_mode_that_comes_is_as_large_at_once_as_it_will_be(logs: float | None, old: str, new: str) -> None:
    both, after = stages(logs, old, new)[1], spec_of(settings(logs, new))
    assert shapes(both, new) == shapes(after, new)


@EACH_LOAD
@pytest.mark.parametrize("more", [{}, RULER])
def test_the_guard_lets_every_stage_pass_to_distributed_and_back(logs: float | None, more: dict[str, Any]) -> None:
    way = [spec_of(settings(logs, "monolithic", **more))]
    for old, new in STEPS:
        way += [
            spec_of(settings(logs, new, migrate_from=old, **more)),
            spec_of(settings(logs, new, **more)),
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
@EACH_LOAD
def test_what_is_said_of_workloads_of_the_mode_that_leaves_goes_on_to_hold(
    logs: float | None, old: str, new: str, workloads: dict[str, Any]
) -> None:
    way = stages(logs, old, new, workloads=workloads)
    assert shapes(way[1], old) == shapes(way[0], old)
    for role, figures in workloads.items():
        for name, value in figures.items():
            assert getattr(way[1].workload(Role(role)), name) == value
    assert refusals([*way, spec_of(settings(logs, new))]) == []
    with pytest.raises(SettingsError, match=f"does not run in mode {new}"):
        settings(logs, new, workloads=workloads)


@EACH_LOAD
def test_zones_of_the_ingesters_that_come_change_nothing_of_what_leaves(logs: float | None) -> None:
    before = spec_of(settings(logs, "simple-scalable"))
    both = spec_of(settings(logs, "distributed", migrate_from="simple-scalable", ingester_zones=["a", "b", "c"]))
    assert shapes(both, "simple-scalable") == shapes(before, "simple-scalable")
    assert refusals([before, both]) == []


def rows(chosen: Settings) -> dict[str, list[str]]:
    return {words[-5]: words[-4:] for line in sizing.report(chosen).splitlines() if len(words := line.split()) >= 5}


def price(chosen: Settings) -> int:
    """Read what disks and compute cost together."""
    found = re.search(r"disks ([\d,]+), compute ([\d,]+)\)", sizing.report(chosen))
    assert found
    return sum(int(figure.replace(",", "")) for figure in found.groups())


@EACH_STEP
def test_both_modes_are_told_and_paid_for_while_both_run(old: str, new: str) -> None:
    before, both, after = settings(50, old), settings(50, new, migrate_from=old), settings(50, new)
    assert f"Loki {old}, leaving" in sizing.report(both)
    told = rows(both)
    for role in spec_of(before).roles(Mode(old)):
        assert any(name.rstrip("+*") == role.value for name in told), role
    assert price(both) > max(price(before), price(after))
    assert sizing.report(both).count("GB in the bucket") == 1, "the bucket is one"
    assert sizing.report(both).count("caches of") == 1, "and so are the caches"


def test_what_leaves_is_marked_where_the_settings_say_its_size() -> None:
    both = settings(200, "distributed", migrate_from="simple-scalable", workloads={"write": {"replicas": 4}})
    assert rows(both)["write*"][0] == "4"
