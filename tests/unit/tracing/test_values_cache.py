"""The chart values of the cache."""

from typing import Any

import pytest

from components._spec import InvalidArgsError
from components.charts import TEMPO_DISTRIBUTED
from components.tracing.modes import TEMPO_3_VERSIONS, installs_tempo_3
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
TEMPO_2_READERS = ("ingester", "compactor")
TEMPO_3_READERS = ("liveStore", "blockBuilder", "backendScheduler", "backendWorker")


def cached(version: str, **args: Any) -> dict[str, Any]:
    base = KAFKA if installs_tempo_3(version) else ON_PREMISES
    return distributed_values(spec(base, chart_version=version, **CACHE, **args))


def readers(version: str) -> tuple[str, ...]:
    return READERS + (TEMPO_3_READERS if installs_tempo_3(version) else TEMPO_2_READERS)


@pytest.mark.parametrize("version", TEMPO_DISTRIBUTED.versions)
def test_an_existing_cache_replaces_memcached(version: str) -> None:
    values = cached(version)
    (cache,) = values["cache"]["caches"]
    assert cache["redis"]["endpoint"] == "valkey.caching:6379"
    assert cache["redis"]["password"] == "${CACHE_PASSWORD}"
    assert set(cache["roles"]) == {"parquet-footer", "bloom", "frontend-search"}
    assert values["memcached"] == {"enabled": False}


@pytest.mark.parametrize("version", TEMPO_DISTRIBUTED.versions)
def test_every_reader_of_the_bucket_has_the_password_in_its_environment(version: str) -> None:
    values = cached(version)
    for part in readers(version):
        assert VARIABLE in values[part]["extraEnv"], part
        assert values[part]["extraArgs"] == ["-config.expand-env=true"], part
        assert values[part]["podAnnotations"]["checksum/cache"] == "abc", part
    assert VARIABLE not in values["distributor"]["extraEnv"], "it reads no blocks"


def test_the_logins_of_cache_and_broker_share_one_flag() -> None:
    values = cached(TEMPO_3_VERSIONS[0], kafka_credentials_secret="kafka-login")
    assert values["liveStore"]["extraArgs"] == ["-config.expand-env=true"]
    names = [variable["name"] for variable in values["liveStore"]["extraEnv"]]
    assert {"CACHE_PASSWORD", "KAFKA_PASSWORD", "AWS_ACCESS_KEY_ID"} < set(names)
    assert len(names) == len(set(names))


def test_a_cache_without_a_password_needs_no_variable() -> None:
    values = distributed_values(spec(cache_endpoint="redis.shared:6379"))
    assert "password" not in values["cache"]["caches"][0]["redis"]
    assert "extraArgs" not in values["querier"]
    assert "CACHE_PASSWORD" not in [variable["name"] for variable in values["querier"]["extraEnv"]]


@pytest.mark.parametrize(
    ("base", "args", "place"),
    [
        (LAPTOP, CACHE, "cache_endpoint"),
        (ON_PREMISES, {"cache_endpoint": "http://valkey:6379"}, "cache_endpoint"),
        (ON_PREMISES, {"cache_endpoint": "valkey"}, "cache_endpoint"),
        (ON_PREMISES, {"cache_endpoint": "valkey:0"}, "cache_endpoint"),
        (ON_PREMISES, {"cache_password_secret": "tempo-cache"}, "cache_password_secret"),
    ],
)
def test_a_cache_that_cannot_be_used_is_refused(base: dict[str, Any], args: dict[str, Any], place: str) -> None:
    with pytest.raises(InvalidArgsError) as raised:
        spec(base, **args)
    (problem,) = raised.value.problems
    assert problem.field == place


@pytest.mark.parametrize("version", TEMPO_DISTRIBUTED.versions)
def test_memcached_has_an_exporter_where_something_reads_it(version: str) -> None:
    def exporter(**args: Any) -> Any:
        base = KAFKA if installs_tempo_3(version) else ON_PREMISES
        return distributed_values(spec(base, chart_version=version, **args))["memcachedExporter"]

    assert exporter(service_monitor=True)["enabled"] is True
    assert exporter(service_monitor=True)["resources"]["requests"] == {"cpu": "10m", "memory": "32Mi"}
    assert exporter(service_monitor=False)["enabled"] is False
    assert exporter(service_monitor=True, ip_families=["IPv6"])["enabled"] is False, "it listens at 0.0.0.0 alone"
    assert "memcachedExporter" not in cached(version, service_monitor=True)
