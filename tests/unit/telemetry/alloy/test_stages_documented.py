"""The evaluator of stages and rules does what Alloy's documentation shows, and what its sources say of edges."""

from typing import Any

import pytest

from tests.alloy_pipeline import Entry, Stages, matches, relabelled
from tests.go_template import evaluate
from tools.contract.alloy_syntax import parse

# https://grafana.com/docs/alloy/latest/reference/components/loki/loki.process/
PROCESS = "https://grafana.com/docs/alloy/latest/reference/components/loki/loki.process/"


def run(stages: str, *lines: str | Entry) -> list[Entry]:
    entries = [line if isinstance(line, Entry) else Entry(line) for line in lines]
    return Stages(parse(stages)).run(entries)


def test_relabelling_combines_keeps_and_sets_as_documented() -> None:
    targets = [
        {"__meta_foo": "foo", "__address__": "localhost", "instance": "one", "app": "backend"},
        {"__meta_bar": "bar", "__address__": "localhost", "instance": "two", "app": "database"},
    ]
    rules = parse(
        """
rule {
  source_labels = ["__address__", "instance"]
  separator     = "/"
  target_label  = "destination"
  action        = "replace"
}
rule {
  source_labels = ["app"]
  action        = "keep"
  regex         = "backend"
}
rule {
  target_label = "custom_static_label"
  replacement = "static_value"
}
"""
    )
    assert [relabelled(target, rules) for target in targets] == [
        {**targets[0], "destination": "localhost/one", "custom_static_label": "static_value"},
        None,
    ]


def test_a_rule_without_a_match_changes_nothing_and_an_empty_result_removes() -> None:
    rules = parse('rule {\n source_labels = ["a"]\n regex = "(.+)"\n target_label = "b"\n}')
    assert relabelled({"b": "kept"}, rules) == {"b": "kept"}
    assert relabelled({"a": "new", "b": "old"}, rules) == {"a": "new", "b": "new"}
    assert relabelled({"b": "old"}, parse('rule {\n source_labels = ["a"]\n target_label = "b"\n}')) == {}


def test_a_line_of_a_container_runtime_is_taken_apart() -> None:
    (entry,) = run("stage.cri { }", "2019-04-30T02:12:41.8443515Z stdout F message")
    assert (entry.line, entry.labels, entry.timestamp) == (
        "message",
        {"stream": "stdout"},
        "2019-04-30T02:12:41.8443515Z",
    )
    assert entry.extracted["content"] == "message" and entry.extracted["stream"] == "stdout"


def test_parts_of_a_line_are_joined_by_stream() -> None:
    found = run(
        "stage.cri { }",
        *("1 stdout P one ", "2 stderr F between", "3 stdout P two ", "4 stdout F three", "5 stdout F next"),
    )
    assert [entry.line for entry in found] == ["between", "one two three", "next"]


def test_the_lines_of_a_traceback_are_one_entry() -> None:
    stage = r'stage.multiline { firstline = "^\\[\\d{4}-\\d{2}-\\d{2} \\d{1,2}:\\d{2}:\\d{2}\\]" }'
    error = ["[2023-01-18 17:41:25] ERROR in app: Exception on /error [GET]", "Traceback:", "Exception: Sorry"]
    lines = ['[2023-01-18 17:41:21] "GET /hello HTTP/1.1" 200 -', *error, '[2023-01-18 17:42:24] "GET /error" 500 -']
    assert [entry.line for entry in run(stage, *lines)] == [lines[0], "\n".join(error), lines[-1]]


def test_a_json_stage_reads_the_line_and_then_what_it_extracted() -> None:
    stages = """
stage.json { expressions = {output = "log", extra = ""} }
stage.json {
  source      = "extra"
  expressions = {username = "user"}
}
"""
    (entry,) = run(stages, r'{"log":"log message\n","extra":"{\"user\":\"alloy\"}"}')
    assert entry.extracted == {"output": "log message\n", "extra": '{"user":"alloy"}', "username": "alloy"}


def test_a_logfmt_stage_reads_quoted_values() -> None:
    stages = """
stage.logfmt { mapping = { "extra" = "" } }
stage.logfmt {
  mapping = { "username" = "user" }
  source  = "extra"
}
"""
    line = 'time=2012-11-01T22:08:41+00:00 app=loki level=WARN message="this is a line" extra="user=example_name"'
    (entry,) = run(stages, line)
    assert entry.extracted == {"extra": "user=example_name", "username": "example_name"}


