"""Changes of Loki's chart that Kubernetes would refuse halfway."""

from typing import Any

import pytest

from components.logging.choices import PreparedChange
from components.logging.upgrades import upgrade_problems
from components.logging.values import merged_values

from .examples import BUCKET, DISTRIBUTED, RULES, spec_of

OLDER, NEWER = "6.51.0", "18.11.0"
PATTERNS = {"pattern_ingester": True}


def inputs(version: str, args: dict[str, Any]) -> dict[str, Any]:
    values = merged_values(spec_of(args, chart_version=version))
    return {"name": "loki", "namespace": "logging", "version": version, "values": values}


def judged(before: str, after: str, args: dict[str, Any], *prepared: PreparedChange) -> list[str]:
    return upgrade_problems(inputs(before, args), inputs(after, args), prepared=prepared)


@pytest.mark.parametrize(
    ("more", "names"),
    [
        (RULES, "loki-ruler"),
        (PATTERNS, "loki-pattern-ingester"),
        (RULES | PATTERNS, "loki-ruler loki-pattern-ingester"),
    ],
)
def test_a_statefulset_that_cannot_change_in_place_is_deleted_by_hand_first(more: dict[str, Any], names: str) -> None:
    (problem,) = judged(OLDER, NEWER, DISTRIBUTED | more)
    assert f"kubectl -n logging delete statefulset {names} --cascade=orphan" in problem
    assert "delete service" not in problem
    assert judged(OLDER, NEWER, DISTRIBUTED | more, PreparedChange.CHART) == []


def test_on_the_way_back_services_lose_their_address_only_by_hand() -> None:
    (problem,) = judged(NEWER, OLDER, DISTRIBUTED)
    assert problem.endswith("kubectl -n logging delete service loki-query-scheduler")
    (problem,) = judged(NEWER, OLDER, DISTRIBUTED | RULES)
    assert "delete statefulset loki-ruler --cascade=orphan" in problem
    assert "delete service loki-query-scheduler loki-ruler" in problem


def test_a_workload_that_comes_or_goes_with_the_chart_is_not_in_its_way() -> None:
    with_rules, without = DISTRIBUTED | RULES, DISTRIBUTED
    assert upgrade_problems(inputs(OLDER, without), inputs(NEWER, with_rules)) == []
    assert upgrade_problems(inputs(OLDER, with_rules), inputs(NEWER, without)) == []


@pytest.mark.parametrize("args", [BUCKET | RULES, {**BUCKET, **RULES, "mode": "simple-scalable"}, DISTRIBUTED])
def test_other_upgrades_pass(args: dict[str, Any]) -> None:
    assert judged(OLDER, NEWER, args) == []


@pytest.mark.parametrize("version", [OLDER, NEWER])
def test_other_updates_pass(version: str) -> None:
    assert judged(version, version, DISTRIBUTED | RULES) == []
    assert upgrade_problems({}, inputs(version, DISTRIBUTED | RULES)) == []
