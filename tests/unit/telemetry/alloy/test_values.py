"""Chart values of the collector: what the pods may do, and where they run."""

from typing import Any

import pytest

from components._spec import InvalidArgsError
from components.charts import ALLOY
from components.telemetry.alloy.values import alloy_values
from tests.unit.telemetry.examples import VARIANTS, telemetry_spec


def values_of(**changes: Any) -> dict[str, Any]:
    return alloy_values(telemetry_spec(**changes))


@pytest.mark.parametrize("changes", VARIANTS.values(), ids=VARIANTS.keys())
def test_no_container_can_gain_privileges_or_write_its_root(changes: dict[str, Any]) -> None:
    security = values_of(**changes)["alloy"]["securityContext"]
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
