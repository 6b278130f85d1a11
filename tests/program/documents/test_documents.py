"""The source documents, held on what the committed stacks render to: a table for each, and one of the stack `agent`."""

import re
from collections.abc import Sequence

import pytest

from tests.checkout import ROOT
from tests.program.documents import (
    collectors_only,
    document_000,
    document_001,
    document_002,
    document_003,
    document_004,
)
from tests.program.documents.rows import (
    Choice,
    Row,
    alloy_blocks,
    changed,
    committed,
    read,
    rendered,
    replaced,
    runs,
    settings_of,
)

TABLES = {
    each.STACK: each.TABLE
    for each in (document_000, document_001, document_002, document_003, document_004, collectors_only)
}


@pytest.mark.parametrize(("stack", "row"), [(stack, row) for stack, rows in TABLES.items() for row in rows], ids=str)
def test_the_stack_renders_what_the_document_quotes(stack: str, row: Row) -> None:
    assert read(committed(stack), row.path) == row.value


@pytest.mark.parametrize(
    ("stack", "rows"),
    [pytest.param(stack, run, id=f"{stack}-{i}") for stack, rows in TABLES.items() for i, run in enumerate(runs(rows))],
)
def test_a_changed_setting_fails_its_rows(stack: str, rows: Sequence[Row]) -> None:
    change = {setting: value for row in rows for setting, value in row.change.items()}
    objects = rendered(changed(stack, change), stack)
    assert [str(row) for row in rows if row.holds(objects)] == []


@pytest.mark.parametrize("stack", TABLES)
def test_a_changed_value_fails_a_row_that_no_setting_changes(stack: str) -> None:
    fixed = [row for row in TABLES[stack] if not row.setting]
    assert [str(row) for row in fixed if row.holds(replaced(committed(stack), row.path))] == []


@pytest.mark.parametrize(
    ("stack", "choice"),
    [(document.STACK, choice) for document in (document_002, document_003) for choice in document.CHOICES],
    ids=str,
)
def test_another_way_of_the_document_is_a_choice_of_settings(stack: str, choice: Choice) -> None:
    assert [str(row) for row in choice.rows if row.holds(committed(stack))] == []
    objects = rendered(changed(stack, choice.settings), stack)
    assert {str(row): read(objects, row.path) for row in choice.rows} == {str(row): row.value for row in choice.rows}


@pytest.mark.parametrize("stack", TABLES)
def test_every_setting_of_the_stack_file_has_a_row(stack: str) -> None:
    held = {row.setting for row in TABLES[stack] if row.setting}
    assert [path for path in settings_of(stack) if not any(f"{path}.".startswith(f"{each}.") for each in held)] == []


def test_every_row_of_the_parity_page_is_held() -> None:
    page = (ROOT / "docs" / "terraform-parity.md").read_text()
    held = {row.number for row in document_000.TABLE}
    assert set(re.findall(r"^\| (0\.\d+) \|", page, re.MULTILINE)) - held == {"0.19"}, "0.19 is steps of a reader"


def test_blocks_of_alloy_are_read_as_data() -> None:
    text = """
loki.process "pod" {
\tforward_to = [loki.write.endpoint.receiver]

\tstage.cri { }

\tstage.static_labels {
\t\tvalues = {
\t\t\tcluster = "local",
\t\t}
\t}

\trule {
\t\tsource_labels = [
\t\t\t"a",
\t\t\t"b",
\t\t]
\t}

\trule {
\t\tregex = "a=(.+)"
\t}
}
"""
    assert alloy_blocks(text) == {
        "loki.process.pod": {
            "forward_to": "[loki.write.endpoint.receiver]",
            "stage.cri": {},
            "stage.static_labels": {"values": {"cluster": "local"}},
            "rule": [{"source_labels": ["a", "b"]}, {"regex": "a=(.+)"}],
        }
    }
