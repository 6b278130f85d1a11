"""Rule files of a user and the tests that they bring."""

import re
from typing import Any

import pytest
import yaml

from components.alerting.rule_files import (
    problems_of_files,
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
    assert group.place_of(1) == "shop.yaml:9: group 'shop': rule 2 (Slow)"


def test_a_file_with_a_problem_of_its_form_is_named_and_not_read() -> None:
    files = {"shop.yaml": RULES, "bad.yaml": "groups: [{name: a, rules: []}]"}
    assert [group.name for group in read_groups(files)] == ["shop"]
    (problem,) = problems_of_files(files)
    assert problem.place == "bad.yaml:1"
    assert "must have at least one rule" in problem.message


def test_groups_of_one_name_in_two_files_are_refused() -> None:
    (problem,) = problems_of_files({"shop.yaml": RULES, "copy.yaml": RULES})
    assert problem.place == "copy.yaml:7"
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
    assert {problem.place for problem in found} <= {"shop.yaml:9: group 'shop': rule 2 (Slow)"}


def test_promtool_has_no_tests_of_logql() -> None:
    assert list(untested_problems(read_groups({"shop.yaml": RULES}, Language.LOGQL), [])) == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("tests: [", "must be valid YAML"),
        ("groups: []", "must be a map with rule_files and tests"),
        (yaml.safe_dump({"tests": []}), "must name the files that it tests"),
        (promtool_tests(rules=[]), "has the unknown key rules"),
        (yaml.safe_dump({"rule_files": ["shop.yaml"], "tests": ["x"]}), "test 1 must be a map"),
        (
            promtool_tests(rule_files=["shop.yml"]),
            "'shop.yml', which is no rule file; use one of shop.yaml",
        ),
    ],
)
def test_a_test_file_that_promtool_would_not_read_is_refused(content: str, sentence: str) -> None:
    (problem,) = problems_of_tests({"t.yaml": content}, {"shop.yaml": RULES})
    assert re.fullmatch(r"t\.yaml(:\d)?", problem.place)
    assert sentence in problem.message


LABELLED = """\
groups:
  - name: shop
    interval: 30
    rules:
      - alert: Slow
        expr: job:latency:p99 > 1
        for: 5m
        labels: {severity: warning, version: 1.0, canary: true, since: 2026-11-28, empty: , on: call}
        annotations:
          summary: 5
        for: 10m
        labels: {severity: critical}
      - record: 404
        expr: 1
"""


def test_a_key_that_is_there_twice_and_a_value_that_is_no_text_are_refused_with_their_lines() -> None:
    found = [(problem.place, problem.message) for problem in problems_of_files({"shop.yaml": LABELLED})]
    slow = "group 'shop': rule 1 (Slow)"
    number = "must be text, and YAML reads it as a number; quote it:"
    assert found == [
        ("shop.yaml:3", "group 'shop': interval = 30: must be a duration; write one such as 1m or 1h30m"),
        ("shop.yaml:10", f'{slow}: annotations.summary = 5: {number} "5"'),
        ("shop.yaml:11", "for: is set twice; remove one"),
        ("shop.yaml:12", "labels: is set twice; remove one"),
        ("shop.yaml:13", f"group 'shop': rule 2 (404): record = 404: {number} \"404\""),
        ("shop.yaml:14", f"group 'shop': rule 2 (404): expr = 1: {number} \"1\""),
    ]


@pytest.mark.parametrize(
    ("label", "sentence"),
    [
        ("version: 1.0", 'labels.version = 1.0: must be text, and YAML reads it as a number; quote it: "1.0"'),
        ("canary: yes", 'labels.canary = yes: must be text, and YAML reads it as true or false; quote it: "yes"'),
        ("since: 2026-11-28", 'labels.since = 2026-11-28: must be text, and YAML reads it as a date; quote it'),
        ("empty:", 'labels.empty = (empty): must be text, and YAML reads it as nothing; quote it: ""'),
        ("on: call", "labels has the name True, which YAML reads as true or false; quote it"),
        ("parts: [a, b]", 'labels.parts = ["a", "b"]: must be text; write a line of it'),
    ],
)  # fmt: skip
def test_a_label_that_yaml_turns_into_something_else_is_refused(label: str, sentence: str) -> None:
    text = f"groups:\n- name: a\n  rules:\n  - record: a:b:c\n    expr: up\n    labels:\n      {label}\n"
    (problem,) = problems_of_files({"shop.yaml": text})
    assert problem.place in ("shop.yaml:7", "shop.yaml:6")
    assert problem.message.startswith(f"group 'a': rule 1 (a:b:c): {sentence}")


def test_a_second_document_is_refused() -> None:
    (problem,) = problems_of_files({"shop.yaml": f"{RULES}---\n{RULES}"})
    assert (problem.place, problem.message) == ("shop.yaml:17", "must be one document; write another file")


def test_the_lines_of_a_merged_map_are_its_own() -> None:
    text = (
        "groups:\n- name: a\n  rules:\n  - &slow\n    alert: Slow\n    expr: up\n"
        "  - <<: *slow\n    alert: Slower\n    for: soon\n"
    )
    (problem,) = problems_of_files({"shop.yaml": text})
    assert problem.place == "shop.yaml:9"


def test_what_has_no_problem_in_a_file_that_has_one_is_checked_too() -> None:
    (group,) = read_groups({"shop.yaml": LABELLED})
    assert (group.name, group.interval, [rule.name for rule in group.rules]) == ("shop", "", ["Slow"])
    (slow,) = group.rules
    assert isinstance(slow, Alert)
    assert (slow.pending, slow.labels, slow.annotations, slow.line) == (
        "10m",
        {"severity": "critical"},
        {"summary": "5"},
        5,
    )
