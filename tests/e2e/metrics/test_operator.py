"""The real operator on the objects of the stack, and the real Prometheus with what it writes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.commands import HOST, free_ports
from sandbox.documents import load
from tests.e2e.metrics.cluster import Cluster
from tests.e2e.metrics.operated import PROMETHEUS, Operated, Replica, start_operator
from tests.e2e.metrics.programs import Program, Programs
from tests.e2e.metrics.prometheus import Prometheus
from tests.e2e.metrics.pushing import push_otlp, push_remotely
from tests.e2e.metrics.releases import NAME, NAMESPACE
from tests.e2e.metrics.servers import serving
from tests.e2e.metrics.workloads import Object, Objects, Pod

pytestmark = pytest.mark.e2e

NODE_EXPORTER = f"{NAME}-prometheus-node-exporter"
SHOP = "shop"
WEB_JOB = f"serviceMonitor/{SHOP}/web/0"
RECORDED = "namespace_workload_pod:kube_pod_owner:relabel"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PAGE = f"""\
# TYPE shop_orders counter
shop_orders_total{{code="200"}} 7.0 # {{trace_id="{TRACE}"}} 1.0
# EOF
"""
RESOURCE = {
    "service.name": "checkout",
    "service.namespace": SHOP,
    "service.instance.id": "checkout-0",
    "k8s.namespace.name": SHOP,
    "k8s.pod.name": "checkout-0",
    "k8s.container.name": "checkout",
    "process.pid": "7",
}
"""What an application states of itself; the last is no label."""
EXTERNAL = {"cluster": "sandbox", "prometheus": f"{NAMESPACE}/{PROMETHEUS}"}


def _shop() -> list[Object]:
    """Return an application that is scraped through a ServiceMonitor."""
    labels = {"app": "web"}
    container = {"name": "web", "image": "shop:1", "ports": [{"name": "http", "containerPort": 8080}]}
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SHOP}},
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "web", "namespace": SHOP, "labels": labels},
            "spec": {"selector": labels, "ports": [{"name": "http", "port": 80, "targetPort": "http"}]},
        },
        {
            "apiVersion": "apps/v1",
            "kind": "StatefulSet",
            "metadata": {"name": "web", "namespace": SHOP},
            "spec": {
                "serviceName": "web",
                "selector": {"matchLabels": labels},
                "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
            },
        },
        {
            "apiVersion": "monitoring.coreos.com/v1",
            "kind": "ServiceMonitor",
            "metadata": {"name": "web", "namespace": SHOP},
            "spec": {"selector": {"matchLabels": labels}, "endpoints": [{"port": "http"}]},
        },
    ]


@pytest.fixture(scope="module")
def operated(cluster: Cluster, rendered: Objects, module_programs: Programs) -> Operated:
    """What the operator makes of the stack and of an application beside it."""
    cluster.apply(_shop())
    start_operator(rendered, cluster, module_programs)
    operated = Operated(cluster)
    cluster.wait_until(lambda: WEB_JOB in operated.configuration, "the job of the application")
    return operated


@pytest.fixture(scope="module")
def state_metrics(cluster: Cluster, rendered: Objects, module_programs: Programs) -> Program:
    """kube-state-metrics as its Deployment runs it, with the rights of its service account."""
    account = f"{NAME}-kube-state-metrics"
    port, own_port = free_ports(2)
    flags = {"--host": HOST, "--port": str(port), "--telemetry-host": HOST, "--telemetry-port": str(own_port)}
    flags |= {"--kubeconfig": str(cluster.kubeconfig(account))}
    pod = Pod(rendered.one("Deployment", account), cluster, module_programs.directory / account)
    return module_programs.start("kube-state-metrics", pod.arguments(flags), port, ready="/healthz")


@pytest.fixture(scope="module")
def node_exporter(rendered: Objects, module_programs: Programs) -> Program:
    """node_exporter as its DaemonSet runs it."""
    (port,) = free_ports(1)
    pod = Pod(rendered.one("DaemonSet", NODE_EXPORTER), rendered, module_programs.directory / NODE_EXPORTER)
    listening = pod.arguments({"--web.listen-address": f"{HOST}:{port}"})
    return module_programs.start("node_exporter", listening, port, ready="/")


@pytest.fixture(scope="module")
def prometheus(
    operated: Operated,
    state_metrics: Program,
    node_exporter: Program,
    module_programs: Programs,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Prometheus]:
    """The first replica."""
    with serving({"/metrics": PAGE}) as shop:
        addresses = {
            WEB_JOB: f"{HOST}:{shop}",
            "serviceMonitor/*kube-state-metrics/0": state_metrics.address,
            "serviceMonitor/*node-exporter/0": node_exporter.address,
        }
        yield Replica(operated, 0, addresses, tmp_path_factory.mktemp("replicas")).start(module_programs)


def test_every_monitor_of_the_cluster_becomes_a_job(operated: Operated, prometheus: Prometheus) -> None:
    written = {job["job_name"] for job in load(prometheus.configuration())["scrape_configs"]}
    kinds = ("servicemonitors", "podmonitors", "probes")
    found = {
        f"{item['kind'][0].lower()}{item['kind'][1:]}/{item['metadata']['namespace']}/{item['metadata']['name']}"
        for kind in kinds
        for item in operated.cluster.list(f"/apis/monitoring.coreos.com/v1/{kind}")
    }
    assert {job.rpartition("/")[0] for job in written if job.startswith("serviceMonitor")} == found


def test_every_group_of_rules_is_loaded_and_evaluates(operated: Operated, prometheus: Prometheus) -> None:
    objects = operated.cluster.list("/apis/monitoring.coreos.com/v1/prometheusrules")
    groups = {group["name"] for each in objects for group in each["spec"]["groups"]}
    assert {group["name"] for group in prometheus.rule_groups()} == groups
    prometheus.wait_until(
        lambda: prometheus.query("namespace_workload_pod:kube_pod_owner:relabel"), "a recorded series"
    )
    failed = [rule for group in prometheus.rule_groups() for rule in group["rules"] if rule["health"] == "err"]
    assert failed == []


def test_what_is_scraped_arrives_once_with_the_labels_of_its_pod(prometheus: Prometheus) -> None:
    labels, value = prometheus.one('shop_orders_total{code="200"}')
    assert value == 7
    place = {"namespace": SHOP, "pod": "web-0", "container": "web", "service": "web", "job": "web", "endpoint": "http"}
    assert place.items() <= labels.items()
    assert labels["instance"].startswith("10.244."), "the address of the pod in the cluster"


def test_a_scraped_exemplar_names_its_trace(prometheus: Prometheus) -> None:
    now = time.time()
    prometheus.wait_until(lambda: prometheus.exemplars("shop_orders_total", now - 60, now + 60), "an exemplar")
    (found,) = prometheus.exemplars("shop_orders_total", now - 60, now + 60)
    assert {exemplar["labels"]["trace_id"] for exemplar in found["exemplars"]} == {TRACE}


def test_the_pods_of_the_cluster_are_counted_by_kube_state_metrics(prometheus: Prometheus) -> None:
    labels, _ = prometheus.one(f'kube_pod_info{{namespace="{SHOP}"}}')
    assert (labels["pod"], labels["created_by_kind"], labels["created_by_name"]) == ("web-0", "StatefulSet", "web")
    assert labels["job"] == "kube-state-metrics"


def test_the_node_exporter_of_every_node_is_a_target(prometheus: Prometheus) -> None:
    prometheus.wait_until(lambda: len(prometheus.query('up{job="node-exporter"} == 1')) == 5, "five nodes")
    assert prometheus.query('node_uname_info{job="node-exporter"}')


def test_what_is_written_remotely_arrives_once(prometheus: Prometheus, tmp_path: Path) -> None:
    sent = {"job": "tempo", "service_name": "checkout", "namespace": "tracing", "cluster": "sandbox"}
    push_remotely(prometheus, "spans_total", 3, sent, tmp_path)
    labels, value = prometheus.one("spans_total")
    assert labels == {"__name__": "spans_total", **sent} and value == 3
    assert prometheus.query("count_over_time(spans_total[5m])")[0][1] == 1


def test_what_is_pushed_by_otlp_arrives_once_with_its_resource_as_labels(prometheus: Prometheus) -> None:
    now = time.time_ns()
    push_otlp(prometheus, "checkout.orders", 5, now, RESOURCE)
    labels, value = prometheus.one("checkout_orders_total")
    assert value == 5
    assert labels == {
        "__name__": "checkout_orders_total",
        "job": "shop/checkout",
        "instance": "checkout-0",
        "service_name": "checkout",
        "service_namespace": SHOP,
        "service_instance_id": "checkout-0",
        "k8s_namespace_name": SHOP,
        "k8s_pod_name": "checkout-0",
        "k8s_container_name": "checkout",
    }
    push_otlp(prometheus, "checkout.orders", 2, now - 10 * 60 * 10**9, RESOURCE)
    count = "count_over_time(checkout_orders_total[20m])"
    prometheus.wait_until(lambda: prometheus.query(count)[0][1] == 2, "the sample that is late")


def test_the_labels_of_the_replica_tell_it_from_the_other(prometheus: Prometheus) -> None:
    external = load(prometheus.configuration())["global"]["external_labels"]
    assert external == {**EXTERNAL, "prometheus_replica": f"prometheus-{PROMETHEUS}-0"}
