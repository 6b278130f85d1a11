"""The library: the alerts and records of the documents by name and value, and what a stack leaves out or changes."""

from dataclasses import replace
from pathlib import Path

import promql_parser
import pytest

from components.alerting.alertmanager_config import all_inhibitions
from components.alerting.compile import labels_as_sent
from components.alerting.discipline import discipline_problems
from components.alerting.http_metrics import USUAL, HttpSource
from components.alerting.library import (
    Available,
    groups_recorded_elsewhere,
    library_groups,
    logs,
    override_problems,
    spans,
    topics,
    with_jobs,
)
from components.alerting.liveness import Liveness
from components.alerting.notifications import NotificationSettings
from components.alerting.overrides import AlertOverride
from components.alerting.producers import PRODUCERS
from components.alerting.routing import AlertLabels, effective, unused_inhibitors
from components.alerting.rules import Alert, AlertType, Case, Firing, Group, Language, Record, Severity
from components.alerting.shapes import Links, selector, sparse_counter
from tests.promtool import failures

LINKS = Links("https://grafana.example.org", "https://wiki.example.org/runbooks/{alert}.md")
EVERYTHING = Available(
    frozenset(producer for topic in topics() for producer in topic.producers | topic.any_producer),
    frozenset(metric for topic in topics() for metric in topic.application_metrics),
    (USUAL,),
)
GROUPS = library_groups(EVERYTHING, LINKS)
PROMQL = [group for group in GROUPS if group.language is Language.PROMQL]
ALERTS = {rule.name: rule for group in GROUPS for rule in group.rules if isinstance(rule, Alert)}

# Rows 4.8: `up{job="node"}` of the documents never fires here, as the chart calls the job `node-exporter`; the ratio
# has the minimum of traffic of row 4.4; the hours are printed as hours, and need a disk that is nearly full: a new node
# pulls its images.
DOCUMENTS = {
    "HighErrorRate": ("service:http_errors:ratio5m > 0.05 and service:http_requests:rate5m > 10", "5m", "critical"),
    "HighLatencyP99": ("service:http_latency:p99_5m > 1", "10m", "warning"),
    "NodeDown": ('up{job="node-exporter"} == 0', "2m", "critical"),
    "HighCPU": ("instance:node_cpu:utilization > 0.85", "15m", "warning"),
    "DiskFillingUp": (
        "instance:node_disk:predicted_full_hours > 0 and instance:node_disk:predicted_full_hours < 24"
        " and instance:node_disk:free_ratio < 0.2",
        "30m",
        "warning",
    ),
    "SSLCertExpiringSoon": ("probe:probe_ssl_earliest_cert_expiry:days < 14", "1h", "warning"),
    "HighMemory": ("instance:node_memory:utilization > 0.9", "10m", "critical"),
    "Watchdog": ("vector(1)", "", "none"),
}


def test_every_case_holds(tmp_path: Path) -> None:
    assert not failures(tmp_path, [*PROMQL, *groups_recorded_elsewhere(EVERYTHING)])


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_alerts_of_the_documents_are_there(name: str) -> None:
    alert = ALERTS[name]
    assert (alert.expr, alert.pending, alert.labels["severity"]) == DOCUMENTS[name]
    cases = [case.name for group in GROUPS for case in group.cases if case.name.startswith(f"{name} ")]
    if alert.type is AlertType.ALERT:
        assert f"{name} fires" in cases
        assert len([case for case in cases if "does not fire" in case]) >= 2, "negative and border"
    else:
        assert cases


def test_the_records_of_the_documents_are_in_their_groups() -> None:
    groups = {group.name: group for group in GROUPS}
    assert groups["http_rules"].interval == "30s"
    assert groups["node_rules"].interval == "1m"
    names = {name: {rule.name for rule in groups[name].rules} for name in ("http_rules", "node_rules")}
    assert names["http_rules"] >= {
        "service:http_requests:rate5m",
        "service:http_errors:ratio5m",
        "service:http_latency:p99_5m",
    }
    assert names["node_rules"] >= {
        "instance:node_cpu:utilization",
        "instance:node_memory:utilization",
        "instance:node_disk:predicted_full_hours",
    }


def test_team_is_the_owner_where_the_documents_have_it() -> None:
    changed = library_groups(EVERYTHING, LINKS, {"HighErrorRate": AlertOverride(owner="shop")})
    (alert,) = (rule for group in changed for rule in group.rules if rule.name == "HighErrorRate")
    assert (ALERTS["HighErrorRate"].labels["team"], alert.labels["team"]) == ("platform", "shop")


def test_every_alert_keeps_the_rules_against_fatigue() -> None:
    assert not list(discipline_problems(GROUPS))
    assert all(promql_parser.parse(rule.expr) for group in PROMQL for rule in group.rules)
    assert not [name for name, alert in ALERTS.items() if "irate" in alert.expr]


