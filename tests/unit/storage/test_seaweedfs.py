import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.storage.seaweedfs import (
    PARTS,
    identities,
    index_size,
    seaweedfs_values,
    service_monitor_spec,
    volume_megabytes,
)
from components.storage.spec import InClusterObjectStorageSpec
from components.units import parse_quantity


def spec(**args: Any) -> InClusterObjectStorageSpec:
    return InClusterObjectStorageSpec.check("InClusterObjectStorage", {"namespace": "storage", **args})


def values(**args: Any) -> dict[str, Any]:
    return seaweedfs_values(spec(**args))


def cluster_values(**args: Any) -> dict[str, Any]:
    return values(**{"replicas": 3, **args})


def test_the_store_is_one_pod_on_a_volume_with_authenticated_s3() -> None:
    chart = values()
    store = chart["allInOne"]
    assert store["enabled"] and not any(chart[part]["enabled"] for part in ("master", "volume", "filer"))
    assert store["data"] == {"type": "persistentVolumeClaim", "size": "10Gi"}
    assert store["s3"]["enableAuth"] is True
    assert store["s3"]["existingConfigSecret"] == "seaweedfs-identities"


def test_the_pod_is_restricted() -> None:
    store = values()["allInOne"]
    pod, container = store["podSecurityContext"], store["containerSecurityContext"]
    assert pod["enabled"] and pod["runAsNonRoot"] and pod["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["runAsUser"] == pod["fsGroup"] == 1000
    assert container["enabled"] and container["readOnlyRootFilesystem"]
    assert container["allowPrivilegeEscalation"] is False
    assert container["capabilities"] == {"drop": ["ALL"]}


def test_logs_and_temporary_files_stay_off_the_read_only_root() -> None:
    store = values()["allInOne"]
    assert "-logtostderr=true" in store["loggingOverrideLevel"]
    assert store["extraEnvironmentVars"] == {"TMPDIR": "/dev/shm"}
    assert "emptyDir" in store["extraVolumes"] and '"/tmp"' in store["extraVolumeMounts"]


def test_the_store_gets_no_rights_in_the_cluster_and_opens_s3_and_metrics_alone() -> None:
    chart = values()
    assert chart["global"]["seaweedfs"]["createClusterRole"] is False
    assert chart["global"]["seaweedfs"]["automountServiceAccountToken"] is False
    assert chart["allInOne"]["serviceAccountName"] == chart["global"]["seaweedfs"]["serviceAccountName"]
    (opened,) = chart["networkPolicy"]["extraIngress"]
    assert {port["port"] for port in opened["ports"]} == {8333, 9324}


@pytest.mark.parametrize("replicas", [1, 3])
def test_the_store_reaches_its_own_pods_and_dns_alone(replicas: int) -> None:
    egress = values(replicas=replicas)["networkPolicy"]["egress"]
    assert egress["enabled"] is True and egress["allowDNS"] is False, "the chart's rule takes kube-dns in pods alone"
    (dns,) = egress["extraEgress"]
    assert {(port["port"], port["protocol"]) for port in dns["ports"]} == {(53, "UDP"), (53, "TCP")}


def test_memory_is_limited_to_what_is_requested() -> None:
    resources = values(memory="2Gi")["allInOne"]["resources"]
    assert resources["requests"]["memory"] == resources["limits"]["memory"] == "2Gi"


@given(st.integers(1, 5000))
def test_a_disk_holds_volumes_for_every_bucket(gibibytes: int) -> None:
    megabytes = volume_megabytes(f"{gibibytes}Gi")
    assert Decimal(megabytes) * 2**20 * 2 * 3 < parse_quantity(f"{gibibytes}Gi"), (
        "two volumes for each of three buckets"
    )


def test_a_protected_volume_outlives_its_release() -> None:
    assert values(protect_namespace=True)["allInOne"]["data"]["annotations"] == {"helm.sh/resource-policy": "keep"}


def test_scheduling_is_given_as_the_text_that_the_chart_takes() -> None:
    store = values(node_selector={"pool": "storage"}, tolerations=[{"key": "a", "operator": "Exists"}])["allInOne"]
    assert json.loads(store["nodeSelector"]) == {"pool": "storage"}
    assert json.loads(store["tolerations"]) == [{"key": "a", "operator": "Exists"}]
    assert values()["allInOne"]["tolerations"] == ""


def test_every_identity_reaches_its_own_bucket_and_no_other() -> None:
    document = json.loads(identities({"logs": "loki", "traces": "tempo"}, {"logs": ("A", "B"), "traces": ("C", "D")}))
    for identity, (purpose, bucket) in zip(
        document["identities"], {"logs": "loki", "traces": "tempo"}.items(), strict=True
    ):
        assert identity["name"] == purpose
        assert identity["actions"] == [f"Read:{bucket}", f"Write:{bucket}", f"List:{bucket}", f"Tagging:{bucket}"]
    assert document["identities"][1]["credentials"] == [{"accessKey": "C", "secretKey": "D"}]


def test_pods_start_anew_when_keys_or_buckets_change_and_only_then() -> None:
    first = spec().credentials_checksum
    assert spec(memory="2Gi").credentials_checksum == first
    assert spec(credentials_revision="2").credentials_checksum != first
    assert spec(buckets={"logs": "loki"}).credentials_checksum != first
    assert values()["allInOne"]["podAnnotations"] == {"checksum/identities": first}


def test_every_object_lies_on_two_of_three_servers_and_masters_can_agree_without_one() -> None:
    chart = cluster_values()
    assert (chart["volume"]["replicas"], chart["master"]["replicas"], chart["filer"]["replicas"]) == (3, 3, 2)
    replication = chart["global"]["seaweedfs"]
    assert (replication["enableReplication"], replication["replicationPlacement"]) == (True, "001")
    assert cluster_values(replication_factor=3, replicas=4)["global"]["seaweedfs"]["replicationPlacement"] == "002"


@pytest.mark.parametrize("part", PARTS)
def test_no_part_keeps_anything_on_its_host(part: str) -> None:
    section = cluster_values(storage_class="fast")[part]
    (data,) = section["dataDirs"] if part == "volume" else [section["data"]]
    assert (data["type"], data["storageClass"]) == ("persistentVolumeClaim", "fast")
    assert section.get("logs", {}).get("type", "") == "", "the chart's default is a directory of the host"


@pytest.mark.parametrize("part", PARTS)
def test_every_part_is_restricted_and_has_a_place_for_its_sockets(part: str) -> None:
    section = cluster_values()[part]
    pod, container = section["podSecurityContext"], section["containerSecurityContext"]
    assert pod["enabled"] and pod["runAsNonRoot"] and pod["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["enabled"] and container["readOnlyRootFilesystem"]
    assert container["capabilities"] == {"drop": ["ALL"]}
    assert "/tmp" in section["extraVolumeMounts"]
    assert section["resources"]["requests"]["cpu"]
    assert section["resources"]["requests"]["memory"] == section["resources"]["limits"]["memory"]


@pytest.mark.parametrize("part", PARTS)
def test_scheduling_of_every_part_is_text(part: str) -> None:
    section = cluster_values(node_selector={"pool": "storage"}, tolerations=[{"key": "a", "operator": "Exists"}])[part]
    assert json.loads(section["nodeSelector"]) == {"pool": "storage"}
    assert json.loads(section["tolerations"]) == [{"key": "a", "operator": "Exists"}]


def test_s3_asks_for_keys_and_is_all_that_others_reach_beside_metrics() -> None:
    chart = cluster_values()
    s3 = chart["filer"]["s3"]
    assert s3["enabled"] and s3["enableAuth"] and s3["existingConfigSecret"] == "seaweedfs-identities"
    (everywhere,) = chart["networkPolicy"]["extraIngress"]
    assert [port["port"] for port in everywhere["ports"]] == [9327]
    (opened,) = chart["networkPolicy"]["components"]["filer"]["extraIngress"]
    assert [port["port"] for port in opened["ports"]] == [8333]


def test_filers_start_anew_with_new_keys() -> None:
    first = cluster_values()["filer"]["podAnnotations"]
    assert cluster_values(memory="2Gi")["filer"]["podAnnotations"] == first
    assert cluster_values(credentials_revision="2")["filer"]["podAnnotations"] != first


@given(st.integers(1, 20_000))
def test_an_index_has_a_tenth_of_a_servers_volume_and_a_gibibyte_at_least(gibibytes: int) -> None:
    size = parse_quantity(index_size(f"{gibibytes}Gi")) / 2**30
    assert size >= 1
    assert gibibytes / 10 <= size < gibibytes / 10 + 1


def test_every_part_is_scraped_once() -> None:
    monitor = service_monitor_spec(spec(replicas=3))
    (expression,) = monitor["selector"]["matchExpressions"]
    assert set(expression["values"]) == set(PARTS)
    (endpoint,) = monitor["endpoints"]
    assert endpoint["relabelings"][0]["action"] == "drop"