@pytest.mark.parametrize(
    ("expression", "replacement", "line", "left"),
    [
        (r"password (\\S+)", "*****", "with password xyz!", "with password *****"),
        (r"password (\\S+)", "", "with password xyz", "with password "),
        (
            r"^(?P<ip>\\S+) (?P<identd>\\S+) (?P<user>\\S+) \\[(?P<timestamp>[\\w:/]+\\s[+\\-]\\d{4})\\]",
            "{{ .Value | ToUpper }}",
            "11.11.11.11 - frank [01/Jan/2023:00:00:01 +0200]",
            "11.11.11.11 - FRANK [01/JAN/2023:00:00:01 +0200]",
        ),
        ("((a)b)", "x", "ab cab", "x cx"),
    ],
)
def test_only_groups_are_replaced(expression: str, replacement: str, line: str, left: str) -> None:
    (entry,) = run(f'stage.replace {{\n expression = "{expression}"\n replace = "{replacement}"\n}}', line)
    assert entry.line == left


def test_stages_inside_a_match_run_for_its_lines_alone() -> None:
    stages = r"""
stage.json { expressions = { "appname" = "app" } }
stage.labels { values = { "applbl" = "appname" } }
stage.match {
  selector = "{applbl=\"example1\"}"
  stage.json { expressions = { "msg" = "message" } }
}
stage.match {
  selector = "{applbl=\"qux\"}"
  stage.json { expressions = { "msg" = "msg" } }
}
stage.match {
  selector = "{applbl=\"example2\"} |~ \".*noisy error.*\""
  action   = "drop"
}
stage.output { source = "msg" }
"""
    found = run(
        stages,
        '{ "app":"example1", "component": ["parser","type"], "level" : "WARN", "message" : "app1 log line" }',
        '{ "app":"example2", "component": ["parser","type"], "level" : "ERROR", "message" : "example noisy error" }',
    )
    assert [(entry.line, entry.labels) for entry in found] == [("app1 log line", {"applbl": "example1"})]


@pytest.mark.parametrize(
    ("selector", "holds"),
    [
        ('{a="1"}', True),
        ('{a=~"1|2", b!="x"}', True),
        ('{a=~"."} |= "err" !~ "noise"', True),
        ('{a!~"1"}', False),
        ('{a=""}', False),
        ('{c=""}', True),
        ('{a="1"} |~ "^rr"', False),
        ('{a="1"} != "err"', False),
    ],
)
def test_a_selector_is_anchored_at_labels_and_not_at_lines(selector: str, holds: bool) -> None:
    assert matches(selector, Entry("an err", {"a": "1", "b": "y"})) is holds


def test_structured_metadata_is_taken_from_what_is_extracted_and_from_labels_which_end() -> None:
    stage = 'stage.structured_metadata { values = { env = "", user = "username", host = "" } }'
    entry = Entry("x", {"host": "a"}, extracted={"env": "test", "username": "jane", "other": 1})
    (found,) = run(stage, entry)
    assert (found.metadata, found.labels) == ({"env": "test", "user": "jane", "host": "a"}, {})


def test_values_that_are_no_text_are_left_out_of_labels() -> None:
    parsed = 'stage.json { expressions = { a = "a", b = "b", c = "c", d = "d" } }'
    stages = f'{parsed}\nstage.labels {{ values = {{ a = "", b = "", c = "", d = "" }} }}'
    (found,) = run(stages, '{"a": null, "b": 30, "c": true}')
    assert found.labels == {"b": "30", "c": "true"}


@pytest.mark.parametrize(
    ("template", "values", "text"),
    [
        ("{{ ToLower .Value }}_some_suffix", {"Value": "API"}, "api_some_suffix"),
        ("{{ .level }} for app {{ ToUpper .app }} in module {{.module}}", {"level": "warn", "app": "a", "module": "m"},
         "warn for app A in module m"),
        ('{{ if hasSuffix "b" .x }}1{{ else }}2{{ if hasSuffix "c" .x }}3{{ end }}{{ end }}4', {"x": "ab"}, "14"),
        ('{{ if hasSuffix "b" .x }}1{{ else }}2{{ if hasSuffix "c" .x }}3{{ end }}{{ end }}4', {"x": "ac"}, "234"),
        ('{{ coalesce .none "" .x | lower | trimAll "[]" }}', {"x": "[WARN]"}, "warn"),
        ('{{ get (dict "a" "1" "b" "2") .x }}', {"x": "b"}, "2"),
        ('{{ get (dict "a" "1") (coalesce .none "c") }}', {}, ""),
        ("{{ .none }}", {}, "<no value>"),
    ],
)  # fmt: skip
def test_a_template_means_what_it_means_in_go(template: str, values: dict[str, Any], text: str) -> None:
    assert evaluate(template, values) == text
