"""Checked arguments to start from."""

from typing import Any

from components.thanos.spec import ThanosObjectStoreSpec, ThanosSpec

WHOLE: dict[str, Any] = {
    "objstore_revision": "1",
    "replicas": 2,
    "ruler": True,
    "ruler_groups": [{"name": "sli", "rules": [{"record": "job:up:min", "expr": "min by (job) (up)"}]}],
    "alertmanager_url": "http://alertmanager.monitoring:9093/am",
    "receive": True,
    "endpoints": ["dnssrv+_grpc._tcp.kube-prometheus-stack-thanos-discovery.monitoring.svc.cluster.local"],
    "external_labels": {"cluster": "prod"},
    "service_monitor": True,
}
"""Every part of Thanos, more than once each."""


def spec(**args: Any) -> ThanosSpec:
    return ThanosSpec.check('Thanos "t"', {"namespace": "monitoring", "objstore_secret": "thanos-objstore", **args})


def store(**args: Any) -> ThanosObjectStoreSpec:
    return ThanosObjectStoreSpec.check(
        'ThanosObjectStore "t"', {"namespace": "monitoring", "bucket": "acme-thanos", "region": "eu-west-1", **args}
    )
