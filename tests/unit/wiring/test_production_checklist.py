"""What a preview says of a production stack that lacks something of the production checklist."""

from typing import Any

import pytest

from config import Settings
from tests.checkout import ROOT
from tests.unit.config.stacks import load_whole, source
from wiring.production_checklist import LEAST_RETENTION, unmet

PRODUCTION: dict[str, Any] = {
    "cluster": {"name": "shop", "environment": "production", "context": "shop"},
    "storage": {
        "kind": "aws",
        "account_id": "123456789012",
        "buckets": {"logs": "shop-logs", "traces": "shop-traces", "metrics": "shop-metrics"},
    },
    "logging": {"replicas": 3},
    "tracing": {"mode": "distributed", "replicas": 3},
    "metrics": {"kind": "operator", "replicas": 2, "long_term": {"ruler": True}},
    "alerting": {
        "runbook_url": "https://runbooks.example.org/{alert}",
        "receivers": {
            "pager": {"kind": "pagerduty", "routing_key": {"secret": "pager", "key": "key"}},
            "heartbeat": {"kind": "webhook", "url_secret": {"secret": "heartbeat", "key": "url"}},
        },
        "default_receiver": "pager",
        "dead_mans_switch": {"receiver": "heartbeat"},
        "alertmanager": {"replicas": 3},
    },
}


def settings(**areas: Any) -> Settings:
    merged: dict[str, Any] = {
        name: {**PRODUCTION.get(name, {}), **areas.get(name, {})} for name in {*PRODUCTION, *areas}
    }
    return load_whole(source(region="eu-west-1", **merged))


def test_what_is_lacking_is_said_with_the_setting_that_mends_it() -> None:
    retention = {"logs": "7d", "traces": "3d", "metrics": "15d"}
    assert [*unmet(settings(retention=retention))] == [
        "metrics are kept for 15d and not 30d (observability:retention.metrics)",
        "logs are kept for 7d and not 30d (observability:retention.logs)",
        "traces are kept for 3d and not 14d (observability:retention.traces)",
        "no objectives of services (observability:alerting.objectives_directory)",
        "every trace is stored (tail_sampling in observability:telemetry.pipelines.traces.processors)",
    ]


@pytest.mark.parametrize("signal", LEAST_RETENTION)
def test_what_is_kept_as_long_as_the_checklist_says_is_not_mentioned(signal: str) -> None:
    assert not any(f"{signal} are kept" in line for line in unmet(settings(retention=dict(LEAST_RETENTION))))


def test_a_stack_with_everything_lacks_nothing() -> None:
    histogram = {"type": "histogram", "labels": {"service": [], "method": [], "status": []}, "buckets": [0.1, 0.3, 1.2]}
    alerting = {
        **PRODUCTION["alerting"],
        "application_metrics": {"http_request_duration_seconds": histogram},
        "objectives": {"payment-api.yaml": (ROOT / "examples/alerting/slos/payment-api.yaml").read_text()},
    }
    sampled = {"gateway": {"replicas": 2}, "pipelines": {"traces": {"processors": ["tail_sampling"]}}}
    assert [
        *unmet(settings(alerting=alerting, telemetry=sampled, retention={**LEAST_RETENTION, "metrics": "31d"}))
    ] == []
