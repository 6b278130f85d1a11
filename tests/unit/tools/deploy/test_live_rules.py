"""The answers are those of Prometheus 3.14 and Loki 3.7, cut down to what is compared."""

from typing import Any

import pytest

from components.alerting.rules import Alert, Group, Language, Record
from tools.deploy.live_rules import Difference, live_problems

RECORD: dict[str, Any] = {
    "name": "instance:node_cpu:utilization",
    "query": '1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m]))',
    "health": "ok",
    "evaluationTime": 0.000168,
    "lastEvaluation": "2026-11-28T00:00:00Z",
    "type": "recording",
}
ALERT: dict[str, Any] = {
    "state": "inactive",
    "name": "HighCpu",
    "query": "instance:node_cpu:utilization > 0.85",
    "duration": 600,
    "keepFiringFor": 0,
    "labels": {"severity": "warning"},
    "annotations": {"summary": "busy"},
    "alerts": [],
    "health": "ok",
    "type": "alerting",
}
GROUP = Group(
    "nodes",
    [
        Record(
            "instance:node_cpu:utilization",
            '1 - avg(\n  rate(node_cpu_seconds_total{mode="idle"}[5m])\n) by (instance)',
        ),
        Alert("HighCpu", "instance:node_cpu:utilization > 0.850", "10m", {"severity": "warning"}),
    ],
    "library",
)


def _answer(*rules: dict[str, Any], group: str = "nodes") -> dict[str, Any]:
    return {"status": "success", "data": {"groups": [{"name": group, "file": "rules.yaml", "rules": list(rules)}]}}


def _found(answer: dict[str, Any], group: Group = GROUP) -> list[tuple[str, Difference]]:
    return [(problem.rule, problem.difference) for problem in live_problems("Prometheus", answer, [group])]


def test_rules_that_mean_the_same_are_no_problem() -> None:
    assert _found(_answer(RECORD, ALERT)) == []


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (_answer(RECORD), [("alert HighCpu", Difference.MISSING)]),
        (_answer(RECORD, ALERT, {**ALERT, "name": "Old"}), [("alert Old", Difference.ORPHAN)]),
        (_answer(RECORD, ALERT, ALERT), [("alert HighCpu", Difference.ORPHAN)]),
        (_answer(RECORD, {**ALERT, "query": "up > 0.85"}), [("alert HighCpu", Difference.CHANGED)]),
        (_answer(RECORD, {**ALERT, "duration": 300}), [("alert HighCpu", Difference.CHANGED)]),
        (
            _answer(RECORD, {**ALERT, "labels": {"severity": "critical"}}),
            [("alert HighCpu", Difference.MISSING), ("alert HighCpu", Difference.ORPHAN)],
        ),
        (
            _answer({**RECORD, "health": "err", "lastError": "many-to-many matching not allowed"}, ALERT),
            [("record instance:node_cpu:utilization", Difference.FAILING)],
        ),
    ],
)
def test_what_differs_is_found(answer: dict[str, Any], found: list[tuple[str, Difference]]) -> None:
    assert _found(answer) == found


def test_a_problem_names_ruler_group_rule_and_both_expressions() -> None:
    (problem,) = live_problems("Prometheus", _answer(RECORD, {**ALERT, "query": "up > 0.85"}), [GROUP])
    assert str(problem) == (
        "Prometheus: group 'nodes': alert HighCpu: differs from what was compiled; deploy again: "
        "expr = up > 0.85, compiled as instance:node_cpu:utilization > 0.850"
    )


def test_the_rules_of_loki_are_compared_by_their_tokens() -> None:
    expression = 'sum by (app) (count_over_time({app="shop"} |= "error" | size > 10KB [5m])) > 0'
    group = Group("logs", [Alert("Errors", expression, "5m")], "library", language=Language.LOGQL)
    live = {**ALERT, "name": "Errors", "labels": {}, "duration": 300}
    same = '(sum by (app)(count_over_time({app="shop"} |= "error" | size > 10KB[300s]))) > 0.0'
    assert _found(_answer({**live, "query": same}, group="logs"), group) == []
    other = same.replace("error", "fatal")
    assert _found(_answer({**live, "query": other}, group="logs"), group) == [("alert Errors", Difference.CHANGED)]
