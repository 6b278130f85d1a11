import json
from base64 import b64decode
from typing import Any

import pulumi
import pytest

from tests.components.stores import GENERATED, minio, protected
from tests.recording import record


def plain(data: dict[str, str]) -> dict[str, str]:
    return {key: b64decode(value).decode() for key, value in data.items()}


def test_the_store_is_known_while_its_keys_are_not() -> None:
    def build() -> dict[str, Any]:
        outputs = minio()
        return {key: value for key, value in outputs.items() if not key.startswith(("access_key", "secret_access"))}

    recording = record(build, preview=True, unknown=GENERATED)
    assert recording.outputs["endpoint"] == "http://minio.minio:9000"
    assert recording.outputs["kind"] == "minio"
    assert recording.outputs["path_style"] is True
    assert recording.outputs["buckets"] == {"logs": "chunks", "traces": "traces", "metrics": "metrics"}
    assert recording.one(":Release").plain()["values"]["users"][0]["accessKey"] == "loki"


def test_generated_keys_are_in_secrets_alone() -> None:
    recording = record(lambda: minio(users={"logs": "loki_admin"}))
    root, users = (recording.one(":Secret", f"storage-{name}") for name in ("root", "users"))
    assert root.secrets == users.secrets == {"data"}
    assert plain(root.plain()["data"])["rootUser"] == "root"
    keys = plain(users.plain()["data"])
    assert set(keys) == {"loki_admin", "tempo", "thanos"}
    assert len(set(keys.values())) == 3
    assert "generated-" in keys["tempo"]
    assert "generated-" not in json.dumps(recording.one(":Release").plain())


def test_consumers_get_the_users_and_their_keys_as_secrets() -> None:
    def build() -> dict[str, Any]:
        outputs = minio(buckets={"logs": "chunks"})
        hidden = {key: outputs[key].is_secret() for key in ("access_key_ids", "secret_access_keys", "endpoint")}
        return {"hidden": hidden, "users": pulumi.Output.unsecret(outputs["access_key_ids"])}

    outputs = record(build).outputs
    assert outputs["hidden"] == {"access_key_ids": True, "secret_access_keys": True, "endpoint": False}
    assert outputs["users"] == {"logs": "loki"}


def test_a_preview_warns_that_minio_is_unmaintained(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", lambda message, *_: said.append(message))
    record(minio, preview=True)
    assert any(sentence.startswith("MinIO is no longer maintained") for sentence in said)


def test_only_a_store_of_several_pods_has_a_budget_and_it_lets_a_drain_through() -> None:
    assert not record(minio).of_type(":PodDisruptionBudget")
    budget = record(lambda: minio(mode="distributed")).one(":PodDisruptionBudget").plain()["spec"]
    assert budget["maxUnavailable"] == 1
    assert budget["selector"] == {"matchLabels": {"app": "minio", "release": "minio"}}


def test_the_store_lives_in_a_restricted_namespace_unless_there_is_one() -> None:
    labels = record(minio).one(":Namespace").plain()["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    assert not record(lambda: minio(create_namespace=False)).of_type(":Namespace")
    kept = record(lambda: minio(protect_namespace=True))
    assert protected(kept.one(":Namespace"))
    annotations = kept.one(":Release").plain()["values"]["persistence"]["annotations"]
    assert annotations == {"helm.sh/resource-policy": "keep"}


def test_a_service_monitor_is_there_only_when_asked_for() -> None:
    assert not record(minio).of_type(":ServiceMonitor")
    monitor = record(lambda: minio(service_monitor=True)).one(":ServiceMonitor").plain()["spec"]
    assert monitor["selector"]["matchLabels"] == {"app": "minio", "release": "minio", "monitoring": "true"}


def test_two_stores_live_in_one_namespace() -> None:
    def build() -> None:
        minio("one", mode="distributed")
        minio("two", mode="distributed", create_namespace=False, release_name="second")

    recording = record(build)
    for kind in (":Release", ":PodDisruptionBudget", ":Secret"):
        names = [found.plain().get("name") or found.plain()["metadata"]["name"] for found in recording.of_type(kind)]
        assert len(set(names)) == len(names)
