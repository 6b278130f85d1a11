"""What a stack file sets, and what is refused where it cannot be read."""

from pathlib import Path

import pytest

from tools.stackfile import MalformedStackFileError, StackFile, UnknownStackError, read_stack_file


def test_a_stack_file_tells_its_cluster_and_its_providers(tmp_path: Path) -> None:
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


def test_an_unknown_stack_is_told_with_those_that_there_are(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.dev.yaml").write_text("config: {}\n")
    with pytest.raises(UnknownStackError, match=r"there is no stack 'prod' .* there are dev"):
        read_stack_file(tmp_path, "prod")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("config:\n  a: [1\n", "Pulumi.dev.yaml is no YAML, line 3: expected ',' or ']'"),
        ("config:\n\ta: 1\n", "Pulumi.dev.yaml is no YAML, line 2: found character"),
        ("- a\n", "Pulumi.dev.yaml is ['a'] and must hold keys: config"),
        ("config: dev\n", "config in Pulumi.dev.yaml is 'dev' and must hold keys: settings"),
        ("config: {{ of a template }}\n", "Pulumi.dev.yaml is no YAML, line 1: found unhashable key"),
        ("config:\n  a: 1\n  a: 2\n", "Pulumi.dev.yaml is no YAML, line 3: a is written twice"),
        (
            "config:\nobservability:cluster: {environment: production}\n",
            "Pulumi.dev.yaml has observability:cluster beside config, where nothing reads it: indent settings below",
        ),
    ],
)
def test_a_stack_file_that_cannot_be_read_is_told_with_the_line(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "Pulumi.dev.yaml").write_text(text)
    with pytest.raises(MalformedStackFileError) as raised:
        read_stack_file(tmp_path, "dev")
    assert str(raised.value).startswith(sentence)


def test_an_empty_stack_file_sets_nothing(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.dev.yaml").write_text("")
    assert read_stack_file(tmp_path, "dev").config == {}
