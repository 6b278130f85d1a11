"""Each shape, by promtool: its cases hold and notice a wrong expression, and values are printed in their unit."""

import json
import re
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from components.alerting.rules import Alert, AlertType, Group, Language, Severity
from components.alerting.runbooks import Runbook
from components.alerting.shapes import (
    SYMPTOM,
    Above,
    Absent,
    Below,
    DeadMansSwitch,
    FullWithin,
    Inhibitor,
    Links,
    LogLines,
    RatioAbove,
    Shape,
    TargetDown,
    Unit,
    counter,
    gauge,
)
from tests.installed_tools import require
from tests.promtool import failures

LINKS = Links("https://grafana.example.org", "https://wiki.example.org/runbooks/{alert}")
RUNBOOK = Runbook("It is broken.", ["Look."], ["Repair it."], "Nobody.")
PAGE: dict[str, Any] = {
    "name": "Broken",
    "severity": Severity.CRITICAL,
    "pending": "5m",
    "owner": "shop",
    "summary": "{{ $labels.service }} is broken",
    "description": "It is {value} (limit {threshold}).",
    "impact": "Nobody can buy.",
    "symptom": "The cart is empty.",
    "dashboard": "service",
    "runbook": RUNBOOK,
}
SHOP = {"service": "shop"}


def above(unit: Unit = Unit.NUMBER, threshold: float = 10) -> Above:
    return Above(**PAGE, signal=gauge("shop:value", unit, SHOP), threshold=threshold)


RATIO = RatioAbove(
    **PAGE,
    signal=gauge("shop:errors:ratio5m", Unit.RATIO, SHOP),
    threshold=0.05,
    traffic=gauge("shop:requests:rate5m", Unit.PER_SECOND, SHOP),
    minimum=10,
)
FULL = FullWithin(
    **PAGE,
    signal=gauge("shop:disk:full_hours", Unit.HOURS, SHOP),
    threshold=24,
    free=gauge("shop:disk:free_ratio", Unit.RATIO, SHOP),
)
SHAPES: list[Shape] = [
    above(),
    Above(**PAGE, signal=counter("shop_failures_total", SHOP), threshold=0),
    Below(**PAGE, signal=gauge("shop:value", Unit.DAYS, SHOP), threshold=14),
    FULL,
    RATIO,
    TargetDown(**PAGE, job="shop", target={"instance": "10.0.0.1:80"}),
    Absent(**PAGE, metric="up", matchers={"job": "shop"}),
]


def group_of(shape: Shape, **changed: Any) -> Group:
    return Group("shop", [replace(shape.alert(LINKS), **changed)], "here", cases=shape.cases())


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: f"{type(shape).__name__} {shape.expr}")
def test_cases_hold(shape: Shape, tmp_path: Path) -> None:
    assert [case for case in shape.cases() if case.name == "Broken fires"], "it has a positive case"
    assert len(shape.cases()) > 1, "and negative ones"
    assert not failures(tmp_path, [group_of(shape)])


