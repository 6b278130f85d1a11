"""The limits of what all clients together may write."""

from typing import Any

import pytest

from components._spec import InvalidArgsError
from components.charts import TEMPO
from components.tracing.modes import TEMPO_2_VERSIONS
from components.tracing.values import tempo_values
from tests.fixes import fix_of

from .specs import KAFKA, LAPTOP, ON_PREMISES, spec

LIMITS = {
    "ingestion_rate_limit_bytes": 30_000_000,
    "ingestion_burst_size_bytes": 40_000_000,
    "max_traces_per_user": 50_000,
    "max_bytes_per_trace": 10_000_000,
}
RENDERED = {
    "ingestion": {"rate_limit_bytes": 30_000_000, "burst_size_bytes": 40_000_000, "max_traces_per_user": 50_000},
    "global": {"max_bytes_per_trace": 10_000_000},
}
MONOLITHIC: dict[str, Any] = {"bucket": "prod", "endpoint": "https://s3.example.org"}
REMOTE_WRITE: str = ON_PREMISES["remote_write_url"]
VERSIONS: list[dict[str, Any]] = [
    {**MONOLITHIC, "chart_version": TEMPO.default_version},
    *({**ON_PREMISES, "chart_version": version} for version in TEMPO_2_VERSIONS),
    KAFKA,
]
every_version = pytest.mark.parametrize("base", VERSIONS, ids=lambda base: base["chart_version"])


def overrides(base: dict[str, Any], **args: Any) -> Any:
    values = tempo_values(spec(base, **args))
    return (values["tempo"] if "traces" not in values else values).get("overrides")


@every_version
def test_limits_are_overrides_beside_the_processors(base: dict[str, Any]) -> None:
    unlimited = overrides(base, remote_write_url=REMOTE_WRITE)
    defaults = overrides(base, remote_write_url=REMOTE_WRITE, limits=LIMITS)["defaults"]
    assert defaults == {**unlimited["defaults"], **RENDERED}
    assert set(unlimited["defaults"]) == {"metrics_generator"}


@every_version
def test_limits_need_no_metrics_generator(base: dict[str, Any]) -> None:
    assert overrides(base, remote_write_url="", limits=LIMITS) == {"defaults": RENDERED}
    assert not overrides(base, remote_write_url="")


@every_version
@pytest.mark.parametrize(
    ("limit", "section"),
    [
        ("max_traces_per_user", {"ingestion": {"max_traces_per_user": 7}}),
        ("max_bytes_per_trace", {"global": {"max_bytes_per_trace": 7}}),
    ],
)
def test_limits_that_are_not_set_are_left_out(base: dict[str, Any], limit: str, section: dict[str, Any]) -> None:
    assert overrides(base, remote_write_url="", limits={limit: 7}) == {"defaults": section}


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"max_bytes_per_trace": 0}, "limits.max_bytes_per_trace"),
        ({"max_traces_per_user": True}, "limits.max_traces_per_user"),
        ({"rate_limit_bytes": 3}, "limits.rate_limit_bytes"),
        ({"ingestion_rate_limit_bytes": 9, "ingestion_burst_size_bytes": 2}, "limits.ingestion_burst_size_bytes"),
    ],
)
def test_a_wrong_limit_is_refused_with_its_place(wrong: dict[str, Any], place: str) -> None:
    with pytest.raises(InvalidArgsError) as raised:
        spec(LAPTOP, limits=wrong)
    (problem,) = raised.value.problems
    assert problem.field == place


def test_the_fix_of_a_burst_is_the_rate() -> None:
    limits = {"ingestion_rate_limit_bytes": 9, "ingestion_burst_size_bytes": 2}
    with pytest.raises(InvalidArgsError) as raised:
        spec(LAPTOP, limits=limits)
    assert fix_of(raised.value.problems[0]) == {"limits.ingestion_burst_size_bytes": 9}
    assert spec(LAPTOP, limits={**limits, "ingestion_burst_size_bytes": 9})
