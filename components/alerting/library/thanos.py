"""Thanos: metrics reach the object store, and can be read from it."""

from collections.abc import Mapping

from ..rules import Severity
from ..runbooks import Query, Runbook
from ..shapes import Above, Below, RatioAbove, Signal, Unit, counter, gauge, selector
from .model import PLATFORM, Topic
from .shares import ESCALATE, POD_LOGS, Share, share_group

_THANOS = {"namespace": "monitoring", "job": "thanos-store-gateway"}
_COMPACT = {"namespace": "monitoring", "job": "thanos-compact"}
_SIDECAR = {"namespace": "monitoring", "job": "prom-thanos-discovery"}
_QUERY = {"namespace": "monitoring", "job": "thanos-query"}
_RULER = {"namespace": "monitoring", "job": "thanos-rule"}
_ROUTER = {"namespace": "monitoring", "job": "thanos-receive-router"}
_FAULTS = "Unknown|ResourceExhausted|Internal|Unavailable|DataLoss|DeadlineExceeded"
"""Codes of gRPC that are the fault of the server."""
_STORE = Share(
    "job:thanos_objstore_operations",
    "thanos_objstore_bucket_operation_failures_total",
    "thanos_objstore_bucket_operations_total",
    by=_THANOS,
    example_labels=({"operation": "get_range"}, {"operation": "get_range"}),
)

_QUERIES = Share(
    "job:thanos_queries",
    'http_requests_total{job=~".+-query",handler=~"query|query_range",code=~"5.."}',
    'http_requests_total{job=~".+-query",handler=~"query|query_range"}',
    by=_QUERY,
    example_labels=({"handler": "query", "code": "500"}, {"handler": "query_range", "code": "200"}),
)
_READS = Share(
    "job:thanos_store_reads",
    f'grpc_client_handled_total{{job=~".+-query",grpc_code=~"{_FAULTS}"}}',
    'grpc_client_handled_total{job=~".+-query"}',
    by=_QUERY,
    example_labels=({"grpc_code": "Unavailable"}, {"grpc_code": "OK"}),
)
_WRITES = Share(
    "job:thanos_receive_writes",
    'http_requests_total{job=~".+-receive-router",handler="receive",code=~"5.."}',
    'http_requests_total{job=~".+-receive-router",handler="receive"}',
    by=_ROUTER,
    example_labels=({"handler": "receive", "code": "503"}, {"handler": "receive", "code": "200"}),
)
_FORWARDS = Share(
    "job:thanos_receive_forwards",
    'thanos_receive_forward_requests_total{result="error"}',
    "thanos_receive_forward_requests_total",
    by=_ROUTER,
    example_labels=({"result": "error"}, {"result": "success"}),
)


def _concurrency(value: float, minutes: int) -> Mapping[str, str]:
    pod = {**_QUERY, "instance": "10.0.0.1:10902"}
    return {
        selector("thanos_query_concurrent_gate_queries_in_flight", pod): f"{value * 20:.12g}x{minutes}",
        selector("thanos_query_concurrent_gate_queries_max", pod): f"20x{minutes}",
    }


_CONCURRENCY = Signal(
    "avg_over_time(thanos_query_concurrent_gate_queries_in_flight[5m]) / thanos_query_concurrent_gate_queries_max",
    Unit.RATIO,
    {**_QUERY, "instance": "10.0.0.1:10902"},
    _concurrency,
)
_GROUP = {**_RULER, "instance": "10.0.0.1:10902", "rule_group": "/etc/thanos/rules/rules.yml;months"}


def _lateness(value: float, minutes: int) -> Mapping[str, str]:
    """Return a group that was evaluated `value` minutes ago at any time, and has an interval of one."""
    of_strategy = {**_GROUP, "strategy": "abort"}
    return {
        selector(
            "prometheus_rule_group_last_evaluation_timestamp_seconds", of_strategy
        ): f"{-60 * value:.12g}+60x{minutes}",
        selector("prometheus_rule_group_interval_seconds", of_strategy): f"60x{minutes}",
    }


# The ruler of Thanos alone adds `strategy`. A group that was never evaluated has the time 0, such as after a restart.
_LATENESS = Signal(
    f"(time() - max by ({', '.join(_GROUP)}) "
    '(prometheus_rule_group_last_evaluation_timestamp_seconds{strategy=~".+"} > 0)) '
    f"/ max by ({', '.join(_GROUP)}) "
    '(prometheus_rule_group_interval_seconds{strategy=~".+"})',
    Unit.NUMBER,
    _GROUP,
    _lateness,
    warm_up=30,
)

