import json
from base64 import b64decode
from collections.abc import Mapping
from typing import Any

import pulumi
import pytest

from components._spec import InvalidArgsError
from components.storage import (
    AwsBucketAccess,
    AwsObjectStorage,
    ExternalObjectStorage,
    InClusterObjectStorage,
    MinioObjectStorage,
    SecretBucketAccess,
)
from components.storage.update_guard import seaweedfs_problems
from tests.components.stores import GENERATED, KEYS, aws, external, in_cluster, protected, secret_access
from tests.recording import record


def test_every_storage_promises_the_same() -> None:
    promised = AwsObjectStorage.__annotations__
    assert ExternalObjectStorage.__annotations__ == promised
    in_the_cluster = InClusterObjectStorage.__annotations__
    assert {key: in_the_cluster[key] for key in promised} == promised
    assert MinioObjectStorage.__annotations__ == in_the_cluster
    assert set(in_the_cluster) - set(promised) == {"access_key_ids", "secret_access_keys", "credentials_revision"}
    assert AwsBucketAccess.__annotations__ == SecretBucketAccess.__annotations__


def test_every_public_name_is_there_and_no_other() -> None:
    import components.storage as storage

    for name in storage.__all__:
        assert getattr(storage, name).__module__.startswith("components.storage")
    unknown = "GcsObjectStorage"
    with pytest.raises(AttributeError, match=f"has no attribute '{unknown}'"):
        getattr(storage, unknown)


def test_an_external_store_creates_nothing_and_returns_its_endpoint() -> None:
    recording = record(external)
    assert {resource.type for resource in recording.resources} <= {
        "pulumi:pulumi:Stack",
        "observability:index:ExternalObjectStorage",
    }
    assert recording.outputs == {
        "kind": "external",
        "endpoint": "https://s3.example.org",
        "region": "us-east-1",
        "path_style": True,
        "buckets": dict.fromkeys(("logs", "traces", "metrics"), "acme"),
        "prefixes": {"logs": "loki", "traces": "tempo", "metrics": "thanos"},
        "kms_key_arn": "",
        "bucket_arns": {},
    }


def test_an_address_that_is_wrong_is_refused_at_once_and_also_when_it_comes_late() -> None:
    with pytest.raises(InvalidArgsError, match="the bucket by name"):
        record(lambda: external(endpoint="https://s3.example.org/acme"))
    with pytest.raises(InvalidArgsError, match="the bucket by name"):
        record(lambda: external(endpoint=pulumi.Output.from_input("https://s3.example.org/acme")))


def test_the_store_in_the_cluster_is_known_while_its_keys_are_not() -> None:
    def build() -> dict[str, Any]:
        outputs = in_cluster()
        return {key: value for key, value in outputs.items() if not key.startswith(("access_key", "secret_access"))}

    recording = record(build, preview=True, unknown=GENERATED)
    assert recording.outputs["endpoint"] == "http://seaweedfs-all-in-one.storage:8333"
    assert recording.outputs["path_style"] is True
    assert recording.outputs["buckets"] == {"logs": "loki", "traces": "tempo", "metrics": "thanos"}
    assert recording.one(":Release").plain()["values"]["allInOne"]["s3"]["enableAuth"] is True


def test_generated_keys_are_secret_and_stay_out_of_the_chart() -> None:
    recording = record(in_cluster)
    identities = recording.one(":Secret")
    assert identities.secrets == {"data"}
    document = json.loads(b64decode(identities.plain()["data"]["seaweedfs_s3_config"]))
    assert {identity["name"]: identity["actions"][0] for identity in document["identities"]} == {
        "logs": "Read:loki",
        "traces": "Read:tempo",
        "metrics": "Read:thanos",
    }
    keys = {identity["credentials"][0]["secretKey"] for identity in document["identities"]}
    assert len(keys) == 3
    assert "generated-" in keys.copy().pop()
    assert "generated-" not in json.dumps(recording.one(":Release").plain())


def test_outputs_with_keys_are_secret() -> None:
    def build() -> Mapping[str, Any]:
        outputs = in_cluster()
        return {key: outputs[key].is_secret() for key in ("access_key_ids", "secret_access_keys", "endpoint")}

    assert record(build).outputs == {"access_key_ids": True, "secret_access_keys": True, "endpoint": False}


