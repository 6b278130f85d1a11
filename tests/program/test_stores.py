"""The program on every kind of store: what Loki and Tempo are told, and what is created for it."""

from typing import Any

from tests.program.programs import stack
from tools.program import Recording

AWS = {"kind": "aws", "account_id": "123456789012", "buckets": {"logs": "acme-logs", "traces": "acme-traces"}}


def loki_and_tempo(recording: Recording) -> tuple[dict[str, Any], dict[str, Any]]:
    loki = recording.one(":Release", "logging-loki").plain()["values"]["loki"]["storage"]
    tempo = recording.one(":Release", "tracing-tempo").plain()["values"]
    return loki, tempo.get("storage", tempo.get("tempo", {}).get("storage"))["trace"]


def test_minio_keeps_both_signals_in_buckets_that_it_creates() -> None:
    recording = stack(storage={"kind": "minio", "users": {"logs": "loki_admin"}})
    loki, tempo = loki_and_tempo(recording)
    assert recording.outputs["buckets"] == {"logs": "chunks", "traces": "traces"}
    assert loki["bucketNames"]["chunks"] == "chunks"
    assert (tempo["s3"]["bucket"], tempo["s3"]["endpoint"]) == ("traces", "minio.minio:9000")
    values = recording.one(":Release", "storage-minio").plain()["values"]
    assert [user["accessKey"] for user in values["users"]] == ["loki_admin", "tempo"]
    assert [bucket["name"] for bucket in values["buckets"]] == ["chunks", "ruler", "admin", "traces"]
    assert {secret.plain()["metadata"]["name"] for secret in recording.of_type("v1:Secret")} >= {
        "loki-bucket",
        "tempo-bucket",
    }


def test_buckets_of_minio_can_all_be_chosen() -> None:
    buckets = {"logs": "acme", "traces": "acme-traces"}
    recording = stack(storage={"kind": "minio", "buckets": buckets, "further_buckets": {}})
    values = recording.one(":Release", "storage-minio").plain()["values"]
    assert values["buckets"] == [{"name": "acme"}, {"name": "acme-traces"}]


def test_a_laptop_without_an_object_store_keeps_everything_on_volumes() -> None:
    recording = stack(storage={"kind": "filesystem"})
    loki, tempo = loki_and_tempo(recording)
    assert (loki["type"], tempo["backend"]) == ("filesystem", "local")
    assert recording.outputs["buckets"] == {}
    assert not recording.of_type(":SecretBucketAccess")
    namespaces = {found.plain()["metadata"]["name"] for found in recording.of_type("v1:Namespace")}
    assert not {"storage", "minio"} & namespaces


def test_on_existing_buckets_only_the_roles_are_made() -> None:
    recording = stack(storage={**AWS, "create_buckets": False}, **{"aws:region": "eu-west-1"})
    loki, tempo = loki_and_tempo(recording)
    assert (loki["bucketNames"]["chunks"], tempo["s3"]["bucket"]) == ("acme-logs", "acme-traces")
    assert not [found for found in recording.resources if found.type.startswith(("aws:s3", "aws:kms"))]
    assert len(recording.of_type("role:Role")) == 2


def test_seaweedfs_on_several_hosts_is_where_both_signals_go() -> None:
    servers = {"replicas": 4, "replication_factor": 3, "allow_changes": ["servers"]}
    recording = stack(storage={"kind": "in-cluster", **servers})
    loki, tempo = loki_and_tempo(recording)
    assert loki["s3"]["endpoint"] == "http://seaweedfs.storage:8333"
    assert tempo["s3"]["endpoint"] == "seaweedfs.storage:8333"
    values = recording.one(":Release", "storage-seaweedfs").plain()["values"]
    assert values["volume"]["replicas"] == 4
    assert values["global"]["seaweedfs"]["replicationPlacement"] == "002"
