"""Where Loki keeps what its queries read again."""

from typing import Any

import pytest

from components._spec import InvalidArgsError
from components.logging.values import loki_values
from tests.unit.logging.examples import BUCKET, spec_of

CACHE: dict[str, Any] = {"cache_endpoint": "valkey.caching:6379", "cache_password_secret": "loki-cache"}


@pytest.mark.parametrize("chart", ["18.11.0", "6.51.0"])
def test_a_cache_that_is_there_takes_the_place_of_both_memcached(chart: str) -> None:
    values = loki_values(
        spec_of(BUCKET, **CACHE, cache_checksum="abc", credentials_checksum="def", chart_version=chart)
    )
    assert values["chunksCache"] == values["resultsCache"] == {"enabled": False}
    config = values["loki"]["structuredConfig"]
    chunks = config["chunk_store_config"]["chunk_cache_config"]["redis"]
    results = config["query_range"]["results_cache"]["cache"]["redis"]
    assert (chunks["db"], results["db"]) == (0, 1)
    assert chunks["password"] == "${CACHE_PASSWORD}"
    (variable,) = values["global"]["extraEnv"]
    assert variable["valueFrom"]["secretKeyRef"] == {"name": "loki-cache", "key": "password"}
    assert values["global"]["extraArgs"] == ["-config.expand-env=true"]
    assert values["global"]["dnsService"], "what else is told to all parts stays"
    assert values["loki"]["podAnnotations"] == {"checksum/cache": "abc", "checksum/credentials": "def"}


def test_the_limits_of_writing_hold_for_it_as_for_memcached() -> None:
    config = loki_values(spec_of(BUCKET, **CACHE))["loki"]["structuredConfig"]
    assert config["chunk_store_config"]["chunk_cache_config"]["background"] == {"writeback_size_limit": "64MB"}


def test_a_memcached_beside_it_is_refused() -> None:
    with pytest.raises(InvalidArgsError, match="takes the place of Loki's memcached"):
        spec_of(BUCKET, **CACHE, chunks_cache_mib=512)
    assert spec_of(BUCKET, **CACHE, chunks_cache_mib=0).results_cache_mib == 0
