"""Where Tempo keeps what its queries read again."""

from typing import Any

import pytest

from components._spec import InvalidArgsError
from components.charts import TEMPO_DISTRIBUTED
from components.tracing.values import distributed_values
from tests.unit.tracing.specs import KAFKA, LAPTOP, ON_PREMISES, spec

CACHE: dict[str, Any] = {
    "cache_endpoint": "valkey.caching:6379",
    "cache_password_secret": "tempo-cache",
    "cache_password_key": "word",
    "cache_checksum": "abc",
}
VARIABLE = {"name": "CACHE_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "tempo-cache", "key": "word"}}}
READERS = ("querier", "queryFrontend", "metricsGenerator")
OF_GENERATION = {
    "2": ("ingester", "compactor"),
    "3": ("liveStore", "blockBuilder", "backendScheduler", "backendWorker"),
}


def cached(version: str, **args: Any) -> dict[str, Any]:
    base = KAFKA if version.startswith("3.") else ON_PREMISES
    return distributed_values(spec(base, chart_version=version, **CACHE, **args))


def parts(version: str) -> tuple[str, ...]:
    return READERS + OF_GENERATION["3" if version.startswith("3.") else "2"]


@pytest.mark.parametrize("version", TEMPO_DISTRIBUTED.versions)
def test_a_cache_that_is_there_takes_the_place_of_memcached(version: str) -> None:
    values = cached(version)
    (cache,) = values["cache"]["caches"]
    assert cache["redis"]["endpoint"] == "valkey.caching:6379"
    assert cache["redis"]["password"] == "${CACHE_PASSWORD}"
    assert set(cache["roles"]) == {"parquet-footer", "bloom", "frontend-search"}
    assert values["memcached"] == {"enabled": False}


@pytest.mark.parametrize("version", TEMPO_DISTRIBUTED.versions)
def test_every_part_that_reads_the_bucket_finds_the_password_in_its_environment(version: str) -> None:
    values = cached(version)
    for part in parts(version):
        assert VARIABLE in values[part]["extraEnv"], part
        assert values[part]["extraArgs"] == ["-config.expand-env=true"], part
        assert values[part]["podAnnotations"]["checksum/cache"] == "abc", part
    assert VARIABLE not in values["distributor"]["extraEnv"], "it reads no blocks"


def test_the_logins_of_cache_and_broker_share_one_flag() -> None:
    values = cached("3.3.0", kafka_credentials_secret="kafka-login")
    assert values["liveStore"]["extraArgs"] == ["-config.expand-env=true"]
    names = [variable["name"] for variable in values["liveStore"]["extraEnv"]]
    assert {"CACHE_PASSWORD", "KAFKA_PASSWORD", "AWS_ACCESS_KEY_ID"} < set(names)
    assert len(names) == len(set(names))


def test_a_cache_that_asks_for_no_password_needs_no_variable() -> None:
    values = distributed_values(spec(cache_endpoint="redis.shared:6379"))
    assert "password" not in values["cache"]["caches"][0]["redis"]
    assert "extraArgs" not in values["querier"]
    assert "CACHE_PASSWORD" not in [variable["name"] for variable in values["querier"]["extraEnv"]]


@pytest.mark.parametrize(
    ("base", "args", "reason"),
    [
        (LAPTOP, CACHE, "monolithic Tempo has no place for a cache"),
        (ON_PREMISES, {"cache_endpoint": "http://valkey:6379"}, "host and port"),
        (ON_PREMISES, {"cache_endpoint": "valkey"}, "host and port"),
        (ON_PREMISES, {"cache_endpoint": "valkey:0"}, "host and port"),
        (ON_PREMISES, {"cache_password_secret": "tempo-cache"}, "give cache_endpoint too"),
    ],
)
def test_a_cache_that_could_not_be_used_is_refused(base: dict[str, Any], args: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidArgsError, match=reason):
        spec(base, **args)
