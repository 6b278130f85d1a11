"""Loki: it takes, keeps and finds logs, and its ruler sends alerts on them."""

from ..rules import Language, Severity
from ..runbooks import Query, Runbook
from ..shapes import Above, RatioAbove, counter
from .model import PLATFORM, Topic
from .shares import ESCALATE, POD_LOGS, Share, share_group

_LOKI = {"namespace": "logging", "job": "logging/loki"}


def _routes(routes: str) -> tuple[str, str]:
    """Return the failed and all requests of Loki at these routes."""
    metric = "loki_request_duration_seconds_count"
    return f'{metric}{{route=~"{routes}",status_code=~"5.."}}', f'{metric}{{route=~"{routes}"}}'


_PUSH, _QUERY = "loki_api_v1_push|otlp_v1_logs", "loki_api_v1_query|loki_api_v1_query_range"
_WRITES = Share(
    "job:loki_writes",
    *_routes(_PUSH),
    by=_LOKI,
    example_labels=(
        {"route": "loki_api_v1_push", "status_code": "503"},
        {"route": "otlp_v1_logs", "status_code": "204"},
    ),
)
_READS = Share(
    "job:loki_queries",
    *_routes(_QUERY),
    by=_LOKI,
    example_labels=(
        {"route": "loki_api_v1_query", "status_code": "500"},
        {"route": "loki_api_v1_query_range", "status_code": "200"},
    ),
)
_DISCARDED = Share(
    "tenant:loki_lines",
    "loki_discarded_samples_total",
    "loki_distributor_lines_received_total",
    by={"namespace": "logging", "tenant": "fake"},
    example_labels=({"reason": "rate_limited"}, {}),
)

LOKI = Topic(
    "loki",
    "Loki takes, keeps and finds logs",
    producers=frozenset({"loki"}),
    records=[share_group("loki", _WRITES, _READS, _DISCARDED)],
    alert_group="loki_alerts",
    alerts=[
        RatioAbove(
            name="LokiRefusingWrites",
            severity=Severity.CRITICAL,
            pending="5m",
            owner=PLATFORM,
            summary="Loki fails to take logs",
            description="Loki ({{ $labels.job }}) answers {value} of the pushes with 5xx (limit {threshold}).",
            impact="Collectors keep what they can and then lose lines; alerts on logs see nothing.",
            symptom="Recent logs are missing in Grafana.",
            dashboard="loki",
            signal=_WRITES.signal,
            threshold=0.05,
            traffic=_WRITES.traffic,
            minimum=0.1,
            runbook=Runbook(
                meaning="Loki answers pushes with 5xx: ingesters are missing, full, or cannot be reached.",
                diagnose=[
                    Query(
                        "Which calls fail",
                        "sum by (route, status_code) "
                        '(rate(loki_request_duration_seconds_count{status_code=~"5.."}[5m]))',
                    ),
                    Query(
                        "Whether chunks reach the object store", "rate(loki_ingester_chunks_flush_failures_total[5m])"
                    ),
                    POD_LOGS,
                ],
                resolve=[
                    "If ingesters are not ready: their volume may be full (the WAL), or their memory too small.",
                    "If the ring has members that are gone: forget them at `/ring`.",
                    "If the object store refuses: see `LokiNotFlushing`.",
                ],
                escalate=ESCALATE,
            ),
        ),
        RatioAbove(
            name="LokiFailingQueries",
            severity=Severity.WARNING,
            pending="10m",
            owner=PLATFORM,
            summary="Loki fails to answer queries",
            description="Loki ({{ $labels.job }}) answers {value} of the queries with 5xx (limit {threshold}).",
            impact="Nobody can read logs, and rules on logs are not evaluated.",
            symptom="Panels and Explore show errors in place of logs.",
            dashboard="loki",
            signal=_READS.signal,
            threshold=0.05,
            traffic=_READS.traffic,
            minimum=0.05,
            runbook=Runbook(
                meaning="Queries end with 5xx: a time-out, a querier that is killed, or a store that does not answer.",
                diagnose=[
                    Query(
                        "Whether queries are slow",
                        "histogram_quantile(0.99, sum by (route, le) "
                        '(rate(loki_request_duration_seconds_bucket{route=~"loki_api_v1_query.*"}[5m])))',
                    ),
                    Query(
                        "Which queries fail",
                        '{namespace="logging"} |= "metrics.go" | logfmt | status != "200"',
                        Language.LOGQL,
                    ),
                    POD_LOGS,
                ],
                resolve=[
                    "If one query is too large: narrow its selector, or lower `max_query_length` for its tenant.",
                    "If queriers run out of memory: raise their memory, or lower `max_query_parallelism`.",
                    "If the object store is slow: enable the chunk cache.",
                ],
                escalate=ESCALATE,
            ),
        ),
        RatioAbove(
            name="LokiDiscardingLines",
            severity=Severity.WARNING,
            pending="15m",
            owner=PLATFORM,
            summary="Loki discards lines of tenant {{ $labels.tenant }}",
            description="{value} of the lines of tenant {{ $labels.tenant }} are beyond a limit (limit {threshold}).",
            impact="The lines are lost; collectors do not repeat what a limit refuses for good.",
            symptom="Logs of some services have gaps.",
            dashboard="loki",
            signal=_DISCARDED.signal,
            threshold=0.01,
            traffic=_DISCARDED.traffic,
            minimum=1,
            runbook=Runbook(
                meaning="Loki refuses lines of a tenant by a limit: rate, streams, age, length or labels.",
                diagnose=[
                    Query("The limit", "sum by (tenant, reason) (rate(loki_discarded_samples_total[5m]))"),
                    Query(
                        "Who writes most",
                        'topk(10, sum by (namespace, service_name) (bytes_rate({namespace=~".+"} [5m])))',
                        language=Language.LOGQL,
                    ),
                ],
                resolve=[
                    "rate_limited, per_stream_rate_limit: make the service log less, or raise the limit of the tenant.",
                    "stream_limit: remove a label with many values.",
                    "greater_than_max_sample_age, too_far_behind: a wrong clock, or old files that are read again.",
                ],
                escalate="The owner of the service that writes most, in working hours.",
            ),
        ),
        Above(
            name="LokiNotFlushing",
            severity=Severity.CRITICAL,
            pending="15m",
            owner=PLATFORM,
            summary="Loki cannot store chunks",
            description="Loki ({{ $labels.job }}) fails to write {value} chunks to the object store.",
            impact="Logs stay in the memory and the WAL of ingesters; with those, they are lost.",
            symptom="None yet; then recent logs are missing.",
            dashboard="loki",
            signal=counter("loki_ingester_chunks_flush_failures_total", _LOKI),
            threshold=0,
            runbook=Runbook(
                meaning="Ingesters cannot write chunks to the bucket: credentials, the address, quota or the network.",
                diagnose=[
                    Query(
                        "Which operations of the store fail",
                        "sum by (operation, status_code) (rate(loki_s3_request_duration_seconds_count[5m]))",
                    ),
                    POD_LOGS,
                ],
                resolve=[
                    "If the store answers 403: renew the credentials, or repair the role and its policy.",
                    "If it does not answer: its own alerts, the NetworkPolicy and DNS.",
                    "Do not restart ingesters before they can flush.",
                ],
                escalate="The platform team, at once.",
            ),
        ),
    ],
)

