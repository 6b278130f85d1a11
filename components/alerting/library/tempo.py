"""Tempo: it takes and finds traces."""

from ..rules import Severity
from ..runbooks import Query, Runbook
from ..shapes import Above, RatioAbove, counter
from .model import PLATFORM, Topic
from .shares import ESCALATE, POD_LOGS, Share, share_group

_TEMPO = {"namespace": "tracing", "job": "tempo"}


_SPANS = Share(
    "tenant:tempo_spans",
    "tempo_discarded_spans_total",
    "tempo_distributor_spans_received_total",
    by={"namespace": "tracing", "tenant": "single-tenant"},
    example_labels=({"reason": "rate_limited"}, {}),
)

TEMPO = Topic(
    "tempo",
    "Tempo takes and finds traces",
    any_producer=frozenset({"tempo", "tempo-3"}),
    records=[share_group("tempo", _SPANS)],
    alert_group="tempo_alerts",
    alerts=[
        RatioAbove(
            name="TempoDiscardingSpans",
            severity=Severity.WARNING,
            pending="15m",
            owner=PLATFORM,
            summary="Tempo discards spans of tenant {{ $labels.tenant }}",
            description="{value} of the spans of tenant {{ $labels.tenant }} are beyond a limit (limit {threshold}).",
            impact="Traces have gaps, and metrics that are made of spans are too low.",
            symptom="Traces are missing, or end in the middle.",
            dashboard="tempo",
            signal=_SPANS.signal,
            threshold=0.01,
            traffic=_SPANS.traffic,
            minimum=1,
            runbook=Runbook(
                meaning="Tempo refuses spans of a tenant by a limit: rate, number of traces or size of a trace.",
                diagnose=[
                    Query("The limit", "sum by (tenant, reason) (rate(tempo_discarded_spans_total[5m]))"),
                    Query(
                        "Whether traffic has grown",
                        "sum by (tenant) (rate(tempo_distributor_spans_received_total[5m]))",
                    ),
                ],
                resolve=[
                    "rate_limited: sample more in the collectors, or raise the limit of the tenant.",
                    "trace_too_large: a loop, or a job that never ends its trace; its service decides.",
                    "live_traces_exceeded: raise the limit, and the memory of what holds live traces.",
                ],
                escalate="The owner of the service that sends most, in working hours.",
            ),
        ),
        Above(
            name="TempoNotPolling",
            severity=Severity.WARNING,
            pending="15m",
            owner=PLATFORM,
            summary="Tempo does not see its blocks",
            description="Tempo ({{ $labels.job }}) fails to read the list of blocks in the object store.",
            impact="Queries do not find traces that were stored since.",
            symptom="Traces of the last hours are not found.",
            dashboard="tempo",
            signal=counter("tempodb_blocklist_poll_errors_total", _TEMPO),
            threshold=0,
            runbook=Runbook(
                meaning="Tempo cannot list its bucket, or an index of a tenant in it cannot be read.",
                diagnose=[
                    Query(
                        "Which operations of the store fail",
                        "sum by (operation, status_code) (rate(tempodb_backend_request_duration_seconds_count[5m]))",
                    ),
                    POD_LOGS,
                ],
                resolve=[
                    "If the store answers 403: renew the credentials, or repair the role and its policy.",
                    "If it does not answer: its own alerts, the NetworkPolicy and DNS.",
                ],
                escalate=ESCALATE,
            ),
        ),
    ],
)
