"""The rendering of rules, and cases that promtool runs."""

from dataclasses import replace
from pathlib import Path

import pytest

from components.alerting.rules import Alert, AlertType, Case, Firing, Group, Record
from tests.promtool import failures

DOWN = Alert(
    "InstanceDown",
    "instance:up:min == 0",
    pending="2m",
    labels={"severity": "critical"},
    annotations={"summary": "{{ $labels.instance }} is down"},
)
GROUP = Group(
    "up",
    [Record("instance:up:min", "min by (instance) (up)"), DOWN],
    place="library",
    cases=[
        Case(
            "InstanceDown fires after two minutes",
            {'up{instance="a"}': "1x4 0x10", 'up{instance="b"}': "1x14"},
            firings=[
                Firing("6m", "InstanceDown"),
                Firing("7m", "InstanceDown", [{"severity": "critical", "instance": "a"}]),
            ],
        ),
        Case(
            "the minimum is recorded",
            {'up{instance="a",job="x"}': "1x9", 'up{instance="a",job="y"}': "0x9"},
            samples=[
                {
                    "expr": "instance:up:min",
                    "eval_time": "30s",
                    "exp_samples": [{"labels": 'instance:up:min{instance="a"}', "value": 0}],
                }
            ],
            interval="30s",
        ),
    ],
)


def test_a_rule_is_rendered_without_what_it_leaves_out() -> None:
    assert GROUP.rendered() == {
        "name": "up",
        "rules": [
            {"record": "instance:up:min", "expr": "min by (instance) (up)"},
            {
                "alert": "InstanceDown",
                "expr": "instance:up:min == 0",
                "for": "2m",
                "labels": {"severity": "critical"},
                "annotations": {"summary": "{{ $labels.instance }} is down"},
            },
        ],
    }


@pytest.mark.parametrize(
    ("label", "expected"),
    [({}, AlertType.ALERT), ({"alert_type": "info"}, AlertType.INFO), ({"alert_type": "note"}, None)],
)
def test_the_type_of_an_alert_is_its_label(label: dict[str, str], expected: AlertType | None) -> None:
    assert replace(DOWN, labels=label).type is expected


def test_cases_hold(tmp_path: Path) -> None:
    assert not failures(tmp_path, [GROUP])


@pytest.mark.parametrize(
    "broken",
    [
        replace(DOWN, pending="3m"),
        replace(DOWN, expr="instance:up:min == 1"),
        replace(DOWN, labels={"severity": "warning"}),
        replace(DOWN, annotations={"summary": "{{ $labels.instance"}),
    ],
)
def test_cases_do_not_hold_of_another_alert(tmp_path: Path, broken: Alert) -> None:
    assert "InstanceDown" in failures(tmp_path, [replace(GROUP, rules=[GROUP.rules[0], broken])])
