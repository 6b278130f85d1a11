"""The alerts of the real chart kube-prometheus-stack: the table knows each, and what is kept fires on its cases."""

import os
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml

from components.alerting.chart_alert_table import KEPT, LEFT_OUT, Reason
from components.alerting.chart_alerts import CHART, ChartAlerts, unexpected_alerts
from components.alerting.chart_rules import FILE
from components.alerting.discipline import discipline_problems
from components.alerting.label_flow import Series, Values, constant, union
from components.alerting.liveness import Liveness
from components.alerting.overrides import AlertOverride
from components.alerting.producers import PRODUCERS as CATALOGUE
from components.alerting.promql import NAME, parse, selectors
from components.alerting.rule_files import group_of
from components.alerting.rules import Alert, Group, Record, Severity
from components.alerting.shapes import Links
from components.charts import KUBE_PROMETHEUS_STACK
from components.metrics import Metrics, MetricsArgs
from components.metrics.spec import ALERT_RULES
from tests.chart_alert_cases import EXAMPLES, cases_of
from tests.promtool import failures
from tests.real_charts import require_renderable
from tools.catalogue import RECORD_VARIABLE
from tools.program import record
from tools.render.releases import render_releases

LINKS = Links("https://grafana.example.org", "https://wiki.example.org/runbooks/{alert}")
PRODUCERS = frozenset(producer for kept in KEPT.values() for producer in kept.producers)
EVERYTHING = ChartAlerts(PRODUCERS, LINKS)
ALL_ALERTS: dict[str, Any] = {"defaultRules": {"rules": dict.fromkeys(ALERT_RULES, True)}}


def groups(values: dict[str, Any]) -> list[Group]:
    args: MetricsArgs = {
        "namespace": "monitoring",
        "control_plane": ["coredns", "etcd", "scheduler", "controller-manager", "proxy"],
        "alertmanager": {"config_secret": "alertmanager-config"},
        "values": values,
    }
    require_renderable(KUBE_PROMETHEUS_STACK, KUBE_PROMETHEUS_STACK.default_version)
    recording = record(lambda: {"query_url": Metrics("metrics", args).query_url})
    with TemporaryDirectory() as directory:
        ((_, objects),) = render_releases(recording, Path(directory), pytest.fail)
    # A section of several groups leaves one without rules where all alerts of it are disabled.
    return [
        _with_cases(group_of(f"chart {CHART}: {item.name}", found))
        for item in objects
        if item.kind == "PrometheusRule"
        for found in item.manifest["spec"]["groups"]
        if found["rules"]
    ]


def _with_cases(group: Group) -> Group:
    by_name = groupby((rule for rule in group.rules if isinstance(rule, Alert)), lambda alert: alert.name)
    examples = [(name, list(same)) for name, same in by_name if name in EXAMPLES]
    return replace(
        group,
        cases=[case for name, same in examples for case in cases_of(name, same, "prometheus", "monitoring")],
    )


@cache
def kept() -> list[Group]:
    return groups(EVERYTHING.values())


@cache
def whole_chart() -> list[Group]:
    return groups(ALL_ALERTS)


def alerts(found: Sequence[Group]) -> list[Alert]:
    return [rule for group in found for rule in group.rules if isinstance(rule, Alert)]


def test_the_table_has_each_alert_of_the_chart_once() -> None:
    names = {alert.name for alert in alerts(whole_chart())}
    assert not KEPT.keys() & LEFT_OUT.keys()
    assert names == KEPT.keys() | LEFT_OUT.keys()
    assert len(names) == 139


def test_what_is_left_out_for_its_kind_is_of_that_kind() -> None:
    found: dict[str, list[Alert]] = {}
    for alert in alerts(whole_chart()):
        found.setdefault(alert.name, []).append(alert)
    for name, left_out in LEFT_OUT.items():
        if left_out.reason is Reason.INFO:
            assert {alert.labels["severity"] for alert in found[name]} <= {"info", "none"}, name
        if left_out.reason is Reason.NO_PENDING:
            assert not all(alert.pending for alert in found[name]), name
        assert bool(left_out.instead) is (left_out.reason is Reason.DUPLICATE)


