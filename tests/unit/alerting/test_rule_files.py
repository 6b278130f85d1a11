"""Rule files of a user and the tests that they bring."""

from typing import Any

import pytest
import yaml

from components.alerting.rule_files import (
    form_problems,
    problems_of_tests,
    read_groups,
    read_tests,
    untested_problems,
)
from components.alerting.rules import Alert, Group, Language, Record

SLOW: dict[str, Any] = {
    "alert": "Slow",
    "expr": "job:latency:p99 > 1",
    "for": "5m",
    "labels": {"severity": "warning"},
    "annotations": {"summary": "Slow."},
}
LATENCY = {"record": "job:latency:p99", "expr": "max by (job) (latency)"}
RULES = yaml.safe_dump(
    {"groups": [{"name": "shop", "interval": "30s", "labels": {"owner": "shop"}, "rules": [LATENCY, SLOW]}]}
)


def promtool_tests(*expected: dict[str, Any], **content: Any) -> str:
    tests = [{"input_series": [], "alert_rule_test": list(expected)}]
    return yaml.safe_dump({"rule_files": ["shop.yaml"], "tests": tests, **content})


FIRES = {"eval_time": "10m", "alertname": "Slow", "exp_alerts": [{"exp_labels": {"job": "a"}}]}
SILENT = {"eval_time": "1m", "alertname": "Slow", "exp_alerts": []}


def test_a_file_becomes_groups_with_the_labels_of_the_group_on_each_rule() -> None:
    (group,) = read_groups({"shop.yaml": RULES})
    assert group == Group(
        "shop",
        (
            Record("job:latency:p99", "max by (job) (latency)", {"owner": "shop"}),
            Alert("Slow", "job:latency:p99 > 1", "5m", {"owner": "shop", "severity": "warning"}, {"summary": "Slow."}),
        ),
        "shop.yaml",
        "30s",
    )
    assert group.place_of(1) == "shop.yaml: group 'shop': rule 2 (Slow)"


def test_a_file_with_a_problem_of_its_form_is_named_and_not_read() -> None:
    files = {"shop.yaml": RULES, "bad.yaml": "groups: [{name: a, rules: []}]"}
    assert [group.name for group in read_groups(files)] == ["shop"]
    (problem,) = form_problems(files)
    assert problem.place == "bad.yaml"
    assert "must have at least one rule" in problem.message


def test_groups_of_one_name_in_two_files_are_refused() -> None:
    (problem,) = form_problems({"shop.yaml": RULES, "copy.yaml": RULES})
    assert problem.place == "copy.yaml"
    assert "'shop', which shop.yaml has too" in problem.message


def test_an_alert_with_a_test_that_it_fires_and_one_that_it_does_not_is_taken() -> None:
    groups = read_groups({"shop.yaml": RULES})
    assert list(untested_problems(groups, read_tests({"shop_test.yaml": promtool_tests(FIRES, SILENT)}))) == []


@pytest.mark.parametrize(
    ("tests", "missing"),
    [
        ({}, ["to fire", "not to fire"]),
        ({"t.yaml": promtool_tests(SILENT)}, ["to fire"]),
        ({"t.yaml": promtool_tests(FIRES)}, ["not to fire"]),
        ({"t.yaml": promtool_tests(FIRES, SILENT, rule_files=["other.yaml"])}, ["to fire", "not to fire"]),
        ({"tests/t.yaml": promtool_tests(FIRES, SILENT)}, ["to fire", "not to fire"]),
        ({"tests/t.yaml": promtool_tests(FIRES, SILENT, rule_files=["../shop.yaml"])}, []),
    ],
)
def test_an_alert_without_both_tests_is_named_with_its_rule(tests: dict[str, str], missing: list[str]) -> None:
    found = list(untested_problems(read_groups({"shop.yaml": RULES}), read_tests(tests)))
    assert [problem.message.split(":")[0] for problem in found] == [f"no test expects it {what}" for what in missing]
    assert {problem.place for problem in found} <= {"shop.yaml: group 'shop': rule 2 (Slow)"}


def test_promtool_has_no_tests_of_logql() -> None:
    assert list(untested_problems(read_groups({"shop.yaml": RULES}, Language.LOGQL), [])) == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("tests: [", "must be valid YAML, and has an error in line 1"),
        ("groups: []", "must be a map with rule_files and tests"),
        (yaml.safe_dump({"tests": []}), "must name the files that it tests"),
        (promtool_tests(rules=[]), "has unknown keys rules"),
        (yaml.safe_dump({"rule_files": ["shop.yaml"], "tests": ["x"]}), "test 1 must be a map"),
        (
            promtool_tests(rule_files=["shop.yml"]),
            "'shop.yml', which is no rule file; use one of shop.yaml",
        ),
    ],
)
def test_a_test_file_that_promtool_would_not_read_is_refused(content: str, sentence: str) -> None:
    (problem,) = problems_of_tests({"t.yaml": content}, {"shop.yaml": RULES})
    assert problem.place == "t.yaml"
    assert sentence in problem.message