_LOKI_ALERTS_SENT = Share(
    "job:loki_ruler_alerts",
    "loki_prometheus_notifications_errors_total",
    "loki_prometheus_notifications_sent_total",
    by={**_LOKI, "alertmanager": "http://alertmanager:9093/api/v2/alerts"},
    added=True,
)

LOKI_RULER = Topic(
    "loki-ruler",
    "Alerts on logs are evaluated and sent",
    producers=frozenset({"loki", "loki-ruler"}),
    records=[share_group("loki_ruler", _LOKI_ALERTS_SENT)],
    alert_group="loki_ruler_alerts",
    alerts=[
        Above(
            name="LokiRuleEvaluationFailing",
            severity=Severity.WARNING,
            pending="15m",
            owner=PLATFORM,
            summary="Loki cannot evaluate rules",
            description="Rules of {{ $labels.rule_group }} fail in Loki's ruler.",
            impact="The alerts of the group are dead.",
            symptom="None: what should page does not.",
            dashboard="loki",
            signal=counter(
                "loki_prometheus_rule_evaluation_failures_total", {**_LOKI, "rule_group": "errors.yaml;errors"}
            ),
            threshold=0,
            runbook=Runbook(
                meaning="The query of a rule fails: it times out, is beyond a limit, or its pipeline yields an error.",
                diagnose=["Run the expression of each rule of the group in Grafana's Explore.", POD_LOGS],
                resolve=[
                    'If a line does not parse: end the pipeline with `| __error__=""`.',
                    "If it is too slow: narrow the selector or the range.",
                    "If all rules fail: see `LokiFailingQueries`.",
                ],
                escalate="The owner of the rule group, in working hours.",
            ),
        ),
        RatioAbove(
            name="LokiRulerCannotReachAlertmanager",
            severity=Severity.CRITICAL,
            pending="10m",
            owner=PLATFORM,
            summary="Alerts on logs do not arrive",
            description="Loki's ruler fails to send {value} of its alerts to {{ $labels.alertmanager }}.",
            impact="No alert on logs reaches anybody.",
            symptom="None: what should page does not.",
            dashboard="loki",
            signal=_LOKI_ALERTS_SENT.signal,
            threshold=0.05,
            traffic=_LOKI_ALERTS_SENT.traffic,
            minimum=0,
            runbook=Runbook(
                meaning="The ruler evaluates rules, and Alertmanager does not take what it sends.",
                diagnose=[
                    "`kubectl get endpointslices -A -l kubernetes.io/service-name=<alertmanager>`: its address.",
                    POD_LOGS,
                ],
                resolve=[
                    "If the address is wrong: correct `alertmanager_url` of Loki.",
                    "If a NetworkPolicy is between them: admit the pods of Loki at port 9093, or 9095 with TLS.",
                ],
                escalate=ESCALATE,
            ),
        ),
    ],
)
