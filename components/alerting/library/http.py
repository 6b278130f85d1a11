"""RED of services by the metrics that they count their own HTTP requests with.

The applications declare `http_requests_total` (labels `service`, `status`) and the histogram
`http_request_duration_seconds` (label `service`).
"""

from ..rules import Group, Record, Severity
from ..runbooks import Query, Runbook
from ..shapes import Above, RatioAbove, Unit, gauge
from .model import PLACE, PLATFORM, Topic, example, per_second, share

REQUESTS, DURATION = "http_requests_total", "http_request_duration_seconds"
REQUEST_RATE = "service:http_requests:rate5m"
ERROR_RATIO = "service:http_errors:ratio5m"
LATENCY = "service:http_latency:p99_5m"
APDEX = "service:http_latency:apdex5m"
ANOMALY = "service:http_requests:zscore7d"
CACHE_HIT_RATIO = "service:cache_hits:ratio5m"

SATISFIED, TOLERATED = "0.3", "1.2"
"""Buckets of the Apdex score, in seconds; a whole number would be `1.0`, as Prometheus stores it."""

_BUCKET = f'{DURATION}_bucket{{le="%s"}}'
_SHOP = {"service": "shop"}
_RED = Group(
    "http_rules",
    [
        Record(REQUEST_RATE, per_second(REQUESTS, "service")),
        Record(ERROR_RATIO, share(f'{REQUESTS}{{status=~"5.."}}', REQUESTS, "service")),
        Record(LATENCY, f"histogram_quantile(0.99, {per_second(f'{DURATION}_bucket', 'service, le')})"),
        Record(
            APDEX,
            f"({per_second(_BUCKET % SATISFIED, 'service')} + {per_second(_BUCKET % TOLERATED, 'service')})"
            f" / 2 / {per_second(f'{DURATION}_count', 'service')}",
        ),
    ],
    PLACE,
    interval="30s",
    cases=[
        example(
            "a twentieth of the requests of a service fail",
            {
                'http_requests_total{service="shop",status="200",method="GET"}': "0+1140x40",
                'http_requests_total{service="shop",status="503",method="GET"}': "0+60x40",
            },
            {f'{REQUEST_RATE}{{service="shop"}}': 20, f'{ERROR_RATIO}{{service="shop"}}': 0.05},
        ),
        example(
            "a service that never failed has a ratio of 0",
            {'http_requests_total{service="shop",status="200",method="GET"}': "0+60x40"},
            {f'{ERROR_RATIO}{{service="shop"}}': 0},
        ),
        example(
            "durations are read from the buckets",
            {
                'http_request_duration_seconds_bucket{service="shop",le="0.3"}': "0+60x40",
                'http_request_duration_seconds_bucket{service="shop",le="1.2"}': "0+90x40",
                'http_request_duration_seconds_bucket{service="shop",le="2.0"}': "0+100x40",
                'http_request_duration_seconds_bucket{service="shop",le="+Inf"}': "0+100x40",
                'http_request_duration_seconds_count{service="shop"}': "0+100x40",
            },
            {f'{LATENCY}{{service="shop"}}': 1.92, f'{APDEX}{{service="shop"}}': 0.75},
        ),
    ],
)
_ANOMALIES = Group(
    "http_anomaly_rules",
    [
        Record(
            ANOMALY,
            f"(avg_over_time({REQUEST_RATE}[1h]) - avg_over_time({REQUEST_RATE}[7d:1h]))"
            f" / stddev_over_time({REQUEST_RATE}[7d:1h])",
        )
    ],
    PLACE,
    interval="5m",
    cases=[
        # 83 hours at 10, 84 at 20 and one at 40 requests per second.
        example(
            "the last hour is compared to the week",
            {f'{REQUEST_RATE}{{service="shop"}}': "10x83 20x83 40x3"},
            {f'{ANOMALY}{{service="shop"}}': 4.646258},
            at="168h",
            interval="1h",
        )
    ],
)

