"""The chart values of the blackbox exporter, and the `Probe` of a target."""

from typing import Any

from components.probes.spec import ProbesSpec
from components.probes.values import exporter_policy, exporter_values, probe_spec

TARGETS = {"shop": {"address": "https://shop.example.org", "labels": {"team": "shop"}, "interval": "15s"}}


def spec(**args: Any) -> ProbesSpec:
    return ProbesSpec.check("Probes", {"namespace": "monitoring", "targets": TARGETS, **args})


def test_echo_requests_take_no_capability() -> None:
    values = exporter_values(spec())
    pod = values["podSecurityContext"]
    assert pod["sysctls"] == [{"name": "net.ipv4.ping_group_range", "value": "0 2147483647"}]
    assert pod["seccompProfile"] == {"type": "RuntimeDefault"}, "the chart sets none, which level restricted refuses"
    assert "securityContext" not in values, "that of the chart has neither capabilities nor a writable root"


def test_the_exporter_is_scraped_itself_with_the_labels_that_prometheus_selects_by() -> None:
    own = exporter_values(spec(service_monitor_labels={"release": "kps"}))["serviceMonitor"]["selfMonitor"]
    assert own == {"enabled": True, "port": "http", "labels": {"release": "kps"}}


def test_several_pods_are_spread_and_evicted_one_at_a_time() -> None:
    one, two = exporter_values(spec()), exporter_values(spec(replicas=2))
    assert "podDisruptionBudget" not in one
    assert two["podDisruptionBudget"] == {"maxUnavailable": 1}
    assert two["topologySpreadConstraints"][0]["topologyKey"] == "kubernetes.io/hostname"


def test_a_probe_asks_the_exporter_and_labels_its_series() -> None:
    assert probe_spec(spec(release_name="outside"), "shop") == {
        "jobName": "blackbox-http",
        "prober": {"url": "outside.monitoring:9115"},
        "module": "http_2xx",
        "interval": "15s",
        "scrapeTimeout": "15s",
        "targets": {
            "staticConfig": {"static": ["https://shop.example.org"], "labels": {"team": "shop", "probe": "shop"}}
        },
    }


def test_only_pods_of_the_given_namespaces_reach_the_exporter() -> None:
    policy = exporter_policy(spec(client_namespaces=["metrics"]))
    (rule,) = policy["ingress"]
    (expression,) = rule["from"][0]["namespaceSelector"]["matchExpressions"]
    assert expression["values"] == ["metrics"]
    assert rule["ports"] == [{"port": 9115, "protocol": "TCP"}]
    assert policy["policyTypes"] == ["Ingress"], "it reaches any address"
