"""The releases of metrics, rendered with the charts at hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from components.charts import CHARTS_VARIABLE, PROMETHEUS_COMMUNITY
from sandbox.aws import FAKE_KEY
from sandbox.chart_sources import ChartReference, Charts
from sandbox.documents import load_all
from sandbox.helm import Helm
from sandbox.providers.plugin import ProviderError
from tests.e2e.metrics.workloads import Objects

NAMESPACE = "monitoring"
NAME = "kube-prometheus-stack"
BLACKBOX = "prometheus-blackbox-exporter"


@dataclass(frozen=True)
class Release:
    """A Helm release as a program registers it."""

    name: str
    version: str
    values: Mapping[str, Any]


DEFINITIONS = Release("prometheus-operator-crds", "31.0.1", {})

STACK = Release(
    NAME,
    "88.5.3",
    {
        "fullnameOverride": NAME,
        "crds": {"enabled": False},
        "grafana": {"enabled": False},
        "alertmanager": {"enabled": False},
        **{part: {"enabled": False} for part in ("kubeControllerManager", "kubeScheduler", "kubeEtcd", "kubeProxy")},
        "prometheusOperator": {"tls": {"enabled": False}, "admissionWebhooks": {"enabled": False}},
        "prometheus": {
            "thanosService": {"enabled": True},
            "prometheusSpec": {
                "replicas": 2,
                "enableRemoteWriteReceiver": True,
                "enableOTLPReceiver": True,
                "otlp": {
                    "promoteResourceAttributes": [
                        "service.name",
                        "service.namespace",
                        "service.instance.id",
                        "k8s.namespace.name",
                        "k8s.pod.name",
                        "k8s.container.name",
                    ],
                    "translationStrategy": "UnderscoreEscapingWithSuffixes",
                },
                "tsdb": {"outOfOrderTimeWindow": "30m"},
                "scrapeInterval": "15s",
                "evaluationInterval": "15s",
                "scrapeNativeHistograms": True,
                "scrapeClassicHistograms": True,
                "enableFeatures": ["exemplar-storage"],
                "externalLabels": {"cluster": "sandbox"},
                "replicaExternalLabelName": "prometheus_replica",
                "retention": "6h",
                **{
                    f"{kind}SelectorNilUsesHelmValues": False
                    for kind in ("serviceMonitor", "podMonitor", "rule", "probe", "scrapeConfig")
                },
                "thanos": {
                    "objectStorageConfig": {"existingSecret": {"name": "thanos-objstore", "key": "objstore.yml"}}
                },
                "storageSpec": {
                    "volumeClaimTemplate": {
                        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "5Gi"}}}
                    }
                },
            },
        },
    },
)

PROBES = Release(
    BLACKBOX,
    "11.17.2",
    {
        "config": {
            "modules": {
                "http_2xx": {"prober": "http", "timeout": "5s", "http": {"preferred_ip_protocol": "ip4"}},
                "tcp_connect": {"prober": "tcp", "timeout": "5s", "tcp": {"preferred_ip_protocol": "ip4"}},
                "tcp_tls": {"prober": "tcp", "timeout": "5s", "tcp": {"tls": True, "preferred_ip_protocol": "ip4"}},
            }
        }
    },
)

THANOS_REPOSITORY = "https://stevehipwell.github.io/helm-charts"
OBJECT_STORE = "thanos-objstore"
THANOS = Release(
    "thanos",
    "1.24.1",
    {
        "fullnameOverride": "thanos",
        "objstoreConfig": {"create": False, "name": OBJECT_STORE, "key": "objstore.yml"},
        "additionalEndpoints": [f"dnssrv+_grpc._tcp.{NAME}-thanos-discovery.{NAMESPACE}.svc.cluster.local"],
        "query": {"replicaLabels": ["prometheus_replica"]},
        "queryFrontend": {
            "enabled": True,
            "extraArgs": [
                "--query-frontend.compress-responses",
                '--query-range.response-cache-config={"type": "IN-MEMORY", "config": {"max_size": "64MiB"}}',
            ],
        },
        "storeGateway": {"persistence": {"enabled": True}},
        "compact": {
            "enabled": True,
            "persistence": {"enabled": True},
            "deduplication": {"enabled": False},
            "extraArgs": [
                "--compact.enable-vertical-compaction",
                "--retention.resolution-raw=90d",
                "--retention.resolution-5m=180d",
                "--retention.resolution-1h=0d",
            ],
        },
    },
)


def object_store(endpoint: str, bucket: str, prefix: str) -> Mapping[str, Any]:
    """Return the Secret with the object store of Thanos."""
    config = {
        "bucket": bucket,
        "endpoint": endpoint.partition("://")[2],
        "insecure": True,
        "bucket_lookup_type": "path",
        "region": "us-east-1",
        "access_key": FAKE_KEY,
        "secret_key": FAKE_KEY,
    }
    store = json.dumps({"type": "S3", "config": config, "prefix": prefix})
    metadata = {"name": OBJECT_STORE}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": {"objstore.yml": store}}


class Renderer:
    """Renders releases, each with the real chart; what needs one is skipped where it cannot be had."""

    def __init__(self, scratch: Path) -> None:
        self._helm = Helm(scratch / "helm")
        self._charts = Charts(self._helm, lambda warning: None, scratch / "charts")

    def __call__(self, release: Release, repository: str = PROMETHEUS_COMMUNITY) -> Objects:
        """Return the objects of a release."""
        reference = ChartReference(release.name, release.version, repository)
        try:
            chart = self._charts.locate(reference)
        except ProviderError:
            pytest.skip(f"needs {release.name}-{release.version} in the directory {CHARTS_VARIABLE}")
        rendered = self._helm.template(release.name, NAMESPACE, chart, release.values, "--skip-tests")
        return Objects(load_all(rendered))
