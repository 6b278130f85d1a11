"""Rules that nothing feeds, alerts that lack something and alerts that arrive nowhere are found in rendered objects."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.alerting.spec import AlertingSpec
from tools.contract.alert_rules import HARMLESS, every_rule_is_alive_and_every_alert_arrives
from tools.render import ReleaseSummary, RenderedObject, Rendering

from .conftest import Manifest, manifest

CHART = ReleaseSummary("prometheus", "monitoring", "kube-prometheus-stack", "1.2.3", Path(), "", False, {}, 1)
ANNOTATIONS = {
    "summary": "A target is down",
    "description": "{{ $labels.job }} is down",
    "impact": "It is not measured.",
    "dashboard_url": "https://grafana.example.org/d/targets",
    "runbook_url": "https://example.org/runbooks/Down",
}
RECEIVERS = {"pager": {"kind": "webhook", "url_secret": {"secret": "pager", "key": "url"}}}


def alert(name: str = "Down", expr: str = "up == 0", **changes: Any) -> Manifest:
    labels = {"severity": "warning", "owner": "platform"}
    return {"alert": name, "expr": expr, "for": "5m", "labels": labels, "annotations": ANNOTATIONS, **changes}


def rules(*items: Manifest, name: str = "rules") -> Manifest:
    spec = {"groups": [{"name": "group", "rules": [*items]}]}
    return manifest("PrometheusRule", name, "monitoring", "monitoring.coreos.com/v1", spec=spec)


def routes(**route: Any) -> Manifest:
    text = yaml.safe_dump({"route": {"receiver": "pager", **route}})
    data = {"alertmanager.yaml": b64encode(text.encode()).decode()}
    return manifest("Secret", "alertmanager-config", "monitoring", data=data)


def found(
    *manifests: Manifest, origin: str = "alerting-rules", chart: ReleaseSummary = CHART, **changes: Any
) -> list[str]:
    stated = {
        "namespace": "monitoring",
        "receivers": RECEIVERS,
        "default_receiver": "pager",
        **changes,
    }
    rendering = Rendering(
        "dev",
        tuple(RenderedObject(item, origin) for item in manifests),
        (chart,),
        (),
        frozenset(),
        alerting=AlertingSpec.model_validate(stated),
    )
    return [str(finding) for finding in every_rule_is_alive_and_every_alert_arrives(rendering)]


def test_a_rule_that_is_alive_and_arrives_is_no_finding() -> None:
    assert found(rules(alert(), {"record": "job:up:sum", "expr": "sum by (job) (up)"}), routes()) == []


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (alert(labels={"severity": "page", "owner": "a"}), "severity = page: must be critical"),
        (alert(**{"for": ""}), "for is missing: one bad sample must not page"),
        (alert(labels={"severity": "warning"}), "owner is missing"),
        (alert(annotations={"summary": "Down"}), "description is missing"),
        (alert(expr="upp == 0"), "metric = upp: nothing that the stack deploys produces it"),
        ({"record": "a:b:c", "expr": 'up{pood="x"}'}, "pood must be a label of up"),
        (alert(expr="up =="), "must be PromQL"),
    ],
)
def test_a_rule_that_lacks_something_is_found_with_its_place(rule: Manifest, message: str) -> None:
    first, *_ = found(rules(rule))
    name = rule.get("alert") or rule["record"]
    assert first.startswith(f"PrometheusRule monitoring/rules: group 'group': rule 1 ({name}): ")
    assert message in first


def test_a_rule_file_is_checked_as_an_object_of_the_operator_is() -> None:
    file = yaml.safe_dump(rules(alert(expr="upp == 0"))["spec"])
    held = manifest("ConfigMap", "alerting-rules", "monitoring", data={"alerting-rules.yaml": file})
    assert found(held, routes()) == []
    held["metadata"]["labels"] = {"prometheus_rule": ""}
    (finding,) = found(held, routes())
    assert finding.startswith("ConfigMap monitoring/alerting-rules: group 'group': rule 1 (Down): metric = upp")


def test_an_alert_of_the_chart_that_nobody_has_judged_is_found() -> None:
    (finding,) = found(rules(alert("KubeNewAlert")), origin=f"release {CHART}")
    assert "alert = KubeNewAlert: is an alert of the chart that is not judged yet" in finding
    assert found(rules(alert("KubeNewAlert")), origin="release apps/other") == []


def test_two_objects_with_an_alert_of_one_name_are_found_and_those_on_objectives_are_not() -> None:
    both = [rules(alert(), name="one"), rules(alert(), name="two")]
    (finding,) = found(*both)
    assert finding.startswith("PrometheusRule monitoring/two: group 'group': rule 1 (Down): alert = Down: is the name")
    assert "in PrometheusRule monitoring/one too" in finding
    on_objective = alert(labels={"severity": "warning", "owner": "a", "slo": "availability"})
    assert found(rules(on_objective, name="one"), rules(on_objective, name="two")) == []
    severities = [alert(), alert(labels={"severity": "critical", "owner": "platform"})]
    assert found(rules(*severities), origin="release apps/other") == [], "a chart has one of each severity"


def test_an_alert_on_logs_may_not_have_the_name_of_a_rendered_one() -> None:
    on_logs = {"groups": [{"name": "logs", "rules": [alert(expr='sum by (job) (rate({job="shop"}[5m])) > 1')]}]}
    (finding,) = found(rules(alert()), log_rules={"logs.yaml": yaml.safe_dump(on_logs)})
    assert finding.startswith("logs.yaml:4: group 'logs': rule 1 (Down): alert = Down: is the name of an alert")


def test_an_alert_of_a_chart_that_reaches_nobody_is_found_by_the_rendered_routes() -> None:
    nobody = routes(routes=[{"receiver": "none", "matchers": ['severity="warning"']}])
    (finding,) = found(rules(alert()), nobody, origin="release apps/other")
    assert "Down: reaches no receiver but none, which notifies nobody" in finding


def test_an_inhibition_on_an_alert_that_is_not_rendered_is_found_unless_the_chart_is_a_stand_in() -> None:
    source, target = ["alertname = KubeNodeNotReady"], ["owner = platform"]
    on_chart = {"of-chart": {"source_matchers": source, "target_matchers": target, "equal": ["job"]}}
    objects = [rules(alert()), routes()]
    first, *_ = found(*objects, inhibitions=on_chart)
    assert first.startswith('inhibitions.of-chart: source_matchers = alertname="KubeNodeNotReady": match no alert')
    assert found(*objects, inhibitions=on_chart, chart=replace(CHART, stand_in=True)) == []
    assert found(*objects) == [], "default inhibitions are those that the alerts have a use for"


def test_without_alerting_the_texts_of_alerts_alone_are_checked(rendering: Callable[..., Rendering]) -> None:
    rendered = rendering(rules(alert(expr="upp == 0"), alert("Other", "upp == 0", **{"for": ""})))
    (finding,) = [str(one) for one in every_rule_is_alive_and_every_alert_arrives(rendered)]
    assert "rule 2 (Other): for is missing" in finding


@pytest.mark.parametrize(("rule", "message"), [one for one in HARMLESS if not one[1].startswith("expr ")])
def test_what_does_no_harm_in_a_chart_is_a_problem_elsewhere(rule: str, message: str) -> None:
    metric = message.removeprefix("metric = ").removesuffix(":")
    dead = {
        "expr compares a ratio": alert(rule, "sum by (job) (rate(a[5m])) / sum by (job) (rate(b[5m])) > 0.1"),
    }.get(message, {"record": rule, "expr": f"{metric} > 0"})
    applications = {name: {"type": "counter"} for name in ("a", "b")}
    for origin, count in (("release apps/other", 0), ("alerting-rules", 1)):
        assert len(found(rules(dead), origin=origin, application_metrics=applications)) == count


def test_a_ratio_of_the_chart_that_always_has_traffic_needs_no_minimum() -> None:
    ratio = "sum(rate(prometheus_http_requests_total[5m])) / sum(rate(prometheus_http_requests_total[5m])) > 0.5"
    for name, count in (("KubeAPIErrorBudgetBurn", 0), ("OtherBudgetBurn", 1)):
        problems = [one for one in found(rules(alert(name, ratio)), origin="release monitoring/prometheus")]
        assert sum("compares a ratio" in one for one in problems) == count


def test_a_group_without_rules_is_refused() -> None:
    (problem,) = found(rules())
    assert "has no rules, which the API server refuses" in problem


def test_the_routes_of_another_alertmanager_are_none_of_the_stack_s() -> None:
    other = routes(receiver="none")
    other["metadata"]["name"] = "other"
    assert found(rules(alert()), other) == []
