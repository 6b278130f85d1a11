"""Random strings obey the length, the character classes and the minima."""

from __future__ import annotations

import string

from hypothesis import given
from hypothesis import strategies as st

from sandbox.providers.random_values import draw


@given(st.integers(12, 64), st.integers(0, 3), st.integers(0, 3), st.integers(0, 3), st.integers(0, 3))
def test_the_minima_of_every_class_are_met(length: int, lower: int, upper: int, numeric: int, special: int) -> None:
    drawn = draw(
        {
            "length": length,
            "minLower": lower,
            "minUpper": upper,
            "minNumeric": numeric,
            "minSpecial": special,
            "overrideSpecial": "-_",
        }
    )
    assert len(drawn) == length
    for pool, minimum in (
        (string.ascii_lowercase, lower),
        (string.ascii_uppercase, upper),
        (string.digits, numeric),
        ("-_", special),
    ):
        assert sum(character in pool for character in drawn) >= minimum
    assert set(drawn) <= set(string.ascii_letters + string.digits + "-_")


def test_a_class_that_is_switched_off_does_not_appear() -> None:
    drawn = draw({"length": 200, "special": False, "upper": False, "number": False})
    assert set(drawn) <= set(string.ascii_lowercase)
