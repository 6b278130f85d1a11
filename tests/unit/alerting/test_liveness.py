"""What no series can satisfy is refused, with its place and its fix."""

from dataclasses import replace
from datetime import timedelta

import pytest

from components.alerting.catalogue import ApplicationMetric
from components.alerting.liveness import AlertLabelSet, Liveness, liveness_problems
from components.alerting.producers import PRODUCERS
from components.alerting.rules import Alert, Group, Language, Record, Rule

DEPLOYED = [
    PRODUCERS[name]
    for name in (
        "prometheus",
        "node-exporter",
        "kube-state-metrics",
        "kubelet",
        "kubelet-probes",
        "cadvisor",
        "probes",
        "alertmanager",
    )
]
APPLICATION = {
    name: ApplicationMetric.model_validate({"type": kind, "labels": labels})
    for name, kind, labels in (
        ("http_requests_total", "counter", {"service": (), "status": (), "method": ("GET", "POST")}),
        ("http_request_duration_seconds", "histogram", {"service": (), "le": ("0.3", "1.2", "+Inf")}),
    )
} | {
    "undeclared_seconds": ApplicationMetric.model_validate({"type": "histogram"}),
    "pushed_seconds": ApplicationMetric.model_validate({"type": "histogram", "buckets": [0.5, 1], "pushed": True}),
}


def _messages(*rules: Rule, language: Language = Language.PROMQL) -> list[str]:
    group = Group("shop", rules, "rules/shop.yaml", language=language)
    return [problem.message for problem in liveness_problems([group], DEPLOYED, APPLICATION)]


def _expression(expression: str) -> list[str]:
    return _messages(Alert("Shop", expression))


@pytest.mark.parametrize(
    "expression",
    [
        'up{job="node-exporter"} == 0',
        'http_requests_total{status=~"5..", method="POST"} > 0',
        'sum by (service) (rate(http_request_duration_seconds_bucket{le="0.3"}[5m]))',
        'kube_pod_status_phase{phase=~"Pending|Unknown"} == 1',
        'kube_pod_container_status_waiting_reason{reason="CrashLoopBackOff"} == 1',
        'kube_replicaset_owner{owner_kind=""}',
        'rate(node_cpu_seconds_total{mode!="idle"}[5m]) > 0.9',
        'probe_http_duration_seconds{phase="resolve"} > 1',
        'avg_over_time(probe_success{job="blackbox-http"}[30d])',
        '{__name__=~"kube_.+_status_phase", phase="Bound"}',
        'container_memory_working_set_bytes{image!="", metrics_path="/metrics/cadvisor"}',
        "sum by (cluster, pod) (kube_pod_info)",
        'ALERTS{alertname="Shop", alertstate="firing"}',
        'up{job!~"kube-dns|coredns"} == 0',
        "predict_linear(node_filesystem_avail_bytes[6h], 24 * 3600) < 0",
    ],
)
def test_what_something_produces_passes(expression: str) -> None:
    assert _expression(expression) == []


