"""The program with a cache of its own: where Loki keeps what its queries read, and how it gets there."""

from pathlib import Path
from typing import Any

from tools.program import Recording, record
from tools.program.stacks import configured_program

ROOT = Path(__file__).parents[2]


def stack(**config: Any) -> Recording:
    return record(configured_program(ROOT, {"cluster": {"name": "test"}, **config}), preview=True, stack="test")


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
