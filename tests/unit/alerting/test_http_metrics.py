"""How applications count their requests, as a stack states it or declares its metrics."""

from collections.abc import Mapping
from typing import Any

import pytest

from components._spec import InvalidArgsError
from components.alerting.catalogue import ApplicationMetric
from components.alerting.http_metrics import USUAL, HttpMetrics, HttpSource, HttpSources, http_sources
from components.alerting.notices import notices
from components.alerting.spec import AlertingSpec

REQUESTS, DURATION = "http_requests_total", "http_request_duration_seconds"
OTEL = "http_server_request_duration_seconds"
COUNTER: dict[str, Any] = {"type": "counter", "labels": {"service": [], "status": []}}
HISTOGRAM: dict[str, Any] = {"type": "histogram", "labels": {"service": []}, "buckets": [0.1, 0.3, 1, 1.2, 5]}
GO: dict[str, Any] = {"type": "counter", "labels": {"service": [], "code": [], "method": []}}
OF_GO = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
"""Default buckets of Prometheus's client libraries."""


def read(declared: Mapping[str, Any], **stated: Any) -> HttpSources:
    metrics = {name: ApplicationMetric.model_validate(each) for name, each in declared.items()}
    http = {name: HttpMetrics.model_validate(each) for name, each in stated.items()}
    return http_sources("http", http, metrics, {"service", "job"})


def test_the_metrics_of_the_documents_are_the_usual_ones() -> None:
    assert read({REQUESTS: COUNTER, DURATION: HISTOGRAM}) == HttpSources((USUAL,))


def test_another_label_and_other_buckets_are_found() -> None:
    (source,) = read({REQUESTS: GO, DURATION: {**HISTOGRAM, "buckets": OF_GO}}).sources
    assert (source.status, source.satisfied, source.tolerated) == ("code", "0.25", "1.0")


def test_the_histogram_of_opentelemetry_counts_requests_too() -> None:
    labels: dict[str, Any] = {"service_name": [], "http_response_status_code": []}
    declared = {OTEL: {"type": "histogram", "labels": labels, "pushed": True, "buckets": OF_GO}}
    assert read(declared) == HttpSources(
        (HttpSource(f"{OTEL}_count", "service_name", "http_response_status_code", OTEL, "service_name", "0.25", "1"),)
    )
    (source,) = read({OTEL: {"type": "histogram", "labels": {}, "pushed": True}}).sources
    assert source.duration_service == "job"


def test_applications_of_both_conventions_are_two_sources() -> None:
    found = read({REQUESTS: COUNTER, DURATION: HISTOGRAM, OTEL: HISTOGRAM})
    assert [source.duration for source in found.sources] == [DURATION, OTEL]


def test_names_are_stated_in_one_place() -> None:
    declared = {
        "shop_requests_total": {"type": "counter", "labels": {"app": [], "response_code": []}},
        "shop_request_duration_milliseconds": {
            "type": "histogram",
            "labels": {"app": []},
            "buckets": [100, 250, 500, 2000],
        },
    }
    shop = {
        "requests": "shop_requests_total",
        "duration": "shop_request_duration_milliseconds",
        "service_label": "app",
        "satisfied": 0.5,
    }
    found = read(declared, shop=shop)
    assert found == HttpSources(
        (
            HttpSource(
                *("shop_requests_total", "app", "response_code", "shop_request_duration_milliseconds", "app"),
                *("500.0", "2000.0"),
            ),
        )
    )
    assert read(declared) == HttpSources(), "names of nobody else are not guessed"


@pytest.mark.parametrize(
    ("declared", "line"),
    [
        (
            {REQUESTS: {"type": "counter"}, DURATION: HISTOGRAM},
            "no HighErrorRate (service:http_errors:ratio5m) of http_requests_total: it declares no label",
        ),
        (
            {REQUESTS: {"type": "counter", "labels": {"status": ["ok", "error"]}}, DURATION: HISTOGRAM},
            "of http_requests_total: no value that it declares of status matches 5..",
        ),
        (
            {REQUESTS: COUNTER, DURATION: {"type": "histogram"}},
            "no Apdex (service:http_latency:apdex5m) of http_request_duration_seconds: its buckets are not declared",
        ),
        (
            {REQUESTS: COUNTER, DURATION: {"type": "histogram", "buckets": [0.2, 0.5, 5]}},
            "of http_request_duration_seconds: it has no bucket between 0.1 and 1 s of which 4 times is one too",
        ),
        ({REQUESTS: COUNTER}, "no HighLatencyP99 (service:http_latency:p99_5m) and Apdex"),
        ({REQUESTS: {"type": "gauge"}, DURATION: {**HISTOGRAM, **{"labels": {"code": []}}}}, "no counter or histogram"),
    ],
)
def test_what_cannot_be_made_is_left_out_with_a_word_and_compiles(declared: Mapping[str, Any], line: str) -> None:
    (found,) = read(declared).left_out
    assert line in found
    receivers: Any = {"one": {"kind": "webhook", "url": "http://pager.tools/alerts"}}
    args: Any = {"namespace": "monitoring", "receivers": receivers, "application_metrics": declared}
    spec = AlertingSpec.check("Alerting", args)
    assert list(notices(spec)) == [found]


@pytest.mark.parametrize(
    ("declared", "stated", "problem"),
    [
        ({}, {"requests": "shop_total"}, "requests = shop_total: must be declared; add it to application_metrics"),
        (
            {REQUESTS: {"type": "gauge"}},
            {"requests": REQUESTS},
            f"requests = {REQUESTS}: must be a counter or histogram, and is declared as",
        ),
        ({REQUESTS: GO}, {"status_label": "status"}, "status_label = status: must be a label that http_requests_total"),
        ({REQUESTS: GO}, {"service_label": "app"}, "service_label = app: must be a label of http_requests_total"),
        (
            {DURATION: HISTOGRAM},
            {"satisfied": 0.35},
            "satisfied = 0.35: must be a border of http_request_duration_seconds in seconds; use one of 0.1, 0.3, 1,",
        ),
        ({DURATION: HISTOGRAM}, {"satisfied": 1}, "satisfied = 1: 4 times as much, 4, must be a border"),
        ({DURATION: HISTOGRAM}, {"tolerated": 1}, "tolerated = 1: requires satisfied"),
        ({}, {"satisfied": 0.3}, "requests = : is missing, and neither http_requests_total nor a histogram of"),
        ({DURATION: HISTOGRAM}, {"satisfied": 1, "tolerated": 0.3}, "tolerated = 0.3: must be more than satisfied"),
    ],
)
def test_what_is_stated_and_does_not_hold_is_refused_at_its_place(
    declared: Mapping[str, Any], stated: Mapping[str, Any], problem: str
) -> None:
    with pytest.raises(InvalidArgsError) as refused:
        AlertingSpec.check(
            "Alerting",
            {"namespace": "monitoring", "application_metrics": dict(declared), "http": {"shop": dict(stated)}},
        )
    assert f"http.shop.{problem}" in str(refused.value).replace('"', "")
