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
SECRETS = "/etc/alertmanager/secrets"
ROUTES = f"{CONFIG} route routes"
_TESTS, _GENERATED = 7, 9
"""Routes that are generated: of the test of each receiver, then of the dead man's switch and of what notifies nobody."""


def _route(number: int, key: str) -> str:
    return f"{ROUTES} {_GENERATED + number} {key}"


def _alert(group: int, number: int, name: str, pending: str, severity: str) -> list[Row]:
    path = f"{RULES} {group} rules {number}"
    return [
        Row("4.8", f"{name}", f"{path} alert", name),
        Row("4.8", f"{name} holds for", f"{path} for", pending, f"alerting.alerts.{name}.pending", "7m"),
        Row("4.8", f"{name} asks for", f"{path} labels severity", severity,
            f"alerting.alerts.{name}.severity", "warning" if severity == "critical" else "critical"),
    ]


ALERTING = (
    Row("4.7", "group of requests", f"{RULES} {HTTP} name", "http_rules"),
    Row("4.7", "interval of requests", f"{RULES} {HTTP} interval", "30s"),
    *(Row("4.7", record, f"{RULES} {HTTP} rules {number} record", record)
      for number, record in enumerate(
          ("service:http_requests:rate5m", "service:http_errors:ratio5m", "service:http_latency:p99_5m"))),
    Row("4.7", "group of nodes", f"{RULES} {NODES} name", "node_rules"),
    Row("4.7", "interval of nodes", f"{RULES} {NODES} interval", "1m"),
    *(Row("4.7", record, f"{RULES} {NODES} rules {number} record", record)
      for number, record in enumerate(("instance:node_cpu:utilization", "instance:node_memory:utilization",
                                       "instance:node_disk:predicted_full_hours"))),
    *_alert(SERVICE, 0, "HighErrorRate", "5m", "critical"),
    Row("4.8", "threshold of errors", f"{RULES} {SERVICE} rules 0 expr",
        "service:http_errors:ratio5m > 0.05 and service:http_requests:rate5m > 10",
        "alerting.alerts.HighErrorRate.threshold", 0.1),
    *_alert(SERVICE, 1, "HighLatencyP99", "10m", "warning"),
    *_alert(INFRASTRUCTURE, 0, "NodeDown", "2m", "critical"),
    Row("4.8", "nodes that are down", f"{RULES} {INFRASTRUCTURE} rules 0 expr", 'up{job="node-exporter"} == 0'),
    *_alert(INFRASTRUCTURE, 1, "HighCPU", "15m", "warning"),
    Row("4.8", "threshold of CPU", f"{RULES} {INFRASTRUCTURE} rules 1 expr", "instance:node_cpu:utilization > 0.85",
        "alerting.alerts.HighCPU.threshold", 0.9),
    *_alert(INFRASTRUCTURE, 2, "DiskFillingUp", "30m", "warning"),
    Row("4.8", "threshold of disks", f"{RULES} {INFRASTRUCTURE} rules 2 expr",
        "instance:node_disk:predicted_full_hours > 0 and instance:node_disk:predicted_full_hours < 24",
        "alerting.alerts.DiskFillingUp.threshold", 48),
    *_alert(INFRASTRUCTURE, 3, "HighMemory", "10m", "critical"),
    *_alert(PROBES, 1, "SSLCertExpiringSoon", "1h", "warning"),
    Row("4.8", "Watchdog", f"{RULES} {WATCHDOG} rules 0 expr", "vector(1)"),
    Row("4.8", "severity of Watchdog", f"{RULES} {WATCHDOG} rules 0 labels severity", "none"),

    Row("4.15", "end of alerts", f"{CONFIG} global resolve_timeout", "5m", "alerting.resolve_timeout", "9m"),
    Row("4.15", "mail server", f"{CONFIG} global smtp_smarthost", "smtp.example.com:587",
        "alerting.smtp.smarthost", "smtp.example.org:25"),
    Row("4.15", "sender", f"{CONFIG} global smtp_from", "alerts@devopslab.ch",
        "alerting.smtp.sender", "other@devopslab.ch"),
    Row("4.15", "user of mail", f"{CONFIG} global smtp_auth_username", "alerts@devopslab.ch",
        "alerting.smtp.username", "other"),
    Row("4.15", "password of mail", f"{CONFIG} global smtp_auth_password_file", f"{SECRETS}/smtp/password",
        "alerting.smtp.password", {"secret": "other", "key": "password"}, differs="a variable is not expanded"),
    Row("4.15", "groups", f"{CONFIG} route group_by", ["alertname", "cluster", "service"],
        "alerting.group_by", ["alertname"]),
    Row("4.15", "wait", f"{CONFIG} route group_wait", "30s", "alerting.group_wait", "31s"),
    Row("4.15", "interval", f"{CONFIG} route group_interval", "5m", "alerting.group_interval", "6m"),
    Row("4.15", "repetition", f"{CONFIG} route repeat_interval", "4h", "alerting.repeat_interval", "5h"),
    Row("4.15", "receiver of the rest", f"{CONFIG} route receiver", "slack-default",
        "alerting.default_receiver", "slack-critical"),
    Row("4.15", "business by mail", _route(0, "receiver"), "email-business",
        "alerting.routes.email-business.receiver", "slack-business"),
    Row("4.15", "business", _route(1, "receiver"), "slack-business",
        "alerting.routes.slack-business.receiver", "email-business"),
    Row("4.15", "repetition of business", _route(1, "repeat_interval"), "24h",
        "alerting.routes.slack-business", {"receiver": "slack-business", "matchers": ["team = business"],
                                           "continue_matching": True}),
    Row("4.15", "page", _route(2, "receiver"), "pagerduty-critical",
        "alerting.routes.pagerduty-critical.receiver", "slack-critical"),
    Row("4.15", "wait of a page", _route(2, "group_wait"), "10s",
        "alerting.routes.pagerduty-critical.group_wait", "11s"),
    Row("4.15", "repetition of a page", _route(2, "repeat_interval"), "1h",
        "alerting.routes.pagerduty-critical.repeat_interval", "2h"),
    Row("4.15", "a page goes to Slack too", _route(2, "continue"), True,
        "alerting.routes.pagerduty-critical", {"receiver": "pagerduty-critical", "matchers": ["severity = critical"]},
        {"alerting.receivers.slack-critical": None, "alerting.routes.slack-critical": None}),
    Row("4.15", "critical", _route(3, "receiver"), "slack-critical",
        "alerting.routes.slack-critical.receiver", "slack-warning"),
    Row("4.15", "warning", _route(4, "repeat_interval"), "12h",
        "alerting.routes.slack-warning", {"receiver": "slack-warning", "matchers": ["severity = warning"]}),
    Row("4.15", "Watchdog goes to", f"{ROUTES} {_TESTS} receiver", "heartbeat",
        "alerting.dead_mans_switch.receiver", "slack-default", {"alerting.receivers.heartbeat": None},
        differs="a switch that reaches nobody is none"),
    *(Row("4.15", f"channel of {name}", f"{CONFIG} receivers {number} slack_configs 0 channel", f"#alerts-{name}",
          f"alerting.receivers.slack-{name}.channel", "#other")
      for number, name in enumerate(("default", "critical", "warning", "business"))),
    Row("4.15", "receiver of business mail", f"{CONFIG} receivers 4 email_configs 0 to", "orders@devopslab.ch",
        "alerting.receivers.email-business.to", ["other@devopslab.ch"]),
    Row("4.15", "key of PagerDuty", f"{CONFIG} receivers 5 pagerduty_configs 0 routing_key_file",
        f"{SECRETS}/pagerduty/routing-key", "alerting.receivers.pagerduty-critical.routing_key.secret", "other"),
    Row("4.15", "heartbeat", f"{CONFIG} receivers 6 webhook_configs 0 url_file", f"{SECRETS}/heartbeat/url",
        "alerting.receivers.heartbeat.url_secret.secret", "other"),
    Row("4.15", "button to the dashboard", f"{CONFIG} receivers 0 slack_configs 0 actions 0 text", "📊 Dashboard"),
    Row("4.15", "button to the runbook", f"{CONFIG} receivers 0 slack_configs 0 actions 1 text", "📖 Runbook"),
    Row("4.15", "Alertmanagers", "metrics-prometheus values alertmanager alertmanagerSpec replicas", 2,
        "alerting.alertmanager.replicas", 3),
    Row("4.8", "runbooks", f"{RULES} {SERVICE} rules 0 annotations runbook_url",
        "https://wiki.devopslab.ch/runbooks/HighErrorRate",
        "alerting.runbook_url", "https://example.org/{alert}"),
    Row("4.2", "objective", f"{RULES} 34 rules 7 expr", "vector(0.999)", "alerting.objectives_directory", ""),
    Row("4.6", "orders", f"{RULES} 0 rules 1 alert", "OrdersFail", "alerting.rules_directory", "",
        {"alerting.routes.slack-business": None, "alerting.routes.email-business": None,
         "alerting.receivers.slack-business": None, "alerting.receivers.email-business": None,
         "alerting.smtp": None, "alerting.runbooks_directory": ""}),
)