@pytest.mark.parametrize(
    ("expression", "parts"),
    [
        (
            "kube_pod_status_phse == 1",
            ["metric = kube_pod_status_phse: nothing that the stack deploys", "the nearest is kube_pod_status_phase"],
        ),
        ("loki_ingester_memory_streams > 1", ["but loki would; deploy that (observability:logging)"]),
        ("http_request_duration_seconds > 1", ["as it is a histogram; use http_request_duration_seconds_bucket or"]),
        ("container_memory_swap > 1", ["metric = container_memory_swap: nothing that the stack deploys produces it"]),
        (
            'kube_pod_status_phase{phase="Succeded"} == 1',
            ['kube_pod_status_phase{phase="Succeded"}: phase = Succeded: must be a value', "nearest is Succeeded"],
        ),
        ('kube_pod_status_phase{phase=~"Pending|Runing"} == 1', ["phase = Runing", "nearest is Running"]),
        ('kube_pod_status_phase{phase=~"(Failed|Unknwon)"} == 1', ["phase = Unknwon", "nearest is Unknown"]),
        ('kube_pod_status_phase{phase=~"(?:Failed|Unknwon)"} == 1', ["phase = Unknwon"]),
        ('kube_pod_status_phase{phase!~"Running|Suceeded"} == 1', ["phase = Suceeded", "nearest is Succeeded"]),
        ('http_requests_total{method="PUT"} > 1', ["method = PUT: must be a value of the label, which has GET, POST"]),
        ('node_cpu_seconds_total{mode!="idel"} > 1', ["mode = idel", "the nearest is idle"]),
        ('up{job="node"} == 0', ["job = node: must be a value of the label", "node-exporter"]),
        ('kube_pod_info{nod="a"}', ["nod must be a label of kube_pod_info", "the nearest is node"]),
        ('kube_pod_info{nod!="a"}', ["nod must be a label of kube_pod_info"]),
        ('up{cluster="a"}', ["cluster is a label of the whole Prometheus (external_labels)"]),
        ('up{job="node-exporter", metrics_path="/metrics"}', ["no series has all of these labels"]),
        ('{__name__=~"kubernetes_.+_phase"} > 1', ["must select a metric"]),
        ('{job="node-exporter"} > 1', ["must select a metric"]),
        (
            'http_request_duration_seconds_bucket{le="0.30"} > 1',
            ["le = 0.30: must be a value of the label, which has +Inf, 0.3, 1.2", "the nearest is 0.3"],
        ),
        (
            'sum(rate(undeclared_seconds_bucket{le="0.35"}[5m])) > 1',
            ["le = 0.35: must be a border of undeclared_seconds", "application_metrics.undeclared_seconds.buckets"],
        ),
        ('pushed_seconds_bucket{le="1.0"} > 1', ["le = 1.0: must be a value", "which has +Inf, 0.5, 1;"]),
        ('prometheus_http_request_duration_seconds_bucket{le="1"} > 1', ["le = 1: must be a value", "1.0"]),
        ('prober_probe_duration_seconds_bucket{le="1"} > 1', ['Prometheus stores fractions; write le="1.0"']),
        ("absent(up_of_shop)", ["metric = up_of_shop"]),
        ("sum by (srvice) (http_requests_total) > 1", ["sum by (srvice): its operand must have the label"]),
        ('up{job="node-exporter"} and up{job="kubelet"}', ["no series of the two sides match"]),
        ("sum(rate(up[5m])", ["must be PromQL, and unclosed left parenthesis; correct it"]),
    ],
)
def test_what_nothing_produces_is_refused_with_its_fix(expression: str, parts: list[str]) -> None:
    (message,) = _expression(expression)
    for part in parts:
        assert part in message


def test_a_problem_names_the_file_the_group_and_the_rule() -> None:
    group = Group("nodes", [Record("a:b:c", "sum(up)"), Alert("NodeDown", 'up{job="node"} == 0')], "rules/nodes.yaml")
    (problem,) = liveness_problems([group], DEPLOYED)
    assert problem.place == "rules/nodes.yaml: group 'nodes': rule 2 (NodeDown)"
    assert problem.message == (
        'up{job="node"}: job = node: must be a value of the label, which has blackbox-dns, blackbox-http, '
        "blackbox-icmp, blackbox-post, blackbox-tcp, kube-state-metrics, kubelet, node-exporter, "
        "prometheus-alertmanager, prometheus-prometheus; correct it, or declare up in application_metrics with labels: "
        "{job: [node]}"
    )


@pytest.mark.parametrize("name", ["up", "go_goroutines", "process_start_time_seconds"])
def test_the_job_of_an_application_is_declared(name: str) -> None:
    group = Group("shop", [Alert("Down", f'{name}{{job="payment-api"}} == 0')], "a.yaml")
    (problem,) = liveness_problems([group], DEPLOYED)
    assert f"or declare {name} in application_metrics with labels: {{job: [payment-api]}}" in problem.message
    declared = ApplicationMetric.model_validate({"type": "gauge", "labels": {"job": ["payment-api"]}})
    assert list(liveness_problems([group], DEPLOYED, {name: declared})) == []


