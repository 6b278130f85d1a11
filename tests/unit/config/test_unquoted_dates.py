"""Dates without quotes, as the engine passes them: a day where a day is meant, refused elsewhere."""

from datetime import date
from functools import partial

import pytest

from config.unquoted_dates import date_of
from tests.unit.config import stacks
from tests.unit.config.stacks import load_whole, source

problems = partial(stacks.problems, load_whole)
DAY = "2024-04-01 00:00:00 +0000 UTC"


@pytest.mark.parametrize("written", [DAY, "2024-04-01"])
def test_a_schema_entry_begins_on_the_day_with_and_without_quotes(written: str) -> None:
    settings = load_whole(source(logging={"schema_entries": [{"from": written}], "replicas": 1}))
    (entry,) = settings.logging.schema_entries
    assert entry.begin == date(2024, 4, 1)
    assert settings.written["logging"] == {"schema_entries": [{"from": "2024-04-01"}], "replicas": 1}


def test_a_schema_entry_does_not_begin_at_a_time_of_day() -> None:
    message = problems(logging={"schema_entries": [{"from": "2024-04-01 10:20:30 +0000 UTC"}]})
    assert '[0].from = "2024-04-01T10:20:30Z": must be a day; set one such as 2024-01-01\n' in message
    assert "pulumi config set --path 'observability:logging.schema_entries[0].from' 2024-04-01 --stack test" in message


def test_a_date_in_place_of_text_is_refused_once_with_the_command_that_sets_it_as_text() -> None:
    values = {"loki": {"podAnnotations": {"since": DAY}, "list": ["a", "2024-04-01 10:20:30.5 +0200 CEST"]}}
    message = problems(
        cluster={"name": DAY}, logging={"values": values, "tenants": ["a"]}, telemetry={"namespace_tenants": {"a": DAY}}
    )
    rule = "is a date or time without quotes, which YAML does not read as text; put it in quotes"
    for place, text in (
        ("observability:cluster.name", "2024-04-01"),
        ("observability:logging.values.loki.podAnnotations.since", "2024-04-01"),
        ("observability:logging.values.loki.list[1]", "2024-04-01T10:20:30.5+02:00"),
        ("observability:telemetry.namespace_tenants.a", "2024-04-01"),
    ):
        assert f'{place} = "{text}": {rule}\n' in message
        assert message.count(f"  {place} =") == 1
    assert "pulumi config set --path observability:cluster.name 2024-04-01 --stack test" in message
    assert "pulumi config set --path 'observability:logging.values.loki.list[1]' 2024-04-01T10:20:30.5+02:00" in message


def test_an_entry_that_was_set_without_path_keeps_its_day() -> None:
    message = problems(**{"logging.schema_entries[0].from": DAY})
    assert "pulumi config set --path 'observability:logging.schema_entries[0].from' 2024-04-01 --stack test" in message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (DAY, "2024-04-01"),
        ("2024-04-01 00:00:00 +0200 +0200", "2024-04-01T00:00:00+02:00"),
        ("2024-04-01 23:59:59.123456789 -0530 -0530", "2024-04-01T23:59:59.123456789-05:30"),
        ("2024-04-01", None),
        ("2024-04-01 00:00:00", None),
        (f"{DAY} ", None),
    ],
)
def test_a_time_of_go_is_written_as_a_user_writes_it(text: str, expected: str | None) -> None:
    assert date_of(text) == expected
