"""The alerting of document 004, which the stack `microservices` has: receivers, routes, alerts and an objective.

What the document has wrong is put right: `up{job="node"}` is of no target here (node-exporter's is `node-exporter`),
hours were printed as seconds, the route of the business was behind those that take every alert, `ClusterDown` was no
alert, Watchdog went nowhere, and the budget of 30 days was computed from 5 minutes.
"""

from tests.program.documents.rows import Row

CONFIG = "alerting-config data alertmanager.yaml"
RULES = "alerting-rules spec groups"
HTTP, SERVICE, NODES, INFRASTRUCTURE, PROBES, WATCHDOG = 1, 3, 6, 7, 9, 11
"""Places of groups among the rules."""
LONG_TERM = "long-term-thanos values rule rules value groups"
"""The groups of the ruler of Thanos: the budget of 30 days, and what reads it."""
BUDGET_BURNS = """\
0 < slo:period_error_budget_remaining:ratio{service="payment-api",slo="latency"} < 0.25
and
slo:period_requests:count{service="payment-api",slo="latency"} >= 10
and
present_over_time(slo:requests:rate5m{service="payment-api",slo="latency"}[1d] offset 2d)"""
SECRETS = "/etc/alertmanager/secrets"
HAS_URL = "{{{{ if match `^https?://` (index .Alerts 0).Annotations.{}_url }}}}"
NO_ADDRESS = "Slack refuses a whole message with a button that leads nowhere"
ROUTES = f"{CONFIG} route routes"
_TESTS, _GENERATED = 7, 9
"""Routes that are generated: of the test of each receiver, of the dead man's switch and of what notifies nobody."""


_OTHER_SECRET = {"secret": "other", "key": "other"}
OTHER_RECEIVERS = {
    **{
        f"slack-{name}": {"kind": "slack", "url_secret": _OTHER_SECRET, "channel": "#other"}
        for name in ("default", "critical", "warning", "business")
    },
    "email-business": {"kind": "email", "to": ["other@devopslab.ch"]},
    "pagerduty-critical": {"kind": "pagerduty", "routing_key": _OTHER_SECRET},
    "heartbeat": {"kind": "webhook", "url": "https://other.example.org/heartbeat"},
}
"""The receivers with nothing that a row has."""
OTHER_ROUTES = {
    "slack-business": {"receiver": "slack-business", "matchers": ["team = business"], "continue_matching": True},
    "email-business": {"receiver": "email-business", "matchers": ["team = business"], "continue_matching": True},
    "slack-critical": {"receiver": "slack-critical", "matchers": ["severity = critical"], "continue_matching": True},
    "pagerduty-critical": {"receiver": "pagerduty-critical", "matchers": ["severity = critical"]},
    "slack-warning": {"receiver": "slack-warning", "matchers": ["severity = warning"]},
}
"""The routes in another order, with the waits of the root."""
OTHER_ALERTS = {
    "HighErrorRate": {"pending": "7m", "severity": "warning", "threshold": 0.1},
    "HighLatencyP99": {"pending": "7m", "severity": "critical"},
    "NodeDown": {"pending": "7m", "severity": "warning"},
    "HighCPU": {"pending": "7m", "severity": "critical", "threshold": 0.9},
    "DiskFillingUp": {"pending": "7m", "severity": "critical", "threshold": 48},
    "HighMemory": {"pending": "7m", "severity": "warning"},
    "SSLCertExpiringSoon": {"pending": "7m", "severity": "critical"},
}
WITHOUT_BUSINESS: dict[str, object] = {
    "alerting.rules_directory": "",
    "alerting.objectives_directory": "",
    "alerting.routes.slack-business": None,
    "alerting.routes.email-business": None,
    "alerting.receivers.slack-business": None,
    "alerting.receivers.email-business": None,
    "alerting.smtp": None,
    "alerting.runbooks_directory": "",
    "alerting.application_metrics": {},
}
"""The stack without its applications."""
_ROOT: dict[str, object] = {
    "alerting.resolve_timeout": "9m",
    "alerting.group_by": ["alertname"],
    "alerting.group_wait": "31s",
    "alerting.group_interval": "6m",
    "alerting.repeat_interval": "5h",
    "alerting.smtp": {
        "smarthost": "smtp.example.org:25",
        "sender": "other@devopslab.ch",
        "username": "other",
        "password": _OTHER_SECRET,
    },
    "alerting.alertmanager.replicas": 3,
    "alerting.runbook_url": "https://example.org/{alert}",
}
"""Other values of the settings beside receivers and routes; the runbook of the business moves with its address."""