def test_records_add_themselves_with_their_labels_whatever_their_order() -> None:
    rules: list[Rule] = [
        Alert("Slow", 'service:errors:ratio{service="shop", objective="main"} > 1'),
        Record("service:errors:ratio", "service:errors:rate / 2", {"objective": "main"}),
        Record("service:errors:rate", "sum by (service) (rate(http_requests_total[5m]))"),
    ]
    assert _messages(*rules) == []
    (message,) = _messages(*rules, Alert("Wrong", 'service:errors:ratio{objective="other"} > 1'))
    assert "objective = other: must be a value of the label, which has main" in message
    (message,) = _messages(*rules, Alert("Wrong", 'service:errors:ratio{method="GET"} > 1'))
    assert "method must be a label of service:errors:ratio, which has objective, service" in message


def test_a_record_that_reads_itself_is_no_endless_search() -> None:
    assert _messages(Record("a:b:max", "max(up) > a:b:max or max(up)")) == []


def test_a_problem_of_a_record_is_told_once() -> None:
    rules: list[Rule] = [Record("a:b:c", "sum by (x) (upp)"), Alert("A", "a:b:c > 1"), Alert("B", 'a:b:c{x="1"} > 1')]
    assert len(_messages(*rules)) == 1


@pytest.mark.parametrize(
    ("annotation", "is_there"),
    [
        ("{{ $labels.instance }} is down", True),
        ('{{ index $labels "instance" }} is down', True),
        ("{{ $labels.host }} is down", False),
        ('{{ range query "up" }}{{ .Labels.host }}{{ end }}', True),
        ("{{ with $labels.severity }}{{ . }}{{ end }}", False),
    ],
)
def test_a_text_prints_labels_of_the_result_alone(annotation: str, is_there: bool) -> None:
    expression = 'max by (instance) (up{job="node-exporter"}) == 0'
    messages = _messages(
        Alert("Down", expression, labels={"severity": "critical"}, annotations={"summary": annotation})
    )
    assert (messages == []) is is_there
    for message in messages:
        assert message.startswith("annotations.summary = … $labels.")


def test_a_label_of_the_deployment_is_printed_from_the_external_labels() -> None:
    (message,) = _messages(Alert("Down", "up == 0", annotations={"summary": "{{ $labels.cluster }}"}))
    assert "use {{ $externalLabels.cluster }}" in message


def test_the_texts_of_a_chart_are_left_alone() -> None:
    group = Group("g", [Alert("Down", "up == 0", annotations={"summary": "{{ $labels.cluster }}"})], "a chart")
    assert list(Liveness([group], DEPLOYED, foreign=["a chart"]).problems()) == []


@pytest.mark.parametrize(
    ("expression", "part"),
    [
        ('sum by (app) (count_over_time({app="shop"} |= "error" [5m])) > 0', ""),
        ('{app="shop"} |= "error"', "a rule must aggregate lines to numbers"),
        ('sum(rate({service="shop"}[5m])) > 0', '{service="shop"}: service must be a label of logs'),
    ],
)
def test_rules_on_logs_select_by_the_label_policy_and_count(expression: str, part: str) -> None:
    messages = _messages(Alert("Errors", expression), language=Language.LOGQL)
    assert [part in message for message in messages] == ([True] if part else [])


def test_a_record_of_logs_is_a_series_of_prometheus() -> None:
    logs = Record("app:errors:rate5m", 'sum by (app) (rate({namespace="shop"} |= "error" [5m]))')
    groups = [
        Group("logs", [logs], "logs.yaml", language=Language.LOGQL),
        Group("shop", [Alert("Errors", 'app:errors:rate5m{pod="a"} > 1')], "shop.yaml"),
    ]
    (problem,) = liveness_problems(groups, DEPLOYED)
    assert "pod must be a label of app:errors:rate5m, which has app" in problem.message


def test_the_labels_of_an_alert_are_fixed_closed_or_open() -> None:
    alert = Alert(
        "PodStuck",
        'max by (namespace, pod, phase, job) (kube_pod_status_phase{phase=~"Pending|Unknown"}) == 1',
        labels={"severity": "critical", "owner": "{{ $labels.namespace }}"},
    )
    found = Liveness([Group("g", [alert], "a")], DEPLOYED).alert_labels(alert)
    assert found == AlertLabelSet(
        fixed={"alertname": "PodStuck", "severity": "critical", "job": "kube-state-metrics"},
        closed={"phase": frozenset({"Pending", "Unknown"})},
        open=frozenset({"namespace", "pod", "owner"}),
    )