THANOS_COMPACT = Topic(
    "thanos-compact",
    "Blocks in the object store are compacted, and deleted in time",
    producers=frozenset({"thanos-compact"}),
    alert_group="thanos_compact_alerts",
    alerts=[
        Above(
            name="ThanosCompactHalted",
            severity=Severity.WARNING,
            pending="15m",
            owner=PLATFORM,
            summary="Thanos no longer compacts",
            description="The compactor {{ $labels.job }} has halted, and does nothing until it is restarted.",
            impact="The bucket grows, retention does not delete, and long queries get slower by the day.",
            symptom="Dashboards over weeks load slowly.",
            dashboard="thanos",
            signal=gauge("thanos_compact_halted", Unit.NUMBER, _COMPACT),
            threshold=0,
            runbook=Runbook(
                meaning="The compactor has found blocks that it must not touch, most often ones that overlap.",
                diagnose=[
                    POD_LOGS,
                    "`thanos tools bucket inspect --objstore.config-file=<file>`: the blocks that the error names.",
                ],
                resolve=[
                    "If two compactors run: leave one.",
                    "If blocks overlap: `thanos tools bucket mark --marker=no-compact-mark.json --id=<id>`; restart.",
                ],
                escalate="The platform team, in working hours.",
            ),
        ),
        Above(
            name="ThanosCompactFailing",
            severity=Severity.WARNING,
            pending="30m",
            owner=PLATFORM,
            summary="Thanos fails to compact blocks",
            description="Compactions of {{ $labels.job }} fail again and again.",
            impact="Blocks stay small, long queries get slower by the day, and the bucket grows.",
            symptom="Dashboards over weeks load slowly.",
            dashboard="thanos",
            signal=counter("thanos_compact_group_compactions_failures_total", _COMPACT),
            threshold=0,
            runbook=Runbook(
                meaning="A group of blocks cannot be compacted, and is tried again in each iteration.",
                diagnose=[
                    POD_LOGS,
                    Query(
                        "Which resolution",
                        "sum by (resolution) (rate(thanos_compact_group_compactions_failures_total[1h]))",
                    ),
                ],
                resolve=[
                    "`no space left on device`: enlarge the volume of the compactor; it holds the blocks of a group.",
                    "If its pod is killed for memory: raise `workloads.compact.memory`.",
                    "If the store refuses: see `ThanosObjectStoreFailing`.",
                ],
                escalate="The platform team, in working hours.",
            ),
        ),
    ],
)

THANOS_SIDECAR = Topic(
    "thanos-sidecar",
    "Blocks of Prometheus reach the object store",
    producers=frozenset({"thanos-sidecar"}),
    alert_group="thanos_sidecar_alerts",
    alerts=[
        Above(
            name="ThanosNotUploading",
            severity=Severity.WARNING,
            pending="15m",
            owner=PLATFORM,
            summary="Metrics do not reach the object store",
            description="{{ $labels.job }} fails to upload blocks.",
            impact="What it deletes by its local retention before the upload works again is lost.",
            symptom="None yet; then older metrics have gaps.",
            dashboard="thanos",
            signal=counter("thanos_shipper_upload_failures_total", _SIDECAR),
            threshold=0,
            runbook=Runbook(
                meaning="A sidecar, a ruler or an ingestor cannot write to the bucket: login, address, quota, network.",
                diagnose=[
                    POD_LOGS,
                    Query("The time that is left: retention of Prometheus", "prometheus_tsdb_retention_limit_seconds"),
                ],
                resolve=[
                    "If the store answers 403: renew the credentials, or repair the role and its policy.",
                    "If it does not answer: its own alerts, the NetworkPolicy and DNS.",
                ],
                escalate="The platform team, before the local retention has passed.",
            ),
        ),
        Below(
            name="ThanosSidecarWithoutPrometheus",
            severity=Severity.CRITICAL,
            pending="10m",
            owner=PLATFORM,
            summary="The sidecar of Thanos cannot reach its Prometheus",
            description="{{ $labels.job }} has had no answer of its Prometheus.",
            impact="Queries of Thanos lack what is not uploaded yet: the last hours.",
            symptom="Dashboards end some hours ago.",
            dashboard="thanos",
            signal=gauge("thanos_sidecar_prometheus_up", Unit.NUMBER, _SIDECAR),
            threshold=1,
            runbook=Runbook(
                meaning="Prometheus beside the sidecar does not answer: it starts, replays its WAL, or hangs.",
                diagnose=[
                    POD_LOGS,
                    Query("How long it replayed its WAL", "prometheus_tsdb_data_replay_duration_seconds"),
                ],
                resolve=[
                    "If Prometheus replays its WAL: wait; lower the number of series if that takes long.",
                    "If it is killed for memory: raise `metrics.memory`, or lower the number of series.",
                ],
                escalate="The platform team, at once.",
            ),
        ),
    ],
)

