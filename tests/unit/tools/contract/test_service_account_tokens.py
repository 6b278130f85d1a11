"""Pods that hold a token are found, but those with a reason; and a release without objects is found."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from components.charts import LOKI
from tools.contract.invariants import every_release_makes_something
from tools.contract.service_account_tokens import no_pod_holds_a_token_without_a_reason
from tools.render import ReleaseSummary, Rendering

from .conftest import container, manifest, workload

Make = Callable[..., Rendering]


def release(
    chart: str = "loki", version: str = LOKI.default_version, *, stand_in: bool = False, objects: int = 1
) -> ReleaseSummary:
    return ReleaseSummary("tiny", "apps", chart, version, Path(), "", stand_in, {}, objects)


def found(rendering: Rendering, *releases: ReleaseSummary) -> list[str]:
    return [str(one) for one in no_pod_holds_a_token_without_a_reason(replace(rendering, releases=releases))]


def holding(*containers: str, **pod: Any) -> dict[str, Any]:
    return workload(containers=[container(name) for name in containers], automountServiceAccountToken=None, **pod)


def account(**said: Any) -> dict[str, Any]:
    return manifest("ServiceAccount", "web", **said)


@pytest.mark.parametrize(
    ("pod", "accounts"),
    [
        (holding("main"), []),
        (holding("main", serviceAccountName="web"), [account()]),
        (holding("main", serviceAccountName="web"), [account(automountServiceAccountToken=True)]),
        (
            workload(automountServiceAccountToken=True, serviceAccountName="web"),
            [account(automountServiceAccountToken=False)],
        ),
    ],
)
def test_a_token_without_a_reason_is_found(rendering: Make, pod: dict[str, Any], accounts: list[Any]) -> None:
    sentence = "holds a token of the Kubernetes API without a reason; set automountServiceAccountToken to false"
    assert found(rendering(pod, *accounts), release()) == [f"Deployment apps/web: {sentence}"]
    assert found(rendering(pod, *accounts)) == [f"Deployment apps/web: {sentence}"], "the stack's own pods have none"


def test_the_service_account_decides_where_the_pod_does_not(rendering: Make) -> None:
    pod = holding("main", serviceAccountName="web")
    assert found(rendering(pod, account(automountServiceAccountToken=False)), release()) == []


@pytest.mark.parametrize(
    ("chart", "name"), [("alloy", "alloy"), ("loki", "loki-sc-rules"), ("grafana", "grafana-sc-datasources")]
)
def test_a_reason_is_of_a_chart_and_a_container(rendering: Make, chart: str, name: str) -> None:
    pod = rendering(holding("main", name))
    assert found(pod, release(chart)) == []
    assert len(found(pod, release("tempo"))) == 1


def test_the_older_chart_of_loki_gives_all_pods_what_the_ruler_needs(rendering: Make) -> None:
    both = rendering(holding("reader"), holding("ruler", "loki-sc-rules"))
    assert found(both, release(version=LOKI.versions[-1])) == []
    assert len(found(both, release(version=LOKI.default_version))) == 1
    assert len(found(rendering(holding("reader")), release(version=LOKI.versions[-1]))) == 1


def test_a_stand_in_chart_is_not_checked_for_tokens(rendering: Make) -> None:
    assert found(rendering(holding("main")), release(stand_in=True)) == []


def test_a_release_without_objects_is_found(rendering: Make) -> None:
    empty = replace(rendering(), releases=(release(objects=0), release(objects=3)))
    assert [str(one) for one in every_release_makes_something(empty)] == [
        "release apps/tiny: renders no object: correct its values, or leave it out"
    ]