def _problems_of_ranges(expression: str) -> list[str]:
    """Return the problems of an expression where Prometheus scrapes and evaluates every 30 seconds."""
    every = [replace(producer, interval=producer.interval or "30s") for producer in DEPLOYED]
    rare = {"orders_total": ApplicationMetric.model_validate({"type": "counter", "interval": "2m"})}
    groups = [
        Group("shop", [Alert("Shop", expression)], "shop.yaml"),
        Group("rare", [Record("job:up:sum", "sum by (job) (up)")], "shop.yaml", interval="5m"),
        Group("often", [Record("job:up:min", "min by (job) (up)")], "shop.yaml"),
        Group("logs", [Record("job:lines:rate", 'sum(rate({namespace="a"}[5m]))')], "a.yaml", language=Language.LOGQL),
    ]
    found = Liveness(groups, [*every, PRODUCERS["loki"]], rare, evaluation_interval=timedelta(seconds=30))
    return [problem.message for problem in found.problems()]


@pytest.mark.parametrize(
    "expression",
    [
        "rate(node_cpu_seconds_total[1m]) > 1",
        "rate(loki_request_duration_seconds_count[30s]) > 1",
        "rate(orders_total[4m]) > 1",
        "avg_over_time(up[30s]) < 1",
        "avg_over_time(job:up:sum[5m]) < 1",
        "delta(job:up:min[1m]) < 0",
        "rate(job:lines:rate[1s]) > 0",
        "max_over_time(rate(node_cpu_seconds_total[5m])[1h:]) > 1",
        "changes(sum by (job) (up)[2m:1m]) > 1",
        "avg_over_time(sum by (job) (up)[1m:1m]) < 1",
        "up offset 1s == 0",
    ],
)
def test_a_range_with_enough_samples_passes(expression: str) -> None:
    assert _problems_of_ranges(expression) == []


@pytest.mark.parametrize(
    ("expression", "sentence"),
    [
        ('rate(node_cpu_seconds_total{mode="idle"}[30s]) > 1',
         'rate(node_cpu_seconds_total{mode="idle"}[30s]): the range must be at least 1m, twice the interval of its '
         "samples (30s), as rate needs two of them; write one such as [2m]"),
        ("increase(node_cpu_seconds_total[59s]) > 1", "increase(node_cpu_seconds_total[59s]): the range must be"),
        ("irate(node_cpu_seconds_total[30s]) > 1", "irate(node_cpu_seconds_total[30s]): the range must be"),
        ("delta(node_load1[45s]) < 0", "delta(node_load1[45s]): the range must be"),
        ("rate(loki_request_duration_seconds_count[15s]) > 1", "at least 30s, twice the interval of its samples (15s)"),
        ("rate(orders_total[3m]) > 1", "at least 4m, twice the interval of its samples (2m)"),
        ("delta(job:up:sum[5m]) < 0", "at least 10m, twice the interval of its samples (5m)"),
        ("avg_over_time(node_load1[10s]) < 1",
         "avg_over_time(node_load1[10s]): the range must be at least 30s, the interval of its samples (30s), as there "
         "is none in it at times; write one such as [2m]"),
        ("max_over_time(rate(node_cpu_seconds_total[30s])[1h:]) > 1", "rate(node_cpu_seconds_total[30s]): the range"),
        ("changes(sum by (job) (up)[1m:1m]) > 1",
         "changes(…[1m:1m]): the range must be at least 2m, twice the interval of its steps (1m), as changes needs two "
         "of them; write one such as [4m:1m]"),
        ("deriv(sum by (job) (up)[45s:]) > 1", "deriv(…[45s:]): the range must be at least 1m, twice the interval of"),
        ("max_over_time(sum by (job) (up)[1m:2m]) > 1", "at least 2m, the interval of its steps (2m)"),
    ],
)  # fmt: skip
def test_a_range_with_too_few_samples_is_refused(expression: str, sentence: str) -> None:
    (message,) = _problems_of_ranges(expression)
    assert sentence in message


def test_ranges_are_free_where_no_interval_is_known() -> None:
    assert _expression("rate(node_cpu_seconds_total[1s]) > 1") == []
