"""The writer's text is what Alloy's own formatter would leave, and its strings mean what was written."""

import json
import math
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.telemetry.alloy.syntax import Block, Call, Ref, Sum, Value, quote, render
from tests.alloyfmt import alloyfmt

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
NAMES = st.from_regex(r"[a-z_][a-z0-9_]{0,12}", fullmatch=True)
SCALARS = st.one_of(
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False),
    TEXT,
    NAMES.map(lambda name: Ref(f"discovery.{name}.targets")),
    NAMES.map(lambda name: Call("coalesce", (Call("sys.env", (name,)), Ref("constants.hostname")))),
    NAMES.map(lambda name: Sum(("spec.nodeName=", name))),
)
KEYS = st.text(st.characters(max_codepoint=0x2FF, exclude_categories=["C", "Z"], exclude_characters='"\\'), min_size=1)
VALUES: st.SearchStrategy[Value] = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
)
IDENTIFIERS = NAMES.filter(lambda name: name not in ("true", "false", "null"))
ATTRIBUTES = st.dictionaries(IDENTIFIERS, VALUES, max_size=4)
BLOCKS = st.recursive(
    st.builds(Block, IDENTIFIERS, st.just("") | IDENTIFIERS, ATTRIBUTES),
    lambda inner: st.builds(Block, IDENTIFIERS, st.just(""), ATTRIBUTES, st.lists(inner, max_size=2)),
    max_leaves=4,
)


@settings(max_examples=25)
@given(st.lists(BLOCKS, min_size=1, max_size=3))
def test_any_configuration_is_written_as_the_formatter_would(blocks: list[Block]) -> None:
    text = render(blocks)
    assert alloyfmt(text) == text


@settings(max_examples=25)
@given(st.lists(TEXT, min_size=1, max_size=40))
def test_any_string_means_the_same_to_alloy(texts: list[str]) -> None:
    source = render([Block("strings", attributes={f"s{index}": text for index, text in enumerate(texts)})])
    assert json.loads(alloyfmt(source, "-strings")) == texts


def test_every_character_means_the_same_to_alloy() -> None:
    characters = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF]
    texts = ["".join(characters[start : start + 256]) for start in range(0, len(characters), 256)]
    source = render([Block("strings", attributes={"all": texts})])
    assert json.loads(alloyfmt(source, "-strings")) == texts


def test_the_equals_signs_of_neighbours_are_aligned_up_to_a_value_of_several_lines() -> None:
    block = Block("a", attributes={"long_name": 1, "b": {"c": 1}, "d": 2})
    assert render([block]) == "a {\n\tlong_name = 1\n\tb         = {\n\t\tc = 1,\n\t}\n\td = 2\n}\n"


def test_keys_that_are_no_identifiers_are_quoted() -> None:
    text = render([Block("a", attributes={"b": {"X-Scope-OrgID": "t", "null": 1, "plain": 2}})])
    assert '"X-Scope-OrgID" = "t"' in text
    assert '"null"          = 1' in text
    assert "plain           = 2" in text


def test_an_export_is_named_after_its_component() -> None:
    assert Block("loki.write", "endpoint").export("receiver") == Ref("loki.write.endpoint.receiver")


@pytest.mark.parametrize("name", ["", "loki..write", "1st", "loki write", 'x" {', "true"])
def test_a_name_that_alloy_cannot_read_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is not a name in Alloy"):
        Block(name)
    with pytest.raises(ValueError, match="is not a name in Alloy"):
        render([Block("a", attributes={"b": Ref(name)})])


@pytest.mark.parametrize("block", [("a", "my label", {}), ("a", "", {"b-c": 1}), ("a", "", {"null": 1})])
def test_a_label_or_attribute_that_alloy_cannot_read_is_refused(block: tuple[str, str, dict[str, Value]]) -> None:
    with pytest.raises(ValueError, match="is not an identifier in Alloy"):
        Block(*block)


@pytest.mark.parametrize("key", ["", 'a"b', "a\\b", "a\nb", "\x7f"])
def test_a_key_that_alloy_would_take_for_another_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="use printable characters"):
        render([Block("a", attributes={"b": {key: 1}})])


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan])
def test_a_number_without_a_literal_is_refused(number: float) -> None:
    with pytest.raises(ValueError, match="use a finite number"):
        render([Block("a", attributes={"b": number})])


def test_half_a_character_is_refused() -> None:
    with pytest.raises(ValueError, match="lone surrogate"):
        quote("\ud800")
