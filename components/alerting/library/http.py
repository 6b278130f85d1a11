"""RED of services by the metrics that they count their own HTTP requests with, whatever these are called.

Each part is there as far as the metrics that applications declare can make it (`..http_metrics`); several sources are
one record, which has the label `service`.
"""

from collections.abc import Iterator, Sequence

from ..http_metrics import FAILED, SATISFIED, SERVICE, TOLERATED, USUAL, HttpSource
from ..rules import Case, Group, Record, Severity
from ..runbooks import Query, Runbook
from ..shapes import Above, RatioAbove, Unit, gauge, selector
from .model import PLACE, PLATFORM, LibraryAlert, Topic, example, per_second

REQUEST_RATE = "service:http_requests:rate5m"
ERROR_RATIO = "service:http_errors:ratio5m"
LATENCY = "service:http_latency:p99_5m"
APDEX = "service:http_latency:apdex5m"
ANOMALY = "service:http_requests:zscore7d"
CACHE_HIT_RATIO = "service:cache_hits:ratio5m"

_SHOP = {"service": "shop"}


def _rate(metric: str, label: str, by: str = "service") -> str:
    """Return the increase per second by service, whose name is in another label of the metric."""
    if label == SERVICE:
        return per_second(metric, by)
    return f'sum by ({by}) (label_replace(rate({metric}[5m]), "{SERVICE}", "$1", "{label}", "(.*)"))'


def _error_ratio(source: HttpSource) -> str:
    total = _rate(source.requests, source.requests_service)
    failed = _rate(f'{source.requests}{{{source.status}=~"{FAILED}"}}', source.requests_service)
    return f"({failed} or 0 * {total}) / {total}"


def _latency(source: HttpSource) -> str:
    quantile = f"histogram_quantile(0.99, {_rate(f'{source.duration}_bucket', source.duration_service, 'service, le')})"
    return quantile if source.per_second == 1 else f"{quantile} / {source.per_second}"


def _apdex(source: HttpSource) -> str:
    def bucket(border: str) -> str:
        return _rate(f'{source.duration}_bucket{{le="{border}"}}', source.duration_service)

    answered = _rate(f"{source.duration}_count", source.duration_service)
    return f"({bucket(source.satisfied)} + {bucket(source.tolerated)}) / 2 / {answered}"


def _record(name: str, expressions: Sequence[str]) -> list[Record]:
    """Return the record of the first expression that has a service; none where there is no expression."""
    return [Record(name, " or ".join(dict.fromkeys(expressions)))] if expressions else []


def _cases(source: HttpSource) -> Iterator[Case]:
    """Yield the examples of one source."""
    of = {source.requests_service: "shop"}
    rate, ratio = f'{REQUEST_RATE}{{service="shop"}}', f'{ERROR_RATIO}{{service="shop"}}'
    if not source.status:
        yield example(f"{source.requests} is counted", {selector(source.requests, of): "0+1200x40"}, {rate: 20})
    else:
        answered = selector(source.requests, {**of, source.status: "200", "method": "GET"})
        failed = selector(source.requests, {**of, source.status: "503", "method": "GET"})
        yield example(
            f"a twentieth of {source.requests} of a service fails",
            {answered: "0+1140x40", failed: "0+60x40"},
            {rate: 20, ratio: 0.05},
        )
        yield example(f"a service without failed {source.requests} has a ratio of 0", {answered: "0+60x40"}, {ratio: 0})
    if source.duration:
        of = {source.duration_service: "shop"}
        satisfied, tolerated = source.satisfied or SATISFIED, source.tolerated or TOLERATED
        slowest = f"{float(tolerated) * 5 / 3:g}"
        counts = {satisfied: 60, tolerated: 90, slowest: 100, "+Inf": 100}
        series = {
            selector(f"{source.duration}_bucket", {**of, "le": border}): f"0+{count}x40"
            for border, count in counts.items()
        }
        series[selector(f"{source.duration}_count", of)] = "0+100x40"
        p99 = (float(tolerated) + 0.9 * (float(slowest) - float(tolerated))) / source.per_second
        results = {f'{LATENCY}{{service="shop"}}': round(p99, 6)}
        if source.satisfied:
            results[f'{APDEX}{{service="shop"}}'] = 0.75
        yield example(f"durations are read from the buckets of {source.duration}", series, results)


def _red(sources: Sequence[HttpSource]) -> Group:
    with_status = [source for source in sources if source.status]
    with_durations = [source for source in sources if source.duration]
    with_apdex = [source for source in with_durations if source.satisfied]
    return Group(
        "http_rules",
        [
            *_record(REQUEST_RATE, [_rate(source.requests, source.requests_service) for source in sources]),
            *_record(ERROR_RATIO, [*map(_error_ratio, with_status)]),
            *_record(LATENCY, [*map(_latency, with_durations)]),
            *_record(APDEX, [*map(_apdex, with_apdex)]),
        ],
        PLACE,
        interval="30s",
        cases=[case for source in sources for case in _cases(source)],
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

_ERRORS = RatioAbove(
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
)
_SLOW = Above(
    name="HighLatencyP99",
    severity=Severity.WARNING,
    pending="10m",
    owner=PLATFORM,
    labels={"team": "{owner}"},
    summary="{{ $labels.service }} answers slowly",
    description="A hundredth of the requests to {{ $labels.service }} take {value} or longer (limit {threshold}).",
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
                "histogram_quantile(0.5, sum by (service, le) (rate(http_request_duration_seconds_bucket[5m])))",
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
)


def http(sources: Sequence[HttpSource] = (USUAL,)) -> Topic:
    """Return the topic of what counts requests; all of it of the usual metrics by default."""
    alerts: list[LibraryAlert] = []
    if any(source.status for source in sources):
        alerts.append(_ERRORS)
    if any(source.duration for source in sources):
        alerts.append(_SLOW)
    return Topic(
        "http",
        "RED of services by their own HTTP metrics",
        application_metrics=frozenset(
            name.removesuffix("_count") for source in sources for name in (source.requests, source.duration) if name
        ),
        records=[_red(sources), _ANOMALIES],
        alert_group="service_alerts",
        alerts=alerts,
    )


_HITS = per_second("cache_hits_total", "service")

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
                    f"{_HITS} / ({_HITS} + ({per_second('cache_misses_total', 'service')} or 0 * {_HITS}))",
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
                ),
                example(
                    "a cache without a miss so far",
                    {'cache_hits_total{service="shop"}': "0+90x40"},
                    {f'{CACHE_HIT_RATIO}{{service="shop"}}': 1},
                ),
            ],
        )
    ],
)
