"""The reader of Alloy's syntax: what the writer of configurations writes is read back, and the rest is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from components.telemetry.alloy.syntax import Block, Call, Ref, Sum, render
from tests.alloyfmt import alloyfmt
from tools.contract.alloy_syntax import Expression, ParsedBlock, parse

GOLDEN = sorted((Path(__file__).parents[3] / "golden").rglob("*.alloy"))


def strings(value: Any) -> list[str]:
    """Return the values of all string literals in their order, but those inside expressions."""
    if isinstance(value, ParsedBlock):
        return [text for part in (*value.arguments.values(), *value.blocks) for text in strings(part)]
    if isinstance(value, dict):
        return [text for part in value.values() for text in strings(part)]
    if isinstance(value, list):
        return [text for part in value for text in strings(part)]
    return [value] if isinstance(value, str) else []


def test_values_are_data_and_expressions_their_text() -> None:
    values: dict[str, Any] = {
        "text": 'a "b"\n\t\\ é',
        "number": 3,
        "share": 0.25,
        "flag": True,
        "list": ["a", Ref("loki.write.a.receiver")],
        "object": {"X-Org": "a", "plain": [1]},
        "call": Call("coalesce", (Call("sys.env", ("HOSTNAME",)), Ref("constants.hostname"))),
        "sum": Sum(("a=", Ref("constants.hostname"))),
    }
    (block,) = parse(render([Block("some.component", "x", values, [Block("inner"), Block("inner.stage")])]))
    assert (block.name, block.label, block.reference) == ("some.component", "x", "some.component.x")
    assert dict(block.arguments) == {
        **values,
        "list": ["a", Expression("loki.write.a.receiver")],
        "call": Expression('coalesce(sys.env("HOSTNAME"),constants.hostname)'),
        "sum": Expression('"a="+constants.hostname'),
    }
    assert [inner.name for inner in block.blocks] == ["inner", "inner.stage"]
    assert [inner.name for inner in block.of("inner")] == ["inner"]


def test_comments_and_raw_strings_are_read() -> None:
    (block,) = parse('// one\na.b "c" { /* two */\n  d = `x\\d`\n}\n')
    assert block.arguments == {"d": "x\\d"}


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_strings_mean_what_they_mean_to_alloys_own_parser(golden: Path) -> None:
    text = golden.read_text()
    ours = [found for block in parse(text) for found in strings(block)]
    theirs: list[str] = json.loads(alloyfmt(text, "-strings"))
    assert [text for text in theirs if text in set(ours)] and set(ours) <= set(theirs)
    assert len(theirs) - len(ours) <= text.count(" + ") * 2 + text.count("sys.env(")


@pytest.mark.parametrize("text", ["a {", 'a "b" { c = }', "a { b = [1, }", "a ~ b", 'a { b = "c }'])
def test_what_is_no_configuration_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse(text)
