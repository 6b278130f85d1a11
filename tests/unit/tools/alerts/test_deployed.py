"""Rules and routes that are read from the sandbox."""

from __future__ import annotations

import base64
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.alerting.alertmanager_config import CONFIG_KEY, TEST_ALERT
from components.alerting.compile import configuration
from components.alerting.rule_objects import rule_objects
from components.alerting.spec import AlertingSpec
from sandbox.api import ApiError
from tests import shop_alerting
from tools.alerts import deployed as module
from tools.alerts.deployed import NotDeployedError, deployed, scaled_configuration
from tools.alerts.rehearsal import planned

SPEC = AlertingSpec.check("Alerting", {"namespace": "monitoring", "local_retention": "31d", **shop_alerting.SETTINGS})
RULES = [
    {"metadata": {"name": part.name, "namespace": "monitoring"}, "spec": part.content}
    for part in rule_objects(SPEC.compiled.groups)
]
OTHER = {"metadata": {"name": "prometheus-kubernetes-apps", "namespace": "monitoring"}, "spec": {"groups": []}}
CONFIGURATION = configuration(SPEC.stated, SPEC.compiled)
SECRET = {"data": {CONFIG_KEY: base64.b64encode(yaml.safe_dump(CONFIGURATION).encode()).decode()}}


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What a sandbox answers by path; without the rules it has no such kind."""
    answers: dict[str, Any] = {
        module.RULES: {"items": [*RULES, OTHER]},
        "/api/v1/namespaces/monitoring/secrets/alertmanager-config": SECRET,
    }

    class Answering:
        def __init__(self, layout: object) -> None:
            self.api = self

        def get(self, path: str) -> Any:
            if path not in answers:
                raise ApiError(404, {}, path)
            return answers[path]

        def find(self, path: str) -> Any:
            return answers.get(path)

    monkeypatch.setattr(module, "Sandbox", Answering)
    monkeypatch.setattr(module, "is_up", lambda layout: True)
    return answers


def test_the_groups_are_those_of_the_sandbox_with_the_cases_of_the_compiled_ones(sandbox: dict[str, Any]) -> None:
    found = deployed(SPEC, "dev", Path("x"))
    assert [replace(group, cases=(), place="") for group in found.groups] == [
        replace(group, cases=(), place="", rules=tuple(group.rules), reads_objective=False)
        for group in SPEC.compiled.groups
    ]
    assert found.configuration == CONFIGURATION
    assert found.objects[-1] == "Secret monitoring/alertmanager-config"
    rehearsal = planned(found.groups, "SLOErrorBudgetBurn", 30, "shop/availability")
    assert [group.name for group in rehearsal.groups] == ["slo-shop-availability-counts", "slo-shop-availability"]
    assert all(name.startswith("http_requests_total{") for name in rehearsal.series)


@pytest.mark.parametrize(
    ("removed", "reason"),
    [
        (module.RULES, "the sandbox has no rules of one stack; make up STACK=dev deploys them"),
        ("/api/v1/namespaces/monitoring/secrets/alertmanager-config", "no Secret monitoring/alertmanager-config"),
    ],
)
def test_a_sandbox_without_the_stack_is_told(sandbox: dict[str, Any], removed: str, reason: str) -> None:
    del sandbox[removed]
    with pytest.raises(NotDeployedError, match=reason):
        deployed(SPEC, "dev", Path("x"))


def test_a_sandbox_that_does_not_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotDeployedError, match="start one with make sandbox"):
        deployed(SPEC, "dev", tmp_path)


def test_routes_are_scaled_as_the_compiler_scales_them() -> None:
    scale = Fraction(1, 60)
    found, expected = (
        _without_tests(each)
        for each in (scaled_configuration(CONFIGURATION, scale), configuration(SPEC.stated, SPEC.compiled, scale))
    )
    assert found == expected != _without_tests(CONFIGURATION)


def _without_tests(stated: Any) -> Any:
    """Return a configuration without the route of test alerts, which are sent at once at any scale."""
    routes = [route for route in stated["route"]["routes"] if TEST_ALERT not in str(route)]
    return {**stated, "route": {**stated["route"], "routes": routes}}
