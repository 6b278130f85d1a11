"""Scaled time of rules."""

from fractions import Fraction

import pytest

from components.alerting.durations import scaled, scaled_expression, scaled_group
from components.alerting.rules import Alert, Case, Group, Record

SIXTIETH = Fraction(1, 60)


@pytest.mark.parametrize(
    ("duration", "expected"),
    [("5m", "5s"), ("1h30m", "1m30s"), ("30d", "12h"), ("1s", "17ms"), ("1ms", "1ms"), ("0s", "0s"), ("", "")],
)
def test_a_duration_is_scaled_to_the_millisecond(duration: str, expected: str) -> None:
    assert scaled(duration, SIXTIETH) == expected


def test_years_are_of_365_days() -> None:
    assert scaled("1y", Fraction(1, 365)) == "1d"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("rate(x[5m])", "rate(x[5s])"),
        ("max_over_time(rate(x[5m])[1h:5m])", "max_over_time(rate(x[5s])[1m:5s])"),
        ("rate(x[5m])[7d:]", "rate(x[5s])[2h48m:]"),
        ("x offset 1h - x offset -2h", "x offset 1m - x offset -2m"),
        ('x{path="[5m] offset 1h"} # [5m]', 'x{path="[5m] offset 1h"} # [5m]'),
        ('sum(count_over_time({app="a"} |= `[1h]` [5m]))', 'sum(count_over_time({app="a"} |= `[1h]` [5s]))'),
        ("slo:ratio_rate5m > 3600", "slo:ratio_rate5m > 3600"),
    ],
)
def test_only_ranges_steps_and_offsets_of_an_expression_are_scaled(expression: str, expected: str) -> None:
    assert scaled_expression(expression, SIXTIETH) == expected


def test_a_group_is_scaled_with_all_that_lasts() -> None:
    alert = Alert("Late", "rate(x[10m]) > 1", pending="5m", keep_firing="2m")
    group = Group(
        "late", [Record("job:x:rate5m", "rate(x[5m])"), alert], "library", "30s", cases=[Case("fires", {"x": "1x3"})]
    )
    found = scaled_group(group, SIXTIETH)
    assert found == Group(
        "late",
        (Record("job:x:rate5m", "rate(x[5s])"), Alert("Late", "rate(x[10s]) > 1", pending="5s", keep_firing="2s")),
        "library",
        "500ms",
    )
    assert scaled_group(group, Fraction(1)) is group
