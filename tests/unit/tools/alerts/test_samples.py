"""The notation of promtool's samples."""

import pytest

from tools.alerts.samples import expanded, exposition


@pytest.mark.parametrize(
    ("notation", "expected"),
    [
        ("1 2.5 -3", [1, 2.5, -3]),
        ("0+5x3", [0, 5, 10, 15]),
        ("10-2.5x2", [10, 7.5, 5]),
        ("1x2 0x1", [1, 1, 1, 0, 0]),
        ("1 _ _x2 stale 3", [1, None, None, None, None, 3]),
        ("1e3+1e2x1", [1000, 1100]),
        ("", []),
    ],
)
def test_samples_are_expanded_as_promtool_does(notation: str, expected: list[float | None]) -> None:
    assert expanded(notation) == expected


@pytest.mark.parametrize("notation", ["a", "1+x3", "1x", "{{schema:1}}"])
def test_other_items_are_refused(notation: str) -> None:
    with pytest.raises(ValueError, match="is no sample"):
        expanded(notation)


def test_a_target_exposes_what_is_there_at_one_time() -> None:
    series: dict[str, list[float | None]] = {'up{job="a"}': [1.0, None, 0.5], "b": [2.0]}
    assert exposition(series, 0) == 'up{job="a"} 1\nb 2\n'
    assert exposition(series, 1) == "b 2\n"
    assert exposition(series, 7) == 'up{job="a"} 0.5\nb 2\n'
