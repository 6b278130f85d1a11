"""What the real chart makes of the values of `Metrics`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from components.charts import KUBE_PROMETHEUS_STACK
from components.metrics import Metrics, MetricsArgs
from components.metrics.alertmanager import PORT
from components.metrics.args import Alertmanager
from components.metrics.gateway import monitor_spec
from components.metrics.spec import MetricsSpec
from tests.real_charts import require_renderable
from tools.contract import check
from tools.program import record
from tools.render import RenderedObject
from tools.render.releases import render_releases
from tools.render.stack import render_program

EVERYTHING: MetricsArgs = {
    "namespace": "monitoring",
    "replicas": 2,
    "objstore_secret": "thanos-objstore",
    "control_plane": ["etcd", "scheduler", "controller-manager", "proxy"],
}


def rendered(args: MetricsArgs, cache: Path) -> Sequence[RenderedObject]:
    require_renderable(KUBE_PROMETHEUS_STACK, KUBE_PROMETHEUS_STACK.default_version)
    recording = record(lambda: {"query_url": Metrics("metrics", args).query_url})
    ((_, objects),) = render_releases(recording, cache, pytest.fail)
    return objects


def rules(objects: Sequence[RenderedObject]) -> list[dict[str, Any]]:
    groups = [group for item in objects if item.kind == "PrometheusRule" for group in item.manifest["spec"]["groups"]]
    return [rule for group in groups for rule in group["rules"]]


def test_the_chart_records_and_alerts_of_nothing(tmp_path: Path) -> None:
    found = rules(rendered(EVERYTHING, tmp_path))
    assert not [rule["alert"] for rule in found if "alert" in rule], "there is no Alertmanager yet"
    records = {rule["record"] for rule in found}
    assert {"instance:node_cpu:rate:sum", "namespace_workload_pod:kube_pod_owner:relabel"} <= records


def test_neither_grafana_nor_alertmanager_nor_a_definition_comes_with_it(tmp_path: Path) -> None:
    objects = rendered(EVERYTHING, tmp_path)
    assert not {item.kind for item in objects} & {"Alertmanager", "CustomResourceDefinition", "Job"}
    assert not [item.name for item in objects if "grafana" in item.name]


def test_alertmanager_reads_existing_secrets_and_prometheus_sends_to_it(tmp_path: Path) -> None:
    own: Alertmanager = {"config_secret": "alertmanager-config", "secrets": ["slack"], "replicas": 2}
    objects = rendered({**EVERYTHING, "alertmanager": own, "priority_class": "high"}, tmp_path)
    (resource,) = [item for item in objects if item.kind == "Alertmanager"]
    spec = resource.manifest["spec"]
    assert resource.name == "prometheus", "alertmanager_urls and the NetworkPolicy have this name"
    assert (spec["configSecret"], spec["secrets"], spec["replicas"]) == ("alertmanager-config", ["slack"], 2)
    assert (spec["retention"], spec["automountServiceAccountToken"]) == ("120h", False)
    assert spec["alertmanagerConfigSelector"] == {"matchLabels": {"observability/alertmanager": "prometheus"}}
    assert spec["enableFeatures"] == ["receiver-name-in-metrics"]
    assert [spread["topologyKey"] for spread in spec["topologySpreadConstraints"]] == ["topology.kubernetes.io/zone"]
    assert not [item for item in objects if item.kind == "Secret" and "alertmanager" in item.name], "no default one"
    (prometheus,) = [item for item in objects if item.kind == "Prometheus"]
    (target,) = prometheus.manifest["spec"]["alerting"]["alertmanagers"]
    assert (target["namespace"], target["name"]) == ("monitoring", "prometheus-alertmanager")
    (service,) = [item for item in objects if item.kind == "Service" and item.name == target["name"]]
    assert {port["name"]: port["port"] for port in service.manifest["spec"]["ports"]}["http-web"] == PORT
    assert [item for item in objects if item.kind == "ServiceMonitor" and item.name == target["name"]]
    (budget,) = [item for item in objects if item.kind == "PodDisruptionBudget" and "alertmanager" in item.name]
    assert budget.manifest["spec"]["minAvailable"] == 1
    assert not [rule["alert"] for rule in rules(objects) if "alert" in rule]


def test_every_name_is_that_of_the_arguments(tmp_path: Path) -> None:
    objects = rendered(EVERYTHING, tmp_path)
    (prometheus,) = [item for item in objects if item.kind == "Prometheus"]
    assert (prometheus.name, prometheus.manifest["spec"]["serviceAccountName"]) == (
        "prometheus",
        "prometheus-prometheus",
    )
    names = {item.name for item in objects if item.kind == "Service"}
    assert {"prometheus-prometheus", "prometheus-thanos-discovery", "prometheus-operator"} <= names


def test_with_certificates_clients_reach_nginx_and_prometheus_has_one_monitor(tmp_path: Path) -> None:
    secured: MetricsArgs = {**EVERYTHING, "tls_secret": "prometheus-tls", "client_certificates": True}
    objects = rendered(secured, tmp_path)
    (service,) = [item for item in objects if item.kind == "Service" and item.name == "prometheus-prometheus"]
    ports = {port["name"]: port["targetPort"] for port in service.manifest["spec"]["ports"]}
    assert ports == {"http-web": 9091, "reloader-web": "reloader-web"}
    spec = monitor_spec(MetricsSpec.check("Metrics", secured))
    assert spec["selector"]["matchLabels"].items() <= service.manifest["metadata"]["labels"].items()
    assert {endpoint["port"] for endpoint in spec["endpoints"]} == set(ports)
    assert "prometheus-prometheus" not in {item.name for item in objects if item.kind == "ServiceMonitor"}
    (prometheus,) = [item for item in objects if item.kind == "Prometheus"]
    assert "gateway" in {container["name"] for container in prometheus.manifest["spec"]["containers"]}
    assert "web" not in prometheus.manifest["spec"]


def test_several_pods_of_alertmanager_keep_the_contract() -> None:
    require_renderable(KUBE_PROMETHEUS_STACK, KUBE_PROMETHEUS_STACK.default_version)
    own: Alertmanager = {
        "config_secret": "alertmanager-config",
        "secrets": ["slack"],
        "replicas": 2,
        "client_namespaces": ["logging"],
    }
    args: MetricsArgs = {"namespace": "monitoring", "node_exporter": False, "alertmanager": own}
    rendering = render_program(lambda: {"url": Metrics("metrics", args).alertmanager_url}, "test")
    assert [str(finding) for finding in check(rendering).findings] == []
