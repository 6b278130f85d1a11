"""The StatefulSets that the operator makes of a Prometheus and of an Alertmanager."""

from decimal import Decimal
from typing import Any

from components.metrics.spec import MetricsSpec
from components.metrics.values import metrics_values
from tests.unit.tools.deploy.fakes import cluster
from tools.deploy.capacity import Capacity, needs_of
from tools.prometheus_operator import with_stateful_sets


def prometheus(**args: Any) -> dict[str, Any]:
    spec = MetricsSpec.check("Metrics", {"namespace": "monitoring", "cpu": "1", "memory": "2Gi", **args})
    values = metrics_values(spec)["prometheus"]["prometheusSpec"]
    fields = {**values, "image": "prometheus", "storage": values["storageSpec"]}
    return {"kind": "Prometheus", "metadata": {"name": "p", "namespace": "monitoring"}, "spec": fields}


def test_its_pods_count_as_needs_of_the_stack_with_their_sidecar() -> None:
    pair = [*with_stateful_sets([prometheus(replicas=2, objstore_secret="objstore")])]
    assert [item["kind"] for item in pair] == ["Prometheus", "StatefulSet"]
    needs = needs_of(pair, cluster().nodes)
    assert needs == Capacity(Decimal("2.1"), Decimal(2 * (2048 + 256) * 2**20))


def test_its_volumes_are_of_the_class_of_the_claim() -> None:
    (_, workload) = with_stateful_sets([prometheus(storage_class="fast")])
    (claim,) = workload["spec"]["volumeClaimTemplates"]
    assert claim["spec"]["storageClassName"] == "fast"


def test_alertmanager_counts_too_and_reads_its_secrets() -> None:
    stated = {
        "config_secret": "alertmanager-config",
        "secrets": ["slack"],
        "replicas": 2,
        "cpu": "100m",
        "memory": "1Gi",
    }
    values = metrics_values(MetricsSpec.check("Metrics", {"namespace": "monitoring", "alertmanager": stated}))
    spec = {**values["alertmanager"]["alertmanagerSpec"], "image": "alertmanager"}
    resource = {"kind": "Alertmanager", "metadata": {"name": "p", "namespace": "monitoring"}, "spec": spec}
    (_, workload) = with_stateful_sets([resource])
    assert workload["metadata"]["name"] == "alertmanager-p"
    assert needs_of([workload], cluster().nodes) == Capacity(Decimal("0.2"), Decimal(2 * 2**30))
    assert workload["spec"]["volumeClaimTemplates"][0]["spec"]["resources"]["requests"]["storage"] == "1Gi"
    assert workload["spec"]["template"]["spec"]["volumes"][0]["secret"] == {"secretName": "slack"}
