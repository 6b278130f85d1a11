"""`Thanos` and `ThanosObjectStore` as a program registers them."""

import json
from base64 import b64decode
from typing import Any

import pulumi
import pytest

from components._spec import InvalidArgsError
from components.thanos import Thanos, ThanosObjectStore
from components.thanos.objstore_file import LOCATION
from tests.recording import UNKNOWN, record, record_component

KEYS = {"access_key_id": "thanos", "secret_access_key": "hunter2-of-thanos"}
STORE = {"namespace": "monitoring", "bucket": "metrics", "endpoint": "http://minio.minio:9000", "path_style": True}
ARGS = {"namespace": "monitoring", "objstore_secret": "thanos-objstore"}


def test_a_guarded_release_in_a_restricted_namespace_hangs_below_the_component() -> None:
    recording = record_component(Thanos, ARGS)
    component = recording.one("observability:index:Thanos")
    namespace, release = recording.one(":Namespace"), recording.one(":Release")
    assert namespace.parent == release.parent == component.urn
    assert namespace.plain()["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert namespace.urn in release.request.dependencies


def test_queries_go_through_the_frontend_and_writes_through_the_router() -> None:
    recording = record_component(Thanos, {**ARGS, "release_name": "long", "receive": True})
    assert recording.outputs == {
        "namespace": "monitoring",
        "query_url": "http://long-query-frontend.monitoring:10902",
        "querier_url": "http://long-query.monitoring:10902",
        "remote_write_url": "http://long-receive-router.monitoring:19291/api/v1/receive",
    }
    assert record_component(Thanos, ARGS).outputs["remote_write_url"] == ""


def test_with_certificates_queries_and_writes_go_through_nginx() -> None:
    secured = {**ARGS, "receive": True, "replicas": 2, "tls_secret": "thanos-tls", "client_certificates": True}
    recording = record_component(Thanos, secured)
    assert recording.outputs["query_url"] == "https://thanos-gateway.monitoring"
    assert recording.outputs["remote_write_url"] == "https://thanos-gateway.monitoring/api/v1/receive"
    release = recording.one(":Release").urn
    for kind in (":Deployment", ":Service", ":ConfigMap", ":PodDisruptionBudget"):
        made = recording.one(kind)
        assert made.plain()["metadata"]["name"] == "thanos-gateway" and release in made.request.dependencies
    assert len(recording.of_type(":NetworkPolicy")) == 1
    single = record_component(Thanos, {**ARGS, "logins_secret": "prometheus-logins"})
    assert single.outputs["query_url"] == "http://thanos-gateway.monitoring"
    assert single.of_type(":PodDisruptionBudget") == []


def test_the_object_store_is_in_one_secret_whose_place_is_plain() -> None:
    recording = record_component(ThanosObjectStore, {**STORE, **KEYS})
    secret = recording.one(":Secret")
    assert secret.secrets == {"data"}
    metadata = secret.plain()["metadata"]
    assert (metadata["name"], metadata["namespace"]) == ("thanos-objstore", "monitoring")
    assert metadata["annotations"][LOCATION] == "minio.minio:9000/metrics"
    file = json.loads(b64decode(secret.plain()["data"]["objstore.yml"]))
    assert file["config"]["secret_key"] == KEYS["secret_access_key"]
    assert recording.outputs["secret_name"] == "thanos-objstore"
    assert KEYS["secret_access_key"] not in str(recording.outputs)


def test_the_revision_follows_the_keys_or_is_what_a_store_says_of_them() -> None:
    def revision(**args: Any) -> str:
        return str(record_component(ThanosObjectStore, {**STORE, **KEYS, **args}).outputs["revision"])

    assert revision() == revision() != revision(secret_access_key="another")
    assert revision(credentials_revision="1") == revision(credentials_revision="1", secret_access_key="another")
    assert revision(credentials_revision="1") != revision(credentials_revision="2")


def test_the_revision_is_known_at_preview_while_the_keys_are_not() -> None:
    def build() -> dict[str, Any]:
        made: Any = pulumi.Output.from_input(UNKNOWN)
        arguments: Any = {**STORE, "access_key_id": "thanos", "secret_access_key": made, "credentials_revision": "1"}
        store = ThanosObjectStore("store", arguments)
        return {"name": store.secret_name, "revision": store.revision}

    found = record(build, preview=True).outputs
    assert found["name"] == "thanos-objstore" and len(found["revision"]) == 16


def test_on_aws_the_store_has_no_keys() -> None:
    arguments = {"namespace": "monitoring", "bucket": "acme-thanos", "region": "eu-west-1", "bucket_prefix": "thanos"}
    secret = record_component(ThanosObjectStore, arguments).one(":Secret")
    file = json.loads(b64decode(secret.plain()["data"]["objstore.yml"]))
    assert file["config"]["aws_sdk_auth"] is True and file["prefix"] == "thanos"


def test_every_release_waits_for_the_secret() -> None:
    def build() -> dict[str, Any]:
        store_args: Any = {**STORE, **KEYS}
        store = ThanosObjectStore("store", store_args)
        arguments: Any = {
            "namespace": "monitoring",
            "objstore_secret": store.secret_name,
            "objstore_revision": store.revision,
        }
        return {"url": Thanos("thanos", arguments).query_url}

    recording = record(build)
    secret, release = recording.one(":Secret"), recording.one(":Release")
    assert secret.urn in release.request.dependencies
    annotations = release.plain()["values"]["compact"]["podAnnotations"]
    assert len(annotations["checksum/objstore"]) == 16
    assert KEYS["secret_access_key"] not in json.dumps(release.plain())


def test_two_ingestors_are_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    arguments = {**ARGS, "receive": True, "workloads": {"receive-ingestor": {"replicas": 2}}}
    record_component(Thanos, arguments)
    assert "set 3 replicas" in caplog.text


def test_an_output_that_turns_out_wrong_is_refused_all_the_same() -> None:
    with pytest.raises(InvalidArgsError, match='volume_size = "big"'):
        record_component(Thanos, {**ARGS, "volume_size": pulumi.Output.from_input("big")})
