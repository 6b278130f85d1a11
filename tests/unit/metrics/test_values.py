"""The values of chart `prometheus`."""

from typing import Any

import pytest

from components._spec import InvalidArgsError
from components.metrics.spec import MetricsSpec
from components.metrics.values import prometheus_values
from components.units import parse_quantity
from tests.fixes import fix_of


def values(**args: Any) -> dict[str, Any]:
    return prometheus_values(MetricsSpec.check('Metrics "m"', {"namespace": "monitoring", **args}))


def test_metrics_may_be_pushed_in_every_way_that_the_stack_uses() -> None:
    server = values()["server"]
    for flag in ("web.enable-remote-write-receiver", "web.enable-otlp-receiver", "enable-feature=exemplar-storage"):
        assert flag in server["extraFlags"]
    assert "web.enable-lifecycle" in server["extraFlags"], "the reloader needs it, and a list replaces the chart's"
    assert server["tsdb"] == {"out_of_order_time_window": "30m"}
    assert server["exemplars"]["max_exemplars"] > 0


def test_the_names_that_link_signals_are_labels_of_metrics_received_by_otlp() -> None:
    promoted = values()["server"]["otlp"]["promote_resource_attributes"]
    assert {"service.name", "service.namespace", "k8s.namespace.name", "k8s.pod.name"} <= set(promoted)
    chosen = values(promoted_resource_attributes=["service.name"])["server"]["otlp"]
    assert chosen == {"promote_resource_attributes": ["service.name"]}


def test_only_the_server_is_installed() -> None:
    for part in ("alertmanager", "kube-state-metrics", "prometheus-node-exporter", "prometheus-pushgateway"):
        assert values()[part] == {"enabled": False}


@pytest.mark.parametrize("size", ["2Gi", "8Gi", "100G"])
def test_the_volume_never_fills_up(size: str) -> None:
    server = values(volume_size=size)["server"]
    limit = parse_quantity(server["retentionSize"].removesuffix("MB") + "Mi")
    assert parse_quantity(size) / 2 < limit < parse_quantity(size)


def test_a_volume_of_the_default_class_names_none() -> None:
    assert values()["server"]["persistentVolume"] == {"size": "8Gi"}
    assert values(storage_class="fast")["server"]["persistentVolume"]["storageClass"] == "fast"


def test_the_server_runs_on_the_nodes_that_are_asked_for() -> None:
    toleration = {"key": "pool", "operator": "Exists"}
    server = values(node_selector={"pool": "obs"}, tolerations=[toleration])["server"]
    assert (server["nodeSelector"], server["tolerations"]) == ({"pool": "obs"}, [toleration])


def test_both_containers_meet_the_restricted_standard_and_ask_for_resources() -> None:
    server, reloader = values()["server"], values()["configmapReload"]["prometheus"]
    assert server["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in (server, reloader):
        security = container["containerSecurityContext"]
        assert security["capabilities"] == {"drop": ["ALL"]}
        assert security["readOnlyRootFilesystem"] and not security["allowPrivilegeEscalation"]
        assert set(container["resources"]["requests"]) == {"cpu", "memory"}
    assert server["resources"]["limits"]["memory"] == server["resources"]["requests"]["memory"]


def test_two_namespaces_do_not_share_a_cluster_role() -> None:
    names = {values(namespace=name)["server"]["clusterRoleNameOverride"] for name in ("a", "b")}
    assert len(names) == 2


def test_the_platforms_own_pods_are_scraped_once() -> None:
    rules = values()["scrapeConfigs"]["platform"]["relabel_configs"]
    kept = [rule["regex"] for rule in rules if rule.get("action") == "keep"]
    assert any("tempo" in regex and "loki" in regex and "alloy" in regex for regex in kept)
    dropped = {rule["source_labels"][0]: rule["regex"] for rule in rules if rule.get("action") == "drop"}
    assert dropped == {
        "__meta_kubernetes_pod_annotation_prometheus_io_scrape": "true|false",
        "__meta_kubernetes_pod_container_name": "nginx",
    }


def test_a_pod_that_speaks_tls_is_scraped_by_tls() -> None:
    job = values()["scrapeConfigs"]["platform"]
    (rule,) = [rule for rule in job["relabel_configs"] if rule.get("target_label") == "__scheme__"]
    assert rule["source_labels"] == ["__meta_kubernetes_pod_annotation_prometheus_io_scheme"]
    assert job["tls_config"] == {"insecure_skip_verify": True}, "no certificate names the IP of a pod"


@pytest.mark.parametrize(
    ("args", "problem"),
    [
        ({"retention": "1h"}, 'retention = "1h": must be at least 2h'),
        ({"retention": "30s"}, "must be a whole number of hours"),
        ({"volume_size": "big"}, 'volume_size = "big"'),
        ({"chart_version": "1.0.0"}, 'chart_version = "1.0.0": must be a supported version of chart prometheus'),
        ({"release_name": "Prometheus"}, 'release_name = "Prometheus"'),
    ],
)
def test_a_wrong_argument_is_named_with_its_value(args: dict[str, Any], problem: str) -> None:
    with pytest.raises(InvalidArgsError) as raised:
        values(**args)
    assert problem in str(raised.value)


@pytest.mark.parametrize(("retention", "fixed"), [("1h", "2h"), ("30s", "2h"), ("150m", "3h"), ("25h30m", "26h")])
def test_the_fix_of_a_retention_is_the_next_whole_hour(retention: str, fixed: str) -> None:
    (problem,) = MetricsSpec.find_problems({"namespace": "monitoring", "retention": retention})
    assert (problem.field, fix_of(problem)) == ("retention", {"retention": fixed})
    assert values(retention=fixed)["server"]["retention"] == fixed