def test_the_values_deploy_what_is_kept_and_nothing_else() -> None:
    assert {alert.name for alert in alerts(kept())} == KEPT.keys()
    assert not list(unexpected_alerts(kept()))
    assert [problem.message for problem in unexpected_alerts(whole_chart())]


def test_records_stay_as_they_are() -> None:
    def records(found: Sequence[Group]) -> list[Record]:
        return [rule for group in found for rule in group.rules if isinstance(rule, Record)]

    assert records(kept()) == records(groups({}))
    assert not [rule.name for rule in records(kept()) if "owner" in rule.labels]


def test_what_is_kept_has_all_that_the_person_on_call_needs() -> None:
    problems = [problem.message for problem in discipline_problems(kept())]
    # The chart has a rule of each severity under one name, which inhibitions rely on; an API server has requests at any
    # time, so that its ratios need no minimum.
    expected = ("is the name of an alert", "expr compares a ratio")
    assert not [message for message in problems if not any(text in message for text in expected)]
    for alert in alerts(kept()):
        assert alert.annotations["runbook_url"] == f"https://wiki.example.org/runbooks/{alert.name}"
        assert alert.annotations["symptom"]
        assert "$labels.cluster" not in alert.annotations["description"], "a series in Prometheus has no such label"
    for name, stated in KEPT.items():
        rules = [alert for alert in alerts(kept()) if alert.name == name]
        assert {rule.labels["severity"] for rule in rules} == set(stated.severities), name
        assert ", ".join(dict.fromkeys(rule.pending for rule in rules)) == stated.pending, name


def test_every_alert_that_is_kept_has_cases_that_hold(tmp_path: Path) -> None:
    assert EXAMPLES.keys() == KEPT.keys()
    assert {case.name for group in kept() for case in group.cases} >= {f"{name} fires" for name in KEPT}
    with_alerts = [group for group in kept() if group.cases]
    assert not failures(tmp_path, with_alerts)


def test_a_stack_without_a_program_has_no_alerts_on_it() -> None:
    few = ChartAlerts(PRODUCERS - {"kube-apiserver", "etcd"}, LINKS)
    names = {alert.name for alert in alerts(groups(few.values()))}
    assert KEPT.keys() - names == {name for name, kept in KEPT.items() if kept.producers & {"kube-apiserver", "etcd"}}


def test_an_override_disables_an_alert_or_changes_its_severity() -> None:
    overrides = {
        "KubeJobFailed": AlertOverride(enabled=False, reason="Jobs are retried by hand"),
        "KubeNodeNotReady": AlertOverride(severity=Severity.CRITICAL),
    }
    found = {alert.name: alert for alert in alerts(groups(ChartAlerts(PRODUCERS, LINKS, overrides).values()))}
    assert "KubeJobFailed" not in found
    assert found["KubeNodeNotReady"].labels["severity"] == "critical"


def test_a_case_of_each_alert_notices_that_it_cannot_fire(tmp_path: Path) -> None:
    dead = [
        replace(group, rules=[replace(rule, expr="vector(1) == 2") for rule in group.rules])
        for group in kept()
        if group.cases
    ]
    found = failures(tmp_path, dead)
    assert not [name for name in KEPT if f"alertname: {name}," not in found]


DATA = Path(__file__).resolve().parents[2] / "components" / "alerting" / "catalogue" / FILE
OF_EVERY_ALERT = {"alertname", "severity", "owner"}
_SECTION = re.compile(r"\.Values\.defaultRules\.create.*?\.Values\.defaultRules\.rules\.(\w+)")
_GROUP = re.compile(r"^ {2,4}(?:- )?name: ([\w.-]+)$", re.MULTILINE)