def test_alerts_select_another_job_of_a_producer_and_their_cases_hold(tmp_path: Path) -> None:
    jobs = {"node-exporter": "node", "apiserver": "kubernetes-apiservers"}
    groups = [with_jobs(group, jobs) for group in PROMQL]
    changed = [group for group, usual in zip(groups, PROMQL, strict=True) if group.rendered() != usual.rendered()]
    texts = [rule.expr for group in changed for rule in group.rules]
    assert [group.name for group in changed] == ["infrastructure_alerts", "cluster_alerts"]
    assert not [text for text in texts if any(f'job="{usual}"' in text for usual in jobs)]
    assert not failures(tmp_path, changed)


def test_every_record_has_an_example() -> None:
    exemplified = {
        sample["expr"] for group in GROUPS for case in group.cases for sample in case.samples if sample["exp_samples"]
    }
    records = {rule.name for group in GROUPS for rule in group.rules if isinstance(rule, Record)}
    assert not [name for name in records if not any(f"({name}{{" in expr for expr in exemplified)]


def test_a_stack_without_a_producer_leaves_its_groups_out() -> None:
    few = Available(frozenset({"node-exporter", "prometheus"}))
    names = {group.name for group in library_groups(few, LINKS)}
    assert names == {"node_rules", "infrastructure_alerts", "watchdog", "prometheus_rules", "prometheus_alerts"}


def test_the_watchdog_needs_nothing() -> None:
    assert [group.name for group in library_groups(Available(), LINKS)] == ["watchdog"]


def test_a_service_with_http_metrics_pages_once(tmp_path: Path) -> None:
    group = next(group for group in GROUPS if group.name == "span_alerts")
    rule = next(rule for rule in group.rules if rule.name == "HighSpanErrorRate")
    assert "unless on (service) service:http_requests:rate5m" in rule.expr
    without = Available(EVERYTHING.producers)
    alone = next(group for group in library_groups(without, LINKS) if group.name == "span_alerts")
    assert "unless" not in alone.rules[0].expr
    assert not failures(tmp_path, [alone])


DURATIONS_ALONE = replace(USUAL, requests="http_request_duration_seconds_count", status="", satisfied="", tolerated="")


def test_spans_page_of_what_http_metrics_do_not_tell() -> None:
    groups = library_groups(Available(EVERYTHING.producers, http=(DURATIONS_ALONE,)), LINKS)
    rules = {rule.name: rule for group in groups for rule in group.rules}
    assert "unless" not in rules["HighSpanErrorRate"].expr and "HighErrorRate" not in rules
    assert "unless on (service) service:http_requests:rate5m" in rules["HighSpanLatencyP99"].expr
    assert "HighLatencyP99" in rules and "service:http_latency:apdex5m" not in rules


SOURCES = (
    USUAL,
    HttpSource("shop_requests_total", "app", "code", "shop_request_duration_milliseconds", "app", "250.0", "1000.0"),
    HttpSource(
        "http_server_request_duration_seconds_count",
        "service_name",
        "http_response_status_code",
        "http_server_request_duration_seconds",
        "service_name",
        "0.25",
        "1",
    ),
    HttpSource("jobs_total", "job", "", "", ""),
)


@pytest.mark.parametrize("sources", [SOURCES, *([source] for source in SOURCES[1:])])
def test_requests_are_counted_by_whatever_name(sources: list[HttpSource], tmp_path: Path) -> None:
    groups = [
        group
        for group in library_groups(Available(http=tuple(sources)), LINKS)
        if group.name in ("http_rules", "service_alerts")
    ]
    assert not failures(tmp_path, groups)
    assert len(groups[0].cases) >= len(sources)


def test_an_override_changes_the_rule_and_its_cases(tmp_path: Path) -> None:
    overrides = {
        "HighErrorRate": AlertOverride(threshold=0.2, minimum=1, pending="2m", severity=Severity.WARNING, owner="shop"),
        "HighCPU": AlertOverride(enabled=False, reason="nodes are meant to be full"),
    }
    assert not list(override_problems("alerts", overrides))
    groups = library_groups(EVERYTHING, LINKS, overrides)
    alerts = {rule.name: rule for group in groups for rule in group.rules if isinstance(rule, Alert)}
    changed = alerts["HighErrorRate"]
    assert changed.expr == "service:http_errors:ratio5m > 0.2 and service:http_requests:rate5m > 1"
    assert (changed.pending, changed.labels["severity"], changed.labels["owner"]) == ("2m", "warning", "shop")
    assert "limit 20%" in changed.annotations["description"]
    assert "HighCPU" not in alerts
    assert not failures(tmp_path, [group for group in groups if group.name == "service_alerts"])


