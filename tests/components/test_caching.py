import json
from base64 import b64decode
from typing import Any

from components.caching import Cache, CacheAccess
from tests.recording import record

GENERATED = frozenset({"random:index/randomPassword:RandomPassword.result"})


def cache(name: str = "cache", **args: Any) -> Cache:
    arguments: Any = {"namespace": "caching", **args}
    return Cache(name, arguments)


def test_the_address_is_known_while_the_password_is_not() -> None:
    def build() -> dict[str, Any]:
        made = cache()
        return {"endpoint": made.endpoint, "secret": made.password_secret, "key": made.password_key}

    recording = record(build, preview=True, unknown=GENERATED)
    assert recording.outputs == {"endpoint": "valkey.caching:6379", "secret": "valkey-password", "key": "password"}
    assert recording.one(":Release").plain()["values"]["auth"]["enabled"] is True


def test_the_password_is_in_secrets_alone_and_the_same_for_the_cache_and_its_reader() -> None:
    def build() -> dict[str, Any]:
        made = cache()
        access = CacheAccess("reader", {"namespace": "logging", "password": made.password, "secret_name": "loki-cache"})
        return {"secret": access.secret_name, "key": access.password_key, "hidden": made.password.is_secret()}

    recording = record(build)
    assert recording.outputs == {"secret": "loki-cache", "key": "password", "hidden": True}
    own, reader = recording.one(":Secret", "cache-secret"), recording.one(":Secret", "reader-secret")
    assert own.secrets == reader.secrets == {"data"}
    assert own.plain()["data"] == reader.plain()["data"]
    assert "generated-" in b64decode(own.plain()["data"]["password"]).decode()
    assert reader.plain()["metadata"]["namespace"] == "logging"
    assert "generated-" not in json.dumps(recording.one(":Release").plain())


def test_a_new_password_is_generated_when_the_revision_changes() -> None:
    (password,) = record(lambda: cache(credentials_revision="2")).of_type(":RandomPassword")
    assert password.plain()["keepers"] == {"revision": "2"}


def test_the_cache_lives_in_a_restricted_namespace_unless_there_is_one() -> None:
    labels = record(cache).one(":Namespace").plain()["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    assert not record(lambda: cache(create_namespace=False)).of_type(":Namespace")


def test_two_caches_live_side_by_side() -> None:
    def build() -> None:
        cache("one")
        cache("two", create_namespace=False, release_name="second")

    recording = record(build)
    names = [found.plain()["metadata"]["name"] for found in recording.of_type("v1:Secret")]
    assert sorted(names) == ["second-password", "valkey-password"]


def test_the_file_for_thanos_is_there_where_a_thanos_reads_and_its_name_is_known_at_preview() -> None:
    def build() -> dict[str, Any]:
        made = cache()
        reader = CacheAccess("loki", {"namespace": "logging", "password": made.password})
        thanos = CacheAccess(
            "thanos", {"namespace": "monitoring", "password": made.password, "thanos_endpoint": made.endpoint}
        )
        return {"loki": reader.thanos_key, "thanos": thanos.thanos_key}

    assert record(build, preview=True, unknown=GENERATED).outputs == {
        "loki": "",
        "thanos": "thanos-response-cache.yaml",
    }
    recording = record(build)
    assert set(recording.one(":Secret", "loki-secret").plain()["data"]) == {"password"}
    data = recording.one(":Secret", "thanos-secret").plain()["data"]
    file = json.loads(b64decode(data["thanos-response-cache.yaml"]))
    password = b64decode(data["password"]).decode()
    assert file == {"type": "REDIS", "config": {"addr": "valkey.caching:6379", "password": password, "db": 3}}
