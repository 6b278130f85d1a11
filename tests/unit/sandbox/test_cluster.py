"""The sandbox offers the nodes, storage classes and kinds that the project's stacks name."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from components._nginx import DEFAULT_DNS_SERVICE
from sandbox import cluster
from sandbox.commands import STAGES
from sandbox.crds import MINIMAL, minimal_definitions, plural_of
from sandbox.processes import SandboxError


def test_nodes_spread_over_three_zones_and_two_of_them_are_for_storage() -> None:
    nodes = cluster.nodes()
    labels = [node["metadata"]["labels"] for node in nodes]
    assert {label["topology.kubernetes.io/zone"] for label in labels} == {"a", "b", "c"}
    tainted = [node for node in nodes if node["spec"].get("taints")]
    storage = [node for node in nodes if node["metadata"]["labels"]["node.kubernetes.io/role"] == "storage"]
    assert tainted == storage
    assert len(storage) == 2
    assert all(taint["effect"] == "NoSchedule" for node in storage for taint in node["spec"]["taints"])


def test_exactly_one_storage_class_is_the_default() -> None:
    annotation = "storageclass.kubernetes.io/is-default-class"
    defaults = [
        manifest["metadata"]["name"]
        for manifest in cluster.storage_classes()
        if manifest["metadata"].get("annotations", {}).get(annotation) == "true"
    ]
    assert defaults == ["standard"]


def test_every_provisioner_of_a_storage_class_is_played_by_a_stage() -> None:
    provisioners = {manifest["provisioner"] for manifest in cluster.storage_classes()}
    expressions = _stages()["claim-volume"]["spec"]["selector"]["matchExpressions"]
    played = {value for entry in expressions if "storage-provisioner" in entry["key"] for value in entry["values"]}
    assert provisioners == played, "a claim of a class whose provisioner nobody plays stays Pending for ever"


def test_the_stages_play_every_part_of_a_kubelet_that_a_rollout_waits_for() -> None:
    kinds = {name: stage["spec"]["resourceRef"]["kind"] for name, stage in _stages().items()}
    assert kinds == {
        "node-ready": "Node",
        "pod-ready": "Pod",
        "pod-image-missing": "Pod",
        "pod-complete": "Pod",
        "pod-delete": "Pod",
        "claim-volume": "PersistentVolumeClaim",
        "volume-delete": "PersistentVolume",
        "service-load-balancer": "Service",
        "ingress-address": "Ingress",
    }


@pytest.mark.parametrize(
    ("kind", "plural"),
    [("ServiceMonitor", "servicemonitors"), ("Prometheus", "prometheuses"), ("IngressRouteTCP", "ingressroutetcps")],
)
def test_plurals_are_those_of_the_upstream_definitions(kind: str, plural: str) -> None:
    assert plural_of(kind) == plural


def test_a_minimal_definition_is_named_by_plural_and_group_and_keeps_unknown_fields() -> None:
    definitions = minimal_definitions()
    assert len(definitions) == sum(len(kinds) for versions in MINIMAL.values() for kinds in versions.values())
    for definition in definitions:
        spec = definition["spec"]
        assert definition["metadata"]["name"] == f"{spec['names']['plural']}.{spec['group']}"
        schema = spec["versions"][0]["schema"]["openAPIV3Schema"]
        assert schema["properties"]["spec"]["x-kubernetes-preserve-unknown-fields"] is True
        assert spec["scope"] == ("Cluster" if spec["names"]["kind"] == "ClusterIssuer" else "Namespaced")


def test_definitions_come_from_the_named_directory_and_other_kinds_have_minimal_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OBSERVABILITY_CRDS", str(tmp_path))
    nested = tmp_path / "example.org"
    nested.mkdir()
    text = "kind: CustomResourceDefinition\nmetadata: {name: things}\nenum: [=, '!=']\n---\nkind: Other\n---\n"
    (nested / "things.yaml").write_text(text)
    upstream = "kind: CustomResourceDefinition\nmetadata: {name: certificates.cert-manager.io}\n"
    (tmp_path / "certificates.yaml").write_text(upstream)
    found = {each["metadata"]["name"]: each for each in cluster.custom_resource_definitions()}
    assert found["things"] == {"kind": "CustomResourceDefinition", "metadata": {"name": "things"}, "enum": ["=", "!="]}
    assert "spec" not in found["certificates.cert-manager.io"], "the one of the directory goes first"
    assert {each["metadata"]["name"] for each in minimal_definitions()} | {"things"} == set(found)


def test_a_directory_without_definitions_gives_the_minimal_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OBSERVABILITY_CRDS", str(tmp_path))
    assert [each["spec"] for each in cluster.custom_resource_definitions()] == [
        each["spec"] for each in minimal_definitions()
    ]


def test_a_release_of_the_stacks_takes_the_definitions_of_the_prometheus_operator(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("OBSERVABILITY_CRDS", raising=False)
    owned = [each["metadata"] for each in cluster.custom_resource_definitions() if "annotations" in each["metadata"]]
    assert {metadata["name"].partition(".")[2] for metadata in owned} == {"monitoring.coreos.com"}
    for metadata in owned:
        assert metadata["annotations"]["meta.helm.sh/release-name"] == "prometheus-operator-crds"
        assert metadata["labels"] == {"app.kubernetes.io/managed-by": "Helm"}, "else Helm refuses to take them"


def test_a_directory_that_does_not_exist_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    absent = tmp_path / "absent"
    monkeypatch.setenv("OBSERVABILITY_CRDS", str(absent))
    with pytest.raises(SandboxError, match=f"OBSERVABILITY_CRDS = {re.escape(str(absent))}: must be a directory"):
        cluster.custom_resource_definitions()


def _stages() -> dict[str, Any]:
    documents = [stage for path in STAGES.glob("*.yaml") for stage in yaml.safe_load_all(path.read_text())]
    return {stage["metadata"]["name"]: stage for stage in documents}


def test_the_service_that_gateways_resolve_through_by_default_is_there() -> None:
    metadata = cluster.dns_service()["metadata"]
    assert (metadata["name"], metadata["namespace"]) == tuple(DEFAULT_DNS_SERVICE.split("."))