THANOS_STORE = Topic(
    "thanos-store-gateway",
    "Blocks in the object store can be read",
    producers=frozenset({"thanos-store-gateway"}),
    records=[share_group("thanos", _STORE)],
    alert_group="thanos_store_alerts",
    alerts=[
        RatioAbove(
            name="ThanosObjectStoreFailing",
            severity=Severity.WARNING,
            pending="15m",
            owner=PLATFORM,
            summary="The object store of metrics fails",
            description="{value} of the operations of {{ $labels.job }} on the object store fail (limit {threshold}).",
            impact="Queries beyond the retention of Prometheus fail or lack data.",
            symptom="Dashboards over weeks are empty in their older part.",
            dashboard="thanos",
            signal=_STORE.signal,
            threshold=0.05,
            traffic=_STORE.traffic,
            minimum=0.1,
            runbook=Runbook(
                meaning="The bucket does not answer, or refuses: credentials, the address, quota or the network.",
                diagnose=[
                    Query(
                        "Which operations",
                        "sum by (job, operation) (rate(thanos_objstore_bucket_operation_failures_total[5m]))",
                    ),
                    POD_LOGS,
                ],
                resolve=[
                    "If the store answers 403: renew the credentials, or repair the role and its policy.",
                    "If it does not answer: its own alerts, the NetworkPolicy and DNS.",
                ],
                escalate=ESCALATE,
            ),
        )
    ],
)

THANOS_QUERY = Topic(
    "thanos-query",
    "Queries of all metrics are answered",
    producers=frozenset({"thanos-query"}),
    records=[share_group("thanos_query", _QUERIES, _READS)],
    alert_group="thanos_query_alerts",
    alerts=[
        RatioAbove(
            name="ThanosQueryFailing",
            severity=Severity.WARNING,
            pending="10m",
            owner=PLATFORM,
            summary="Thanos fails to answer queries",
            description="{{ $labels.job }} answers {value} of the queries with 5xx (limit {threshold}).",
            impact="Dashboards fail, and so do the rules of the ruler of Thanos.",
            symptom="Panels show errors in place of graphs.",
            dashboard="thanos",
            signal=_QUERIES.signal,
            threshold=0.05,
            traffic=_QUERIES.traffic,
            minimum=0.05,
            runbook=Runbook(
                meaning="Queries end with 5xx: a time-out, a querier that is killed, or stores that do not answer.",
                diagnose=[
                    Query(
                        "Whether queries are slow",
                        "histogram_quantile(0.99, sum by (handler, le) "
                        '(rate(http_request_duration_seconds_bucket{job=~".+-query",handler=~"query|query_range"}[5m])))',
                    ),
                    Query("Which stores it knows", "sum by (store_type) (thanos_store_nodes_grpc_connections)"),
                    POD_LOGS,
                ],
                resolve=[
                    "If stores do not answer: see `ThanosStoresUnreadable`.",
                    "If its pods are killed for memory: raise `workloads.query.memory`, or narrow the query.",
                    "If all wait: see `ThanosQueryOverloaded`.",
                ],
                escalate=ESCALATE,
            ),
        ),
        RatioAbove(
            name="ThanosStoresUnreadable",
            severity=Severity.WARNING,
            pending="10m",
            owner=PLATFORM,
            summary="Thanos cannot read from its stores",
            description="{value} of the calls of {{ $labels.job }} to stores fail (limit {threshold}).",
            impact="Answers lack the series of these stores, and rules on them fail.",
            symptom="Graphs have gaps, or Grafana warns of a partial response.",
            dashboard="thanos",
            signal=_READS.signal,
            threshold=0.05,
            traffic=_READS.traffic,
            minimum=0.1,
            runbook=Runbook(
                meaning="Sidecars, store gateways, rulers or ingestors do not answer the querier, or too late.",
                diagnose=[
                    "The page Stores of Thanos Query: `/stores`, with the last error of each.",
                    Query(
                        "How they fail",
                        "sum by (grpc_method, grpc_code) "
                        '(rate(grpc_client_handled_total{job=~".+-query",grpc_code!="OK"}[5m]))',
                    ),
                    POD_LOGS,
                ],
                resolve=[
                    "Unavailable: the pods of the store are not ready, or a NetworkPolicy or a certificate is between.",
                    "DeadlineExceeded: the store gateway is slow: raise its memory, or enable a cache.",
                    "ResourceExhausted: a query is beyond a limit of the store; narrow it.",
                ],
                escalate=ESCALATE,
            ),
        ),
        Above(
            name="ThanosQueryOverloaded",
            severity=Severity.WARNING,
            pending="15m",
            owner=PLATFORM,
            summary="Thanos has no room for further queries",
            description="{{ $labels.instance }} works on {value} of the queries that it takes at once.",
            impact="Queries wait for others, and then fail by their time-out.",
            symptom="Dashboards load slowly, those over short times too.",
            dashboard="thanos",
            signal=_CONCURRENCY,
            threshold=0.95,
            runbook=Runbook(
                meaning="There are more queries than the querier works on at once, or they are slow.",
                diagnose=[
                    Query(
                        "How long queries wait",
                        "histogram_quantile(0.99, sum by (le) "
                        "(rate(thanos_query_concurrent_gate_queries_duration_seconds_bucket[5m])))",
                    ),
                    "The log of the frontend with `--query-frontend.log-queries-longer-than=10s` (`extra_args`).",
                ],
                resolve=[
                    "If a dashboard or a rule asks for months often: record what it needs, or refresh it less often.",
                    "Otherwise raise `workloads.query.replicas`.",
                ],
                escalate="The platform team, in working hours.",
            ),
        ),
    ],
)

