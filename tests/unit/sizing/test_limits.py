"""Limits of Loki and Tempo that a load exceeds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.sizing import (
    LOG_LIMITS,
    TRACE_LIMITS,
    Load,
    Prices,
    Retention,
    raised_limits,
    raised_trace_limits,
    size,
)


def of_tempo(spans: float, mode: str) -> dict[str, int]:
    load = Load(spans_per_second=spans)
    topology = size(load, Retention(), Prices()).traces.topologies[mode]
    return {name: raised.value for name, raised in raised_trace_limits(load, topology).items()}


@pytest.mark.parametrize("mode", ["monolithic", "distributed", "distributed-kafka"])
def test_a_small_load_is_within_the_defaults_of_tempo(mode: str) -> None:
    assert of_tempo(2_000, mode) == {}


@pytest.mark.parametrize(
    ("spans", "mode", "limits"),
    [
        # 13.5 MB/s, three times as much at peak; 3,000 traces/s that live for 15 s.
        (30_000, "monolithic", (41_000_000, 55_000_000, 135_000)),
        # Two distributors share 13.5 MB/s; each of three ingesters has every trace.
        (30_000, "distributed", (21_000_000, 28_000_000, 120_000)),
        # A full distributor has 10 MB/s, a full ingester 4 MB/s, three times by the copies.
        (1_000_000, "distributed", (30_000_000, 40_000_000, 120_000)),
        (1_000_000, "distributed-kafka", (30_000_000, 40_000_000, 80_000)),
    ],
)
def test_the_limits_of_tempo_hold_what_one_pod_gets(spans: float, mode: str, limits: tuple[int, int, int]) -> None:
    assert of_tempo(spans, mode) == dict(zip(TRACE_LIMITS, limits, strict=True))


def test_the_limits_of_loki_hold_the_peak_and_the_streams_of_a_rollout() -> None:
    raised = raised_limits(Load(logs_gb_per_day=400, active_streams=20_000))
    assert {name: limit.value for name, limit in raised.items()} == {
        "max_global_streams_per_user": 40_000,
        "ingestion_rate_mb": 14,
        "ingestion_burst_size_mb": 21,
    }
    assert raised["max_global_streams_per_user"].reason == (
        "20,000 streams, twice as many at a rollout, exceed Loki's 5,000"
    )
    assert raised_limits(Load(logs_gb_per_day=50)) == {}


@given(st.floats(0, 3e6), st.floats(1, 100), st.sampled_from(["monolithic", "distributed", "distributed-kafka"]))
def test_more_load_never_lowers_a_limit_and_a_second_of_the_rate_fits(spans: float, factor: float, mode: str) -> None:
    less, more = of_tempo(spans, mode), of_tempo(spans * factor, mode)
    assert all(more[name] >= value > TRACE_LIMITS[name] for name, value in less.items())
    assert more.get("ingestion_burst_size_bytes", 0) >= more.get("ingestion_rate_limit_bytes", 0)


@given(st.floats(0, 3e5), st.floats(0, 1e6))
def test_a_raised_limit_of_loki_is_above_its_default(logs: float, streams: float) -> None:
    raised = raised_limits(Load(logs_gb_per_day=logs, active_streams=streams))
    assert all(limit.value > LOG_LIMITS[name] for name, limit in raised.items())
