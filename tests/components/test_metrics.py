"""`Metrics` and `OperatorCrds` as a program registers them."""

from typing import Any

import pulumi
import pytest

from components._spec import InvalidArgsError
from components.metrics import Metrics, MetricsArgs, OperatorCrds
from tests.recording import record_component

NAMES = "prometheus-operated.monitoring.svc.cluster.local:9090"


def test_a_release_in_a_restricted_namespace_hangs_below_the_component() -> None:
    recording = record_component(Metrics, {"namespace": "monitoring"})
    component = recording.one("observability:index:Metrics")
    namespace, release = recording.one(":Namespace"), recording.one(":Release")
    assert namespace.parent == release.parent == component.urn
    assert namespace.plain()["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert namespace.urn in release.request.dependencies


def test_the_urls_lead_to_the_server_of_this_release() -> None:
    recording = record_component(Metrics, {"namespace": "monitoring", "release_name": "stats"})
    assert recording.outputs == {
        "namespace": "monitoring",
        "query_url": "http://stats-prometheus.monitoring:9090",
        "remote_write_url": "http://stats-prometheus.monitoring:9090/api/v1/write",
        "further_remote_write_urls": [],
        "otlp_url": "http://stats-prometheus.monitoring:9090/api/v1/otlp",
        "further_otlp_urls": [],
        "sidecar_endpoint": "",
        "alertmanager_service": "",
        "alertmanager_url": "",
        "alertmanager_urls": [],
    }


def test_pushes_reach_both_servers_of_a_pair() -> None:
    args: MetricsArgs = {"namespace": "monitoring", "replicas": 2, "objstore_secret": "thanos-objstore"}
    outputs = record_component(Metrics, args).outputs
    assert outputs["query_url"] == "http://prometheus-prometheus.monitoring:9090"
    assert outputs["remote_write_url"] == f"http://prometheus-prometheus-0.{NAMES}/api/v1/write"
    assert outputs["further_remote_write_urls"] == [f"http://prometheus-prometheus-1.{NAMES}/api/v1/write"]
    assert outputs["further_otlp_urls"] == [f"http://prometheus-prometheus-1.{NAMES}/api/v1/otlp"]
    discovery = "prometheus-thanos-discovery.monitoring.svc.cluster.local"
    assert outputs["sidecar_endpoint"] == f"dnssrv+_grpc._tcp.{discovery}"


def test_scrape_configs_come_after_the_release_whose_operator_reads_them() -> None:
    recording = record_component(Metrics, {"namespace": "monitoring", "namespace_limits": {"shop": {}}})
    configs = recording.of_type(":ScrapeConfig")
    assert {config.plain()["metadata"]["name"] for config in configs} == {
        "prometheus-annotated-pods",
        "prometheus-annotated-pods-shop",
    }
    assert all(recording.one(":Release").urn in config.request.dependencies for config in configs)


def test_a_policy_refuses_monitors_beyond_the_limits_of_their_namespaces() -> None:
    args: MetricsArgs = {"namespace": "monitoring", "namespace_limits": {"shop": {"samples_per_target": 500}}}
    recording = record_component(Metrics, args)
    policy, binding = (recording.one(f":ValidatingAdmissionPolicy{kind}").plain() for kind in ("", "Binding"))
    assert policy["metadata"]["name"] == binding["metadata"]["name"] == binding["spec"]["policyName"]
    unlimited: MetricsArgs = {"namespace": "monitoring", "namespace_limits": {"shop": {}}}
    assert record_component(Metrics, unlimited).of_type(":ValidatingAdmissionPolicy") == []


def test_a_network_policy_admits_the_clients_that_are_named() -> None:
    assert record_component(Metrics, {"namespace": "monitoring"}).of_type(":NetworkPolicy") == []
    args: MetricsArgs = {"namespace": "monitoring", "client_namespaces": ["tracing"]}
    policy = record_component(Metrics, args).one(":NetworkPolicy").plain()["spec"]
    assert policy["podSelector"] == {"matchLabels": {"operator.prometheus.io/name": "prometheus"}}
    (rule,) = policy["ingress"]
    assert rule["from"][0]["namespaceSelector"]["matchExpressions"][0]["values"] == ["monitoring", "tracing"]
    assert policy["policyTypes"] == ["Ingress"], "what is scraped may be anywhere"


def test_with_certificates_clients_use_tls_and_nginx_is_configured_before_the_pods() -> None:
    args: MetricsArgs = {"namespace": "monitoring", "replicas": 2, "objstore_secret": "o", "tls_secret": "t"}
    recording = record_component(Metrics, {**args, "client_certificates": True})
    assert recording.outputs["query_url"] == "https://prometheus-prometheus.monitoring:9090"
    pair = "prometheus-operated.monitoring.svc.cluster.local:9091"
    assert recording.outputs["further_otlp_urls"] == [f"https://prometheus-prometheus-1.{pair}/api/v1/otlp"]
    config, release = recording.one(":ConfigMap"), recording.one(":Release")
    assert config.plain()["metadata"]["name"] == "prometheus-gateway" and config.urn in release.request.dependencies
    assert "listen 9091 ssl;" in config.plain()["data"]["nginx.conf"]
    assert recording.one(":ServiceMonitor").plain()["metadata"]["name"] == "prometheus-tls"
    assert len(recording.of_type(":NetworkPolicy")) == 1
    assert record_component(Metrics, args).of_type(":NetworkPolicy") == [], "TLS alone restricts no client"


def test_logins_without_tls_come_with_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    messages: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", lambda message, *_: messages.append(message))
    recording = record_component(Metrics, {"namespace": "monitoring", "logins_secret": "prometheus-logins"})
    assert any("unencrypted" in message for message in messages)
    assert recording.of_type(":ServiceMonitor") == [], "the chart's own needs no TLS"
    assert recording.outputs["query_url"] == "http://prometheus-prometheus.monitoring:9090"


def test_senders_reach_every_replica_of_alertmanager() -> None:
    args: MetricsArgs = {"namespace": "monitoring", "alertmanager": {"config_secret": "alertmanager-config"}}
    one = record_component(Metrics, args).outputs
    assert one["alertmanager_service"] == "prometheus-alertmanager"
    assert one["alertmanager_url"] == "http://prometheus-alertmanager.monitoring:9093"
    assert one["alertmanager_urls"] == [one["alertmanager_url"]]
    several: MetricsArgs = {"namespace": "monitoring", "alertmanager": {"config_secret": "a", "replicas": 2}}
    two = record_component(Metrics, several).outputs
    domain = "alertmanager-operated.monitoring.svc.cluster.local:9093"
    assert two["alertmanager_urls"] == [f"http://alertmanager-prometheus-{index}.{domain}" for index in range(2)]
    assert two["alertmanager_url"] == one["alertmanager_url"]


def test_a_network_policy_admits_clients_of_alertmanager_and_its_gossip() -> None:
    args: MetricsArgs = {
        "namespace": "monitoring",
        "alertmanager": {"config_secret": "a", "replicas": 2, "client_namespaces": ["logging"]},
    }
    policy = record_component(Metrics, args).one(":NetworkPolicy").plain()
    assert policy["metadata"]["name"] == "prometheus-alertmanager-clients"
    pods = {"app.kubernetes.io/name": "alertmanager", "alertmanager": "prometheus"}
    assert policy["spec"]["podSelector"]["matchLabels"] == pods
    clients, peers = policy["spec"]["ingress"]
    assert clients["from"][0]["namespaceSelector"]["matchExpressions"][0]["values"] == ["logging", "monitoring"]
    assert [port["port"] for port in clients["ports"]] == [9093, 8080]
    assert peers["from"] == [{"podSelector": {"matchLabels": pods}}]
    assert peers["ports"] == [{"port": 9094, "protocol": "TCP"}, {"port": 9094, "protocol": "UDP"}]
    alone: MetricsArgs = {"namespace": "monitoring", "alertmanager": {"config_secret": "a"}}
    assert record_component(Metrics, alone).of_type(":NetworkPolicy") == []


def test_with_tls_other_namespaces_reach_alertmanager_by_client_certificates_alone() -> None:
    own: Any = {"config_secret": "a", "replicas": 2, "client_namespaces": ["logging"], "ui_namespaces": ["traefik"]}
    args: MetricsArgs = {
        "namespace": "monitoring",
        "alertmanager": own,
        "tls_secret": "prometheus-tls",
        "client_certificates": True,
    }
    recording = record_component(Metrics, args)
    policy = recording.one(":NetworkPolicy", "test-alertmanager-network-policy").plain()["spec"]
    plain, secured, _ = policy["ingress"]
    admitted = [rule["from"][0]["namespaceSelector"]["matchExpressions"][0]["values"] for rule in (plain, secured)]
    assert admitted == [["monitoring", "traefik"], ["logging", "monitoring"]]
    assert [[port["port"] for port in rule["ports"]] for rule in (plain, secured)] == [[9093, 8080], [9095]]
    domain = "alertmanager-operated.monitoring.svc.cluster.local:9095"
    urls = [f"https://alertmanager-prometheus-{index}.{domain}" for index in range(2)]
    assert recording.outputs["alertmanager_urls"] == urls
    assert recording.outputs["alertmanager_url"] == "https://prometheus-alertmanager.monitoring:9095"
    config = recording.one(":ConfigMap", "test-alertmanager-gateway").plain()["data"]["nginx.conf"]
    assert "listen 9095 ssl;" in config and "location /api/ { proxy_pass http://127.0.0.1:9093; }" in config
    assert "if ($unproven) { return 403; }" in config


def test_a_network_policy_admits_pods_with_the_network_of_their_node_by_their_addresses() -> None:
    own: Any = {"config_secret": "a", "client_namespaces": ["logging"], "client_ranges": ["10.0.0.0/16", "fd00::/8"]}
    args: MetricsArgs = {"namespace": "monitoring", "alertmanager": own}
    _, nodes, _ = record_component(Metrics, args).one(":NetworkPolicy").plain()["spec"]["ingress"]
    assert [each["ipBlock"]["cidr"] for each in nodes["from"]] == ["10.0.0.0/16", "fd00::/8"]
    assert nodes["ports"] == [{"port": 9093, "protocol": "TCP"}]


@pytest.mark.parametrize("admitted", [{"ui_namespaces": ["traefik"]}, {"client_ranges": ["10.0.0.0/16"]}], ids=str)
def test_every_kind_of_client_of_alertmanager_makes_a_network_policy(admitted: Any) -> None:
    own: Any = {"config_secret": "a", **admitted}
    args: MetricsArgs = {"namespace": "monitoring", "alertmanager": own}
    assert len(record_component(Metrics, args).of_type(":NetworkPolicy")) == 1


def test_a_namespace_made_elsewhere_is_only_used() -> None:
    recording = record_component(Metrics, {"namespace": "monitoring", "create_namespace": False})
    assert recording.of_type(":Namespace") == []


def test_the_callers_values_are_laid_over_the_components() -> None:
    args: MetricsArgs = {
        "namespace": "monitoring",
        "values": {"prometheus": {"prometheusSpec": {"logLevel": "warn"}}},
    }
    spec = record_component(Metrics, args).one(":Release").plain()["values"]["prometheus"]["prometheusSpec"]
    assert spec["logLevel"] == "warn" and spec["retention"] == "15d"


def test_an_output_that_turns_out_wrong_is_refused_all_the_same() -> None:
    with pytest.raises(InvalidArgsError, match='volume_size = "big"'):
        record_component(Metrics, {"namespace": "monitoring", "volume_size": pulumi.Output.from_input("big")})


def test_the_definitions_are_a_release_of_their_own() -> None:
    release = record_component(OperatorCrds, {"namespace": "monitoring"}).one(":Release").plain()
    assert (release["name"], release["chart"]) == ("prometheus-operator-crds", "prometheus-operator-crds")
