"""Chart values of the collector: what the pods may do, and where they run."""

from typing import Any

import pytest

from components._collector_roles import Role
from components._spec import InvalidArgsError
from components.charts import ALLOY
from components.telemetry.alloy.values import alloy_values
from components.telemetry.workload import refused_from_mib, resources
from tests.unit.telemetry.alloy.examples import BY_NAMESPACE, CONFIGURATIONS, FURTHER, SAMPLED
from tests.unit.telemetry.examples import telemetry_spec


def values_of(role: Role = Role.AGENTS, **changes: Any) -> dict[str, Any]:
    return alloy_values(telemetry_spec(**changes), role)


@pytest.mark.parametrize(("role", "changes"), CONFIGURATIONS.values(), ids=CONFIGURATIONS.keys())
def test_no_container_can_gain_privileges_or_write_its_root(role: Role, changes: dict[str, Any]) -> None:
    security = values_of(role, **changes)["alloy"]["securityContext"]
    assert security["privileged"] is False
    assert security["allowPrivilegeEscalation"] is False
    assert security["readOnlyRootFilesystem"] is True
    assert security["capabilities"] == {"drop": ["ALL"]}
    assert security["seccompProfile"] == {"type": "RuntimeDefault"}


def test_a_reader_of_files_runs_on_every_node_and_keeps_its_place_on_it() -> None:
    values = values_of()
    assert values["controller"]["type"] == "daemonset"
    assert values["controller"]["tolerations"] == [{"operator": "Exists"}]
    assert values["alloy"]["mounts"]["varlog"] is True
    assert values["alloy"]["mounts"]["dockercontainers"] is True, "Docker's log files are links to there"
    [volume] = values["controller"]["volumes"]["extra"]
    assert volume["hostPath"] == {"path": "/var/lib/alloy.telemetry", "type": "DirectoryOrCreate"}
    [mount] = values["alloy"]["mounts"]["extra"]
    assert (mount["name"], mount["mountPath"]) == (volume["name"], values["alloy"]["storagePath"])


