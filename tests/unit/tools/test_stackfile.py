"""What a stack file sets, and what is refused where it cannot be read, with its line and the fix."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tools.engine_yaml import MAX_DEPTH
from tools.stackfile import MalformedStackFileError, StackFile, UnknownStackError, read_stack_file

FILE = "Pulumi.dev.yaml"


def read(root: Path, text: str | bytes) -> dict[str, Any]:
    (root / FILE).write_bytes(text if isinstance(text, bytes) else text.encode())
    return dict(read_stack_file(root, "dev").config)


def nested(levels: int) -> str:
    return f"config:\n  a: {'[' * levels}{']' * levels}\n"


def test_a_stack_file_names_its_cluster_and_its_providers(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.prod.yaml").write_text(
        "config:\n  observability:cluster: {context: prod-eu1, environment: production}\n"
        "  observability:storage: {kind: aws}\n  aws:accessKey: FAKEKEY\n"
    )
    stack = read_stack_file(tmp_path, "prod")
    assert (stack.context, stack.environment) == ("prod-eu1", "production")
    assert stack.providers == ("kubernetes", "random", "aws")
    assert stack.fake_aws_keys


def test_a_key_without_a_namespace_is_of_this_project_as_pulumi_takes_it(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.prod.yaml").write_text("config:\n  cluster: {environment: production, context: prod-eu1}\n")
    stack = read_stack_file(tmp_path, "prod")
    assert (stack.context, stack.environment) == ("prod-eu1", "production")


def test_a_stack_file_of_nothing_is_a_laptops() -> None:
    stack = StackFile("dev", {})
    assert (stack.context, stack.environment, stack.providers) == ("", "development", ("kubernetes", "random"))


@pytest.mark.parametrize(("kind", "runs"), [(None, True), ("operator", True), ("external", False), ("none", False)])
def test_a_stack_runs_prometheus_unless_its_metrics_are_elsewhere(kind: str | None, runs: bool) -> None:
    metrics = {} if kind is None else {"kind": kind}
    assert StackFile("test", {"observability:metrics": metrics}).runs_prometheus is runs


def test_an_unknown_stack_is_reported_with_the_known_ones(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.dev.yaml").write_text("config: {}\n")
    with pytest.raises(UnknownStackError, match=r"there is no stack 'prod' .* there are dev"):
        read_stack_file(tmp_path, "prod")


def test_an_empty_stack_file_sets_nothing(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.dev.yaml").write_text("")
    assert read_stack_file(tmp_path, "dev").config == {}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("config:\n  a: [1\n", f"{FILE}, line 3: "),
        ("config:\n\ta: 1\n", f"{FILE}, line 2: found character"),
        ("- a\n", f"{FILE} is ['a'] and must hold keys: config"),
        ("config: dev\n", f"config in {FILE} is 'dev' and must hold keys: settings"),
        ("config:\n  a: {{ of a template }}\n", f"{FILE}, line 2: a key must be text and is a map or list; put"),
        ("config:\n  a: 1\n  a: 2\n", f"{FILE}, line 3: a is set twice, first in line 2; remove one"),
        (
            "config:\nobservability:cluster: {environment: production}\n",
            f"{FILE} has observability:cluster beside config, where nothing reads it; indent settings below",
        ),
        (
            "config:\n  cluster: {name: a}\n  observability:cluster: {name: b}\n",
            f"{FILE}, line 3: observability:cluster is the same setting as cluster, of which the engine takes one at "
            "random; merge them under one key",
        ),
        (
            "config:\n  aws:region: eu-west-1\n\n  aws:config:region: us-east-1\n",
            f"{FILE}, line 4: aws:config:region is the same setting as aws:region",
        ),
        ("config:\n  a:b:c: 1\n", f"{FILE}, line 2: a:b:c must be the key of a setting; write namespace:name"),
        ("config: {}\nencryptionsalt: {a: 1}\n", f"encryptionsalt in {FILE} must be text"),
        ("config:\n  a: !!binary aGVsbG8=\n", f"{FILE}, line 2: tag !!binary has no use in a stack file; remove it"),
        ("config:\n  a:\n    b: !!set {c}\n", f"{FILE}, line 3: tag !!set has no use in a stack file; remove it"),
        ("config:\n  a: !!python/name:os.system\n", f"{FILE}, line 2: tag !!python/name:os.system has no use"),
        ("config:\n  a: !!int 1.5\n", f"{FILE}, line 2: 1.5 is no value of tag !!int; remove the tag"),
        ("config:\n  a: &x\n    - *x\n", f"{FILE}, line 3: *x is within &x itself, without end; write the value"),
        ("config:\n  a: *x\n", f"{FILE}, line 2: *x has no anchor &x before it; write the value"),
        ("config:\n  a: {b: .nan}\n", f"{FILE}, line 2: .nan is no number that JSON has; write a finite number"),
        ("config:\n  a: {2024-04-01: b}\n", f"{FILE}, line 2: the key 2024-04-01 is no text; put it in quotes"),
        ("config:\n  a: {~: b}\n", f"{FILE}, line 2: the key ~ is no text; put it in quotes"),
        ("config:\n  a: {<<: 5}\n", f"{FILE}, line 2: << must have a map or a list of maps; write the keys"),
        ("config:\n  a: {'<<': {b: 1}}\n", f"{FILE}, line 2: the engine merges the key << also in quotes"),
        ("%YAML 1.2\n---\nconfig: {}\n", f"{FILE}, line 1: %YAML 1.2 is refused by the engine, which reads 1.1"),
        ("config: {}\n---\nconfig: {a: 1}\n", f"{FILE}, line 2: a second document begins"),
        ("config:\n  a: \a\n", f"{FILE}, line 2: control character '\\x07' is not allowed; remove it"),
        (b"config:\n  a: \xff\n", f"{FILE}, line 2: is not UTF-8; save it in that encoding"),
        (nested(200), f"{FILE}, line 2: more than {MAX_DEPTH} levels of keys and lists; write a flatter value"),
        (nested(20_000), f"{FILE}, line 2: more than {MAX_DEPTH} levels"),
        (
            "config:\n" + "".join(f"{'  ' * level}a:\n" for level in range(1, 201)),
            f"{FILE}, line {MAX_DEPTH + 2}: more than {MAX_DEPTH} levels",
        ),
    ],
)
def test_a_stack_file_that_cannot_be_read_is_refused_with_its_line(
    tmp_path: Path, text: str | bytes, sentence: str
) -> None:
    with pytest.raises(MalformedStackFileError) as raised:
        read(tmp_path, text)
    assert str(raised.value).startswith(sentence)


def test_a_directory_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(MalformedStackFileError, match=rf"{FILE} cannot be read: Is a directory"):
        read_stack_file(tmp_path, "dev")


def test_levels_up_to_the_limit_are_read(tmp_path: Path) -> None:
    within = MAX_DEPTH - len(("config", "a"))
    value = read(tmp_path, nested(within + 1))["observability:a"]
    for _ in range(within):
        (value,) = value
    assert value == []
    with pytest.raises(MalformedStackFileError, match="more than 100 levels"):
        read(tmp_path, nested(within + 2))


def test_aliases_add_to_the_levels_of_their_place(tmp_path: Path) -> None:
    chain = "".join(f"  a{index}: &a{index} [*a{index - 1}]\n" for index in range(1, 200))
    with pytest.raises(MalformedStackFileError, match=rf"{FILE}, line {MAX_DEPTH}: more than {MAX_DEPTH} levels"):
        read(tmp_path, "config:\n  a0: &a0 [x]\n" + chain)


def test_aliases_that_multiply_are_refused_before_they_are_expanded(tmp_path: Path) -> None:
    tens = "".join(f"  a{index}: &a{index} [{', '.join([f'*a{index - 1}'] * 10)}]\n" for index in range(1, 20))
    with pytest.raises(MalformedStackFileError, match=r"line 5: aliases come to \d{4} values or more"):
        read(tmp_path, f"config:\n  a0: &a0 [{', '.join('0123456789')}]\n" + tens)


def test_anchors_are_taken_as_they_stand_before_the_alias(tmp_path: Path) -> None:
    assert read(tmp_path, "config:\n  a: &x [&x 1, *x]\n  b: *x\n  c: &x 2\n  d: *x\n") == {
        "observability:a": [1, 1],
        "observability:b": 1,
        "observability:c": 2,
        "observability:d": 2,
    }
