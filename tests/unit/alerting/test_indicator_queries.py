"""Queries of indicators: which are read, and why others are refused."""

import pytest

from components.alerting.indicator_queries import Measure, read_query

WINDOW = "[{{.window}}]"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"sum(rate(x{WINDOW}))", "sum(rate(x[1h]))"),
        ("sum(rate(x[{{ .window }}]))", "sum(rate(x[1h]))"),
        ('x{code="500"}', 'sum(rate(x{code="500"}[1h]))'),
        ("sum(x)", "sum(rate(x[1h]))"),
        (f"sum by () (rate(x{WINDOW}))", "sum by () (rate(x[1h]))"),
        (
            f"sum(rate(x{WINDOW})) - (sum(rate(y{WINDOW})) or vector(0))",
            "sum(rate(x[1h])) - (sum(rate(y[1h])) or vector(0))",
        ),
        (f"histogram_count(sum(rate(x{WINDOW})))", "histogram_count(sum(rate(x[1h])))"),
    ],
)
def test_a_query_is_read_for_any_window(text: str, expected: str) -> None:
    assert read_query(text).query.over("1h") == expected
    assert read_query(text).measure is Measure.RATE


@pytest.mark.parametrize(
    ("function", "measure"),
    [("increase", Measure.INCREASE), ("sum_over_time", Measure.SAMPLES), ("count_over_time", Measure.SAMPLES)],
)
def test_what_a_query_counts_follows_from_its_function(function: str, measure: Measure) -> None:
    assert read_query(f"sum({function}(up{WINDOW}))").measure is measure


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("sum(rate(x[{{.window}}])", "must be PromQL (unclosed left parenthesis)"),
        ("sum(rate(x[5m]))", "has the fixed range [5m]; write [{{.window}}] in its place"),
        (f"sum by (code) (rate(x{WINDOW}))", "must return one series without labels"),
        (f"sum without (code) (rate(x{WINDOW}))", "must return one series without labels"),
        (f"rate(x{WINDOW})", "must return one series without labels"),
        (f"topk(1, sum(rate(x{WINDOW})))", "must return one series without labels"),
        (f"sum(rate(x{WINDOW})) > 0", "must return one series without labels"),
        (f"sum(irate(x{WINDOW}))", "not by irate"),
        (f"sum(rate(x{WINDOW})) + sum(increase(x{WINDOW}))", "not by increase and rate"),
        ("sum(sum_over_time(x[{{.window}}:1m]))", "must not have a subquery"),
        ("vector(1)", "must read counters over a window"),
        ("x_bucket", 'select one, such as le="0.3"'),
    ],
)
def test_other_queries_are_refused(text: str, problem: str) -> None:
    with pytest.raises(ValueError) as refused:
        read_query(text)
    assert problem in str(refused.value)


def test_every_problem_of_a_query_is_told() -> None:
    with pytest.raises(ValueError, match=r"fixed range .*one series without labels.*select one"):
        read_query("rate(x_bucket[5m])")
