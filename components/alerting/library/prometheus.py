"""Prometheus and Alertmanager: rules are evaluated, and alerts arrive."""

from ..rules import Severity
from ..runbooks import Query, Runbook
from ..shapes import Above, Absent, RatioAbove, counter
from .model import PLATFORM, Topic
from .shares import POD_LOGS, Share, share_group

_PROMETHEUS = {"namespace": "monitoring", "job": "prom-prometheus"}
_ALERTMANAGER = {"namespace": "monitoring", "job": "prom-alertmanager"}


_ALERTS_SENT = Share(
    "job:prometheus_alerts",
    "prometheus_notifications_errors_total",
    "prometheus_notifications_sent_total",
    by={**_PROMETHEUS, "alertmanager": "http://alertmanager:9093/api/v2/alerts"},
    added=True,
)

PROMETHEUS = Topic(
    "prometheus",
    "Rules are evaluated and alerts sent",
    producers=frozenset({"prometheus"}),
    records=[share_group("prometheus", _ALERTS_SENT)],
    alert_group="prometheus_alerts",
    alerts=[
        Above(
            name="PrometheusRuleEvaluationFailing",
            severity=Severity.CRITICAL,
            pending="15m",
            owner=PLATFORM,
            summary="Rules cannot be evaluated",
            description="Rules of {{ $labels.rule_group }} fail in {{ $labels.job }}.",
            impact="The alerts of the group are dead, and records that others read are missing.",
            symptom="None: what should page does not, and panels are empty.",
            dashboard="prometheus",
            signal=counter(
                "prometheus_rule_evaluation_failures_total", {**_PROMETHEUS, "rule_group": "/etc/rules.yaml;http_rules"}
            ),
            threshold=0,
            runbook=Runbook(
                meaning="The expression of a rule fails when it is evaluated: most often series that match twice.",
                diagnose=[
                    "The page Rules has the error of each rule, also that of the ruler of Thanos: `/rules?health=err`.",
                    Query(
                        "Since when",
                        "increase(prometheus_rule_evaluation_failures_total[1h]) > 0",
                    ),
                ],
                resolve=[
                    "`many-to-many matching`: aggregate by the labels that both sides share.",
                    "`query processing would load too many samples`: record a part of the expression first.",
                    "If it began with a deployment of rules: undo that.",
                    "If the ruler of Thanos has no answer: see `ThanosQueryFailing` and `ThanosStoresUnreadable`.",
                ],
                escalate="The owner of the rule group; the platform team if all groups fail.",
            ),
        ),
        Absent(
            name="PrometheusNotScraping",
            severity=Severity.CRITICAL,
            pending="5m",
            owner=PLATFORM,
            summary="Prometheus has no targets",
            description="Prometheus has stored the result of no scrape for 10 minutes.",
            impact="No alert on metrics can fire but this one and the dead man's switch.",
            symptom="Dashboards end some minutes ago.",
            dashboard="prometheus",
            metric="up",
            runbook=Runbook(
                meaning="There is no series `up`: Prometheus finds no targets, or cannot store what it scrapes.",
                diagnose=[
                    "The page Targets of Prometheus: `/targets`, and Service discovery: `/service-discovery`.",
                    POD_LOGS,
                    "`kubectl get servicemonitors,podmonitors -A`: whether there are any.",
                ],
                resolve=[
                    "If its volume is full: enlarge it, or lower `retention_size`.",
                    "If it may not list pods and endpoints: restore its ClusterRole.",
                    "If the operator does not write its configuration: the log of the operator.",
                ],
                escalate="The platform team, at once.",
            ),
        ),
        RatioAbove(
            name="PrometheusCannotReachAlertmanager",
            severity=Severity.CRITICAL,
            pending="10m",
            owner=PLATFORM,
            summary="Alerts do not arrive at an Alertmanager",
            description="Prometheus fails to send {value} of its alerts to {{ $labels.alertmanager }}.",
            impact="If no other Alertmanager takes them, no alert reaches anybody, this one included.",
            symptom="None: what should page does not; the dead man's switch stays away.",
            dashboard="prometheus",
            signal=_ALERTS_SENT.signal,
            threshold=0.05,
            traffic=_ALERTS_SENT.traffic,
            minimum=0,
            runbook=Runbook(
                meaning="Prometheus sends alerts to an Alertmanager that does not take them.",
                diagnose=[
                    Query("How many it knows", "prometheus_notifications_alertmanagers_discovered"),
                    Query("How many alerts wait", "prometheus_notifications_queue_length"),
                    "`kubectl -n <namespace> get pods -l app.kubernetes.io/name=alertmanager`.",
                ],
                resolve=[
                    "If Alertmanager is not ready: the end of its log names what it refuses of its configuration.",
                    "If a NetworkPolicy is between them: admit the pods of Prometheus at port 9093, or 9095 with TLS.",
                ],
                escalate="The platform team, at once.",
            ),
        ),
    ],
)

_NOTIFICATIONS = Share(
    "job:alertmanager_notifications",
    "alertmanager_notifications_failed_total",
    "alertmanager_notifications_total",
    # A heartbeat may be of the same integration as what pages, and is sent more often.
    by={**_ALERTMANAGER, "integration": "slack", "receiver_name": "on-call"},
    example_labels=({"reason": "clientError"}, {}),
    # A group that could not be sent is tried again after `group_interval`, 5 minutes.
    window="15m",
)

ALERTMANAGER = Topic(
    "alertmanager",
    "Notifications arrive",
    producers=frozenset({"alertmanager"}),
    records=[share_group("alertmanager", _NOTIFICATIONS)],
    alert_group="alertmanager_alerts",
    alerts=[
        RatioAbove(
            name="AlertmanagerFailingToSend",
            severity=Severity.CRITICAL,
            pending="5m",
            owner=PLATFORM,
            summary="Notifications of {{ $labels.receiver_name }} do not arrive",
            description="Alertmanager fails to send {value} of the notifications of the receiver "
            "{{ $labels.receiver_name }} by {{ $labels.integration }} (limit {threshold}).",
            impact="Pages by this way reach nobody; this one arrives by the other ways of its route.",
            symptom="None: a channel is silent.",
            dashboard="alertmanager",
            signal=_NOTIFICATIONS.signal,
            threshold=0.05,
            traffic=_NOTIFICATIONS.traffic,
            minimum=0,
            runbook=Runbook(
                meaning="Slack, PagerDuty, the mail server or another receiver refuses notifications, or is away.",
                diagnose=[
                    Query(
                        "Why",
                        "sum by (receiver_name, integration, reason) "
                        "(rate(alertmanager_notifications_failed_total[15m]))",
                    ),
                    POD_LOGS,
                    "`make alert-test STACK=prod` sends a test page through each receiver.",
                ],
                resolve=[
                    "clientError: the secret or the channel is wrong; correct the Secret that the receiver names.",
                    "serverError, contextDeadlineExceeded: the service is down, or egress to it is closed.",
                ],
                escalate="The platform team, at once; tell those on call by another way meanwhile.",
            ),
        )
    ],
)
