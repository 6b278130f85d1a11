"""Any stack file is read or refused with a message: no command ends in a traceback.

FUZZ_FILES sets how many files are tried: 300 by default, 10,000 in `make bench`.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pulumi
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from config.settings import AREAS
from config.storage import STORAGE_KINDS
from tests.checkout import ROOT
from tests.program.test_wrong_values import IN_PYDANTICS_WORDS
from tools.settings.__main__ import lines
from tools.settings.table import rows
from tools.stackfile import MalformedStackFileError

STACK = "fuzz"
FILE = f"Pulumi.{STACK}.yaml"
FILES = int(os.environ.get("FUZZ_FILES", "300"))

READABLE = (
    *("", "~", "yes", "off", "true", "0", "-1", "017", "0x1F", "1_000", "1e400", "1e21", "12:30", "99999999999", "0.1"),
    *("18446744073709551616", "2024-04-01", "2024-02-31", "2024-04-01T10:20:30.5+02:00", "!!timestamp 2024-04-01"),
    *("!!str 5", "<<", "http://", "'http://[::1'", "http://a b:99999", "https://x.example.org/%zz", "a:b:c", "{1: 2}"),
    *("'${HOME}'", "'<name>'", "'<>'", "'😀'", "'ä'", "'0Gi'", "1h", "0s", "'1e9Gi'", "'{{ x }}'", "' '"),
    *("[a, [b, [c]]]", "{a: {b: {c: ~}}}", "{secret: a, key: b}", "{secure: x}", "[{secure: x}]", "[~]", "{a: ~}"),
    *("{<<: {a: 1}}", f"'{'x' * 300}'", f"{'[' * 90}{']' * 90}", '"a\\nb"', "[{from: 2024-04-01}]", "[a, a]"),
)
"""Values in YAML on which a check may stumble."""
UNREADABLE = (
    *("!!binary aGVsbG8=", "!!set {a, b}", "!!omap [a: 1]", "!!int x", "!x y", "*x", "&x [*x]", "{<<: 5}", ".inf"),
    *("{? [a] : b}", "{{ x }}", "[,]", "{a: 1, a: 2}", f"{'[' * 200}{']' * 200}", "'\u0000'", "\u2028", "{~: a}"),
)
"""Values on which a reader may stumble."""


@cache
def fields() -> Mapping[str, Mapping[str, Any]]:
    """Return the fields of every area, each with an example."""

    def examples(model: type[BaseModel]) -> dict[str, Any]:
        return {
            field.alias or name: json.loads(json.dumps((field.examples or [None])[0], default=str))
            for name, field in model.model_fields.items()
        }

    stores = {key: value for model in STORAGE_KINDS.values() for key, value in examples(model).items()}
    return {name: stores | {"kind": "minio"} if name == "storage" else examples(model) for name, model in AREAS.items()}


@cache
def committed() -> tuple[str, ...]:
    return tuple(path.read_text() for path in sorted(ROOT.glob("Pulumi.*.yaml")))


def readable() -> st.SearchStrategy[str]:
    """Return values in YAML: scalars, and lists and maps of them."""
    texts = st.text(st.characters(exclude_categories=["Cs", "Cc"], max_codepoint=0x10000), max_size=8)
    scalars = st.sampled_from(READABLE) | texts.map(lambda text: f"'{text.replace(chr(39), chr(39) * 2)}'")

    def containers(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        keys = st.sampled_from(("a", "name", "b c", "from", "1", "loki", "secret", "cpu", "'2'"))
        maps = st.dictionaries(keys, inner, max_size=3).map(
            lambda items: "{" + ", ".join(f"{key}: {value}" for key, value in items.items()) + "}"
        )
        return maps | st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")

    return st.recursive(scalars, containers, max_leaves=4)


def anything() -> st.SearchStrategy[str]:
    return readable() | st.sampled_from(UNREADABLE)


@st.composite
def settings_files(draw: st.DrawFn) -> str:
    """A file of known settings: most with an example, some with anything."""
    written = ["config:"]
    for area in draw(st.lists(st.sampled_from(sorted(fields())), min_size=1, max_size=4, unique=True)):
        written.append(f"  {draw(st.sampled_from(('', 'observability:')))}{area}:")
        for field in draw(st.lists(st.sampled_from(sorted(fields()[area])), min_size=1, max_size=5, unique=True)):
            value = json.dumps(fields()[area][field])
            parts = [match.span() for match in re.finditer(r'"[^"]*"|\d+|true|false|null', value)]
            if draw(st.booleans()) and parts:
                start, end = draw(st.sampled_from(parts))
                value = value[:start] + draw(readable()) + value[end:]
            elif draw(st.booleans()):
                value = draw(readable())
            written.append(f"    {field}: {value}")
    return "\n".join(written) + "\n"


@st.composite
def edited_files(draw: st.DrawFn) -> str:
    """A committed file after some edits."""
    text = draw(st.sampled_from(committed()))
    for _ in range(draw(st.integers(1, 3))):
        parts = [part.span() for part in re.finditer(r"[^\s:,{}\[\]]+|\n", text)]
        start, end = draw(st.sampled_from(parts))
        edit = draw(
            st.sampled_from(("", "\n", "\t", " ", ": ", "- ", "{", "]", '"', "#", "a: 1\n", "---\n", "&x ", "*x"))
        )
        text = text[:start] + (edit or draw(anything())) + text[end:]
    return text


@st.composite
def top_level_files(draw: st.DrawFn) -> str:
    """A file with anything as its keys."""
    known = (
        "cluster",
        "observability:cluster",
        "loging",
        "logging.replicas",
        "aws:region",
        "pulumi:disable",
        "a:b:c",
        "~",
    )
    keys = st.sampled_from(known) | st.text(max_size=5).map(json.dumps)
    pairs = draw(st.lists(st.tuples(keys, anything()), max_size=4))
    return "config:\n" + "".join(f"  {key}: {value}\n" for key, value in pairs)


FILES_OF_ANY_KIND = st.one_of(
    settings_files(),
    settings_files(),
    settings_files(),
    edited_files(),
    top_level_files(),
    st.text(max_size=40),
    st.binary(max_size=40),
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


@settings(
    max_examples=FILES,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(file=FILES_OF_ANY_KIND)
@example(file="config:\n  logging: {values: {loki: &x {a: *x}}}\n")
@example(file="config:\n  cluster: {name: 2024-04-01}\n  logging: {values: {a: [2024-04-01T10:20:30Z]}}\n")
@example(file=f"config:\n  logging: {{values: {'{a: ' * 90}1{'}' * 90}}}\n")
@example(file=f"config:\n  logging: {{values: {'[' * 200}{']' * 200}}}\n")
@example(file=f"config:\n  {'x' * 100_000}: {'y' * 100_000}\n")
@example(file="config:\n  logging: {limits: {max_query_length: 2024-04-01}, tenants: !!set {a, b}}\n")
def test_any_file_is_read_or_refused_with_a_message(root: Path, file: str | bytes) -> None:
    (root / FILE).write_bytes(file if isinstance(file, bytes) else file.encode("utf-8", "surrogatepass"))
    try:
        assert "\n".join(lines(rows(root, STACK)))
    except MalformedStackFileError as error:
        assert FILE in str(error)
    except pulumi.RunError as error:
        assert IN_PYDANTICS_WORDS.search(str(error)) is None
