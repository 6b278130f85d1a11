"""Thanos: metrics reach the object store, and can be read from it."""

from ..rules import Severity
from ..runbooks import Query, Runbook
from ..shapes import Above, RatioAbove, Unit, counter, gauge
from .model import PLATFORM, Topic
from .shares import ESCALATE, POD_LOGS, Share, share_group

_THANOS = {"namespace": "monitoring", "job": "thanos-store-gateway"}


_COMPACT = {"namespace": "monitoring", "job": "thanos-compact"}
_SIDECAR = {"namespace": "monitoring", "job": "prom-thanos-discovery"}
_STORE = Share(
    "job:thanos_objstore_operations",
    "thanos_objstore_bucket_operation_failures_total",
    "thanos_objstore_bucket_operations_total",
    by=_THANOS,
    example_labels=({"operation": "get_range"}, {"operation": "get_range"}),
)

THANOS_COMPACT = Topic(
    "thanos-compact",
    "Blocks in the object store are compacted, and deleted in time",
    producers=frozenset({"thanos-compact"}),
    alert_group="thanos_compact_alerts",
    alerts=[
        Above(
            name="ThanosCompactHalted",
            severity=Severity.WARNING,
            pending="15m",
            owner=PLATFORM,
            summary="Thanos no longer compacts",
            description="The compactor {{ $labels.job }} has halted, and does nothing until it is restarted.",
            impact="The bucket grows, retention does not delete, and long queries get slower by the day.",
            symptom="Dashboards over weeks load slowly.",
            dashboard="thanos",
            signal=gauge("thanos_compact_halted", Unit.NUMBER, _COMPACT),
            threshold=0,
            runbook=Runbook(
                meaning="The compactor has found blocks that it must not touch, most often ones that overlap.",
                diagnose=[
                    POD_LOGS,
                    "`thanos tools bucket inspect --objstore.config-file=<file>`: the blocks that the error names.",
                ],
                resolve=[
                    "If two compactors run: leave one.",
                    "If blocks overlap: `thanos tools bucket mark --marker=no-compact-mark.json --id=<id>`; restart.",
                ],
                escalate="The platform team, in working hours.",
            ),
        )
    ],
)

THANOS_SIDECAR = Topic(
    "thanos-sidecar",
    "Blocks of Prometheus reach the object store",
    producers=frozenset({"thanos-sidecar"}),
    alert_group="thanos_sidecar_alerts",
    alerts=[
        Above(
            name="ThanosNotUploading",
            severity=Severity.WARNING,
            pending="15m",
            owner=PLATFORM,
            summary="Metrics do not reach the object store",
            description="The sidecar {{ $labels.job }} fails to upload blocks.",
            impact="What Prometheus deletes by its retention before the upload works again is lost.",
            symptom="None yet; then older metrics have gaps.",
            dashboard="thanos",
            signal=counter("thanos_shipper_upload_failures_total", _SIDECAR),
            threshold=0,
            runbook=Runbook(
                meaning="The sidecar cannot write to the bucket: credentials, the address, quota or the network.",
                diagnose=[
                    POD_LOGS,
                    Query("The time that is left: retention of Prometheus", "prometheus_tsdb_retention_limit_seconds"),
                ],
                resolve=[
                    "If the store answers 403: renew the credentials, or repair the role and its policy.",
                    "If it does not answer: its own alerts, the NetworkPolicy and DNS.",
                ],
                escalate="The platform team, before the retention of Prometheus has passed.",
            ),
        )
    ],
)

THANOS_STORE = Topic(
    "thanos-store-gateway",
    "Blocks in the object store can be read",
    producers=frozenset({"thanos-store-gateway"}),
    records=[share_group("thanos", _STORE)],
    alert_group="thanos_store_alerts",
    alerts=[
        RatioAbove(
            name="ThanosObjectStoreFailing",
            severity=Severity.WARNING,
            pending="15m",
            owner=PLATFORM,
            summary="The object store of metrics fails",
            description="{value} of the operations of {{ $labels.job }} on the object store fail (limit {threshold}).",
            impact="Queries beyond the retention of Prometheus fail or lack data.",
            symptom="Dashboards over weeks are empty in their older part.",
            dashboard="thanos",
            signal=_STORE.signal,
            threshold=0.05,
            traffic=_STORE.traffic,
            minimum=0.1,
            runbook=Runbook(
                meaning="The bucket does not answer, or refuses: credentials, the address, quota or the network.",
                diagnose=[
                    Query(
                        "Which operations",
                        "sum by (job, operation) (rate(thanos_objstore_bucket_operation_failures_total[5m]))",
                    ),
                    POD_LOGS,
                ],
                resolve=[
                    "If the store answers 403: renew the credentials, or repair the role and its policy.",
                    "If it does not answer: its own alerts, the NetworkPolicy and DNS.",
                ],
                escalate=ESCALATE,
            ),
        )
    ],
)

TOPICS = (THANOS_COMPACT, THANOS_SIDECAR, THANOS_STORE)
