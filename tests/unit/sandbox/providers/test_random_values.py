"""Random strings obey the length and the class of special characters."""

from __future__ import annotations

import string

from hypothesis import given
from hypothesis import strategies as st

from sandbox.providers.random_values import draw


@given(st.integers(1, 200))
def test_special_characters_appear_unless_they_are_switched_off(length: int) -> None:
    plain = draw({"length": length, "special": False})
    assert len(plain) == length and plain.isalnum() and plain.isascii()
    assert len(draw({"length": length})) == length
    assert set(draw({"length": 2_000})) & set(string.punctuation)
