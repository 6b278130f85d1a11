"""Arguments of `Logging` that several tests start from."""

from typing import Any

import yaml

from components._merge import deep_merge
from components.charts import LOKI, major_version
from components.logging.spec import LoggingSpec
from components.logging.values import loki_values

CHARTS = LOKI.versions
V6 = next(version for version in CHARTS if major_version(version) == 6)
V18 = next(version for version in CHARTS if major_version(version) == 18)

LAPTOP: dict[str, Any] = {"namespace": "logging", "store": "filesystem"}
BUCKET: dict[str, Any] = {"namespace": "logging", "bucket": "acme-loki", "region": "eu-west-1"}
DOCUMENT: dict[str, Any] = {
    "namespace": "logging",
    "chart_version": V6,
    "mode": "simple-scalable",
    "bucket": "cluster",
    "bucket_prefix": "loki",
    "endpoint": "https://s3.example.org",
    "region": "fr-par",
    "credentials_secret": "loki-bucket",
    "volume_size": "2Gi",
    "service_monitor": True,
    "dashboards": True,
    "workloads": {
        "read": {"replicas": 1},
        "backend": {"replicas": 1, "storage_class": "longhorn-crypto"},
        "write": {
            "replicas": 2,
            "storage_class": "longhorn-crypto-local",
            "tolerations": [{"key": "node-role.kubernetes.io/storage", "operator": "Exists"}],
            "node_selector": {"node.kubernetes.io/role": "storage"},
        },
    },
}
"""A running platform with its own object store: one reader, two writers on storage nodes, one backend."""

DISTRIBUTED: dict[str, Any] = {**BUCKET, "mode": "distributed"}
ROLES: dict[str, Any] = {
    "namespace": "loki",
    "chart_version": V6,
    "mode": "distributed",
    "replicas": 1,
    "bucket": "chunks",
    "endpoint": "http://minio.minio:9000",
    "path_style": True,
    "credentials_secret": "loki-bucket",
    "schema_entries": [{"from": "2024-04-01", "object_store": "s3", "index_prefix": "loki_index_"}],
    "querier_max_concurrent": 4,
    "traces_endpoint": "http://alloy.alloy:4318",
    "chunks_cache_mib": 417,
}
"""A platform in microservices: one pod of each role, its store in the cluster, Loki's own traces sent to Alloy."""

RULES: dict[str, Any] = {"ruler": True, "alertmanager_url": "http://alertmanager.monitoring:9093"}
ALERT = {"alert": "ManyErrors", "expr": 'sum(rate({app="x"} |= "error" [5m])) > 1', "for": "5m"}
RECORD = {"record": "app:lines:rate1m", "expr": 'sum(rate({app="x"}[1m]))'}
IN_BUCKET: dict[str, Any] = {**BUCKET, **RULES, "rule_source": "bucket", "lokitool_image": "acme/lokitool:3.7.7"}
ZONES = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]

BOLTDB = {
    "from": "2019-01-01",
    "store": "boltdb",
    "object_store": "filesystem",
    "schema": "v10",
    "index_period": "168h",
}


def spec_of(args: dict[str, Any], **more: Any) -> LoggingSpec:
    return LoggingSpec.check("Logging", {**args, **more})


def rule_file(*rules: Any, **group: Any) -> str:
    """Return the content of a file with one group of these rules."""
    return yaml.safe_dump({"groups": [{"name": "g", "rules": list(rules), **group}]})


def merged_values(spec: LoggingSpec) -> dict[str, Any]:
    """Return the chart values as the release has them."""
    return deep_merge(loki_values(spec), spec.values)
