"""The patterns of secrets, on a corpus of lines that must change and of lines that must not."""

import pytest
import re2

from components.telemetry.model import PipelineProcessor, ProcessorKind, Secret
from components.telemetry.redaction import SECRET_PATTERNS, redactions, without_groups
from tests.redaction_corpus import INNOCENT, NO_ADDRESSES, REDACTED


def redacted(line: str, **settings: object) -> str:
    """Return what a processor leaves of a line, by RE2 as both engines have it."""
    processor = PipelineProcessor.model_validate({"kind": ProcessorKind.REDACT, **settings})
    for name, pattern in redactions(processor):
        line = re2.sub(pattern.surrounded, rf"\1[{name}]\2", line)
    return line


CORPUS = [(kind, line, left) for kind, lines in REDACTED.items() for line, left in lines]


@pytest.mark.parametrize(("kind", "line", "left"), CORPUS)
def test_a_secret_is_replaced_by_the_name_of_its_kind(kind: Secret, line: str, left: str) -> None:
    assert redacted(line, detect=[kind]) == left


@pytest.mark.parametrize(("kind", "line", "left"), CORPUS)
def test_what_was_redacted_is_left_as_it_is(kind: Secret, line: str, left: str) -> None:
    assert redacted(left, detect=[kind]) == left, "an agent and a gateway may both redact"


@pytest.mark.parametrize("line", INNOCENT)
def test_a_line_without_a_secret_stays(line: str) -> None:
    assert redacted(line) == line


@pytest.mark.parametrize("line", NO_ADDRESSES)
def test_versions_times_and_names_are_no_addresses(line: str) -> None:
    assert redacted(line, detect=[Secret.IP_ADDRESS]) == line


def test_every_kind_has_patterns_and_examples() -> None:
    assert set(SECRET_PATTERNS) == set(Secret) == set(REDACTED)


def test_the_patterns_of_a_secret_have_no_group_of_their_own() -> None:
    for patterns in SECRET_PATTERNS.values():
        for pattern in patterns:
            assert re2.compile(pattern.captured).groups == 1
            assert re2.compile(pattern.surrounded).groups == 2


def test_own_patterns_are_replaced_whole_by_their_name() -> None:
    line = redacted("customer C-12345678 of DE", detect=[], patterns={"customer": r"\bC-(\d{4})(\d{4})\b"})
    assert line == "customer [customer] of DE"


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("a(b)c", "a(?:b)c"),
        (r"\((a)\)", r"\((?:a)\)"),
        ("[(](a)", "[(](?:a)"),
        ("[]()](a)", "[]()](?:a)"),
        ("[^]()](a)", "[^]()](?:a)"),
        ("[[:alpha:](](a)", "[[:alpha:](](?:a)"),
        (r"[\](](a)", r"[\](](?:a)"),
        ("(?P<name>a)(?<other>b)", "(?:a)(?:b)"),
        ("(?i:a)(?i)(b)", "(?i:a)(?i)(?:b)"),
        (r"\Q(a)\E(b)", r"\Q(a)\E(?:b)"),
    ],
)
def test_groups_of_an_expression_no_longer_capture(pattern: str, expected: str) -> None:
    assert without_groups(pattern) == expected
    assert re2.compile(expected).groups == 0