def sections() -> dict[str, str]:
    """Return the section of each group, as the templates of the chart state it."""
    chart = require_renderable(KUBE_PROMETHEUS_STACK, KUBE_PROMETHEUS_STACK.default_version)
    texts = [file.read_text() for file in chart.glob("templates/prometheus/rules-*/*.yaml")]
    return {group: found[1] for text in texts if (found := _SECTION.search(text)) for group in _GROUP.findall(text)}


def alerts_with_labels(live: Liveness, found: Sequence[Group]) -> dict[str, list[str]]:
    labels: dict[str, set[str]] = {}
    for alert in alerts(found):
        of_rule = live.alert_labels(alert)
        assert not of_rule.others, f"{alert.name}: its labels are not known"
        labels.setdefault(alert.name, set()).update(of_rule.fixed, of_rule.closed, of_rule.open)
    return {name: sorted(each - OF_EVERY_ALERT) for name, each in sorted(labels.items())}


def recorded(live: Liveness, found: Sequence[Group]) -> dict[str, Any]:
    """Return the records by section, but those that never record anything."""
    dead = {problem.place for problem in live.problems()}
    known = sections()
    records: dict[str, dict[str, list[Series]]] = {}
    needs: dict[str, set[str]] = {}
    own = {rule.name for group in found for rule in group.rules if isinstance(rule, Record)}
    for group in found:
        for index, rule in enumerate(group.rules):
            if isinstance(rule, Record) and group.place_of(index) not in dead:
                section = known[group.name]
                series = live.alert_labels(Alert("x", rule.expr))
                names = {*series.fixed, *series.closed, *series.open} - {"alertname", NAME}
                optional = {label for label, texts in series.closed.items() if "" in texts}
                values = {label: Values(None, label in optional) for label in sorted(names)}
                stated = {label: constant(text) for label, text in rule.labels.items()}
                records.setdefault(section, {}).setdefault(rule.name, []).append(Series({**values, **stated}))
                needs.setdefault(section, set()).update(needed(live, rule.expr, own))
    return {
        section: {
            "producers": sorted(needs[section]),
            "metrics": {name: described(union(several)) for name, several in sorted(metrics.items())},
        }
        for section, metrics in sorted(records.items())
    }


def needed(live: Liveness, expression: str, own: set[str]) -> set[str]:
    """Return the producers without which an expression has no series."""
    found = set()
    for selector in selectors(parse(expression)):
        if selector.name not in own:
            matchers = [matcher for matcher in selector.matchers if matcher.label != NAME]
            variants = live._family((selector.name,)).variants
            producers = {each.producer for each in variants if not each.series.selected(matchers).is_empty}
            found |= producers if len(producers) == 1 else set()
    return found


def described(series: Series) -> dict[str, Any]:
    labels = {label: values for label, values in sorted(series.labels.items())}
    stated = {
        "labels": [label for label, values in labels.items() if not values.absent],
        "optional": [label for label, values in labels.items() if values.absent],
        "values": {label: sorted(values.texts) for label, values in labels.items() if values.texts is not None},
    }
    return {field: found for field, found in stated.items() if found}


def test_the_labels_of_alerts_and_records_are_those_of_the_released_chart() -> None:
    live = Liveness(kept(), CATALOGUE.values())
    found = {"alerts": alerts_with_labels(live, kept()), "records": recorded(live, kept())}
    if os.environ.get(RECORD_VARIABLE):
        version = KUBE_PROMETHEUS_STACK.default_version
        note = f"# Labels of the rules of {CHART} {version}, written by {Path(__file__).name}."
        DATA.write_text(
            f"{note}\n{yaml.safe_dump(found, sort_keys=False, default_flow_style=None, width=110)}", encoding="utf-8"
        )
    assert yaml.safe_load(DATA.read_text(encoding="utf-8")) == found
