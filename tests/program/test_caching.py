"""The program with a cache of its own: where Loki, Tempo and Thanos keep what queries read, and how they get there."""

import json
from base64 import b64decode
from typing import Any

import pulumi
import pytest

from tests.program.programs import record_stack, stack
from tools.program import Recording


def loki(recording: Recording) -> dict[str, Any]:
    values: dict[str, Any] = recording.one(":Release", "logging-loki").plain()["values"]
    return values


def test_the_charts_own_caches_are_used_unless_a_stack_asks_for_another() -> None:
    recording = stack()
    assert loki(recording)["chunksCache"]["enabled"] and loki(recording)["resultsCache"]["enabled"]
    assert not recording.of_type(":Cache")


def test_valkey_takes_the_place_of_lokis_caches_with_the_password_by_its_secret() -> None:
    recording = stack(caching={"kind": "valkey", "size_mib": 1024})
    values = loki(recording)
    assert not values["chunksCache"]["enabled"] and not values["resultsCache"]["enabled"]
    config = values["loki"]["structuredConfig"]
    chunks = config["chunk_store_config"]["chunk_cache_config"]["redis"]
    results = config["query_range"]["results_cache"]["cache"]["redis"]
    assert chunks["endpoint"] == results["endpoint"] == "valkey.caching:6379"
    assert chunks["password"] == results["password"] == "${CACHE_PASSWORD}"
    assert chunks["db"] != results["db"]
    (variable,) = values["global"]["extraEnv"]
    assert variable["valueFrom"]["secretKeyRef"] == {"name": "loki-cache", "key": "password"}
    assert "-config.expand-env=true" in values["global"]["extraArgs"]
    release = recording.one(":Release", "cache-valkey").plain()
    assert "maxmemory 1024mb" in release["values"]["valkeyConfig"]
    names = {found.plain()["metadata"]["name"] for found in recording.of_type("v1:Namespace")}
    assert "caching" in names


def test_values_of_the_stack_are_laid_over_those_of_the_cache() -> None:
    own = {"loki": {"structuredConfig": {"chunk_store_config": {"chunk_cache_config": {"redis": {"db": 7}}}}}}
    config = loki(stack(caching={"kind": "valkey"}, logging={"values": own}))["loki"]["structuredConfig"]
    redis = config["chunk_store_config"]["chunk_cache_config"]["redis"]
    assert (redis["db"], redis["endpoint"]) == (7, "valkey.caching:6379")


def tempo(recording: Recording) -> dict[str, Any]:
    values: dict[str, Any] = recording.one(":Release", "tracing-tempo").plain()["values"]
    return values


def test_distributed_tempo_shares_the_valkey_in_a_database_of_its_own() -> None:
    recording = stack(caching={"kind": "valkey"}, tracing={"mode": "distributed"})
    values = tempo(recording)
    (cache,) = values["cache"]["caches"]
    redis = loki(recording)["loki"]["structuredConfig"]["chunk_store_config"]["chunk_cache_config"]["redis"]
    assert cache["redis"]["endpoint"] == redis["endpoint"] == "valkey.caching:6379"
    assert cache["redis"]["db"] not in (0, 1)
    assert values["memcached"] == {"enabled": False}
    (variable,) = (one for one in values["querier"]["extraEnv"] if one["name"] == "CACHE_PASSWORD")
    assert variable["valueFrom"]["secretKeyRef"] == {"name": "tempo-cache", "key": "password"}
    secret = recording.one(":Secret", "traces-cache-access-secret").plain()
    assert secret["metadata"] == secret["metadata"] | {"name": "tempo-cache", "namespace": "tracing"}


def test_monolithic_tempo_goes_on_without_a_cache() -> None:
    recording = stack(caching={"kind": "valkey"})
    assert "cache" not in tempo(recording)
    assert [found.name for found in recording.of_type(":CacheAccess")] == ["logs-cache-access"]


def test_a_thanos_that_is_there_gets_a_file_for_its_query_frontend() -> None:
    config: Any = {"cluster": {"name": "test"}, "caching": {"kind": "valkey", "thanos_namespace": "thanos"}}
    recording = record_stack(config, preview=False)
    secret = recording.one(":Secret", "metrics-cache-access-secret")
    assert secret.secrets == {"data"}
    metadata, data = secret.plain()["metadata"], secret.plain()["data"]
    assert (metadata["name"], metadata["namespace"]) == ("thanos-cache", "thanos")
    file = json.loads(b64decode(data["thanos-response-cache.yaml"]))
    assert file["type"] == "REDIS"
    assert file["config"]["addr"] == "valkey.caching:6379"
    assert file["config"]["password"] == b64decode(data["password"]).decode()
    names = {found.plain()["metadata"]["name"] for found in recording.of_type("v1:Namespace")}
    assert "thanos" not in names, "it is another's namespace"


def test_a_thanos_without_a_valkey_is_refused() -> None:
    with pytest.raises(pulumi.RunError, match=r'caching\.thanos_namespace = "monitoring": '):
        stack(caching={"thanos_namespace": "monitoring"})