def _of_root(number: str, what: str, path: str, value: object, setting: str, differs: str = "") -> Row:
    also = {name: other for name, other in _ROOT.items() if name != setting}
    return Row(number, what, path, value, setting, _ROOT[setting], also, differs)


def _of_business(number: str, what: str, path: str, value: object, setting: str) -> Row:
    also = {name: other for name, other in WITHOUT_BUSINESS.items() if name != setting}
    return Row(number, what, path, value, setting, WITHOUT_BUSINESS[setting], also)


def _route(what: str, number: int, key: str, value: object) -> Row:
    return Row("4.15", what, f"{ROUTES} {_GENERATED + number} {key}", value, "alerting.routes", OTHER_ROUTES)


def _receiver(what: str, number: int, path: str, value: object, differs: str = "") -> Row:
    return Row(
        "4.15",
        what,
        f"{CONFIG} receivers {number} {path}",
        value,
        "alerting.receivers",
        OTHER_RECEIVERS,
        differs=differs,
    )


def _inhibition(what: str, number: int, source: list[str], equal: list[str], differs: str = "") -> list[Row]:
    path = f"{CONFIG} inhibit_rules {number}"
    return [
        Row("4.15", f"what mutes by {what}", f"{path} source_matchers", source, "alerting.default_inhibitions", False),
        Row("4.15", f"{what} is equal in", f"{path} equal", equal, "alerting.default_inhibitions", False, {}, differs),
    ]


def _alert(group: int, number: int, name: str, pending: str, severity: str) -> list[Row]:
    path = f"{RULES} {group} rules {number}"
    return [
        Row("4.8", name, f"{path} alert", name),
        Row("4.8", f"{name} holds for", f"{path} for", pending, "alerting.alerts", OTHER_ALERTS),
        Row("4.8", f"{name} asks for", f"{path} labels severity", severity, "alerting.alerts", OTHER_ALERTS),
    ]


