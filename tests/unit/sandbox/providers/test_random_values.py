"""Random strings obey the length and the class of special characters."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.providers.plugin import CheckFailed, Log, Resource
from sandbox.providers.random_values import RandomProvider, draw


@given(st.integers(1, 200))
def test_special_characters_appear_unless_they_are_switched_off(length: int) -> None:
    plain = draw({"length": length, "special": False})
    assert len(plain) == length and plain.isalnum() and plain.isascii()
    assert len(draw({"length": length})) == length
    assert set(draw({"length": 2_000})) & set(string.punctuation)


def test_a_property_that_the_program_does_not_use_is_refused() -> None:
    inputs = {"length": 3, "minLower": 2, "overrideSpecial": "-_"}
    with pytest.raises(CheckFailed, match="does not have this property") as refused:
        RandomProvider(Log(None)).check(Resource("", "random:index/randomPassword:RandomPassword", "p"), {}, inputs)
    assert [path for path, _ in refused.value.failures] == ["minLower", "overrideSpecial"]
