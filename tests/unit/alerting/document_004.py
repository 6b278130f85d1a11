"""The notifications of document 004: as it has them, and put right; with the alerts that they are for."""

from collections.abc import Mapping
from typing import Any

from components.alerting.routing import AlertLabels

SLACK = {"secret": "slack", "key": "url"}
RECEIVERS = {
    "slack-default": {"kind": "slack", "url_secret": SLACK, "channel": "#alerts-default"},
    "slack-critical": {"kind": "slack", "url_secret": SLACK, "channel": "#alerts-critical", "text": "impact"},
    "slack-warning": {"kind": "slack", "url_secret": SLACK, "channel": "#alerts-warning", "text": "description"},
    "slack-business": {
        "kind": "slack",
        "url_secret": SLACK,
        "channel": "#alerts-business",
        "text": "description",
        "icon": "📊",
    },
    "pagerduty-critical": {"kind": "pagerduty", "routing_key": {"secret": "pagerduty", "key": "routing-key"}},
}
SMTP = {
    "smarthost": "smtp.example.com:587",
    "sender": "alerts@devopslab.ch",
    "username": "alerts@devopslab.ch",
    "password": {"secret": "smtp", "key": "password"},
}
CRITICAL = {
    "receiver": "pagerduty-critical",
    "matchers": ["severity = critical"],
    "group_wait": "10s",
    "repeat_interval": "1h",
    "continue_matching": True,
}
SLACK_CRITICAL = {"receiver": "slack-critical", "matchers": ["severity = critical"], "group_wait": "10s"}
WARNING = {
    "receiver": "slack-warning",
    "matchers": ["severity = warning"],
    "group_wait": "1m",
    "repeat_interval": "12h",
}
BUSINESS = {
    "receiver": "slack-business",
    "matchers": ["team = business"],
    "group_by": ["alertname"],
    "repeat_interval": "24h",
}
AS_IT_IS: Mapping[str, Any] = {
    "receivers": RECEIVERS,
    "default_receiver": "slack-default",
    "routes": {
        "pagerduty-critical": CRITICAL,
        "slack-critical": SLACK_CRITICAL,
        "slack-warning": WARNING,
        "slack-business": BUSINESS,
    },
    "inhibitions": {
        "cluster-down": {
            "source_matchers": ["alertname = ClusterDown"],
            "target_matchers": ['severity =~ "warning|info"'],
            "equal": ["cluster"],
        },
        "node-down": {
            "source_matchers": ["alertname = NodeDown"],
            "target_matchers": ["alertname != NodeDown"],
            "equal": ["instance"],
        },
        "critical": {
            "source_matchers": ["severity = critical"],
            "target_matchers": ["severity = warning"],
            "equal": ["alertname", "service"],
        },
    },
}
PUT_RIGHT: Mapping[str, Any] = {
    "receivers": {
        **RECEIVERS,
        "email": {"kind": "email", "to": ["sre@devopslab.ch"]},
        "heartbeat": {"kind": "webhook", "url_secret": {"secret": "heartbeat", "key": "url"}},
    },
    "smtp": SMTP,
    "default_receiver": "slack-default",
    "routes": {
        # Before the routes by severity, which take every alert, and with `continue_matching`, as a critical one pages.
        "slack-business": {**BUSINESS, "continue_matching": True},
        "pagerduty-critical": CRITICAL,
        "slack-critical": SLACK_CRITICAL,
        "email-of-shop": {"receiver": "email", "matchers": ['service =~ "shop-.+"'], "continue_matching": True},
        "slack-warning": WARNING,
    },
    "dead_mans_switch": {"receiver": "heartbeat"},
}


def alert(name: str, severity: str, *labels: str, **fixed: str) -> AlertLabels:
    """Return the labels of an alert; `labels` have values that only the series tell."""
    return AlertLabels({"alertname": name, "severity": severity, **fixed}, frozenset(labels), f"alerts.yml: {name}")


WATCHDOG = alert("Watchdog", "none", alert_type="dead-mans-switch")
ALERTS = [
    alert("HighErrorRate", "critical", "service", team="platform"),
    alert("HighLatencyP99", "warning", "service", team="platform"),
    alert("SLOBudgetBurning", "critical", team="platform"),
    alert("NodeDown", "critical", "instance", "job"),
    alert("HighCPU", "warning", "instance"),
    alert("DiskFillingUp", "warning", "instance", "device", "mountpoint", "job"),
    alert("SSLCertExpiringSoon", "warning", "instance", "job"),
    alert("HighMemory", "critical", "instance"),
    WATCHDOG,
]
BUSINESS_ALERTS = [
    alert("OrdersDropped", "critical", "service", team="business"),
    alert("FewOrders", "warning", "service", team="business"),
]