ALERTING = (
    Row("4.7", "group of requests", f"{RULES} {HTTP} name", "http_rules"),
    Row("4.7", "interval of requests", f"{RULES} {HTTP} interval", "30s"),
    *(
        Row("4.7", record, f"{RULES} {HTTP} rules {number} record", record)
        for number, record in enumerate(
            ("service:http_requests:rate5m", "service:http_errors:ratio5m", "service:http_latency:p99_5m")
        )
    ),
    Row("4.7", "group of nodes", f"{RULES} {NODES} name", "node_rules"),
    Row("4.7", "interval of nodes", f"{RULES} {NODES} interval", "1m"),
    *(
        Row("4.7", record, f"{RULES} {NODES} rules {number} record", record)
        for number, record in enumerate(
            (
                "instance:node_cpu:utilization",
                "instance:node_memory:utilization",
                "instance:node_disk:predicted_full_hours",
            )
        )
    ),
    _of_business("4.7", "group of the objective", f"{LONG_TERM} 1 name", "slo_rules", "alerting.rules_directory"),
    _of_business("4.7", "interval of the objective", f"{LONG_TERM} 1 interval", "30s", "alerting.rules_directory"),
    *(
        _of_business("4.7", record, f"{LONG_TERM} 1 rules {number} record", record, "alerting.rules_directory")
        for number, record in enumerate(("slo:api_latency:ratio5m", "slo:api_latency:error_budget_remaining"))
    ),
    _of_business(
        "4.7",
        "budget of the objective",
        f"{LONG_TERM} 1 rules 1 expr",
        'slo:period_error_budget_remaining:ratio{service="payment-api",slo="latency"}',
        "alerting.rules_directory",
    ),
    *_alert(SERVICE, 0, "HighErrorRate", "5m", "critical"),
    Row(
        "4.8",
        "threshold of errors",
        f"{RULES} {SERVICE} rules 0 expr",
        "service:http_errors:ratio5m > 0.05 and service:http_requests:rate5m > 10",
        "alerting.alerts.HighErrorRate.threshold",
        0.1,
    ),
    *_alert(SERVICE, 1, "HighLatencyP99", "10m", "warning"),
    Row("4.8", "SLOBudgetBurning", f"{LONG_TERM} 0 rules 6 alert", "SLOBudgetBurning"),
    Row("4.8", "SLOBudgetBurning holds for", f"{LONG_TERM} 0 rules 6 for", "5m"),
    Row(
        "4.8",
        "SLOBudgetBurning asks for",
        f"{LONG_TERM} 0 rules 6 labels severity",
        "critical",
        "alerting.alerts",
        OTHER_ALERTS,
    ),
    Row("4.8", "budget that burns", f"{LONG_TERM} 0 rules 6 expr", BUDGET_BURNS),
    *_alert(INFRASTRUCTURE, 0, "NodeDown", "2m", "critical"),
    Row("4.8", "nodes that are down", f"{RULES} {INFRASTRUCTURE} rules 0 expr", 'up{job="node-exporter"} == 0'),
    *_alert(INFRASTRUCTURE, 1, "HighCPU", "15m", "warning"),
    Row(
        "4.8",
        "threshold of CPU",
        f"{RULES} {INFRASTRUCTURE} rules 1 expr",
        "instance:node_cpu:utilization > 0.85",
        "alerting.alerts.HighCPU.threshold",
        0.9,
    ),
    *_alert(INFRASTRUCTURE, 2, "DiskFillingUp", "30m", "warning"),
    Row(
        "4.8",
        "threshold of disks",
        f"{RULES} {INFRASTRUCTURE} rules 2 expr",
        "instance:node_disk:predicted_full_hours > 0 and instance:node_disk:predicted_full_hours < 24"
        " and instance:node_disk:free_ratio < 0.2",
        "alerting.alerts.DiskFillingUp.threshold",
        48,
    ),
    *_alert(INFRASTRUCTURE, 3, "HighMemory", "10m", "critical"),
    *_alert(PROBES, 1, "SSLCertExpiringSoon", "1h", "warning"),
    Row("4.8", "Watchdog", f"{RULES} {WATCHDOG} rules 0 expr", "vector(1)"),
    Row("4.8", "severity of Watchdog", f"{RULES} {WATCHDOG} rules 0 labels severity", "none"),
    _of_root("4.15", "end of alerts", f"{CONFIG} global resolve_timeout", "5m", "alerting.resolve_timeout"),
    *(_of_root("4.15", f"mail: {key}", f"{CONFIG} global smtp_{key}", value, "alerting.smtp", differs)
      for key, value, differs in (
          ("smarthost", "smtp.example.com:587", ""), ("from", "alerts@devopslab.ch", ""),
          ("auth_username", "alerts@devopslab.ch", ""),
          ("auth_password_file", f"{SECRETS}/smtp/password", "a variable is not expanded"))),
    _of_root("4.15", "groups", f"{CONFIG} route group_by", ["alertname", "cluster", "service"], "alerting.group_by"),
    _of_root("4.15", "wait", f"{CONFIG} route group_wait", "30s", "alerting.group_wait"),
    _of_root("4.15", "interval", f"{CONFIG} route group_interval", "5m", "alerting.group_interval"),
    _of_root("4.15", "repetition", f"{CONFIG} route repeat_interval", "4h", "alerting.repeat_interval"),
    _of_root("4.15", "Alertmanagers", "metrics-prometheus values alertmanager alertmanagerSpec replicas", 2,
             "alerting.alertmanager.replicas"),
    _of_root("4.8", "runbooks", f"{RULES} {SERVICE} rules 0 annotations runbook_url",
             "https://wiki.devopslab.ch/runbooks/HighErrorRate", "alerting.runbook_url"),
    Row("4.15", "receiver of the rest", f"{CONFIG} route receiver", "slack-default",
        "alerting.default_receiver", "slack-critical", {"alerting.receivers.slack-default": None}),
    Row("4.15", "Watchdog goes to", f"{ROUTES} {_TESTS} receiver", "heartbeat",
        "alerting.dead_mans_switch.receiver", "slack-default", {"alerting.receivers.heartbeat": None},
        differs="a switch that reaches nobody is none"),

    *_inhibition("cluster", 0, ['alertname="ClusterDown"', 'cluster!=""'], ["cluster"]),
    *_inhibition("node", 1, ['alertname="NodeDown"', 'instance!=""'], ["instance"]),
    *_inhibition("critical over warning", 4, ['severity="critical"', 'service!=""', 'slo!=""'],
                ["alertname", "service", "slo"], "alerts of two severities are those of objectives"),

    _route("business by mail", 0, "receiver", "email-business"),
    _route("business", 1, "receiver", "slack-business"),
    _route("repetition of business", 1, "repeat_interval", "24h"),
    _route("page", 2, "receiver", "pagerduty-critical"),
    _route("wait of a page", 2, "group_wait", "10s"),
    _route("repetition of a page", 2, "repeat_interval", "1h"),
    _route("critical", 3, "receiver", "slack-critical"),
    _route("wait of critical", 3, "group_wait", "10s"),
    _route("wait of warning", 4, "group_wait", "1m"),
    _route("repetition of warning", 4, "repeat_interval", "12h"),
    *(_receiver(f"channel of {name}", number, "slack_configs 0 channel", f"#alerts-{name}")
      for number, name in enumerate(("default", "critical", "warning", "business"))),
    _receiver("address of Slack", 0, "slack_configs 0 api_url_file", f"{SECRETS}/slack/url",
              "a variable is not expanded"),
    _receiver("mail of the business", 4, "email_configs 0 to", "orders@devopslab.ch"),
    _receiver("key of PagerDuty", 5, "pagerduty_configs 0 routing_key_file", f"{SECRETS}/pagerduty/routing-key",
              "a variable is not expanded"),
    _receiver("heartbeat", 6, "webhook_configs 0 url_file", f"{SECRETS}/heartbeat/url"),
    Row("4.15", "button to the dashboard", f"{CONFIG} receivers 0 slack_configs 0 actions 0 text",
        f"{HAS_URL.format('dashboard')}📊 Dashboard{{{{ else }}}}🔔 Alerts{{{{ end }}}}",
        differs=NO_ADDRESS),
    Row("4.15", "button to the runbook", f"{CONFIG} receivers 0 slack_configs 0 actions 1 text",
        f"{HAS_URL.format('runbook')}📖 Runbook{{{{ else }}}}🔕 Silences{{{{ end }}}}",
        differs=NO_ADDRESS),

    _of_business("4.2", "objective", f"{RULES} -1 rules 7 expr", "vector(0.999)", "alerting.objectives_directory"),
    _of_business("4.6", "orders", f"{RULES} 0 rules 1 alert", "OrdersFail", "alerting.rules_directory"),
    _of_business("4.8", "runbook of orders", f"{RULES} 0 rules 1 annotations runbook_url",
                 "https://wiki.devopslab.ch/runbooks/OrdersFail", "alerting.runbooks_directory"),
    _of_business("4.7", "metrics of applications", f"{RULES} {SERVICE} name", "service_alerts",
                 "alerting.application_metrics"),
)  # fmt: skip