THANOS_RULE = Topic(
    "thanos-rule",
    "Rules of the ruler of Thanos are evaluated, and its alerts arrive",
    producers=frozenset({"thanos-rule"}),
    alert_group="thanos_rule_alerts",
    alerts=[
        Above(
            name="ThanosRuleNotEvaluated",
            severity=Severity.CRITICAL,
            pending="15m",
            owner=PLATFORM,
            summary="The ruler of Thanos does not evaluate a group",
            description="{{ $labels.instance }} evaluated {{ $labels.rule_group }} {value} of its intervals ago.",
            impact="The alerts of the group are dead, and records that others read are missing.",
            symptom="None: what should page does not, and budgets of objectives are empty.",
            dashboard="thanos",
            signal=_LATENESS,
            threshold=10,
            runbook=Runbook(
                meaning="The evaluation of the group hangs, or takes longer than ten of its intervals.",
                diagnose=[
                    Query(
                        "How long evaluations take",
                        'max by (rule_group) (prometheus_rule_group_last_duration_seconds{strategy=~".+"})',
                    ),
                    "The page Rules of the ruler: `/rules`.",
                    POD_LOGS,
                ],
                resolve=[
                    "If queries are slow: see `ThanosQueryOverloaded`.",
                    "If its rules read months: give the group a longer `interval`, or record the parts first.",
                ],
                escalate="The owner of the group; the platform team if all groups are late.",
            ),
        ),
        Above(
            name="ThanosRuleCannotReachAlertmanager",
            severity=Severity.CRITICAL,
            pending="5m",
            owner=PLATFORM,
            summary="Alerts of the ruler of Thanos do not arrive",
            description="{{ $labels.job }} drops alerts that no Alertmanager takes.",
            impact="No alert on budgets and long-term metrics reaches anybody.",
            symptom="None: what should page does not.",
            dashboard="thanos",
            signal=counter("thanos_alert_sender_alerts_dropped_total", _RULER),
            threshold=0,
            runbook=Runbook(
                meaning="The ruler fires alerts, and every Alertmanager refuses them or is away.",
                diagnose=[
                    Query("Which one fails", "sum by (alertmanager) (rate(thanos_alert_sender_errors_total[15m]))"),
                    Query("Whether its name is found", "rate(thanos_rule_alertmanagers_dns_failures_total[15m])"),
                    POD_LOGS,
                ],
                resolve=[
                    "If the address is wrong: correct `alerting.alertmanager_url`.",
                    "If a NetworkPolicy is between them: admit the pods of the ruler at port 9093, or 9095 with TLS.",
                ],
                escalate=ESCALATE,
            ),
        ),
        Above(
            name="ThanosRuleDroppingAlerts",
            severity=Severity.CRITICAL,
            pending="5m",
            owner=PLATFORM,
            summary="The ruler of Thanos drops alerts",
            description="The queue of alerts of {{ $labels.job }} is full.",
            impact="Some alerts on budgets and long-term metrics reach nobody.",
            symptom="None: what should page may not.",
            dashboard="thanos",
            signal=counter("thanos_alert_queue_alerts_dropped_total", _RULER),
            threshold=0,
            runbook=Runbook(
                meaning="More alerts fire than the ruler sends: Alertmanager is slow or away, or a rule has too many.",
                diagnose=[
                    Query("How full the queue is", "thanos_alert_queue_length / thanos_alert_queue_capacity"),
                    Query("How many alerts fire", 'topk(5, count by (alertname) (ALERTS{alertstate="firing"}))'),
                ],
                resolve=[
                    "If one alert has hundreds of series: aggregate its expression.",
                    "If Alertmanager is slow: see `ThanosRuleCannotReachAlertmanager`.",
                ],
                escalate=ESCALATE,
            ),
        ),
    ],
)

