"""Chart values of the Collector: what its pods may do, what they read, and what rolls them."""

from typing import Any

import pytest

from components._collector_roles import Role
from components.telemetry.collector.values import collector_values
from tests.unit.telemetry.collector.examples import EXAMPLES, SAMPLED, SHOP, collector_spec


def values_of(role: Role = Role.AGENTS, **changes: Any) -> dict[str, Any]:
    return collector_values(collector_spec(**changes), role)


@pytest.mark.parametrize("name", EXAMPLES)
def test_no_container_can_gain_privileges_or_write_its_root(name: str) -> None:
    role, changes = EXAMPLES[name]
    security = values_of(role, **changes)["securityContext"]
    assert security["privileged"] is False
    assert security["allowPrivilegeEscalation"] is False
    assert security["readOnlyRootFilesystem"] is True
    assert security["capabilities"] == {"drop": ["ALL"]}
    assert (security["runAsUser"] == 0) is (role is Role.AGENTS), "files of containers are readable by user 0 alone"


def test_lines_are_handed_over_before_their_position_is_saved() -> None:
    assert values_of()["command"] == {
        "name": "otelcol-contrib",
        "extraArgs": ["--feature-gates=+stanza.synchronousLogEmitter"],
    }


def test_agents_that_read_no_containers_mount_none_of_their_files() -> None:
    mounted = {mount["mountPath"] for mount in values_of()["extraVolumeMounts"]}
    assert {"/var/log", "/var/lib/docker/containers"} <= mounted
    without = values_of(pipelines={"containers": {"enabled": False}})
    assert {mount["mountPath"] for mount in without["extraVolumeMounts"]} == {"/var/lib/otelcol"}


@pytest.mark.parametrize("role", list(Role))
def test_a_changed_configuration_rolls_the_pods(role: Role) -> None:
    before, after = (values_of(role, **SAMPLED, cluster=name)["podAnnotations"] for name in ("one", "two"))
    assert before != after
    assert values_of(role, **SAMPLED)["enableConfigChecksumAnnotation"] is False, "of a ConfigMap that the chart makes"


def test_ports_of_the_chart_that_nothing_listens_on_are_off() -> None:
    ports = values_of()["ports"]
    assert {name for name, port in ports.items() if port["enabled"]} == {"otlp-grpc", "otlp-http", "metrics"}
    assert {"otlp", "jaeger-grpc", "jaeger-thrift", "jaeger-compact", "zipkin"} <= set(ports)
    assert all(port["hostPort"] == 0 for port in ports.values() if port["enabled"])
    every = values_of(**SHOP)["ports"]
    assert {(port["containerPort"], port["protocol"]) for port in every.values() if port["enabled"]} >= {
        (5140, "UDP"),
        (24224, "TCP"),
        (9411, "TCP"),
        (14250, "TCP"),
        (6831, "UDP"),
        (8889, "TCP"),
    }


def test_only_the_ports_of_otlp_are_ports_of_the_node() -> None:
    ports = values_of(host_ports=True, **SHOP)["ports"]
    assert {port["hostPort"] for port in ports.values() if port.get("hostPort")} == {4317, 4318}


def test_there_is_one_reader_of_events_and_none_of_two_at_a_time() -> None:
    values = values_of(Role.SINGLETON, **SAMPLED, replicas=3)
    assert (values["mode"], values["replicaCount"]) == ("deployment", 1)
    assert values["rollout"] == {"strategy": "Recreate"}


@pytest.mark.parametrize(("gateway", "mode"), [({"volume_size": "1Gi"}, "statefulset"), ({}, "deployment")])
def test_a_gateway_with_a_volume_is_a_stateful_set(gateway: dict[str, Any], mode: str) -> None:
    values = values_of(Role.GATEWAY, **{**SAMPLED, "gateway": gateway})
    assert values["mode"] == mode
    assert values["replicaCount"] == 2
    assert values["podDisruptionBudget"] == {"enabled": True, "maxUnavailable": 1}
    named = {volume["name"] for volume in values["extraVolumes"]}
    assert ("storage" in named) is (mode == "deployment"), "the other has the volume of its claim"


def test_a_single_replica_has_no_disruption_budget() -> None:
    values = values_of(Role.GATEWAY, **{**SAMPLED, "gateway": {"replicas": 1}})
    assert values["podDisruptionBudget"] == {"enabled": False}


def test_secrets_of_destinations_are_mounted_below_their_names() -> None:
    [volume] = [each for each in values_of(**SHOP)["extraVolumes"] if each["name"] == "destinations"]
    paths = {item["path"] for source in volume["projected"]["sources"] for item in source["secret"]["items"]}
    assert paths == {"archive/ca.crt", "archive/token", "central/header-x-api-key", "central/password"}


def test_what_the_exporter_offers_is_scraped_with_its_own_labels() -> None:
    changes: dict[str, Any] = {
        "destinations": {"scraped": {"kind": "prometheus_exporter"}},
        "pipelines": {"metrics": {"destinations": ["scraped"]}},
    }
    own = {"port": "metrics"}
    assert values_of(**changes)["serviceMonitor"]["metricsEndpoints"] == [
        own,
        {"port": "exporter", "honorLabels": True},
    ]
    assert values_of()["serviceMonitor"]["metricsEndpoints"] == [own]
