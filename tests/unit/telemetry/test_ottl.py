"""Statements of OTTL, as a real Collector runs them on logs and spans."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from components.telemetry.model import PipelineProcessor, ProcessorKind, Signal
from components.telemetry.ottl import drop_condition, label_attributes, quote, transformations
from tests.redaction_corpus import INNOCENT, REDACTED
from tests.unit.telemetry.collector.examples import config_of
from tests.unit.telemetry.collector.running import Posted, Record, logs, run, values


def processed(directory: Path, *posted: Posted, count: int, signal: str = "logs", **processor: Any) -> list[Record]:
    """Return what one processor makes of messages."""
    changes: dict[str, Any] = {"processors": {"tested": processor}, "pipelines": {signal: {"processors": ["tested"]}}}
    return run(config_of(**changes), directory, count=count, posted=posted)


LEVELS = {
    '{"level":"WARNING","msg":"error"}': "warn",
    '{"severity":"err"}': "error",
    '{"lvl":30}': "info",
    '{"level":"custom","severity":"fatal"}': None,
    'ts=1 level=debug msg="an ERROR"': "debug",
    'lvl="Critical" msg=x': "fatal",
    "2026-11-27 20:00:00 ERROR shop failed": "error",
    "[warn] low disk": "warn",
    "info: listening": "info",
    "no error was found": None,
    "nothing": None,
}


def test_the_level_is_a_field_or_a_word_of_the_line(tmp_path: Path) -> None:
    records = processed(tmp_path, logs(*LEVELS, {"level": "trace"}), count=len(LEVELS) + 1, kind="level")
    found = {str(record.body): record.resource.get("level") for record in records}
    assert found == {**LEVELS, "{'level': 'trace'}": "trace"}


def test_the_severity_of_a_record_is_its_level(tmp_path: Path) -> None:
    posted = [logs(f"number {number}", severityNumber=number) for number in (1, 8, 9, 16, 17, 24)]
    posted += [logs("an ERROR in text", severityText="Information"), logs("INFO in text", severityNumber=13)]
    records = processed(tmp_path, *posted, count=len(posted), kind="level")
    assert {record.body: record.resource["level"] for record in records} == {
        "number 1": "trace",
        "number 8": "debug",
        "number 9": "info",
        "number 16": "warn",
        "number 17": "error",
        "number 24": "fatal",
        "an ERROR in text": "info",
        "INFO in text": "warn",
    }


def test_fields_of_json_become_labels_and_metadata(tmp_path: Path) -> None:
    fields: dict[str, Any] = {"labels": {"tier": "log.tier"}, "metadata": {"user": "user", "status": "status"}}
    posted = logs(' {"log":{"tier":"web"},"user":"jane","status":200}', {"user": "joe"}, "user=jim")
    records = processed(tmp_path, posted, count=3, kind="json", **fields)
    found = {str(record.body)[:7]: record for record in records}
    assert found[' {"log"'].resource["tier"] == "web"
    assert found[' {"log"'].attributes == {"user": "jane", "status": 200}
    assert found["{'user'"].attributes == {"user": "joe"}
    assert found["user=ji"].attributes == {}


def test_fields_of_logfmt_become_labels_and_metadata(tmp_path: Path) -> None:
    fields: dict[str, Any] = {"labels": {"tier": "tier"}, "metadata": {"user": "user.name", "text": "msg"}}
    posted = logs(r'tier=web user.name=jane msg="say \"hi\" to x=y" mytier=no', "no pairs")
    records = processed(tmp_path, posted, count=2, kind="logfmt", **fields)
    found = {record.body: record for record in records}
    assert found["no pairs"].attributes == {}
    [pairs] = [record for record in records if record.body != "no pairs"]
    assert pairs.resource["tier"] == "web"
    assert pairs.attributes == {"user": "jane", "text": r"say \"hi\" to x=y"}


def test_lines_and_spans_that_match_are_left_out(tmp_path: Path) -> None:
    drop = {"kind": "drop", "pattern": r"GET /health\b"}
    records = processed(tmp_path, logs("a GET /health b", "GET /healthy", {"n": "GET /health"}), count=1, **drop)
    assert [record.body for record in records] == ["GET /healthy"]
    names = [
        {"name": name, "traceId": f"{n:032x}", "spanId": f"{n:016x}"} for n, name in ((1, "GET /health"), (2, "GET /"))
    ]
    posted = Posted("traces", {"resourceSpans": [{"resource": {}, "scopeSpans": [{"spans": names}]}]})
    kept = processed(tmp_path, posted, count=1, signal="traces", **drop)
    assert [record.item["name"] for record in kept] == ["GET /"]


def test_the_corpus_is_redacted_in_bodies_and_attributes(tmp_path: Path) -> None:
    lines = [each for found in REDACTED.values() for each in found]
    detect = [kind.value for kind in REDACTED]
    posted = [logs(line, attributes=values({"line": line})) for line, _ in lines]
    records = processed(tmp_path, *posted, count=len(lines), kind="redact", detect=detect)
    for record in records:
        assert record.body == record.attributes["line"], "a body and an attribute of the same text"
    assert Counter(str(record.body) for record in records) == Counter(left for _, left in lines)


def test_innocent_lines_stay(tmp_path: Path) -> None:
    records = processed(tmp_path, logs(*INNOCENT), count=len(INNOCENT), kind="redact")
    assert [record.body for record in records] == list(INNOCENT)


def test_secrets_of_spans_are_redacted(tmp_path: Path) -> None:
    span = {
        "name": "mail jane@example.org",
        "traceId": f"{1:032x}",
        "spanId": f"{1:016x}",
        "attributes": values({"url": "https://u:hunter2@shop/"}),
        "events": [{"name": "e", "attributes": values({"m": "jane@example.org"})}],
        "status": {"code": 2, "message": "no jane@example.org"},
    }
    posted = Posted("traces", {"resourceSpans": [{"resource": {}, "scopeSpans": [{"spans": [span]}]}]})
    [record] = processed(tmp_path, posted, count=1, signal="traces", kind="redact")
    assert record.item["name"] == "mail [email]"
    assert record.attributes == {"url": "https://u:[password]@shop/"}
    assert record.item["status"]["message"] == "no [email]"
    assert record.item["events"][0]["attributes"] == values({"m": "[email]"})


def test_attributes_of_resources_are_set_where_they_are_missing(tmp_path: Path) -> None:
    posted = [logs("with", resource={"team": "cart"}), logs("without")]
    records = processed(tmp_path, *posted, count=2, kind="resource", attributes={"team": 'the "shop" $1'})
    assert {record.body: record.resource["team"] for record in records} == {"with": "cart", "without": 'the "shop" $1'}


@pytest.mark.parametrize(
    ("text", "literal"), [("a", '"a"'), ('a"b\\c', '"a\\"b\\\\c"'), ("ä\n", '"ä\\n"'), ("${1}", '"${1}"')]
)
def test_a_text_is_quoted(text: str, literal: str) -> None:
    assert quote(text) == literal


def test_only_what_changes_data_has_statements() -> None:
    for kind in (ProcessorKind.MULTILINE, ProcessorKind.DROP, ProcessorKind.TAIL_SAMPLING, ProcessorKind.SPAN_METRICS):
        assert transformations(PipelineProcessor(kind=kind), Signal.LOGS) == []
    assert label_attributes(PipelineProcessor(kind=ProcessorKind.LEVEL)) == ["level"]
    drop = PipelineProcessor(kind=ProcessorKind.DROP, pattern=r"\d")
    assert drop_condition(drop, Signal.TRACES) == r'IsMatch(span.name, "\\d")'
