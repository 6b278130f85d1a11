"""RED of services by the metrics that Tempo, or a collector, makes of their spans.

Requests are spans of the kinds server and consumer, so that a call counts at the service that answers it.
"""

from collections.abc import Sequence

from ..http_metrics import HttpSource
from ..rules import Group, Record, Severity
from ..runbooks import Query, Runbook
from ..shapes import Above, RatioAbove, Signal, Unit, gauge
from . import http
from .model import PLACE, PLATFORM, Topic, example, per_second, share

PRODUCERS = frozenset({"tempo-span-metrics", "collector-span-metrics"})
"""What makes the metrics: Tempo, or a collector by the same names."""
CALLS, LATENCY_BUCKETS = "traces_spanmetrics_calls_total", "traces_spanmetrics_latency_bucket"
REQUEST_RATE = "service:traces_spanmetrics_calls:rate5m"
ERROR_RATIO = "service:traces_spanmetrics_errors:ratio5m"
LATENCY = "service:traces_spanmetrics_latency:p99_5m"

_REQUESTS = 'span_kind=~"SPAN_KIND_SERVER|SPAN_KIND_CONSUMER"'
_SHOP = {"service": "shop"}
_SPAN = 'service="shop",span_name="GET /cart",span_kind="SPAN_KIND_SERVER"'

_RECORDS = Group(
    "span_rules",
    [
        Record(REQUEST_RATE, per_second(f"{CALLS}{{{_REQUESTS}}}", "service")),
        Record(
            ERROR_RATIO,
            share(f'{CALLS}{{{_REQUESTS},status_code="STATUS_CODE_ERROR"}}', f"{CALLS}{{{_REQUESTS}}}", "service"),
        ),
        Record(LATENCY, f"histogram_quantile(0.99, {per_second(f'{LATENCY_BUCKETS}{{{_REQUESTS}}}', 'service, le')})"),
    ],
    PLACE,
    interval="30s",
    cases=[
        example(
            "spans of callers are not requests",
            {
                f'{CALLS}{{{_SPAN},status_code="STATUS_CODE_UNSET"}}': "0+1140x40",
                f'{CALLS}{{{_SPAN},status_code="STATUS_CODE_ERROR"}}': "0+60x40",
                f'{CALLS}{{service="shop",span_name="SELECT",span_kind="SPAN_KIND_CLIENT",'
                'status_code="STATUS_CODE_ERROR"}': "0+600x40",
            },
            {f'{REQUEST_RATE}{{service="shop"}}': 20, f'{ERROR_RATIO}{{service="shop"}}': 0.05},
        ),
        example(
            "durations are read from the buckets",
            {
                f'{LATENCY_BUCKETS}{{{_SPAN},le="1.024"}}': "0+90x40",
                f'{LATENCY_BUCKETS}{{{_SPAN},le="2.048"}}': "0+100x40",
                f'{LATENCY_BUCKETS}{{{_SPAN},le="+Inf"}}': "0+100x40",
            },
            {f'{LATENCY}{{service="shop"}}': 1.9456},
        ),
    ],
)


def spans(sources: Sequence[HttpSource]) -> Topic:
    """Return the topic; a service with HTTP metrics of its own pages by those alone, where all of these can."""
    errors = bool(sources) and all(source.status for source in sources)
    durations = bool(sources) and all(source.duration for source in sources)
    return Topic(
        "spans",
        "RED of services by their spans",
        any_producer=PRODUCERS,
        records=[_RECORDS],
        alert_group="span_alerts",
        alerts=[
            RatioAbove(
                name="HighSpanErrorRate",
                severity=Severity.CRITICAL,
                pending="5m",
                owner=PLATFORM,
                summary="{{ $labels.service }} fails many requests",
                description="{value} of the requests to {{ $labels.service }} end with an error (limit {threshold}).",
                impact="Users of the service receive errors in place of answers.",
                symptom="Pages and calls of the service fail.",
                dashboard="service",
                signal=gauge(ERROR_RATIO, Unit.RATIO, _SHOP),
                threshold=0.05,
                traffic=_without_http(gauge(REQUEST_RATE, Unit.PER_SECOND, _SHOP), errors),
                minimum=1,
                runbook=Runbook(
                    meaning=(
                        "More than a twentieth of the spans of kind server or consumer of a service have the status "
                        "error, and there are more than the minimum of the alert. With tail sampling before the "
                        "metrics are made, errors are over-represented: make them of all spans."
                    ),
                    diagnose=[
                        Query(
                            "Which operations fail",
                            "topk(10, sum by (service, span_name) "
                            '(rate(traces_spanmetrics_calls_total{status_code="STATUS_CODE_ERROR"}[5m])))',
                        ),
                        "Open failed traces in Grafana's Explore, of the data source Tempo: "
                        '`{ resource.service.name = "<service>" && status = error }`.',
                        "Read the logs of one of them by its trace id.",
                    ],
                    resolve=[
                        "If the errors began with a deployment: `kubectl rollout undo deployment/<service>`.",
                        "If the failed span is a call of another service: the runbook of that one comes first.",
                    ],
                    escalate="The team that owns the service, at once; after 30 minutes, the incident commander.",
                ),
            ),
            Above(
                name="HighSpanLatencyP99",
                severity=Severity.WARNING,
                pending="10m",
                owner=PLATFORM,
                summary="{{ $labels.service }} answers slowly",
                description="A hundredth of the requests to {{ $labels.service }} take {value} or longer "
                "(limit {threshold}).",
                impact="Some users of the service wait, and callers with short timeouts fail.",
                symptom="Pages of the service load slowly.",
                dashboard="service",
                signal=_without_http(gauge(LATENCY, Unit.SECONDS, _SHOP), durations),
                threshold=1,
                runbook=Runbook(
                    meaning="The 99th percentile of the durations of spans of kind server or consumer is too high.",
                    diagnose=[
                        Query(
                            "Which operations are slow",
                            "topk(10, histogram_quantile(0.99, sum by (service, span_name, le) "
                            "(rate(traces_spanmetrics_latency_bucket[5m]))))",
                        ),
                        "Open slow traces in Grafana's Explore, of the data source Tempo: "
                        '`{ resource.service.name = "<service>" && duration > 1s }`.',
                    ],
                    resolve=[
                        "If it began with a deployment: undo that.",
                        "If one dependency takes the time: its team decides.",
                    ],
                    escalate="The team that owns the service, in working hours; `HighSpanErrorRate` pages if "
                    "requests fail.",
                ),
            ),
        ],
    )


def _without_http(signal: Signal, beside_http: bool) -> Signal:
    """Return a signal without the services that have HTTP metrics of their own."""
    if not beside_http:
        return signal
    expr = f"({signal.expr} unless on (service) {http.REQUEST_RATE})"
    return Signal(expr, signal.unit, signal.labels, signal.series, signal.warm_up)
