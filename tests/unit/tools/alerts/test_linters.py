"""What promtool, amtool and lokitool refuse names the file of the user; what they could not look at is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from components.alerting.spec import AlertingSpec
from tests.installed_tools import require
from tools.alerts.linters import Lint, lint

RECEIVERS = {"pager": {"kind": "webhook", "url_secret": {"secret": "pager", "key": "url"}}}
ANNOTATIONS = {
    "summary": "{{ $labels.job }} is down",
    "description": "It is down",
    "impact": "It is not measured.",
    "dashboard_url": "https://grafana.example.org/d/targets",
    "runbook_url": "https://example.org/runbooks/Down",
}
BROKEN = {**ANNOTATIONS, "summary": "{{ $labels.job } is down"}


def file(expr: str, annotations: dict[str, str] | None = None) -> str:
    labels = {"severity": "warning", "owner": "platform"}
    rule = {"alert": "Down", "expr": expr, "for": "5m", "labels": labels, "annotations": annotations or ANNOTATIONS}
    return yaml.safe_dump({"groups": [{"name": "shop", "rules": [rule]}]})


def promtool_tests(rules: str, values: str) -> str:
    down = {"series": 'up{job="shop"}', "values": values}
    silent = {"alertname": "Down", "eval_time": "10m", "exp_alerts": []}
    return yaml.safe_dump({"rule_files": [rules], "tests": [{"input_series": [down], "alert_rule_test": [silent]}]})


def linted(**stated: Any) -> Lint:
    return lint(AlertingSpec.model_validate({"namespace": "monitoring", "producers": [], **stated}))


def problems(**stated: Any) -> list[tuple[str, str]]:
    return [(problem.program, problem.reason) for problem in linted(**stated).problems]


def test_what_is_well_is_no_problem() -> None:
    require("promtool", "amtool", "lokitool")
    stated = {
        "rules": {"team/shop.yaml": file("up == 0")},
        "rule_tests": {"team/tests/shop_test.yaml": promtool_tests("../shop.yaml", "1x10")},
        "log_rules": {"shop.yaml": file('sum by (job) (rate({app="shop"}[5m])) > 1')},
        "receivers": RECEIVERS,
        "default_receiver": "pager",
    }
    assert linted(**stated) == Lint()


def test_a_group_of_the_ruler_of_thanos_has_a_key_that_promtool_does_not_know() -> None:
    require("promtool")
    (group,) = yaml.safe_load(file("up == 0"))["groups"]
    stated = {
        "rules": {"shop.yaml": {"groups": [{**group, "partial_response_strategy": "warn"}]}},
        "rule_tests": {"shop_test.yaml": promtool_tests("shop.yaml", "1x10")},
        "long_term_rules": ["shop.yaml"],
        "long_term_ruler": True,
    }
    assert problems(**stated) == []
    bad = promtool_tests("shop.yaml", "0x10")
    assert [program for program, _ in problems(**{**stated, "rule_tests": {"shop_test.yaml": bad}})] == ["promtool"]


def test_a_template_that_is_none_is_refused_with_its_file() -> None:
    require("promtool")
    ((program, reason),) = problems(rules={"team/shop.yaml": file("up == 0", BROKEN)})
    assert program == "promtool"
    assert reason.startswith('team/shop.yaml: group "shop", rule 1, "Down": annotation "summary"')


def test_a_test_that_does_not_hold_is_refused_with_its_file() -> None:
    require("promtool")
    tests = {"shop_test.yaml": promtool_tests("shop.yaml", "0x10")}
    ((program, reason),) = problems(rules={"shop.yaml": file("up == 0")}, rule_tests=tests)
    assert program == "promtool"
    assert reason.startswith("shop_test.yaml: ")
    assert "alertname: Down, time: 10m" in reason
    assert 'summary="shop is down"' in reason


def test_logql_that_is_none_is_refused_with_its_file() -> None:
    require("lokitool")
    ((program, reason),) = problems(log_rules={"team/logs.yaml": file('sum(rate({app="shop"} [5m]) > 1')})
    assert program == "lokitool"
    assert reason.startswith("team/logs.yaml: could not parse expression for alert 'Down' in group 'shop': ")
    assert "syntax error" in reason


def test_what_could_not_be_checked_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    rules = "alert rules, their templates and tests: promtool is not on PATH"
    assert linted().unchecked == (rules,), "what the stack does not have needs no check"
    stated = linted(receivers=RECEIVERS, default_receiver="pager", log_rules={"logs.yaml": file("vector(1) > 0")})
    assert stated.unchecked == (
        rules,
        "the configuration of Alertmanager and its templates: amtool is not on PATH",
        "rules on logs: lokitool is not on PATH",
    )
    assert not stated.problems
