"""The real operator on the objects of the stack, and the real Prometheus with what it writes."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from components.charts import CHARTS_VARIABLE, KUBE_PROMETHEUS_STACK
from components.probes.rules import DAYS_LEFT
from sandbox.api import ApiError
from sandbox.cluster import WORKERS
from sandbox.documents import load
from tests.e2e.metrics.cluster import Cluster
from tests.e2e.metrics.exporters import start_blackbox_exporter, start_node_exporter, start_state_metrics
from tests.e2e.metrics.kubelet import WORKING_SET, serving_kubelet
from tests.e2e.metrics.operated import Operated, Replica, start_operator
from tests.e2e.metrics.programs import Programs
from tests.e2e.metrics.prometheus import Prometheus
from tests.e2e.metrics.pushing import push_otlp, push_remotely
from tests.e2e.metrics.servers import TRACE, Shop
from tests.e2e.metrics.stack import BOUNDED, CLUSTER, NAMESPACE, SAMPLES
from tests.e2e.metrics.workloads import Object, Objects

pytestmark = pytest.mark.e2e

APPS = "apps"
WEB_JOB = f"serviceMonitor/{APPS}/web/0"
SCRAPE_SECONDS = 15
RECORDED = "namespace_workload_pod:kube_pod_owner:relabel"
USED_CPU = "node_namespace_pod_container:container_cpu_usage_seconds_total:sum_irate"
POD = {"namespace": APPS, "pod": "web-0", "container": "web"}
RESOURCE = {
    "service.name": "checkout",
    "service.namespace": APPS,
    "service.instance.id": "checkout-0",
    "deployment.environment.name": "production",
    "k8s.cluster.name": CLUSTER,
    "k8s.namespace.name": APPS,
    "k8s.pod.name": "checkout-0",
    "k8s.node.name": "worker-a",
}
"""What an application states of itself, and the datasources ask for as labels."""


def _shop() -> list[Object]:
    """Return an application that is scraped through a ServiceMonitor, and two by their annotations."""
    labels = {"app": "web"}
    return [
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "web", "namespace": APPS, "labels": labels},
            "spec": {"selector": labels, "ports": [{"name": "http", "port": 80, "targetPort": "http"}]},
        },
        _application("web", 8080, {}),
        _application("legacy", 9000, _annotations("/custom")),
        _application("many", 9000, _annotations("/many"), BOUNDED),
        {
            "apiVersion": "monitoring.coreos.com/v1",
            "kind": "ServiceMonitor",
            "metadata": {"name": "web", "namespace": APPS},
            "spec": {"selector": {"matchLabels": labels}, "endpoints": [{"port": "http"}]},
        },
    ]


def _annotations(path: str) -> Mapping[str, str]:
    return {"prometheus.io/scrape": "true", "prometheus.io/port": "9000", "prometheus.io/path": path}


def _application(name: str, port: int, annotations: Mapping[str, str], namespace: str = APPS) -> Object:
    container = {"name": name, "image": "shop:1", "ports": [{"name": "http", "containerPort": port}]}
    labels = {"app": name}
    template = {"metadata": {"labels": labels, "annotations": annotations}, "spec": {"containers": [container]}}
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"serviceName": name, "selector": {"matchLabels": labels}, "template": template},
    }


@pytest.fixture(scope="module")
def operated(cluster: Cluster, rendered: Objects, module_programs: Programs) -> Operated:
    """What the operator makes of the stack and of an application beside it."""
    cluster.apply(_shop())
    start_operator(rendered, cluster, module_programs)
    operated = Operated(rendered, cluster)
    cluster.wait_until(lambda: WEB_JOB in operated.configuration, "the job of the application")
    return operated


@pytest.fixture(scope="module")
def prometheus(
    operated: Operated,
    rendered: Objects,
    shop: Shop,
    module_programs: Programs,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Prometheus]:
    """The first replica, whose exporters and application are on this machine."""
    cluster = operated.cluster
    addresses = {
        WEB_JOB: shop.clear,
        "scrapeConfig/*annotated-pods*": shop.clear,
        "serviceMonitor/*kube-state-metrics/0": start_state_metrics(rendered, cluster, module_programs).address,
        "serviceMonitor/*node-exporter/0": start_node_exporter(rendered, module_programs).address,
        "probe/*": start_blackbox_exporter(rendered, cluster, module_programs).address,
    }
    with serving_kubelet(cluster, **POD) as kubelet:
        addresses["serviceMonitor/*kubelet/*"] = kubelet
        yield Replica(operated, 0, addresses, tmp_path_factory.mktemp("replicas")).start(module_programs)


def test_every_monitor_of_the_cluster_becomes_a_job(operated: Operated, prometheus: Prometheus) -> None:
    written = {job["job_name"] for job in load(prometheus.configuration())["scrape_configs"]}
    apis = {"v1": ("servicemonitors", "podmonitors", "probes"), "v1alpha1": ("scrapeconfigs",)}
    found = {
        f"{item['kind'][0].lower()}{item['kind'][1:]}/{item['metadata']['namespace']}/{item['metadata']['name']}"
        for version, kinds in apis.items()
        for kind in kinds
        for item in operated.cluster.list(f"/apis/monitoring.coreos.com/{version}/{kind}")
    }
    assert {job.removesuffix(f"/{job.rpartition('/')[2]}") if job.count("/") > 2 else job for job in written} == found


def test_every_group_of_rules_is_loaded_and_evaluates(operated: Operated, prometheus: Prometheus) -> None:
    objects = operated.cluster.list("/apis/monitoring.coreos.com/v1/prometheusrules")
    groups = {group["name"] for each in objects for group in each["spec"]["groups"]}
    assert {group["name"] for group in prometheus.rule_groups()} == groups
    prometheus.wait_until(lambda: not _unevaluated(prometheus), "an evaluation of every rule")
    assert [rule for rule in prometheus.rules() if rule["health"] == "err"] == []


def test_rules_record_series(prometheus: Prometheus) -> None:
    if RECORDED not in {rule["name"] for rule in prometheus.rules()}:
        pytest.skip(f"needs {KUBE_PROMETHEUS_STACK.name} in the directory {CHARTS_VARIABLE}")
    prometheus.wait_until(lambda: prometheus.query(RECORDED), RECORDED)


def test_what_is_scraped_arrives_once_with_the_labels_of_its_pod(prometheus: Prometheus) -> None:
    labels, value = prometheus.one('shop_orders_total{code="200"}')
    assert value == 7
    place = {**POD, "service": "web", "job": "web", "endpoint": "http"}
    assert place.items() <= labels.items()
    assert labels["instance"].startswith("10.244."), "the address of the pod in the cluster"


def test_a_pod_with_annotations_is_scraped_without_a_monitor(prometheus: Prometheus) -> None:
    labels, value = prometheus.one("legacy_orders")
    assert value == 4
    assert {"namespace": APPS, "pod": "legacy-0", "job": f"{APPS}/legacy-0"}.items() <= labels.items()


def test_a_scraped_exemplar_names_its_trace(prometheus: Prometheus) -> None:
    now = time.time()
    prometheus.wait_until(lambda: prometheus.exemplars("shop_orders_total", now - 60, now + 60), "an exemplar")
    (found,) = prometheus.exemplars("shop_orders_total", now - 60, now + 60)
    assert {exemplar["labels"]["trace_id"] for exemplar in found["exemplars"]} == {TRACE}


def test_the_pods_of_the_cluster_are_counted_by_kube_state_metrics(prometheus: Prometheus) -> None:
    labels, _ = prometheus.one(f'kube_pod_info{{namespace="{APPS}", pod="web-0"}}')
    assert (labels["created_by_kind"], labels["created_by_name"]) == ("StatefulSet", "web")
    assert labels["job"] == "kube-state-metrics"


def test_the_node_exporter_of_every_node_is_a_target(
    operated: Operated, rendered: Objects, prometheus: Prometheus
) -> None:
    metadata = rendered.workload("prometheus/node-exporter")["metadata"]
    path = f"/apis/apps/v1/namespaces/{metadata['namespace']}/daemonsets/{metadata['name']}"
    nodes = operated.cluster.sandbox.get(path)["status"]["desiredNumberScheduled"]
    assert nodes >= len(WORKERS)
    prometheus.wait_until(lambda: len(prometheus.query('up{job="node-exporter"} == 1')) == nodes, "every node")
    assert prometheus.query('node_uname_info{job="node-exporter"}')


def test_the_kubelet_lets_the_token_of_prometheus_in(operated: Operated, prometheus: Prometheus) -> None:
    def scraped() -> set[str]:
        return {labels["metrics_path"] for labels, _ in prometheus.query('up{job="kubelet"} == 1')}

    prometheus.wait_until(lambda: scraped() == {"/metrics", "/metrics/cadvisor", "/metrics/probes"}, "the kubelet")
    nodes = {node["metadata"]["name"] for node in operated.cluster.list("/api/v1/nodes")}
    assert {labels["node"] for labels, _ in prometheus.query('up{job="kubelet"}')} <= nodes


def test_what_cadvisor_measures_has_the_labels_of_its_container(prometheus: Prometheus) -> None:
    labels, value = prometheus.one('container_memory_working_set_bytes{container="web"}')
    assert value == WORKING_SET
    place = {**POD, "job": "kubelet", "service": "prometheus-kubelet"}
    assert {**place, "metrics_path": "/metrics/cadvisor"}.items() <= labels.items() and labels["node"]
    probed, _ = prometheus.one('prober_probe_total{container="web"}')
    assert {**place, "metrics_path": "/metrics/probes"}.items() <= probed.items()


def test_the_cpu_of_a_container_is_recorded_with_the_node_of_its_pod(prometheus: Prometheus) -> None:
    if USED_CPU not in {rule["name"] for rule in prometheus.rules()}:
        pytest.skip(f"needs {KUBE_PROMETHEUS_STACK.name} in the directory {CHARTS_VARIABLE}")
    labels, value = prometheus.one(f'{USED_CPU}{{pod="web-0"}}')
    assert labels["container"] == "web" and labels["node"] in WORKERS
    assert value > 0


def test_limits_hold_for_every_job(rendered: Objects, prometheus: Prometheus) -> None:
    (resource,) = rendered.of("Prometheus")
    limits = {
        name: resource["spec"][enforced]
        for name, enforced in {
            "sample_limit": "enforcedSampleLimit",
            "target_limit": "enforcedTargetLimit",
            "label_limit": "enforcedLabelLimit",
            "label_name_length_limit": "enforcedLabelNameLengthLimit",
            "label_value_length_limit": "enforcedLabelValueLengthLimit",
        }.items()
    }
    jobs = {job["job_name"]: job for job in load(prometheus.configuration())["scrape_configs"]}
    (bounded,) = (name for name in jobs if name.endswith(f"-{BOUNDED}"))
    for name, job in jobs.items():
        expected = limits | ({"sample_limit": SAMPLES} if name == bounded else {})
        assert {limit: job[limit] for limit in limits} == expected, name


def test_a_target_with_more_samples_than_its_namespace_may_have_is_not_scraped(prometheus: Prometheus) -> None:
    prometheus.wait_until(lambda: prometheus.query(f'up{{namespace="{BOUNDED}"}} == 0'), "a scrape that fails")
    (target,) = (each for each in prometheus.targets() if each["labels"].get("namespace") == BOUNDED)
    assert "sample limit exceeded" in target["lastError"]
    assert prometheus.query("many_orders") == []


def _monitors() -> Mapping[tuple[str, str], Object]:
    """Return the least specification of each kind of monitor, by version and kind."""
    selector = {"selector": {"matchLabels": {"app": "many"}}}
    return {
        ("v1", "ServiceMonitor"): {**selector, "endpoints": [{"port": "http"}]},
        ("v1", "PodMonitor"): {**selector, "podMetricsEndpoints": [{"port": "http"}]},
        ("v1", "Probe"): {"prober": {"url": "prober:9115"}, "targets": {"staticConfig": {"static": ["many"]}}},
        ("v1alpha1", "ScrapeConfig"): {"staticConfigs": [{"targets": ["many:9000"]}]},
    }


@pytest.mark.parametrize(("version", "kind"), _monitors())
def test_a_monitor_has_a_limit_that_its_namespace_allows(operated: Operated, version: str, kind: str) -> None:
    def is_taken(namespace: str, **limit: int) -> bool:
        manifest = {
            "apiVersion": f"monitoring.coreos.com/{version}",
            "kind": kind,
            "metadata": {"name": "many", "namespace": namespace},
            "spec": {**_monitors()[version, kind], **limit},
        }
        try:
            operated.cluster.sandbox.api.apply(manifest, dryRun="All")
        except ApiError as error:
            assert f"spec.sampleLimit: must be 1 to {SAMPLES} in namespace {BOUNDED}" in error.message
            return False
        return True

    operated.cluster.wait_until(lambda: not is_taken(BOUNDED), "the policy")
    assert not is_taken(BOUNDED, sampleLimit=0)
    assert not is_taken(BOUNDED, sampleLimit=SAMPLES + 1)
    assert is_taken(BOUNDED, sampleLimit=SAMPLES)
    assert is_taken(APPS), "a namespace without limits of its own"


def test_a_probed_certificate_shows_its_days_and_each_probe_its_resolution(prometheus: Prometheus, shop: Shop) -> None:
    labels, _ = prometheus.one('probe_success{probe="shop"} == 1')
    assert {"job": "blackbox-http", "instance": f"https://{shop.secure}/"}.items() <= labels.items()
    days = next(rule["query"] for rule in prometheus.rules() if rule["name"] == DAYS_LEFT)
    ((_, left),) = prometheus.query(days)
    assert shop.days - 1 < left < shop.days
    assert prometheus.query('probe_http_duration_seconds{probe="shop", phase="resolve"}')


def test_what_is_written_remotely_arrives_once(prometheus: Prometheus, tmp_path: Path) -> None:
    sent = {"job": "tempo", "service_name": "checkout", "namespace": "tracing", "cluster": "sandbox"}
    push_remotely(prometheus.program.address, "spans_total", 3, sent, tmp_path)
    labels, value = prometheus.one("spans_total")
    assert labels == {"__name__": "spans_total", **sent} and value == 3
    assert prometheus.query("count_over_time(spans_total[5m])")[0][1] == 1


def test_what_is_pushed_by_otlp_arrives_once_with_its_resource_as_labels(prometheus: Prometheus) -> None:
    now = time.time_ns()
    push_otlp(prometheus, "checkout.orders", 5, now, {**RESOURCE, "process.pid": "7"})
    labels, value = prometheus.one("checkout_orders_total")
    assert value == 5
    promoted = {name.replace(".", "_"): text for name, text in RESOURCE.items()}
    assert labels == {
        "__name__": "checkout_orders_total",
        "job": f"{APPS}/checkout",
        "instance": "checkout-0",
        **promoted,
    }
    push_otlp(prometheus, "checkout.orders", 2, now - 10 * 60 * 10**9, RESOURCE)
    count = "count_over_time(checkout_orders_total[20m])"
    prometheus.wait_until(lambda: prometheus.query(count)[0][1] == 2, "the sample that is late")


def test_the_labels_of_the_replica_tell_it_from_the_other(operated: Operated, prometheus: Prometheus) -> None:
    external = load(prometheus.configuration())["global"]["external_labels"]
    assert external == {
        "cluster": CLUSTER,
        "prometheus": f"{NAMESPACE}/{operated.name}",
        "prometheus_replica": f"prometheus-{operated.name}-0",
    }


def _unevaluated(prometheus: Prometheus) -> list[str]:
    """Name the rules without an evaluation, of groups that are not evaluated more rarely than targets are scraped."""
    groups = [group for group in prometheus.rule_groups() if group["interval"] <= SCRAPE_SECONDS]
    return [rule["name"] for group in groups for rule in group["rules"] if rule["health"] == "unknown"]
