"""Secrets and unknowns survive the way from the wire and back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.providers.values import (
    UNKNOWN,
    Secret,
    from_struct,
    has_secret,
    has_unknown,
    mark_secrets,
    plain,
    to_struct,
)

leaves = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text() | st.builds(Secret, st.text())
values = st.recursive(
    leaves | st.just(UNKNOWN), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=12
)


@given(st.dictionaries(st.text(), values))
def test_what_is_written_is_what_is_read(properties: dict[str, Any]) -> None:
    assert from_struct(to_struct(properties)) == properties


def test_numbers_without_a_fraction_are_integers() -> None:
    read = from_struct(to_struct({"port": 80.0, "ratio": 0.5}))
    assert read == {"port": 80, "ratio": 0.5}
    assert isinstance(read["port"], int), "the API server refuses 80.0 as a port"


def test_a_secret_input_is_a_secret_output_at_the_same_place() -> None:
    inputs = {"data": {"key": Secret("k"), "user": "u"}, "args": ["--token", Secret("t")]}
    outputs = {"data": {"key": "k", "user": "u", "more": 1}, "args": ["--token", "t"], "status": {}}
    assert mark_secrets(outputs, inputs) == {
        "data": {"key": Secret("k"), "user": "u", "more": 1},
        "args": Secret(["--token", "t"]),
        "status": {},
    }


@pytest.mark.parametrize("value", [UNKNOWN, {"a": [UNKNOWN]}, Secret(UNKNOWN), {"a": Secret({"b": UNKNOWN})}])
def test_an_unknown_is_found_however_deep(value: Any) -> None:
    assert has_unknown(value) and has_unknown(plain(value))
    assert not has_secret(plain(value))
