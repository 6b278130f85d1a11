"""`Thanos` rendered with the real chart and checked by the invariants of any stack."""

from pathlib import Path
from typing import Any

import pytest

from components.charts import THANOS
from components.thanos import Thanos, ThanosArgs
from tests.real_charts import require_renderable
from tests.recording import record
from tools.contract.invariants import INVARIANTS
from tools.render import RenderedObject, Rendering
from tools.render.releases import render_releases

SMALL: ThanosArgs = {"namespace": "monitoring", "objstore_secret": "thanos-objstore"}
WHOLE: ThanosArgs = {
    **SMALL,
    "objstore_revision": "1",
    "replicas": 2,
    "ruler": True,
    "receive": True,
    "service_monitor": True,
    "service_monitor_labels": {"release": "kube-prometheus-stack"},
    "cache_endpoint": "valkey.caching:6379",
    "cache_password_secret": "thanos-cache",
    "external_labels": {"cluster": "prod"},
    "storage_ca": {"config_map": "s3-ca", "key": "ca.crt"},
    "credentials_secret": "thanos-bucket",
    "service_account_annotations": {"compact": {"eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/compact"}},
}
SECURED: ThanosArgs = {**WHOLE, "tls_secret": "thanos-tls", "client_certificates": True}
TOPOLOGIES = {"small": SMALL, "whole": WHOLE, "secured": SECURED}
BUCKET_ACCOUNTS = {"thanos-compact", "thanos-receive-ingestor", "thanos-rule", "thanos-store-gateway"}


def rendered(args: ThanosArgs, cache: Path) -> list[RenderedObject]:
    require_renderable(THANOS, THANOS.default_version)
    recording = record(lambda: {"query_url": Thanos("long-term", args).query_url})
    ((_, objects),) = render_releases(recording, cache, pytest.fail)
    namespace = recording.one(":Namespace").plain()
    return [RenderedObject({"apiVersion": "v1", "kind": "Namespace", **namespace}, "the component"), *objects]


def containers(objects: list[RenderedObject]) -> dict[str, dict[str, Any]]:
    workloads = [item.manifest for item in objects if item.kind in ("Deployment", "StatefulSet")]
    pods = [workload["spec"]["template"]["spec"] for workload in workloads]
    return {container["name"]: container for pod in pods for container in pod["containers"]}


@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_every_topology_keeps_the_invariants(topology: str, tmp_path: Path) -> None:
    rendering = Rendering("long-term", tuple(rendered(TOPOLOGIES[topology], tmp_path)), (), (), frozenset())
    found = [str(finding) for invariant in INVARIANTS for finding in invariant(rendering)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_no_flag_is_there_twice_but_those_that_repeat(topology: str, tmp_path: Path) -> None:
    repeat = {"--endpoint", "--query.replica-label", "--label", "--alert.label-drop"}
    for name, container in containers(rendered(TOPOLOGIES[topology], tmp_path)).items():
        flags = [argument.partition("=")[0] for argument in container["args"]]
        twice = {flag for flag in flags if flags.count(flag) > 1} - repeat
        assert not twice, f"{name} does not start with {twice}"


def test_every_flag_that_a_workload_may_not_repeat_is_known(tmp_path: Path) -> None:
    from components.thanos.flags import FLAGS_OF_ARGUMENTS
    from components.thanos.roles import ThanosRole

    repeat = {"label", "endpoint", "query.replica-label", "alert.label-drop", "query", "rule-file"}
    for args in (WHOLE, SECURED):
        of = containers(rendered(args, tmp_path))
        for role in ThanosRole:
            flags = {argument.partition("=")[0].removeprefix("--") for argument in of[f"thanos-{role}"]["args"][1:]}
            assert not flags - repeat - set(FLAGS_OF_ARGUMENTS[role]), role


def test_the_compactor_is_one_pod_and_never_merges_replicas_of_prometheus(tmp_path: Path) -> None:
    objects = rendered(WHOLE, tmp_path)
    (compact,) = [item for item in objects if item.kind == "StatefulSet" and item.name == "thanos-compact"]
    assert compact.manifest["spec"]["replicas"] == 1
    arguments = containers(objects)["thanos-compact"]["args"]
    merged = [argument for argument in arguments if argument.startswith("--deduplication")]
    assert merged == ["--deduplication.replica-label=receive_replica"]
    assert "--compact.enable-vertical-compaction" in arguments


def test_queries_remove_every_replica_label(tmp_path: Path) -> None:
    arguments = containers(rendered(WHOLE, tmp_path))["thanos-query"]["args"]
    labels = {argument.partition("=")[2] for argument in arguments if argument.startswith("--query.replica-label")}
    assert labels == {"prometheus_replica", "rule_replica", "receive_replica"}


def test_the_workloads_with_the_bucket_have_accounts_of_their_own(tmp_path: Path) -> None:
    objects = rendered(WHOLE, tmp_path)
    accounts = {item.name: item for item in objects if item.kind == "ServiceAccount"}
    assert set(accounts) >= BUCKET_ACCOUNTS
    annotations = accounts["thanos-compact"].manifest["metadata"]["annotations"]
    assert annotations == {"eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/compact"}
    readers = {
        item.manifest["spec"]["template"]["spec"]["serviceAccountName"]
        for item in objects
        if item.kind in ("Deployment", "StatefulSet")
        and any(
            volume.get("secret", {}).get("secretName") == "thanos-objstore"
            for volume in item.manifest["spec"]["template"]["spec"].get("volumes") or []
        )
    }
    assert readers == BUCKET_ACCOUNTS


def test_with_certificates_a_querier_has_no_store_without_a_name(tmp_path: Path) -> None:
    arguments = containers(rendered(SECURED, tmp_path))["thanos-query"]["args"]
    assert not [argument for argument in arguments if argument.startswith("--endpoint=")]


def test_every_workload_is_scraped(tmp_path: Path) -> None:
    objects = rendered(WHOLE, tmp_path)
    workloads = {item.name for item in objects if item.kind in ("Deployment", "StatefulSet")}
    monitors = {item.name: item for item in objects if item.kind == "ServiceMonitor"}
    assert set(monitors) == workloads
    assert all(item.manifest["metadata"]["labels"]["release"] for item in monitors.values())
