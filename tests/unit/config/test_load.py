"""The expected load of a stack: refused where it makes no sense."""

from typing import Any

import pytest

from config import load
from tests.unit.config.stacks import PRODUCTION, problems, source


def test_a_stack_without_a_load_states_none() -> None:
    assert not load(source()).load.is_set


def test_any_signal_makes_a_load() -> None:
    for figure in ("logs_gb_per_day", "spans_per_second", "active_series"):
        assert load(source(load={figure: 1})).load.is_set


@pytest.mark.parametrize(
    ("area", "sentence"),
    [
        ({"query_factor": 2}, "must state a load; set logs_gb_per_day, spans_per_second or active_series"),
        ({"active_streams": 9, "spans_per_second": 1}, "active_streams = 9: requires logs_gb_per_day"),
        ({"active_series": 1, "scrape_interval": "0s"}, "must be more than 0s"),
        ({"logs_gb_per_day": -5}, "observability:load.logs_gb_per_day = -5: must be at least 0"),
        ({"spans_per_second": 1, "nodes": 0}, "observability:load.nodes = 0"),
        ({"logs_gb_per_day": 1, "prices": {"disk_gib_month": -1}}, "load.prices.disk_gib_month = -1"),
        ({"logs_gb_day": 5}, "unknown setting; did you mean logs_gb_per_day?"),
        ({"logs_gb_per_day": float("inf")}, "must be a finite number"),
        ({"logs_gb_per_day": 1, "active_streams": True}, "load.active_streams = true: must be a number"),
        ({"logs_gb_per_day": float("nan")}, "must be a finite number"),
        ({"logs_gb_per_day": 1e308}, "load.logs_gb_per_day = 1e+308: must be at most"),
        ({"logs_gb_per_day": 1, "active_streams": 1e9}, "load.active_streams = 1000000000: must be at most"),
        ({"spans_per_second": 1e9}, "load.spans_per_second = 1000000000: must be at most"),
        ({"active_series": 1e10}, "load.active_series = 10000000000: must be at most"),
        ({"active_series": 1, "query_factor": 1e9}, "load.query_factor = 1000000000: must be at most"),
        ({"active_series": 1, "nodes": 10**6}, "load.nodes = 1000000: must be at most"),
        ({"active_series": 1, "prices": {"cpu_month": 1e300}}, "load.prices.cpu_month = 1e+300: must be at most"),
        ({"active_series": 1, "scrape_interval": "99999999999d"}, "must be at most 106751d (292 years)"),
    ],
)
def test_a_load_that_makes_no_sense_is_refused_with_the_reason(area: dict[str, Any], sentence: str) -> None:
    assert sentence in problems(load=area)


def test_the_command_that_mends_a_figure_is_given() -> None:
    message = problems(load={"logs_gb_per_day": "much"})
    assert "pulumi config set --path observability:load.logs_gb_per_day 100" in message


def test_production_counts_the_replicas_that_are_set_whatever_the_load() -> None:
    expected = {"logs_gb_per_day": 50, "spans_per_second": 100}
    message = problems(**{**PRODUCTION, "logging": {}, "tracing": {"mode": "distributed"}, "load": expected})
    assert "observability:logging.replicas = 1: must be at least 2" in message
    assert "observability:tracing.replicas = 1: must be at least 2" in message
    production: dict[str, Any] = {**PRODUCTION, "load": expected}
    assert load(source(region="eu-west-1", **production)).load.is_set
