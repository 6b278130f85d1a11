"""Limits and retention of tenants."""

from typing import Any

import pytest

from components._spec import InvalidArgsError
from components.logging.values import loki_values

from .examples import BUCKET, CHARTS, spec_of

DOCUMENT = {
    "ingestion_rate_mb": 10,
    "ingestion_burst_size_mb": 20,
    "per_stream_rate_limit": "5MB",
    "max_query_length": "721h",
    "max_query_parallelism": 32,
    "max_entries_limit_per_query": 10000,
}


@pytest.mark.parametrize("chart", CHARTS)
def test_limits_of_all_go_beside_the_retention(chart: str) -> None:
    loki = loki_values(spec_of(BUCKET, limits=DOCUMENT, retention="30d", chart_version=chart))["loki"]
    assert loki["limits_config"].items() >= {**DOCUMENT, "retention_period": "720h"}.items()
    assert loki["runtimeConfig"] == {}


def test_limits_that_are_not_set_have_the_default_of_loki() -> None:
    assert set(loki_values(spec_of(BUCKET))["loki"]["limits_config"]) == {
        "retention_period",
        "allow_structured_metadata",
        "volume_enabled",
    }


def test_limits_and_retention_of_a_tenant_are_what_loki_reads_again_while_it_runs() -> None:
    own: dict[str, Any] = {
        "tenant_limits": {"a": {"max_query_series": 900}},
        "tenant_retention": {"a": "7d", "b": "90d"},
    }
    loki = loki_values(spec_of(BUCKET, tenants=["a", "b"], **own))["loki"]
    assert loki["runtimeConfig"] == {
        "overrides": {"a": {"max_query_series": 900, "retention_period": "168h"}, "b": {"retention_period": "2160h"}}
    }
    assert loki["limits_config"]["retention_period"] == "744h"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"limits": {"per_stream_rate_limit": "5Mi"}}, 'limits.per_stream_rate_limit = "5Mi": .* such as 5MB'),
        ({"limits": {"ingestion_rate": 3}}, "limits.ingestion_rate = 3: unknown argument"),
        ({"limits": {"max_line_size": "0KB"}}, 'limits.max_line_size = "0KB"'),
        (
            {"limits": {"ingestion_rate_mb": 10, "ingestion_burst_size_mb": 2}},
            "limits.ingestion_burst_size_mb = 2: must be at least ingestion_rate_mb, 10",
        ),
        (
            {"tenant_limits": {"x": {}}},
            r"tenant_limits.x = .*: x must be one of tenants \(a, b\)",
        ),
        (
            {"tenant_retention": {"x": "30d"}},
            'tenant_retention.x = "30d": x must be one of tenants',
        ),
        ({"tenant_retention": {"a": "1h"}}, 'tenant_retention.a = "1h": must be at least 24h'),
        (
            {"tenant_retention": {"a": "25h30m"}},
            'tenant_retention.a = "25h30m": must be a whole number of hours; set 26h',
        ),
    ],
)
def test_a_wrong_limit_is_reported_at_its_place(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidArgsError, match=message):
        spec_of(BUCKET, tenants=["a", "b"], **wrong)


def test_without_tenants_there_are_no_tenant_limits() -> None:
    with pytest.raises(InvalidArgsError, match=r"team must be one of tenants \(none\)"):
        spec_of(BUCKET, tenant_limits={"team": {"max_query_series": 1}})
    assert spec_of(BUCKET, tenant_retention={"fake": "48h"}), "the tenant of all logs without tenants"
