"""Each invariant finds its violation, and lets a sound stack through."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tools.contract import invariants
from tools.contract.datasources import every_datasource_is_read
from tools.render import Rendering

from .conftest import container, manifest, namespace, workload

Make = Callable[..., Rendering]


def found(invariant: invariants.Invariant, rendering: Rendering) -> list[str]:
    return [str(finding) for finding in invariant(rendering)]


def budget(**spec: Any) -> dict[str, Any]:
    selector = {"matchLabels": {"app": "web"}}
    return manifest("PodDisruptionBudget", "web", api="policy/v1", spec={"selector": selector, **spec})


def test_a_sound_stack_breaks_nothing(rendering: Make) -> None:
    sound = rendering(namespace("apps", "restricted"), workload(), budget(maxUnavailable=1), secrets=("correct-horse",))
    assert [found(invariant, sound) for invariant in invariants.INVARIANTS] == [[]] * len(invariants.INVARIANTS)


def test_a_container_without_requests_is_found(rendering: Make) -> None:
    bare = workload(containers=[container(resources={"requests": {"cpu": "1"}})], initContainers=[{"name": "prepare"}])
    assert found(invariants.every_container_has_requests, rendering(bare)) == [
        "Deployment apps/web: container prepare: has no request for cpu and memory",
        "Deployment apps/web: container main: has no request for memory",
    ]


def test_a_pod_that_its_namespace_refuses_is_found(rendering: Make) -> None:
    host = workload("DaemonSet", volumes=[{"name": "logs", "hostPath": {"path": "/var/log"}}])
    sentence = "mounts the host's /var/log (volume logs), which namespace level restricted refuses"
    refused = rendering(namespace("apps", "restricted"), host)
    assert found(invariants.every_namespace_admits_its_pods, refused) == [f"DaemonSet apps/web: {sentence}"]
    admitted = rendering(namespace("apps", "privileged"), host)
    assert found(invariants.every_namespace_admits_its_pods, admitted) == []


def test_a_writable_root_and_an_added_capability_are_found_outside_privileged_namespaces(rendering: Make) -> None:
    context = {"capabilities": {"add": ["CHOWN"]}}
    loose = workload(containers=[container(securityContext=context)])
    check = invariants.privileges_stay_in_privileged_namespaces
    assert found(check, rendering(namespace("apps", "baseline"), loose)) == [
        "Deployment apps/web: container main: adds the capabilities CHOWN",
        "Deployment apps/web: container main: can write to its root file system; set readOnlyRootFilesystem",
    ]
    assert found(check, rendering(namespace("apps", "privileged"), loose)) == []


def test_the_hosts_network_is_found_in_a_namespace_without_a_level(rendering: Make) -> None:
    (finding,) = found(invariants.privileges_stay_in_privileged_namespaces, rendering(workload(hostNetwork=True)))
    assert finding == "Deployment apps/web: uses hostNetwork, and its namespace is not labelled privileged"


@pytest.mark.parametrize(
    ("spec", "replicas", "sentence"),
    [
        ({"maxUnavailable": 0}, 3, "maxUnavailable 0 allows no disruption; set 1"),
        ({"maxUnavailable": "0%"}, 3, "maxUnavailable 0% allows no disruption; set 1"),
        ({"minAvailable": 2}, 2, "minAvailable 2 of 2 pods allows no disruption; use maxUnavailable 1"),
        ({"minAvailable": "51%"}, 1, "minAvailable 51% of 1 pods allows no disruption; use maxUnavailable 1"),
    ],
)
def test_a_budget_that_blocks_every_drain_is_found(
    rendering: Make, spec: dict[str, Any], replicas: int, sentence: str
) -> None:
    blocked = rendering(workload(replicas=replicas), budget(**spec))
    found_ = found(invariants.every_disruption_budget_lets_a_node_drain, blocked)
    assert found_ == [f"PodDisruptionBudget apps/web: {sentence}"]


@pytest.mark.parametrize(("spec", "replicas"), [({"maxUnavailable": 1}, 1), ({"minAvailable": "50%"}, 2)])
def test_a_budget_that_lets_one_pod_go_is_let_through(rendering: Make, spec: dict[str, Any], replicas: int) -> None:
    sound = rendering(workload(replicas=replicas), budget(**spec))
    assert found(invariants.every_disruption_budget_lets_a_node_drain, sound) == []


def test_a_budget_for_nothing_is_found(rendering: Make) -> None:
    lost = rendering(workload(name="other"), budget(maxUnavailable=1))
    (finding,) = found(invariants.every_disruption_budget_lets_a_node_drain, lost)
    assert finding.endswith("its selector matches no pod of the stack")


@pytest.mark.parametrize("text", ["password: correct-horse", "Y29ycmVjdC1ob3JzZQ=="])
def test_a_secret_outside_a_secret_is_found(rendering: Make, text: str) -> None:
    leak = manifest("ConfigMap", "settings", data={"file": text})
    kept = manifest("Secret", "login", stringData={"file": text})
    (finding,) = found(invariants.secrets_are_in_secrets_alone, rendering(leak, kept, secrets=("correct-horse",)))
    assert finding.startswith("ConfigMap apps/settings: holds a secret value in the clear")
    assert "horse" not in finding


def test_a_secret_in_an_export_is_found(rendering: Make) -> None:
    shown = replace(rendering(secrets=("correct-horse",)), exports={"login": {"password": "correct-horse"}})
    (finding,) = found(invariants.no_secret_is_exported_in_the_clear, shown)
    assert finding.startswith("export login: shows a secret")


def test_a_definition_that_goes_with_its_release_is_found(rendering: Make) -> None:
    definition = manifest("CustomResourceDefinition", "things.example.org", api="apiextensions.k8s.io/v1")
    check = invariants.every_definition_outlives_its_release
    assert len(found(check, rendering(definition))) == 1
    assert found(check, rendering(definition, retained=True)) == []


def test_two_rings_of_one_label_are_found(rendering: Make) -> None:
    def rings(*labels: str) -> Rendering:
        texts = [f"memberlist:\n  cluster_label: {label}\n" for label in labels]
        named = [manifest("ConfigMap", f"web-{index}", data={"a.yaml": text}) for index, text in enumerate(texts)]
        return rendering(*named, manifest("ConfigMap", "web", data={"readme": "memberlist: see above"}))

    check = invariants.every_ring_has_a_label_of_its_own
    assert found(check, rings("web.apps", "web.apps")) == [
        "ConfigMap apps/web-1: a.yaml: the label of its ring is 'web.apps', as that of ConfigMap apps/web-0: a.yaml; "
        "use another"
    ]
    assert found(check, rings("web.apps", "shop.apps", '""', '""')) == []


def test_a_cluster_of_collectors_without_a_name_is_found(rendering: Make) -> None:
    def collectors(*flags: str) -> Rendering:
        pods = workload(containers=[container(args=["run", *flags])])
        pods["metadata"]["labels"] = {"app.kubernetes.io/instance": "web"}
        return rendering(pods)

    check = invariants.every_ring_has_a_label_of_its_own
    assert found(check, collectors("--cluster.enabled=true")) == [
        "Deployment apps/web: container main: the label of its ring is None; set 'web.apps'"
    ]
    assert found(check, collectors("--cluster.enabled=true", "--cluster.name=web.apps")) == []
    assert found(check, collectors("--cluster.enabled=false")) == []


def test_a_datasource_that_grafana_does_not_look_for_is_found(rendering: Make) -> None:
    def stack(namespaces: str) -> Rendering:
        environment = [{"name": "LABEL", "value": "grafana_datasource"}, {"name": "NAMESPACE", "value": namespaces}]
        grafana = workload(initContainers=[container(name="datasources", env=environment)])
        datasource = manifest("ConfigMap", "prometheus", namespace="monitoring")
        datasource["metadata"]["labels"] = {"grafana_datasource": "1"}
        return rendering(grafana, datasource)

    check = every_datasource_is_read
    assert found(check, stack("logging,tracing")) == [
        "ConfigMap monitoring/prometheus: Grafana looks for datasources in logging, tracing alone; name this one too"
    ]
    assert found(check, stack("logging,monitoring")) == found(check, stack("ALL")) == []