@pytest.mark.parametrize(
    ("labels", "runs"),
    [
        ({"kubernetes.io/os": "linux"}, True),
        ({"kubernetes.io/os": "linux", "type": "kwok", "eks.amazonaws.com/compute-type": "ec2"}, True),
        ({"kubernetes.io/os": "windows"}, False),
        ({"kubernetes.io/os": "linux", "eks.amazonaws.com/compute-type": "fargate"}, False),
        ({"kubernetes.io/os": "linux", "type": "virtual-kubelet"}, False),
        ({"kubernetes.io/os": "linux", "liqo.io/type": "virtual-node"}, False),
    ],
)
def test_a_reader_of_files_runs_on_nodes_alone_that_have_log_files(labels: dict[str, str], runs: bool) -> None:
    required = values_of()["controller"]["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    (term,) = required["nodeSelectorTerms"]
    fits = (
        (labels.get(rule["key"]) in rule["values"]) is (rule["operator"] == "In") for rule in term["matchExpressions"]
    )
    assert all(fits) is runs
    assert "affinity" not in values_of(log_source="api")["controller"]


def test_what_is_read_of_a_node_beside_its_log_files_is_mounted_read_only() -> None:
    def mounted(source: str) -> dict[str, dict[str, str]]:
        values = values_of(pipelines={"nodes": {"signal": "logs", "sources": [source]}})
        paths = {each["name"]: each["hostPath"] for each in values["controller"]["volumes"]["extra"]}
        mounts = [each for each in values["alloy"]["mounts"]["extra"] if each.get("readOnly")]
        assert values["alloy"]["mounts"]["varlog"] is True
        return {each["mountPath"]: paths[each["name"]] for each in mounts}

    volatile = {"path": "/run/log/journal", "type": "DirectoryOrCreate"}
    assert mounted("journald") == {"/run/log/journal": volatile}
    assert mounted("docker") == {"/var/run/docker.sock": {"path": "/var/run/docker.sock", "type": "Socket"}}
    assert mounted("syslog") == {}


def test_a_reader_through_the_api_needs_nothing_of_its_node() -> None:
    values = values_of(log_source="api")
    assert values["controller"]["type"] == "deployment"
    assert values["controller"]["tolerations"] == []
    assert values["alloy"]["clustering"] == {"enabled": True, "name": "alloy.telemetry"}
    assert values["alloy"]["mounts"]["varlog"] is False
    assert values["alloy"]["securityContext"]["runAsNonRoot"] is True
    assert all("hostPath" not in volume for volume in values["controller"]["volumes"]["extra"])


@pytest.mark.parametrize(("replicas", "budget"), [(1, {"enabled": False}), (2, {"enabled": True, "maxUnavailable": 1})])
def test_a_disruption_budget_never_blocks_a_drain(replicas: int, budget: dict[str, Any]) -> None:
    assert values_of(log_source="api", replicas=replicas)["controller"]["podDisruptionBudget"] == budget


def test_a_changed_configuration_rolls_the_pods() -> None:
    before, after = (values_of(cluster=name)["controller"]["podAnnotations"] for name in ("one", "two"))
    assert before != after
    assert values_of()["configReloader"] == {"enabled": False}


def test_the_otlp_ports_are_on_the_service() -> None:
    ports = values_of()["alloy"]["extraPorts"]
    assert {(port["name"], port["port"], port["targetPort"]) for port in ports} == {
        ("otlp-grpc", 4317, 4317),
        ("otlp-http", 4318, 4318),
    }


def test_otlp_data_stays_on_its_node_where_asked_for() -> None:
    assert values_of()["service"]["internalTrafficPolicy"] == "Cluster"
    assert values_of(node_local_otlp=True)["service"]["internalTrafficPolicy"] == "Local"


def test_senders_reach_the_collector_of_their_node_at_its_address_where_asked_for() -> None:
    ports = {port["name"]: port.get("hostPort") for port in values_of(host_ports=True)["alloy"]["extraPorts"]}
    assert ports == {"otlp-grpc": 4317, "otlp-http": 4318}
    assert not any("hostPort" in port for port in values_of(Role.GATEWAY, **SAMPLED)["alloy"]["extraPorts"])


def test_every_receiver_has_its_port_and_protocol() -> None:
    ports = {(port["port"], port["protocol"]) for port in values_of(**FURTHER)["alloy"]["extraPorts"]}
    jaeger = {(14250, "TCP"), (14268, "TCP"), (6831, "UDP"), (6832, "UDP")}
    assert ports == {(4317, "TCP"), (4318, "TCP"), (9411, "TCP"), (5140, "UDP"), *jaeger}


def test_one_reader_of_events_ends_before_the_next_one_begins() -> None:
    values = values_of(Role.SINGLETON, **SAMPLED)
    controller = values["controller"]
    assert (controller["type"], controller["replicas"]) == ("deployment", 1)
    assert controller["updateStrategy"] == {"type": "Recreate"}
    assert values["fullnameOverride"] == "alloy-singleton"
    assert values["alloy"]["configMap"]["name"] == "collectors-singleton-config"
    assert values["alloy"]["extraPorts"] == [] and values["alloy"]["mounts"]["varlog"] is False
    assert values["alloy"]["securityContext"]["runAsNonRoot"] is True
    assert all("hostPath" not in volume for volume in controller["volumes"]["extra"])


def test_each_role_has_the_size_of_its_own_settings() -> None:
    changes = {
        "events": True,
        "memory_request": "300Mi",
        "gateway": {"memory_request": "1Gi", "memory_limit": "2Gi"},
        "singleton": {"cpu_request": "50m", "memory_limit": "600Mi"},
    }
    sizes = {role: resources(telemetry_spec(**changes), role) for role in Role}
    assert {role: size["requests"]["memory"] for role, size in sizes.items()} == {
        Role.AGENTS: "300Mi",
        Role.SINGLETON: "256Mi",
        Role.GATEWAY: "1Gi",
    }
    assert sizes[Role.SINGLETON] == {"requests": {"cpu": "50m", "memory": "256Mi"}, "limits": {"memory": "600Mi"}}
    refused = {role: refused_from_mib(telemetry_spec(**changes), role) for role in Role}
    assert refused == {Role.AGENTS: 409, Role.SINGLETON: 480, Role.GATEWAY: 1638}


def test_agents_find_each_replica_of_a_gateway_and_its_queue_is_on_a_volume() -> None:
    values = values_of(Role.GATEWAY, **SAMPLED)
    controller = values["controller"]
    assert values["service"] == {"clusterIP": "None"}
    assert (controller["type"], controller["replicas"]) == ("statefulset", 3)
    assert controller["podDisruptionBudget"] == {"enabled": True, "maxUnavailable": 1}
    (claim,) = controller["volumeClaimTemplates"]
    (mount,) = values["alloy"]["mounts"]["extra"]
    assert (claim["metadata"]["name"], mount["mountPath"]) == (mount["name"], values["alloy"]["storagePath"])
    assert claim["spec"]["resources"]["requests"]["storage"] == "10Gi" and controller["volumes"]["extra"] == []
    assert values["alloy"]["stabilityLevel"] == "public-preview", "for the queue on disk"
    without = values_of(Role.GATEWAY, **{**SAMPLED, "gateway": {"replicas": 1}})
    assert without["controller"]["type"] == "deployment" and "stabilityLevel" not in without["alloy"]


SCRAPED: dict[str, Any] = {
    "sources": {"orders": {"kind": "prometheus", "targets": ["orders:9464"]}},
    "pipelines": {"orders": {"signal": "metrics", "sources": ["orders"]}},
}


@pytest.mark.parametrize(
    ("role", "changes", "level"),
    [
        (Role.AGENTS, {}, None),
        (Role.AGENTS, {"queue_size": "1Gi"}, "public-preview"),
        (Role.SINGLETON, SCRAPED, None),
        (Role.SINGLETON, {**SCRAPED, "chart_version": ALLOY.versions[-1]}, "public-preview"),
    ],
)
def test_previews_run_only_where_one_is_used(role: Role, changes: dict[str, Any], level: str | None) -> None:
    assert values_of(role, **changes)["alloy"].get("stabilityLevel") == level


def test_only_collectors_that_read_from_the_api_share_their_work() -> None:
    shared = {"enabled": True, "name": "alloy.telemetry"}
    assert values_of(log_source="api", **SCRAPED)["alloy"]["clustering"] == shared
    one_reader = [(Role.AGENTS, SAMPLED), (Role.SINGLETON, SCRAPED)]
    for role, changes in (*one_reader, (Role.AGENTS, BY_NAMESPACE), (Role.SINGLETON, BY_NAMESPACE)):
        assert values_of(role, **changes)["alloy"]["clustering"] == {"enabled": False}


@pytest.mark.parametrize("role", [Role.GATEWAY, Role.SINGLETON])
def test_what_is_not_on_each_node_is_placed_like_other_pods(role: Role) -> None:
    node, taint = {"pool": "obs"}, {"key": "obs", "operator": "Exists"}
    placed = {**SAMPLED, "cluster_node_selector": node, "cluster_tolerations": [taint]}
    controller = values_of(role, **placed)["controller"]
    assert (controller["nodeSelector"], controller["tolerations"]) == (node, [taint])
    agents = values_of(**placed)["controller"]
    assert (agents["nodeSelector"], agents["tolerations"]) == ({}, [{"operator": "Exists"}])


def test_the_socket_of_docker_is_mounted_where_its_containers_are_read() -> None:
    changes: dict[str, Any] = {"pipelines": {"host": {"signal": "logs", "sources": ["docker"]}}}
    values = values_of(**changes)
    paths = [volume["hostPath"]["path"] for volume in values["controller"]["volumes"]["extra"]]
    assert paths == ["/var/lib/alloy.telemetry", "/var/run/docker.sock"]
    assert {"name": "docker-socket", "mountPath": "/var/run/docker.sock", "readOnly": True} in values["alloy"][
        "mounts"
    ]["extra"]


@pytest.mark.parametrize(("given", "written"), [("3", 3), ("25%", "25%")])
def test_an_update_takes_as_many_nodes_as_asked_for(given: str, written: int | str) -> None:
    update = values_of(max_unavailable=given)["controller"]["updateStrategy"]
    assert update["rollingUpdate"]["maxUnavailable"] == written


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"pod_security": "restricted"}, "log_source to api"),
        (
            {"metrics_remote_write_url": "http://p:9090/api/v1/write"},
            'metrics_remote_write_url = "http://p:9090/api/v1/write": must not be set with metrics_otlp_url',
        ),
        ({"traces_otlp_endpoint": "tempo"}, "host:port for gRPC"),
        ({"traces_otlp_endpoint": "tempo:4317/path"}, "host:port for gRPC"),
        (
            {"extra_labels": {"service_name": "x"}},
            r'extra_labels\.service_name = "x": must not be service_name, a label of the pipeline; choose another name',
        ),
        ({"extra_labels": {"pod": "x"}}, r'extra_labels\.pod = "x": .*choose another name'),
        ({"extra_labels": {"a-b": "x"}}, "must be letters, digits and _"),
        ({"structured_metadata": ["trace.id"]}, "must be letters, digits and _"),
        ({"max_unavailable": "0"}, "a share such as 10%"),
        ({"memory_request": "1Gi"}, "lower it or raise the limit"),
        ({"memory_request": "64Mi", "memory_limit": "64Mi"}, "must be at least 128Mi"),
        ({"log_source": "api", "node_local_otlp": True}, "requires a collector on each node"),
        ({"storage_host_path": "var/lib"}, "storage_host_path"),
        ({"chart_version": "1.0.0"}, ", ".join(ALLOY.versions)),
    ],
)
def test_a_wrong_argument_is_named_with_the_way_out(changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(InvalidArgsError, match=problem):
        telemetry_spec(**changes)
