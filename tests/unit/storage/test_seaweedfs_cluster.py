"""SeaweedFS on several hosts: what its chart is told, and what cannot change once objects are there."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.storage._guards import seaweedfs_problems
from components.storage.seaweedfs import seaweedfs_values
from components.storage.seaweedfs_cluster import PARTS, cluster_values, index_size, service_monitor
from components.storage.spec import InClusterObjectStorageSpec, PreparedChange
from components.units import parse_quantity


def spec(**args: Any) -> InClusterObjectStorageSpec:
    return InClusterObjectStorageSpec.check("InClusterObjectStorage", {"namespace": "storage", "replicas": 3, **args})


def values(**args: Any) -> dict[str, Any]:
    return cluster_values(spec(**args))


def test_every_object_lies_on_two_of_three_servers_and_masters_can_agree_without_one() -> None:
    chart = values()
    assert (chart["volume"]["replicas"], chart["master"]["replicas"], chart["filer"]["replicas"]) == (3, 3, 2)
    replication = chart["global"]["seaweedfs"]
    assert (replication["enableReplication"], replication["replicationPlacement"]) == (True, "001")
    assert values(copies=3, replicas=4)["global"]["seaweedfs"]["replicationPlacement"] == "002"


@pytest.mark.parametrize("part", PARTS)
def test_no_part_keeps_anything_on_its_host(part: str) -> None:
    section = values(storage_class="fast")[part]
    (data,) = section["dataDirs"] if part == "volume" else [section["data"]]
    assert (data["type"], data["storageClass"]) == ("persistentVolumeClaim", "fast")
    assert section.get("logs", {}).get("type", "") == "", "the chart's default is a directory of the host"


@pytest.mark.parametrize("part", PARTS)
def test_every_part_is_restricted_and_has_a_place_for_its_sockets(part: str) -> None:
    section = values()[part]
    pod, container = section["podSecurityContext"], section["containerSecurityContext"]
    assert pod["enabled"] and pod["runAsNonRoot"] and pod["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["enabled"] and container["readOnlyRootFilesystem"]
    assert container["capabilities"] == {"drop": ["ALL"]}
    assert "/tmp" in section["extraVolumeMounts"]
    assert section["resources"]["requests"]["cpu"]
    assert section["resources"]["requests"]["memory"] == section["resources"]["limits"]["memory"]


@pytest.mark.parametrize("part", PARTS)
def test_scheduling_is_given_as_the_text_that_the_chart_takes(part: str) -> None:
    section = values(node_selector={"pool": "storage"}, tolerations=[{"key": "a", "operator": "Exists"}])[part]
    assert json.loads(section["nodeSelector"]) == {"pool": "storage"}
    assert json.loads(section["tolerations"]) == [{"key": "a", "operator": "Exists"}]


def test_s3_asks_for_keys_and_is_all_that_others_reach_beside_metrics() -> None:
    chart = values()
    s3 = chart["filer"]["s3"]
    assert s3["enabled"] and s3["enableAuth"] and s3["existingConfigSecret"] == "seaweedfs-identities"
    assert s3["createBuckets"] == [{"name": "loki"}, {"name": "tempo"}, {"name": "thanos"}]
    (everywhere,) = chart["networkPolicy"]["extraIngress"]
    assert [port["port"] for port in everywhere["ports"]] == [9327]
    (opened,) = chart["networkPolicy"]["components"]["filer"]["extraIngress"]
    assert [port["port"] for port in opened["ports"]] == [8333]


def test_filers_start_anew_with_new_keys() -> None:
    first = values()["filer"]["podAnnotations"]
    assert values(memory="2Gi")["filer"]["podAnnotations"] == first
    assert values(credentials_revision="2")["filer"]["podAnnotations"] != first


@given(st.integers(1, 20_000))
def test_an_index_has_a_tenth_of_a_servers_volume_and_a_gibibyte_at_least(gibibytes: int) -> None:
    size = parse_quantity(index_size(f"{gibibytes}Gi")) / 2**30
    assert size >= 1
    assert gibibytes / 10 <= size < gibibytes / 10 + 1


def test_every_part_is_scraped_once() -> None:
    monitor = service_monitor("seaweedfs")
    (expression,) = monitor["selector"]["matchExpressions"]
    assert set(expression["values"]) == set(PARTS)
    (endpoint,) = monitor["endpoints"]
    assert endpoint["relabelings"][0]["action"] == "drop"


def test_objects_are_not_left_behind_by_another_shape() -> None:
    one, several = seaweedfs_values(spec(replicas=1)), values()
    for old, new in ((one, several), (several, one)):
        (problem,) = seaweedfs_problems(old, new)
        assert "they share no volume" in problem and 'allow_changes ["shape"]' in problem
        assert seaweedfs_problems(old, new, prepared=[PreparedChange.SHAPE]) == []


def test_servers_come_at_any_time_and_go_only_when_they_were_evacuated() -> None:
    assert seaweedfs_problems(values(), values(replicas=5)) == []
    (problem,) = seaweedfs_problems(values(replicas=5), values())
    assert problem.startswith("servers fall from 5 to 3") and "volumeServer.evacuate" in problem
    assert seaweedfs_problems(values(replicas=5), values(), prepared=[PreparedChange.SERVERS]) == []


def test_volumes_of_several_servers_are_for_good_while_that_of_one_pod_grows() -> None:
    (size,) = seaweedfs_problems(values(), values(volume_size="20Gi"))
    assert size.startswith("storage size of each pod changes from '10Gi' to '20Gi'")
    one, larger = (seaweedfs_values(spec(replicas=1, volume_size=size)) for size in ("10Gi", "20Gi"))
    assert seaweedfs_problems(one, larger) == []
    (kind,) = seaweedfs_problems(values(), values(storage_class="fast"))
    assert kind.startswith("storage class changes")
