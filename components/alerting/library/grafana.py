"""Grafana: dashboards are shown."""

from ..rules import Severity
from ..runbooks import Query, Runbook
from ..shapes import RatioAbove
from .model import PLATFORM, Topic
from .shares import POD_LOGS, Share, share_group

_GRAFANA = {"namespace": "grafana", "job": "grafana"}


_PAGES = Share(
    "job:grafana_requests",
    'grafana_http_request_duration_seconds_count{status_code=~"5.."}',
    "grafana_http_request_duration_seconds_count",
    by=_GRAFANA,
    example_labels=({"status_code": "500"}, {"status_code": "200"}),
)

GRAFANA = Topic(
    "grafana",
    "Grafana shows dashboards",
    producers=frozenset({"grafana"}),
    records=[share_group("grafana", _PAGES)],
    alert_group="grafana_alerts",
    alerts=[
        RatioAbove(
            name="GrafanaFailingRequests",
            severity=Severity.WARNING,
            pending="10m",
            owner=PLATFORM,
            summary="Grafana answers many requests with an error",
            description="Grafana ({{ $labels.job }}) answers {value} of the requests with 5xx (limit {threshold}).",
            impact="Dashboards and Explore do not work, at the time when they are needed.",
            symptom="Pages and panels of Grafana show errors.",
            dashboard="grafana",
            signal=_PAGES.signal,
            threshold=0.05,
            traffic=_PAGES.traffic,
            minimum=0.1,
            runbook=Runbook(
                meaning="Grafana, its database or a data source behind its proxy fails.",
                diagnose=[
                    Query(
                        "Which pages",
                        "topk(10, sum by (handler, status_code) "
                        '(rate(grafana_http_request_duration_seconds_count{status_code=~"5.."}[5m])))',
                    ),
                    POD_LOGS,
                ],
                resolve=[
                    "If the handler is `/api/ds/query` or `/api/datasources/proxy/*`: the alerts of the data source.",
                    "If the database is locked or away: repair it, and restart Grafana.",
                ],
                escalate="The platform team, in working hours.",
            ),
        )
    ],
)