THANOS_RECEIVE = Topic(
    "thanos-receive",
    "Thanos takes the metrics that are pushed",
    producers=frozenset({"thanos-receive-router", "thanos-receive-ingestor"}),
    records=[share_group("thanos_receive", _WRITES, _FORWARDS)],
    alert_group="thanos_receive_alerts",
    alerts=[
        RatioAbove(
            name="ThanosReceiveRefusingWrites",
            severity=Severity.CRITICAL,
            pending="5m",
            owner=PLATFORM,
            summary="Thanos fails to take metrics",
            description="{{ $labels.job }} answers {value} of the remote writes with 5xx (limit {threshold}).",
            impact="Senders keep what they can and then lose samples; alerts on these see nothing.",
            symptom="Graphs of metrics from spans and of applications that push end some minutes ago.",
            dashboard="thanos",
            signal=_WRITES.signal,
            threshold=0.05,
            traffic=_WRITES.traffic,
            minimum=0.1,
            runbook=Runbook(
                meaning="Fewer ingestors confirm a write than there must be: they are missing, full, or out of reach.",
                diagnose=[
                    Query(
                        "How ingestors fail",
                        "sum by (grpc_code) "
                        '(rate(grpc_client_handled_total{job=~".+-receive-router",grpc_code!="OK"}[5m]))',
                    ),
                    "`kubectl -n <namespace> get pods -l app.kubernetes.io/component=receive-ingestor`.",
                    POD_LOGS,
                ],
                resolve=[
                    "If ingestors are not ready: their volume may be full, or their memory too small.",
                    "If they replay their WAL: wait, senders try again.",
                    "If the list of ingestors is wrong: restart the router, whose pods read it at their start.",
                ],
                escalate=ESCALATE,
            ),
        ),
        RatioAbove(
            name="ThanosReceiveIngestorsFailing",
            severity=Severity.WARNING,
            pending="10m",
            owner=PLATFORM,
            summary="Some ingestors of Thanos take no samples",
            description="{value} of the requests of {{ $labels.job }} to ingestors fail (limit {threshold}).",
            impact="Samples are on fewer ingestors than they should be: the loss of one more loses samples.",
            symptom="None yet.",
            dashboard="thanos",
            signal=_FORWARDS.signal,
            threshold=0.05,
            traffic=_FORWARDS.traffic,
            minimum=0.1,
            runbook=Runbook(
                meaning="One ingestor or more does not take what the router hands on; the others confirm the writes.",
                diagnose=[
                    Query("Which pods are away", 'up{job=~".+-receive-ingestor"} == 0'),
                    Query("Whether its WAL has errors", "rate(prometheus_tsdb_wal_writes_failed_total[15m]) > 0"),
                    POD_LOGS,
                ],
                resolve=[
                    "If a pod is not ready: the end of its log says why; a full volume is the most frequent reason.",
                    "If it rejects samples that are too old or doubled: correct the sender.",
                ],
                escalate="The platform team, in working hours; at once if a second ingestor fails.",
            ),
        ),
    ],
)

TOPICS = (THANOS_COMPACT, THANOS_SIDECAR, THANOS_STORE, THANOS_QUERY, THANOS_RULE, THANOS_RECEIVE)
