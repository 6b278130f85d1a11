"""The whole alerting of a shop: an objective, rules with tests and a runbook, receivers, routes and inhibitions.

The same maps are settings of a stack file (`observability:alerting`) and arguments of `Alerting`.
"""

from collections.abc import Mapping
from typing import Any

NODE = "10.0.0.1:9100"
"""The `instance` of the node that the shop runs on."""
SERVICE: dict[str, Any] = {
    "apiVersion": "openslo/v1",
    "kind": "Service",
    "metadata": {"name": "shop", "annotations": {"observability/owner": "shop"}},
}


def objective(name: str, description: str, target: float, period: str, **queries: str) -> dict[str, Any]:
    """Return a document of OpenSLO on requests to the shop; `queries` are `total` and one of `bad` and `good`."""
    metric = {
        part: {"metricSource": {"type": "Prometheus", "spec": {"query": query}}} for part, query in queries.items()
    }
    return {
        "apiVersion": "openslo/v1",
        "kind": "SLO",
        "metadata": {"name": name},
        "spec": {
            "service": "shop",
            "description": description,
            "indicator": {"metadata": {"name": name}, "spec": {"ratioMetric": {"counter": True, **metric}}},
            "timeWindow": [{"duration": period, "isRolling": True}],
            "budgetingMethod": "Occurrences",
            "objectives": [{"target": target}],
        },
    }


AVAILABILITY = objective(
    "availability",
    "Requests to the shop are answered",
    0.999,
    "28d",
    bad='http_requests_total{service="shop",status=~"5.."}',
    total='http_requests_total{service="shop"}',
)
LATENCY = objective(
    "latency",
    "Requests to the shop are answered within 1.2 s",
    0.99,
    "30d",
    good='http_request_duration_seconds_bucket{service="shop",le="1.2"}',
    total='http_request_duration_seconds_count{service="shop"}',
)
QUEUE = {
    "alert": "CheckoutQueueLong",
    "expr": "max by (instance, service) (checkout_queue_length) > 100",
    "for": "10m",
    "labels": {"severity": "warning", "owner": "shop"},
    "annotations": {
        "summary": "Orders wait",
        "description": "{{ $value }} orders of {{ $labels.service }} wait.",
        "impact": "Customers get their confirmation late.",
        "dashboard_url": "https://grafana.example.org/d/checkout",
        "runbook_url": "docs/runbooks/CheckoutQueueLong.md",
    },
}
RULES: dict[str, Any] = {"groups": [{"name": "checkout", "rules": [QUEUE]}]}
RULE_TESTS: dict[str, Any] = {
    "rule_files": ["checkout.yaml"],
    "tests": [
        {
            "interval": "1m",
            "input_series": [
                {"series": f'checkout_queue_length{{instance="{NODE}",service="shop"}}', "values": "0x10 101x20"}
            ],
            "alert_rule_test": [
                {"eval_time": "20m", "alertname": "CheckoutQueueLong", "exp_alerts": []},
                {
                    "eval_time": "21m",
                    "alertname": "CheckoutQueueLong",
                    "exp_alerts": [
                        {
                            "exp_labels": {
                                "instance": NODE,
                                "service": "shop",
                                "severity": "warning",
                                "owner": "shop",
                            },
                            "exp_annotations": {
                                **QUEUE["annotations"],  # type: ignore[dict-item]
                                "description": "101 orders of shop wait.",
                            },
                        }
                    ],
                },
            ],
        }
    ],
}
RUNBOOK = """\
# CheckoutQueueLong

## Meaning

More than 100 orders have waited for 10 minutes.

## Impact

Customers get their confirmation late.

## Diagnose

1. `max by (instance, service) (checkout_queue_length)`

## Resolve

1. Scale the workers of the checkout.

## Escalate

The team of the shop.
"""
LOG_ALERT: dict[str, Any] = {
    "alert": "PaymentsRefused",
    "expr": 'sum by (namespace, service_name) (count_over_time({namespace="shop"} |= "payment refused" [5m])) > 0',
    "for": "1m",
    "labels": {"severity": "warning", "owner": "shop", "service": "{{ $labels.service_name }}"},
    "annotations": {
        "summary": "Payments are refused",
        "description": "{{ $value }} payments of {{ $labels.service_name }} were refused in 5 minutes.",
        "impact": "Customers cannot pay.",
        "dashboard_url": "https://grafana.example.org/d/checkout",
        "runbook_url": "https://wiki.example.org/PaymentsRefused",
    },
}
LOG_RULES: dict[str, Any] = {"groups": [{"name": "payments", "rules": [LOG_ALERT]}]}
NOTIFICATIONS: Mapping[str, Any] = {
    "receivers": {
        "pager": {"kind": "webhook", "url_secret": {"secret": "pager", "key": "url"}},
        "team": {"kind": "webhook", "url": "http://team.example.org/"},
        "heartbeat": {"kind": "webhook", "url": "http://heartbeat.example.org/"},
    },
    "default_receiver": "team",
    "routes": {
        "pager": {
            "receiver": "pager",
            "matchers": ["severity = critical"],
            "group_wait": "10s",
            "repeat_interval": "1h",
            "continue_matching": True,
        },
        "team-critical": {"receiver": "team", "matchers": ["severity = critical"], "group_wait": "10s"},
        "team-warning": {
            "receiver": "team",
            "matchers": ["severity = warning"],
            "group_wait": "1m",
            "repeat_interval": "12h",
        },
    },
    "inhibitions": {
        "errors-over-queue": {
            "source_matchers": ["alertname = HighErrorRate", 'service != ""'],
            "target_matchers": ["alertname = CheckoutQueueLong"],
            "equal": ["service"],
        }
    },
    "dead_mans_switch": {"receiver": "heartbeat"},
}
"""Who is paged: routes of document 004 with receivers of one kind."""
SETTINGS: Mapping[str, Any] = {
    **NOTIFICATIONS,
    "objectives": {"shop.yaml": SERVICE, "availability.yaml": AVAILABILITY, "latency.yaml": LATENCY},
    "rules": {"checkout.yaml": RULES},
    "rule_tests": {"checkout_test.yaml": RULE_TESTS},
    "runbooks": {"CheckoutQueueLong.md": RUNBOOK},
    "application_metrics": {
        "http_requests_total": {
            "type": "counter",
            "labels": {"service": [], "status": ["200", "500", "503"], "method": ["GET", "POST"]},
        },
        "http_request_duration_seconds": {
            "type": "histogram",
            "labels": {"service": []},
            "buckets": [0.1, 0.3, 1.2, 5],
        },
        "checkout_queue_length": {"type": "gauge", "labels": {"service": []}},
    },
}