def test_new_keys_are_generated_when_the_revision_changes() -> None:
    passwords = record(lambda: in_cluster(credentials_revision="2")).of_type(":RandomPassword")
    assert len(passwords) == 6
    assert all(password.plain()["keepers"] == {"revision": "2"} for password in passwords)


def test_the_store_lives_in_a_restricted_namespace_unless_there_is_one() -> None:
    labels = record(in_cluster).one(":Namespace").plain()["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    assert not record(lambda: in_cluster(create_namespace=False)).of_type(":Namespace")
    assert protected(record(lambda: in_cluster(protect_namespace=True)).one(":Namespace"))


def test_a_service_monitor_is_there_only_when_asked_for() -> None:
    assert not record(in_cluster).of_type(":ServiceMonitor")
    monitor = record(lambda: in_cluster(service_monitor=True)).one(":ServiceMonitor").plain()
    labelled = record(lambda: in_cluster(service_monitor=True, service_monitor_labels={"release": "kps"}))
    assert labelled.one(":ServiceMonitor").plain()["metadata"]["labels"]["release"] == "kps"
    assert monitor["spec"]["endpoints"] == [{"port": "server-metrics", "interval": "30s"}]


def test_two_stores_live_side_by_side() -> None:
    def build() -> None:
        in_cluster("one")
        in_cluster("two", namespace="other", release_name="second")
        aws("three")
        aws("four", buckets={"logs": "acme-other"})

    recording = record(build)
    names = {release.plain()["name"] for release in recording.of_type(":Release")}
    assert names == {"seaweedfs", "second"}
    children = [
        r for r in recording.resources if r.type not in ("pulumi:pulumi:Stack",) and "observability:" not in r.type
    ]
    assert all("observability:index:" in child.parent for child in children), "every child belongs to its component"


def test_consumers_wait_for_the_store_and_its_guards() -> None:
    def build() -> None:
        outputs = in_cluster()
        on_aws = aws("cloud")
        for name, source in (("one", outputs["endpoint"]), ("two", on_aws["buckets"].apply(lambda b: b["logs"]))):
            secret_access(name, **{**KEYS, "secret_name": source.apply(lambda _: "keys")})

    recording = record(build)
    waited = {name: set(recording.one(":Secret", f"{name}-secret").request.dependencies) for name in ("one", "two")}
    assert recording.one(":Release").urn in waited["one"]
    assert {guard.urn for guard in recording.of_type(":BucketPolicy")} & waited["two"]


def test_a_store_on_several_hosts_has_an_address_that_stays_with_one_filer() -> None:
    recording = record(lambda: {"endpoint": in_cluster(replicas=3)["endpoint"]}, preview=True, unknown=GENERATED)
    assert recording.outputs == {"endpoint": "http://seaweedfs.storage:8333"}
    service = recording.one("v1:Service").plain()
    assert service["metadata"]["name"] == "seaweedfs"
    assert service["spec"]["sessionAffinity"] == "ClientIP"
    assert service["spec"]["selector"]["app.kubernetes.io/component"] == "filer"
    assert not record(in_cluster).of_type("v1:Service")


def test_one_pod_of_each_part_may_be_away_at_a_time() -> None:
    budgets = [found.plain() for found in record(lambda: in_cluster(replicas=3)).of_type(":PodDisruptionBudget")]
    assert {budget["metadata"]["name"] for budget in budgets} == {
        "seaweedfs-master",
        "seaweedfs-volume",
        "seaweedfs-filer",
    }
    assert all(budget["spec"]["maxUnavailable"] == 1 for budget in budgets)
    assert not record(in_cluster).of_type(":PodDisruptionBudget")


def test_every_part_of_a_store_on_several_hosts_is_monitored_when_asked_for() -> None:
    monitor = record(lambda: in_cluster(replicas=3, service_monitor=True)).one(":ServiceMonitor").plain()
    assert monitor["spec"]["endpoints"][0]["port"] == "metrics"


@pytest.mark.parametrize(("before", "after"), [(1, 3), (3, 1), (5, 3)])
def test_what_would_leave_objects_behind_is_guarded_and_refused(before: int, after: int) -> None:
    applied = record(lambda: in_cluster(replicas=before)).one(":Release")
    wanted = record(lambda: in_cluster(replicas=after)).one(":Release")
    assert list(wanted.request.hooks.before_update) == ["storage-seaweedfs-guard"]
    assert len(seaweedfs_problems(applied.plain()["values"], wanted.plain()["values"])) == 1
