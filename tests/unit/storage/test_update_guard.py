from typing import Any

from components.storage.minio import minio_values
from components.storage.seaweedfs import seaweedfs_values
from components.storage.spec import GuardedChange, InClusterObjectStorageSpec, MinioObjectStorageSpec
from components.storage.update_guard import minio_problems, seaweedfs_problems


def minio(**args: Any) -> dict[str, Any]:
    return minio_values(MinioObjectStorageSpec.check("MinioObjectStorage", {"namespace": "minio", **args}))


def seaweedfs(**args: Any) -> dict[str, Any]:
    stated = {"namespace": "storage", "replicas": 3, **args}
    return seaweedfs_values(InClusterObjectStorageSpec.check("InClusterObjectStorage", stated))


def test_minio_cannot_change_its_mode_or_the_volumes_of_four_pods() -> None:
    one, four = minio(), minio(mode="distributed")
    assert minio_problems(one, minio(volume_size="20Gi", memory="2Gi")) == [], "a claim may grow"
    mode, replicas = minio_problems(one, four)
    assert mode.startswith('mode = "distributed": must not change from "standalone"')
    assert replicas.startswith("replicas = 4: must not change from 1")
    (size,) = minio_problems(four, minio(mode="distributed", volume_size="20Gi"))
    assert size.startswith('volume_size = "20Gi": must not change from "10Gi"')
    assert 'storage_class = "fast": ' in minio_problems(one, minio(storage_class="fast"))[0]


def test_objects_are_not_left_behind_by_another_topology() -> None:
    one, several = seaweedfs(replicas=1), seaweedfs()
    for old, new in ((one, several), (several, one)):
        (problem,) = seaweedfs_problems(old, new)
        assert "one pod" in problem and "several servers" in problem and 'allow_changes ["topology"]' in problem
        assert seaweedfs_problems(old, new, allowed=[GuardedChange.TOPOLOGY]) == []


def test_servers_come_at_any_time_and_go_only_when_they_were_evacuated() -> None:
    assert seaweedfs_problems(seaweedfs(), seaweedfs(replicas=5)) == []
    (problem,) = seaweedfs_problems(seaweedfs(replicas=5), seaweedfs())
    assert "replicas = 3: must not change from 5" in problem and "volumeServer.evacuate" in problem
    assert seaweedfs_problems(seaweedfs(replicas=5), seaweedfs(), allowed=[GuardedChange.SERVERS]) == []


def test_volumes_of_several_servers_are_for_good_while_that_of_one_pod_grows() -> None:
    (size,) = seaweedfs_problems(seaweedfs(), seaweedfs(volume_size="20Gi"))
    assert size.startswith('volume_size = "20Gi": must not change from "10Gi"')
    one, larger = (seaweedfs(replicas=1, volume_size=size) for size in ("10Gi", "20Gi"))
    assert seaweedfs_problems(one, larger) == []
    (kind,) = seaweedfs_problems(seaweedfs(), seaweedfs(storage_class="fast"))
    assert kind.startswith('storage_class = "fast": ')
