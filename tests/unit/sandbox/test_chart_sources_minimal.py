"""The minimal charts have the Services and workloads of the real ones, and obey the same values."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.charts import (
    ALLOY,
    GRAFANA_CHART,
    KUBE_PROMETHEUS_STACK,
    LOKI,
    MINIO,
    OPENTELEMETRY_COLLECTOR,
    SEAWEEDFS_CHART,
    TEMPO,
    TEMPO_DISTRIBUTED,
    THANOS,
    VALKEY,
)
from components.tracing.modes import TEMPO_3_VERSIONS
from sandbox.chart_sources import MINIMAL_CHARTS, ChartReference, compose
from sandbox.validation import failures
from tests.installed_tools import require

Objects = dict[tuple[str, str], dict[str, Any]]

NO_EXTRAS = {"lokiCanary": {"enabled": False}, "chunksCache": {"enabled": False}, "resultsCache": {"enabled": False}}

EXPECTED: list[tuple[str, str, str, dict[str, Any], str]] = [
    (
        "loki",
        LOKI.default_version,
        "loki",
        {"deploymentMode": "Monolithic"},
        "loki loki-canary loki-chunks-cache loki-gateway loki-headless loki-memberlist loki-results-cache",
    ),
    (
        "loki",
        LOKI.versions[-1],
        "loki",
        NO_EXTRAS,
        "loki-backend loki-backend-headless loki-gateway loki-memberlist loki-query-scheduler-discovery "
        "loki-read loki-read-headless loki-write loki-write-headless",
    ),
    (
        "tempo-distributed",
        TEMPO_DISTRIBUTED.default_version,
        "tempo",
        {"traces": {"otlp": {"grpc": {"enabled": True}}}, "metricsGenerator": {"enabled": True}},
        "tempo-compactor tempo-distributor tempo-distributor-discovery tempo-gossip-ring tempo-ingester "
        "tempo-memcached tempo-metrics-generator tempo-querier tempo-query-frontend tempo-query-frontend-discovery",
    ),
    (
        "tempo-distributed",
        TEMPO_3_VERSIONS[0],
        "tempo",
        {"traces": {"otlp": {"grpc": {"enabled": True}}}, "ingest": {"kafka": {"address": "kafka.messaging:9092"}}},
        "tempo-backend-scheduler tempo-backend-worker tempo-block-builder tempo-distributor "
        "tempo-distributor-discovery tempo-gossip-ring tempo-live-store tempo-memcached tempo-querier "
        "tempo-query-frontend tempo-query-frontend-discovery",
    ),
    ("tempo", TEMPO.default_version, "tempo", {}, "tempo tempo-headless"),
    (
        "alloy",
        ALLOY.default_version,
        "collector",
        {"alloy": {"clustering": {"enabled": True}}},
        "collector-alloy collector-alloy-cluster",
    ),
    (
        "opentelemetry-collector",
        OPENTELEMETRY_COLLECTOR.default_version,
        "otel-collector-gateway",
        {
            "fullnameOverride": "otel-collector-gateway",
            "mode": "statefulset",
            "image": {"repository": "otelcol-contrib"},
            "service": {"enabled": True, "clusterIP": "None"},
        },
        "otel-collector-gateway",
    ),
    ("grafana", GRAFANA_CHART.default_version, "grafana", {}, "grafana"),
    (
        "kube-prometheus-stack",
        KUBE_PROMETHEUS_STACK.default_version,
        "prometheus",
        {"fullnameOverride": "prometheus", "prometheus": {"thanosService": {"enabled": True}}},
        "prometheus-alertmanager prometheus-kube-state-metrics prometheus-operator prometheus-prometheus "
        "prometheus-prometheus-node-exporter prometheus-thanos-discovery",
    ),
    ("minio", MINIO.default_version, "minio", {"existingSecret": "root", "mode": "standalone"}, "minio minio-console"),
    (
        "minio",
        MINIO.default_version,
        "minio",
        {"existingSecret": "root", "replicas": 4},
        "minio minio-console minio-svc",
    ),
    (
        "valkey",
        VALKEY.default_version,
        "valkey",
        {"auth": {"enabled": True, "usersExistingSecret": "password"}},
        "valkey",
    ),
    (
        "thanos",
        THANOS.default_version,
        "thanos",
        {"objstoreConfig": {"name": "thanos-objstore"}},
        "thanos-query thanos-store-gateway-headless",
    ),
    (
        "thanos",
        THANOS.default_version,
        "thanos",
        {
            "objstoreConfig": {"name": "thanos-objstore"},
            **{part: {"enabled": True} for part in ("compact", "queryFrontend", "rule", "receive")},
        },
        "thanos-compact-headless thanos-query thanos-query-frontend thanos-receive-ingestor-headless "
        "thanos-receive-router thanos-rule-headless thanos-store-gateway-headless",
    ),
    (
        "seaweedfs",
        SEAWEEDFS_CHART.default_version,
        "seaweedfs",
        {"allInOne": {"enabled": True}},
        "seaweedfs-all-in-one",
    ),
    (
        "seaweedfs",
        SEAWEEDFS_CHART.default_version,
        "seaweedfs",
        {"volume": {"replicas": 3}},
        "seaweedfs-filer seaweedfs-filer-client seaweedfs-master seaweedfs-s3 seaweedfs-volume",
    ),
]


def render(chart: str, version: str, release: str, values: dict[str, Any], directory: Path) -> Objects:
    require("helm")
    path = compose(ChartReference(chart, version, None), MINIMAL_CHARTS / f"{chart}.yaml", directory)
    file = directory / "values.yaml"
    file.write_text(yaml.safe_dump(values))
    words = ["helm", "template", release, str(path), "--namespace", "obs", "--values", str(file)]
    run = subprocess.run([*words, "--kube-version", "1.36.1"], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    documents = [document for document in yaml.safe_load_all(run.stdout) if document]
    return {(document["kind"], document["metadata"]["name"]): document for document in documents}


@pytest.mark.parametrize(
    ("chart", "version", "release", "values", "services"), EXPECTED, ids=[f"{row[0]}-{row[1]}" for row in EXPECTED]
)
def test_the_services_have_the_names_of_the_real_chart_and_every_object_is_valid(
    chart: str, version: str, release: str, values: dict[str, Any], services: str, tmp_path: Path
) -> None:
    objects = render(chart, version, release, values, tmp_path)
    assert sorted(name for kind, name in objects if kind == "Service") == services.split()
    assert {key: failures(found) for key, found in objects.items() if failures(found)} == {}


def test_every_service_selects_the_pods_of_a_workload(tmp_path: Path) -> None:
    objects = render("loki", LOKI.default_version, "loki", {"deploymentMode": "SimpleScalable"}, tmp_path)
    pods = [
        found["spec"]["template"]["metadata"]["labels"].items()
        for (kind, _), found in objects.items()
        if kind in ("StatefulSet", "Deployment", "DaemonSet")
    ]
    for (kind, name), found in objects.items():
        if kind == "Service":
            selector = found["spec"]["selector"].items()
            assert any(selector <= labels for labels in pods), f"{name} selects nothing"


def test_replicas_resources_places_and_volumes_come_from_the_values_of_the_real_chart(tmp_path: Path) -> None:
    resources = {"requests": {"cpu": "250m", "memory": "1Gi"}}
    toleration = {"key": "pool", "operator": "Exists"}
    values = {
        "deploymentMode": "SingleBinary",
        "serviceAccount": {"annotations": {"eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/loki"}},
        "singleBinary": {
            "replicas": 3,
            "resources": resources,
            "tolerations": [toleration],
            "nodeSelector": {"pool": "logs"},
            "affinity": None,
            "persistence": {"enabled": True, "size": "42Gi", "storageClass": "fast"},
        },
    }
    objects = render("loki", LOKI.versions[-1], "loki", values, tmp_path)
    loki = objects["StatefulSet", "loki"]["spec"]
    pod = loki["template"]["spec"]
    assert loki["replicas"] == 3
    assert pod["containers"][0]["resources"] == resources
    assert (pod["tolerations"], pod["nodeSelector"]) == ([toleration], {"pool": "logs"})
    assert "affinity" not in pod
    claim = loki["volumeClaimTemplates"][0]["spec"]
    assert (claim["resources"]["requests"]["storage"], claim["storageClassName"]) == ("42Gi", "fast")
    annotations = objects["ServiceAccount", "loki"]["metadata"]["annotations"]
    assert annotations == {"eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/loki"}


def test_a_changed_configuration_rolls_the_pods(tmp_path: Path) -> None:
    def checksum(retention: str) -> str:
        values = {"deploymentMode": "Monolithic", "loki": {"limits_config": {"retention_period": retention}}}
        spec = render("loki", LOKI.default_version, "loki", values, tmp_path)["StatefulSet", "loki"]["spec"]
        return str(spec["template"]["metadata"]["annotations"]["checksum/config"])

    assert checksum("24h") == checksum("24h")
    assert checksum("24h") != checksum("48h")