@pytest.mark.parametrize(
    ("name", "override", "message"),
    [
        ("HighError", AlertOverride(), "HighError: must be the name of an alert; use one of"),
        ("HighCPU", AlertOverride(enabled=False), "enabled = false: must have a reason"),
        ("NodeDown", AlertOverride(threshold=2), "threshold = 2: NodeDown has none"),
        ("HighCPU", AlertOverride(minimum=2), "minimum = 2: HighCPU has none"),
        (
            "HighCPU",
            AlertOverride(threshold=95),
            "threshold = 95: must be at least 0 and less than 1, as HighCPU compares a ratio; did you mean 0.95?",
        ),
        ("HighErrorRate", AlertOverride(threshold=5), "threshold = 5: must be at least 0 and less than 1"),
        ("HighMemory", AlertOverride(threshold=1), "threshold = 1: must be at least 0 and less than 1"),
        ("Watchdog", AlertOverride(severity=Severity.CRITICAL), "severity = critical: Watchdog has none"),
    ],
)
def test_an_override_that_changes_nothing_is_a_problem(name: str, override: AlertOverride, message: str) -> None:
    (problem,) = override_problems("alerts", {name: override})
    assert problem.message.startswith(message)


def test_a_failing_receiver_is_found_beside_a_healthy_one_of_its_integration(tmp_path: Path) -> None:
    rules, alerts = (group for group in GROUPS if group.name.startswith("alertmanager_"))
    failing = next(rule for rule in alerts.rules if rule.name == "AlertmanagerFailingToSend")
    of = {"namespace": "monitoring", "job": "prom-alertmanager", "integration": "webhook"}
    heartbeat, pager = ({**of, "receiver_name": name} for name in ("heartbeat", "pager"))
    sent, failed = "alertmanager_notifications_total", "alertmanager_notifications_failed_total"
    series = {
        selector(sent, heartbeat): "0+1x60",
        selector(failed, {**heartbeat, "reason": "other"}): "0x60",
        # One group, which is tried again after its `group_interval`.
        selector(sent, pager): sparse_counter(60),
        selector(failed, {**pager, "reason": "other"}): sparse_counter(60),
    }
    fires = [Firing(f"{minute}m", failing.name, [{**pager, **failing.labels}]) for minute in range(20, 60)]
    whole = replace(rules, rules=[*rules.rules, failing], cases=[Case("pager", series, fires)])
    assert not failures(tmp_path, [whole])


def test_a_node_that_is_down_or_cordoned_mutes_by_its_name_too() -> None:
    liveness = Liveness(GROUPS, [PRODUCERS[name] for name in ("node-exporter", "kube-state-metrics")])
    groups = [group for group in GROUPS if group.name in ("infrastructure_alerts", "maintenance_inhibitors")]
    alerts = [labels for group in groups for labels in labels_as_sent(group, liveness, {})]
    down = next(alert for alert in alerts if alert.name == "NodeDown")
    assert {"instance", "node"} <= down.open
    of_state_metrics = AlertLabels({"alertname": "KubeNodeNotReady", "severity": "warning"}, frozenset({"node"}))
    found = all_inhibitions(NotificationSettings(), [*alerts, of_state_metrics])
    assert {"node-down", "node-down-by-node", "node-cordoned"} == found.keys()
    without = effective({"x": found["node-down-by-node"]}, [down, of_state_metrics])
    assert without, "KubeNodeNotReady of the node is muted"
    assert not [*unused_inhibitors(found, alerts)]


def test_alerts_on_logs_are_for_the_ruler_of_loki() -> None:
    (group,) = (group for group in GROUPS if group.language is Language.LOGQL)
    assert {rule.name for rule in group.rules} == {"OutOfMemoryInLogs", "ManyErrorLogs"}
    assert all(isinstance(rule, Alert) for rule in group.rules), "Loki's ruler has no remote write"
    assert {"errors by service", "bytes by service"} <= logs.QUERIES.keys()


def test_names_elsewhere_are_no_problem() -> None:
    assert not list(override_problems("alerts", {"KubeJobFailed": AlertOverride()}, {"KubeJobFailed"}))


def test_spans_are_of_tempo_or_of_a_collector() -> None:
    for producer in spans.PRODUCERS:
        names = {group.name for group in library_groups(Available(frozenset({producer})), LINKS)}
        assert names == {"span_rules", "span_alerts", "watchdog"}


def test_alerts_on_logs_do_not_find_their_own_query() -> None:
    (alert,) = (rule for rule in _logs().rules if rule.name == "OutOfMemoryInLogs")
    assert '!= "count_over_time"' in alert.expr, "Loki logs each query that it runs"


def _logs() -> Group:
    return next(group for group in GROUPS if group.language is Language.LOGQL)