@pytest.mark.parametrize(
    ("shape", "wrong"),
    [
        (above(), "shop:value >= 10"),
        (above(), "shop:value > 20"),
        (above(), "shop:value < 10"),
        (RATIO, "shop:errors:ratio5m > 0.05"),
        (RATIO, "shop:errors:ratio5m > 0.05 and shop:requests:rate5m >= 10"),
        (FULL, "shop:disk:full_hours < 24 and shop:disk:free_ratio < 0.2"),
        (FULL, "shop:disk:full_hours > 0 and shop:disk:full_hours < 24"),
        (SHAPES[5], 'up{job="node"} == 0'),
        (SHAPES[6], 'absent(up{job="store"})'),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_cases_notice_a_wrong_expression(shape: Shape, wrong: str, tmp_path: Path) -> None:
    assert failures(tmp_path, [group_of(shape, expr=wrong)])


def test_cases_notice_that_it_does_not_wait(tmp_path: Path) -> None:
    assert failures(tmp_path, [group_of(above(), pending="1m")])
    assert failures(tmp_path, [group_of(above(), pending="10m")])


@pytest.mark.parametrize(
    ("unit", "threshold", "text"),
    [
        (Unit.RATIO, 0.05, "It is 52.5% (limit 5%)."),
        (Unit.SECONDS, 60, "It is 1m 30s (limit 60s)."),
        (Unit.HOURS, 24, "It is 36.0 hours (limit 24 hours)."),
        (Unit.DAYS, 14, "It is 21.0 days (limit 14 days)."),
        (Unit.BYTES, 1024, "It is 1.5kiB (limit 1024B)."),
        (Unit.NUMBER, 2000, "It is 3k (limit 2000)."),
        (Unit.PER_SECOND, 2, "It is 3/s (limit 2/s)."),
    ],
)
def test_a_value_is_printed_in_its_unit(unit: Unit, threshold: float, text: str, tmp_path: Path) -> None:
    require("promtool")
    shape = above(unit, threshold)
    alert = shape.alert(LINKS)
    printed = {
        **alert.annotations,
        "summary": "shop is broken",
        "description": text,
        "dashboard_url": alert.annotations["dashboard_url"],
    }
    case = shape.cases()[0]
    test = {
        "rule_files": ["rules.yaml"],
        "tests": [
            {
                "interval": "1m",
                "input_series": [{"series": series, "values": values} for series, values in case.series.items()],
                "alert_rule_test": [
                    {
                        "eval_time": "6m",
                        "alertname": "Broken",
                        "exp_alerts": [{"exp_labels": {**SHOP, **alert.labels}, "exp_annotations": printed}],
                    }
                ],
            }
        ],
    }
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump({"groups": [group_of(shape).rendered()]}))
    (tmp_path / "test.yaml").write_text(yaml.safe_dump(test))
    done = subprocess.run(
        ["promtool", "test", "rules", "test.yaml"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_alert_has_all_that_the_person_on_call_needs() -> None:
    alert = replace(above(), labels={"team": "{owner}"}).alert(LINKS)
    assert alert.labels == {"severity": "critical", "owner": "shop", "team": "shop"}
    assert {"summary", "description", "impact", SYMPTOM, "dashboard_url", "runbook_url"} == alert.annotations.keys()
    assert alert.annotations["runbook_url"] == "https://wiki.example.org/runbooks/Broken"


def test_a_link_opens_the_dashboard_of_the_topic_or_the_expression() -> None:
    with_board = replace(LINKS, dashboards={"service": "service-overview"})
    assert above().alert(with_board).annotations["dashboard_url"] == (
        "https://grafana.example.org/d/service-overview?var-service={{ $labels.service | urlquery }}"
    )
    explore = urlsplit(above().alert(LINKS).annotations["dashboard_url"])
    (panes,) = parse_qs(explore.query)["panes"]
    (pane,) = json.loads(panes).values()
    assert (explore.path, pane["datasource"]) == ("/explore", "prometheus")
    assert pane["queries"][0]["expr"] == "shop:value", "without the threshold, so that the graph shows all"
    assert not re.search(r"[{}]", explore.query), "nothing in it is a template of Prometheus"


def test_the_dead_mans_switch_fires_on_nothing(tmp_path: Path) -> None:
    texts = {key: PAGE[key] for key in ("owner", "summary", "description", "runbook")}
    switch = DeadMansSwitch(name="Watchdog", **{**texts, "summary": "It works"})
    assert switch.alert(LINKS).type is AlertType.DEAD_MANS_SWITCH
    assert not failures(tmp_path, [Group("watchdog", [switch.alert(LINKS)], "here", cases=switch.cases())])


def test_an_inhibitor_has_its_type_and_no_severity(tmp_path: Path) -> None:
    texts = {key: PAGE[key] for key in ("owner", "summary", "description", "runbook")}
    inhibitor = Inhibitor(
        name="Closed",
        **texts,
        stated="shop_closed == 1",
        result=SHOP,
        fires_on={'shop_closed{service="shop"}': "1x2"},
        silent_on={'shop_closed{service="shop"}': "0x2"},
    )
    alert = inhibitor.alert(LINKS)
    assert (alert.type, alert.labels["severity"]) == (AlertType.INHIBITOR, "none")
    assert not failures(tmp_path, [Group("closed", [alert], "here", cases=inhibitor.cases())])


def test_log_lines_are_counted_by_labels() -> None:
    shape = LogLines(**PAGE, query='{namespace="shop"} |= "OOM"', by=["namespace", "service_name"], threshold=0)
    expr = 'sum by (namespace, service_name) (count_over_time({namespace="shop"} |= "OOM" [5m])) > 0'
    assert (shape.alert(LINKS).expr, shape.language) == (expr, Language.LOGQL)
    explore = urlsplit(shape.alert(LINKS).annotations["dashboard_url"])
    assert json.loads(parse_qs(explore.query)["panes"][0])["a"]["datasource"] == "loki"


def test_irate_is_nowhere() -> None:
    alerts = [shape.alert(LINKS) for shape in SHAPES]
    assert all(isinstance(alert, Alert) and "irate" not in alert.expr for alert in alerts)
