"""Everything that a stack states of alerting, compiled together, and the labels that its alerts are sent with."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
import yaml

from components._spec import InvalidArgsError
from components.alerting.compile import Stated, labels_as_sent
from components.alerting.liveness import Liveness
from components.alerting.matchers import parse_matchers
from components.alerting.producers import PRODUCERS
from components.alerting.routing import AlertLabels
from components.alerting.rules import Alert, Group, Language
from components.alerting.spec import AlertingSpec
from tests import shop_alerting

HOOK = {"kind": "webhook", "url": "http://pager.tools/alerts"}
ONE = {"namespace": "monitoring", "receivers": {"one": HOOK}}
TWO = {"receivers": {"one": HOOK, "two": HOOK}, "default_receiver": "one"}


def problems(stated: Mapping[str, Any]) -> list[str]:
    try:
        AlertingSpec.check("Alerting", {**ONE, **stated})
    except InvalidArgsError as error:
        return [f"{each.field}: {each.message}" for each in error.problems]
    return []


def mutes(source: Mapping[str, str], target: Mapping[str, str]) -> list[str]:
    """Return the names of the inhibitions by which one alert mutes another, as Alertmanager decides it."""
    spec = AlertingSpec.check("Alerting", ONE)

    def selects(texts: Sequence[str], labels: Mapping[str, str]) -> bool:
        every = [matcher for text in texts for matcher in parse_matchers(text)]
        return all(matcher.accepts(labels.get(matcher.label, "")) for matcher in every)

    return [
        name
        for name, found in spec.compiled.inhibitions.items()
        if selects(found.source_matchers, source)
        and selects(found.target_matchers, target)
        and all(source.get(label, "") == target.get(label, "") for label in found.equal)
    ]


DISK = {
    "alertname": "NodeFilesystemAlmostOutOfSpace",
    "job": "node-exporter",
    "service": "prometheus-node-exporter",
    "namespace": "monitoring",
    "instance": "10.0.0.1:9100",
    "device": "/dev/sda1",
    "mountpoint": "/",
}
VOLUME = {
    "alertname": "KubePersistentVolumeFillingUp",
    "job": "kubelet",
    "service": "prometheus-kubelet",
    "instance": "10.0.0.1:10250",
    "namespace": "a",
    "persistentvolumeclaim": "data",
}
CRITICAL, WARNING = {"severity": "critical"}, {"severity": "warning"}


@pytest.mark.parametrize(
    ("alert", "other"),
    [
        (DISK, {"instance": "10.0.0.2:9100"}),
        (DISK, {"mountpoint": "/data", "device": "/dev/sdb1"}),
        (VOLUME, {"namespace": "b"}),
        (VOLUME, {"persistentvolumeclaim": "wal"}),
    ],
)
def test_a_critical_alert_of_the_chart_mutes_the_warning_of_its_series_alone(
    alert: dict[str, str], other: dict[str, str]
) -> None:
    assert mutes({**alert, **CRITICAL}, {**alert, **WARNING}) == ["critical-over-warning-of-series"]
    assert mutes({**alert, **CRITICAL}, {**alert, **WARNING, **other}) == []


@pytest.mark.parametrize("label", ["persistentvolumeclaim", "deployment", "job_name", "mountpoint", "long"])
def test_a_route_may_match_a_label_that_alerts_of_the_chart_have(label: str) -> None:
    assert problems({**TWO, "routes": {"x": {"receiver": "two", "matchers": [f'{label}=~".+"']}}}) == []


def test_a_route_on_a_label_that_no_alert_has_is_refused() -> None:
    (found,) = problems({**TWO, "routes": {"x": {"receiver": "two", "matchers": ['storageclass="fast"']}}})
    assert found.startswith('routes.x: storageclass="fast": matches no alert that reaches it')


def test_an_inhibition_may_compare_a_label_that_alerts_of_the_chart_have() -> None:
    volume = {
        "source_matchers": ["severity=critical", 'persistentvolumeclaim!=""'],
        "target_matchers": ["severity=warning"],
        "equal": ["alertname", "persistentvolumeclaim", "namespace"],
    }
    assert problems({"inhibitions": {"volume": volume}}) == []


def rules(expr: str) -> dict[str, Any]:
    """Return a file with a record."""
    return {"rules": {"shop.yaml": {"groups": [{"name": "shop", "rules": [{"record": "shop:x:y", "expr": expr}]}]}}}


@pytest.mark.parametrize(
    "expr",
    [
        'ALERTS{alertname="KubeNodeNotReady",alertstate="firing",severity="warning"}',
        "sum by (instance) (instance:node_cpu_utilisation:rate5m)",
        'sum by (namespace) (namespace_workload_pod:kube_pod_owner:relabel{workload_type="deployment"})',
    ],
)
def test_a_rule_may_read_the_alerts_and_the_records_of_the_chart(expr: str) -> None:
    assert problems(rules(expr)) == []


@pytest.mark.parametrize(
    ("expr", "stated", "message"),
    [
        ('ALERTS{alertname="NodeCPUHighUsage"}', {}, "alertname = NodeCPUHighUsage: must be a value of the label"),
        (
            'ALERTS{alertname="KubeJobFailed"}',
            {"alerts": {"KubeJobFailed": {"enabled": False, "reason": "Ours."}}},
            "alertname = KubeJobFailed: must be a value of the label",
        ),
        (
            "instance:node_cpu_utilisation:rate5m",
            {"producers": ["prometheus"]},
            "metric = instance:node_cpu_utilisation:rate5m: nothing that the stack deploys produces it",
        ),
        (
            "sum by (zone) (instance:node_cpu_utilisation:rate5m)",
            {},
            "sum by (zone): its operand must have the label",
        ),
    ],
)
def test_what_the_chart_does_not_have_here_is_refused(expr: str, stated: dict[str, Any], message: str) -> None:
    (found,) = problems({**rules(expr), **stated})
    assert message in found


def test_a_record_of_users_with_the_name_of_another_is_refused() -> None:
    text = {"groups": [{"name": "shop", "rules": [{"record": "shop:x:y", "expr": "sum(up)"}]}]}
    other = {"groups": [{"name": "shop-2", "rules": [{"record": "shop:x:y", "expr": "max(up)"}]}]}
    (found,) = problems({"rules": {"a.yaml": text, "b.yaml": other}})
    assert "b.yaml: group 'shop-2': rule 1 (shop:x:y)" in found
    assert "and a.yaml: group 'shop': rule 1 (shop:x:y) records another; rename it" in found
    same = {"groups": [{"name": "shop-2", "rules": [{"record": "shop:x:y", "expr": "sum (up)"}]}]}
    assert problems({"rules": {"a.yaml": text, "b.yaml": same}}) == []


def test_a_record_of_users_with_the_name_of_one_of_the_chart_is_refused() -> None:
    rule = {"record": "instance:node_cpu_utilisation:rate5m", "expr": "sum(up)"}
    files = {"a.yaml": yaml.safe_dump({"groups": [{"name": "shop", "rules": [rule]}]})}
    (found,) = problems({"rules": files})
    assert "a.yaml:4: group 'shop': rule 1 (instance:node_cpu_utilisation:rate5m): record = " in found
    assert "is recorded by kube-prometheus-stack already" in found and "read that, or rename it" in found
    assert problems({"rules": files, "producers": ["prometheus"]}) == [], "the chart has no such record here"
    assert problems({"rules": files, "existing_prometheus": True}) == []


def test_objectives_whose_groups_would_have_one_name_are_refused() -> None:
    service, slo = shop_alerting.SERVICE, shop_alerting.AVAILABILITY
    documents = [{**service, "metadata": {**service["metadata"], "name": of}} for of in ("a-b", "a")] + [
        {**slo, "metadata": {**slo["metadata"], "name": name}, "spec": {**slo["spec"], "service": of}}
        for of, name in (("a-b", "c"), ("a", "b-c"))
    ]
    stated = {key: value for key, value in shop_alerting.SETTINGS.items() if key not in ("rules", "rule_tests")}
    files = {"slos.yaml": yaml.safe_dump_all(documents)}
    found = problems({**stated, "local_retention": "31d", "objectives": files})
    assert len([each for each in found if "rename one of the objectives, or its service" in each]) == 1, found


URL = "http://alertmanager.example.org:9093"
EXTERNAL = {"cluster": "prod", "region": "eu"}
BY_NAMESPACE = 'sum by (namespace) (rate({namespace=~".+"} |= "error" [5m])) > 1'


def sent(expr: str, language: Language = Language.PROMQL, **labels: str) -> AlertLabels:
    group = Group("g", [Alert("A", expr, labels=labels)], "a.yaml", language=language)
    (found,) = labels_as_sent(group, Liveness([group], [PRODUCERS["node-exporter"]]), EXTERNAL)
    return found


@pytest.mark.parametrize(
    ("expr", "language", "own"),
    [
        ("sum by (instance) (node_load1) > 1", Language.PROMQL, "instance"),
        (BY_NAMESPACE, Language.LOGQL, "namespace"),
    ],
)
def test_every_ruler_adds_the_external_labels(expr: str, language: Language, own: str) -> None:
    found = sent(expr, language, severity="warning")
    assert found.fixed == {**EXTERNAL, "alertname": "A", "severity": "warning"}
    assert found.open == {own}


def test_a_label_of_the_rule_itself_stays() -> None:
    assert sent(BY_NAMESPACE, Language.LOGQL, cluster="staging").fixed["cluster"] == "staging"


@pytest.mark.parametrize(
    "expr",
    [BY_NAMESPACE.replace("(namespace)", "(cluster, namespace)"), 'rate({namespace=~".+"} |= "error" [5m]) > 1'],
)
def test_logs_may_be_of_another_cluster(expr: str) -> None:
    found = sent(expr, Language.LOGQL)
    assert "cluster" in found.open and "cluster" not in found.fixed
    assert found.fixed["region"] == "eu", "no label of logs"


def stated(**args: Any) -> Stated:
    return AlertingSpec.model_validate({"namespace": "monitoring", "alertmanager_url": URL, **args}).stated


def test_any_series_may_have_a_label_of_the_store() -> None:
    expr = 'sum by (cluster, instance) (node_load1{cluster="a"}) > 1'
    group = Group("g", [Alert("A", expr)], "a.yaml")
    (problem,) = stated().liveness([group]).problems()
    assert "cluster is a label of the whole Prometheus" in problem.message
    liveness = stated(series_labels=["cluster"]).liveness([group])
    assert not list(liveness.problems())
    assert liveness.alert_labels(Alert("A", expr)).fixed == {"alertname": "A", "cluster": "a"}
    without = Group("g", [Alert("A", 'node_load1{cluster=""} > 1')], "a.yaml")
    assert not list(stated(series_labels=["cluster"]).liveness([without]).problems()), "not every series has it"


def test_an_existing_prometheus_has_no_alerts_and_records_of_the_chart() -> None:
    changed = {"alerts": {"KubeJobFailed": {"enabled": False, "reason": "Jobs have an alert of their own."}}}
    read = {"groups": [{"name": "a", "rules": [{"record": "a:b:c", "expr": "instance:node_num_cpu:sum"}]}]}
    stated = {**changed, "rules": {"a.yaml": yaml.safe_dump(read)}}
    assert problems(stated) == []
    of_existing = problems({**stated, "existing_prometheus": True})
    assert any("KubeJobFailed: must be the name of an alert" in each for each in of_existing)
    assert any("instance:node_num_cpu:sum: nothing that the stack deploys produces it" in each for each in of_existing)


def test_what_reads_a_budget_is_evaluated_where_the_budget_is() -> None:
    groups = {
        "left": [{"record": "shop:budget:left", "expr": 'slo:period_error_budget_remaining:ratio{slo="availability"}'}],
        "least": [{"record": "shop:budget:least", "expr": "min(shop:budget:left)"}],
        "ratio": [{"record": "shop:errors:ratio5m", "expr": 'slo:sli_error:ratio_rate5m{slo="availability"}'}],
    }
    file = yaml.safe_dump({"groups": [{"name": name, "rules": each} for name, each in groups.items()]})
    stated = {"namespace": "monitoring", **shop_alerting.SETTINGS}
    stated["rules"] = {**shop_alerting.SETTINGS["rules"], "budget.yaml": file}

    def places(**kept: Any) -> tuple[set[str], set[str]]:
        compiled = AlertingSpec.check("Alerting", {**stated, **kept}).compiled
        return {group.name for group in compiled.groups}, {group.name for group in compiled.long_term_groups}

    prometheus, thanos = places(local_retention="2d", long_term_ruler=True)
    assert thanos >= {"left", "least", "slo-shop-availability-budget"} and not thanos & {"ratio", "http_rules"}
    assert prometheus >= {"ratio", "slo-shop-availability"} and not prometheus & thanos
    prometheus, thanos = places(local_retention="31d", long_term_ruler=True)
    assert prometheus >= groups.keys() and thanos == set()


MONTHS: dict[str, Any] = {"record": "job:up:avg30d", "expr": "avg by (job) (avg_over_time(up[30d]))"}


def in_thanos(*rules: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """Return arguments by which the ruler of Thanos evaluates a file with these rules."""
    group = {"name": "months", "rules": list(rules), **more.pop("group", {})}
    files = {"months.yaml": {"groups": [group]}, **more.pop("rules", {})}
    return {"long_term_ruler": True, "long_term_rules": ["months.yaml"], "rules": files, **more}


def test_a_file_goes_to_the_ruler_of_thanos_with_what_reads_its_records() -> None:
    read = {"groups": [{"name": "worst", "rules": [{"record": "shop:up:min", "expr": "min(job:up:avg30d)"}]}]}
    other = {"groups": [{"name": "now", "rules": [{"record": "shop:up:now", "expr": "min(up)"}]}]}
    of_group = {"partial_response_strategy": "warn", "interval": "1h"}
    args = in_thanos(MONTHS, group=of_group, rules={"worst.yaml": read, "now.yaml": other})
    spec = AlertingSpec.check("Alerting", {**ONE, **args})
    assert [group["name"] for group in spec.long_term_groups] == ["months", "worst"]
    assert spec.long_term_groups[0] == {"name": "months", **of_group, "rules": [MONTHS]}
    names = {group.name for group in spec.compiled.groups}
    assert "now" in names and not names & {"months", "worst"}


def test_an_objective_on_a_record_of_thanos_is_evaluated_there() -> None:
    record = {"record": "http_requests_total:kept", "expr": "http_requests_total"}
    slo = yaml.safe_dump_all([shop_alerting.SERVICE, shop_alerting.AVAILABILITY])
    args = {
        **{key: value for key, value in shop_alerting.SETTINGS.items() if key not in ("rule_tests", "runbooks")},
        **in_thanos(record, local_retention="31d"),
        "objectives": {"slo.yaml": slo.replace("http_requests_total{", "http_requests_total:kept{")},
    }
    compiled = AlertingSpec.model_validate({"namespace": "monitoring", **args}).compiled
    assert "slo-shop-availability" in {group.name for group in compiled.long_term_groups}
    assert not [group.name for group in compiled.groups if group.name.startswith("slo-")]


def test_the_ruler_of_thanos_reads_series_with_the_external_labels() -> None:
    record = {"record": "cluster:up:avg30d", "expr": 'avg by (cluster) (avg_over_time(up{region="eu"}[30d]))'}
    of_record = {"record": "cluster:up:worst30d", "expr": 'min(job:up:avg30d{cluster="a"})'}
    args = in_thanos(MONTHS, record, of_record, external_labels={"cluster": "a", "region": "eu"})
    assert problems(args) == []
    found = problems({**args, "long_term_rules": []})
    assert any("cluster is a label of the whole Prometheus" in each for each in found)
    assert any("region must be a label of up" in each for each in found)


def test_an_alert_of_the_ruler_of_thanos_may_be_of_another_cluster() -> None:
    alert = Alert("A", "avg by (cluster) (up) < 0.9")
    group = Group("months", [alert], "months.yaml")
    args = in_thanos({"alert": "A", "expr": alert.expr}, external_labels=EXTERNAL)
    found = [
        next(labels_as_sent(group, stated(**args).liveness([group], in_long_term=each), EXTERNAL, in_long_term=each))
        for each in (False, True)
    ]
    assert ["cluster" in labels.fixed for labels in found] == [True, False]
    assert ["cluster" in labels.open for labels in found] == [False, True]
    assert all(labels.fixed["region"] == "eu" for labels in found)


@pytest.mark.parametrize(
    ("rules", "args", "field", "words"),
    [
        ([{**MONTHS, "expr": "avg_over_time(upp[30d])"}], {}, "rules.months.yaml", "metric = upp: nothing"),
        ([{**MONTHS, "expr": 'up{jobb="a"}'}], {}, "rules.months.yaml", "jobb must be a label of up"),
        ([{"alert": "Down", "expr": "up == 0"}], {}, "rules.months.yaml", "no test expects it to fire"),
        ([{"alert": "Down", "expr": "up == 0"}], {}, "rules.months.yaml", "severity"),
        ([{"alert": "Down", "expr": "up == 0"}], {}, "rules.months.yaml", "runbook"),
        ([{"alert": "HighCPU", "expr": "up == 0"}], {}, "rules.months.yaml", "is the name of an alert"),
        ([{"record": "a:b:c"}], {}, "rules.months.yaml", "must have an expr"),
        ([MONTHS], {"long_term_ruler": False}, "long_term_rules", "requires the ruler of Thanos"),
        ([MONTHS], {"long_term_rules": ["month.yaml"]}, "long_term_rules.0", "use one of months.yaml"),
        (
            [MONTHS],
            {"group": {"partial_response_strategy": "warn"}, "long_term_rules": []},
            "rules.months.yaml",
            "unknown key partial_response_strategy",
        ),
    ],
)
def test_rules_of_the_ruler_of_thanos_pass_every_check(
    rules: list[dict[str, Any]], args: dict[str, Any], field: str, words: str
) -> None:
    found = problems(in_thanos(*rules, **args))
    assert any(each.startswith(f"{field}: ") and words in each for each in found), found