HTTP = Topic(
    "http",
    "RED of services by their own HTTP metrics",
    application_metrics=frozenset({REQUESTS, DURATION}),
    records=[_RED, _ANOMALIES],
    alert_group="service_alerts",
    alerts=[
        RatioAbove(
            name="HighErrorRate",
            severity=Severity.CRITICAL,
            pending="5m",
            owner=PLATFORM,
            labels={"team": "{owner}"},
            summary="{{ $labels.service }} answers many requests with an error",
            description="{value} of the requests to {{ $labels.service }} are answered with 5xx (limit {threshold}).",
            impact="Users of the service receive errors in place of answers.",
            symptom="Pages and calls of the service fail.",
            dashboard="service",
            signal=gauge(ERROR_RATIO, Unit.RATIO, _SHOP),
            threshold=0.05,
            traffic=gauge(REQUEST_RATE, Unit.PER_SECOND, _SHOP),
            minimum=10,
            runbook=Runbook(
                meaning=(
                    "More than a twentieth of the requests of a service end with a status of 5xx, and the service has "
                    "more requests than the minimum of the alert, below which single failures would page."
                ),
                diagnose=[
                    Query(
                        "Which statuses and methods fail",
                        'sum by (service, method, status) (rate(http_requests_total{status=~"5.."}[5m]))',
                    ),
                    Query("Whether traffic has changed", REQUEST_RATE),
                    "Open an exemplar of the latency panel: its trace shows which call fails.",
                    "Compare the time of the first errors with that of the last deployment: "
                    "`kubectl rollout history deployment/<service>`.",
                ],
                resolve=[
                    "If the errors began with a deployment: `kubectl rollout undo deployment/<service>`.",
                    "If a dependency fails: its own alert and runbook come first.",
                    "If traffic has grown beyond what the service is sized for: scale it.",
                ],
                escalate="The team that owns the service, at once; after 30 minutes, the incident commander.",
            ),
        ),
        Above(
            name="HighLatencyP99",
            severity=Severity.WARNING,
            pending="10m",
            owner=PLATFORM,
            labels={"team": "{owner}"},
            summary="{{ $labels.service }} answers slowly",
            description="A hundredth of the requests to {{ $labels.service }} take {value} or longer "
            "(limit {threshold}).",
            impact="Some users of the service wait, and callers with short timeouts fail.",
            symptom="Pages of the service load slowly.",
            dashboard="service",
            signal=gauge(LATENCY, Unit.SECONDS, _SHOP),
            threshold=1,
            runbook=Runbook(
                meaning="The 99th percentile of the durations of requests, in 5 minutes, is above the threshold.",
                diagnose=[
                    Query(
                        "Whether all requests are slow or a few",
                        "histogram_quantile(0.5, sum by (service, le) "
                        "(rate(http_request_duration_seconds_bucket[5m])))",
                    ),
                    Query("Whether traffic has changed", REQUEST_RATE),
                    "Open an exemplar above the threshold: its trace shows which span takes the time.",
                ],
                resolve=[
                    "If it began with a deployment: undo that.",
                    "If one dependency takes the time: its team decides.",
                    "If the service is at its CPU limit or waits for connections: raise the limit, or scale it.",
                ],
                escalate="The team that owns the service, in working hours; `HighErrorRate` pages if requests fail.",
            ),
        ),
    ],
)

CACHE = Topic(
    "cache",
    "The share of reads that caches of applications answer",
    application_metrics=frozenset({"cache_hits_total", "cache_misses_total"}),
    records=[
        Group(
            "cache_rules",
            [
                Record(
                    CACHE_HIT_RATIO,
                    f"{per_second('cache_hits_total', 'service')}"
                    f" / ({per_second('cache_hits_total', 'service')} + {per_second('cache_misses_total', 'service')})",
                )
            ],
            PLACE,
            interval="1m",
            cases=[
                example(
                    "three of four reads are hits",
                    {
                        'cache_hits_total{service="shop"}': "0+90x40",
                        'cache_misses_total{service="shop"}': "0+30x40",
                    },
                    {f'{CACHE_HIT_RATIO}{{service="shop"}}': 0.75},
                )
            ],
        )
    ],
)
