"""Collectors: what they have taken arrives."""

from ..rules import Group, Record, Severity
from ..runbooks import Query, Runbook
from ..shapes import Above, RatioAbove, Signal, Unit, gauge, selector
from .model import PLACE, PLATFORM, Topic, example
from .shares import ESCALATE, POD_LOGS, Share, share_group

_COLLECTOR = {"namespace": "telemetry", "job": "collector"}


def _collector(producer: str, title: str, prefix: str, record: str, suffix: str) -> Topic:
    """Return the topic of the OTLP exporters of a collector; `suffix` is that of its counters."""
    shares = [
        Share(
            record,
            f"otelcol_exporter_send_failed_{counted}{suffix}",
            f"otelcol_exporter_sent_{counted}{suffix}",
            by=_COLLECTOR,
            added=True,
            constant={"signal": signal},
        )
        for signal, counted in (("traces", "spans"), ("logs", "log_records"), ("metrics", "metric_points"))
    ]
    queue = gauge(f"job:{prefix}_queue:utilization", Unit.RATIO, _COLLECTOR)
    return Topic(
        producer,
        f"{title} delivers what it has taken by OTLP",
        producers=frozenset({producer}),
        records=[share_group(prefix, *shares), _queue_group(prefix, queue)],
        alert_group=f"{prefix}_alerts",
        alerts=[
            RatioAbove(
                name=f"{title}FailingToSend",
                severity=Severity.CRITICAL,
                pending="10m",
                owner=PLATFORM,
                summary=f"{title} loses {{{{ $labels.signal }}}}",
                description=f"{title} ({{{{ $labels.job }}}}) gives up {{value}} of its {{{{ $labels.signal }}}} "
                "(limit {threshold}).",
                impact="What it gives up is lost.",
                symptom="Logs, traces or metrics of services are missing.",
                dashboard="collectors",
                signal=shares[0].signal,
                threshold=0.01,
                traffic=shares[0].traffic,
                minimum=0.1,
                runbook=Runbook(
                    meaning="A destination refuses data for good, or is away for longer than it is repeated.",
                    diagnose=[
                        Query(
                            "How full the queues are", "otelcol_exporter_queue_size / otelcol_exporter_queue_capacity"
                        ),
                        POD_LOGS,
                        "The alerts of the destination: `LokiRefusingWrites`, `TempoDiscardingSpans`.",
                    ],
                    resolve=[
                        "If the destination is down: repair that first; queues on disk are then sent.",
                        "If it refuses by a limit (429, ResourceExhausted): raise the limit, or sample.",
                        "If it refuses by a login (401, 403): renew the Secret of the destination.",
                    ],
                    escalate=ESCALATE,
                ),
            ),
            Above(
                name=f"{title}QueueFull",
                severity=Severity.WARNING,
                pending="15m",
                owner=PLATFORM,
                summary=f"{title} is about to lose data",
                description=f"{{value}} of a queue of {title} ({{{{ $labels.job }}}}) is used (limit {{threshold}}).",
                impact="When the queue is full, the collector refuses what services send, or loses it.",
                symptom="Logs, traces or metrics arrive late.",
                dashboard="collectors",
                signal=queue,
                threshold=0.8,
                runbook=Runbook(
                    meaning="A destination takes less than the collector gets, or nothing at all.",
                    diagnose=[
                        Query(
                            "Which destination",
                            "topk(5, otelcol_exporter_queue_size / otelcol_exporter_queue_capacity)",
                        ),
                        POD_LOGS,
                        "The alerts of the destination: `LokiRefusingWrites`, `TempoDiscardingSpans`.",
                    ],
                    resolve=[
                        "If the destination is down: repair that; the queue is then sent.",
                        "If it is too slow for the traffic: scale it, or raise `queue_size` of the collector.",
                    ],
                    escalate=ESCALATE,
                ),
            ),
        ],
    )


def _queue_group(prefix: str, queue: Signal) -> Group:
    size, capacity = "otelcol_exporter_queue_size", "otelcol_exporter_queue_capacity"
    labels = {**_COLLECTOR, "exporter": "otlp_http/tempo", "data_type": "traces"}
    return Group(
        f"{prefix}_queue_rules",
        [Record(queue.expr, f"max by (namespace, job) ({size} / {capacity})")],
        PLACE,
        interval="1m",
        cases=[
            example(
                "the fullest queue",
                {
                    selector(size, labels): "30x40",
                    selector(capacity, labels): "40x40",
                    selector(size, {**labels, "data_type": "logs"}): "1x40",
                    selector(capacity, {**labels, "data_type": "logs"}): "40x40",
                },
                {selector(queue.expr, queue.labels): 0.75},
            )
        ],
    )


OTEL_COLLECTOR = _collector("otel-collector", "Collector", "otelcol", "job:otelcol_exports", "")
ALLOY = _collector("alloy", "Alloy", "alloy", "job:alloy_exports", "_total")

_LOG_LINES = Share(
    "job:alloy_log_entries",
    "loki_write_dropped_entries_total",
    "loki_write_sent_entries_total",
    by=_COLLECTOR,
    added=True,
    example_labels=({"reason": "ingester_error"}, {}),
)

ALLOY_LOGS = Topic(
    "alloy-logs",
    "Alloy delivers the logs that it reads",
    producers=frozenset({"alloy"}),
    records=[share_group("alloy_logs", _LOG_LINES)],
    alert_group="alloy_logs_alerts",
    alerts=[
        RatioAbove(
            name="AlloyDroppingLogs",
            severity=Severity.CRITICAL,
            pending="10m",
            owner=PLATFORM,
            summary="Alloy loses log lines",
            description="Alloy ({{ $labels.job }}) gives up sending {value} of the log lines (limit {threshold}).",
            impact="The lines are lost.",
            symptom="Logs of services have gaps.",
            dashboard="collectors",
            signal=_LOG_LINES.signal,
            threshold=0.01,
            traffic=_LOG_LINES.traffic,
            minimum=0.1,
            runbook=Runbook(
                meaning="Loki refuses lines for good, or is away for longer than Alloy repeats them.",
                diagnose=[
                    Query("Why", "sum by (reason) (rate(loki_write_dropped_entries_total[5m]))"),
                    POD_LOGS,
                    "The alerts of Loki: `LokiRefusingWrites`, `LokiDiscardingLines`.",
                ],
                resolve=[
                    "rate_limited, stream_limited: see `LokiDiscardingLines`.",
                    "ingester_error: see `LokiRefusingWrites`.",
                    "queue_is_full: more Alloy, or less to read.",
                ],
                escalate=ESCALATE,
            ),
        )
    ],
)

TOPICS = (OTEL_COLLECTOR, ALLOY, ALLOY_LOGS)
