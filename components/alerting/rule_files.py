"""Files of a user in the formats of Prometheus: rules, and tests of `promtool test rules` for them.

A test file names the rule files that it tests under `rule_files`, relative to itself, as promtool does.
"""

import posixpath
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._model import Location
from .._rule_files import PARTIAL_RESPONSE, form_problems, read_rule_file
from .._yaml import DataFile, file_place, line_of, read_documents
from .rules import Alert, Group, Language, Record, Rule, RuleProblem

_TEST_KEYS = ("rule_files", "evaluation_interval", "fuzzy_compare", "group_eval_order", "tests")
_NO_TESTS = "must be a map with rule_files and tests, as promtool test rules reads it; add them"


@dataclass(frozen=True)
class RuleTests:
    """A file of tests: what it tests, and which alerts it expects to fire and not to fire."""

    path: str
    content: Mapping[str, Any]

    @property
    def rule_files(self) -> tuple[str, ...]:
        """The paths of the rule files that it tests, which it names by the way from itself."""
        beside = posixpath.dirname(self.path)
        names = self.content.get("rule_files", ())
        return tuple(posixpath.normpath(posixpath.join(beside, str(name))) for name in names)

    @property
    def firing(self) -> frozenset[str]:
        """The alerts that a test expects to fire."""
        return frozenset(str(test.get("alertname")) for test in self._alert_tests() if test.get("exp_alerts"))

    @property
    def silent(self) -> frozenset[str]:
        """The alerts that a test expects not to fire."""
        return frozenset(str(test.get("alertname")) for test in self._alert_tests() if not test.get("exp_alerts"))

    def _alert_tests(self) -> Iterator[Mapping[str, Any]]:
        for test in self.content.get("tests", ()):
            yield from test.get("alert_rule_test") or ()


def read_groups(
    files: Mapping[str, str], language: Language = Language.PROMQL, *, of_thanos: Collection[str] = ()
) -> list[Group]:
    """Return the groups of the files, without what has a problem of its form.

    `of_thanos` are the paths of those of its ruler.
    """
    return [
        group_of(path, group, language, () if isinstance(text, DataFile) else lines)
        for path, text in files.items()
        for group, lines in _groups(text, path in of_thanos)
    ]


def _groups(text: str, of_thanos: bool) -> Iterator[tuple[Mapping[str, Any], Sequence[int]]]:
    """Yield each group of a file with the lines of its rules."""
    content = read_rule_file(text, of_thanos=of_thanos)
    return zip(content.groups, content.lines, strict=True)


def problems_of_files(files: Mapping[str, str], *, of_thanos: Collection[str] = ()) -> Iterator[RuleProblem]:
    """Yield every problem of the form of the files, and groups of one name in several of them."""
    seen: dict[str, str] = {}
    for path, text in files.items():
        found = form_problems(path, text, of_thanos=path in of_thanos)
        yield from (RuleProblem(place, message) for place, message in found)
        for group, lines in _groups(text, path in of_thanos):
            first = seen.setdefault(group["name"], path)
            if first != path:
                place = file_place(path, text, lines[0])
                yield RuleProblem(place, f"has group {group['name']!r}, which {first} has too; rename one of them")


def read_tests(files: Mapping[str, str]) -> list[RuleTests]:
    """Return the test files that are well formed."""
    contents = ((path, *_content_of_test(text)) for path, text in files.items())
    return [RuleTests(path, content) for path, content, problems in contents if not problems]


def problems_of_tests(files: Mapping[str, str], rule_files: Mapping[str, str]) -> Iterator[RuleProblem]:
    """Yield every problem of the form of test files, and rule files that they name and that are not there."""
    for path, text in files.items():
        _, problems = _content_of_test(text)
        yield from (RuleProblem(file_place(path, text, line), message) for line, message in problems)
    for test in read_tests(files):
        for name in test.rule_files:
            if name not in rule_files:
                known = f"; use one of {', '.join(sorted(rule_files))}" if rule_files else "; add it"
                yield RuleProblem(test.path, f"rule_files has {name!r}, which is no rule file{known}")


def untested_problems(groups: Sequence[Group], tests: Sequence[RuleTests]) -> Iterator[RuleProblem]:
    """Yield each alert in PromQL of `groups` that no test of its file expects to fire, or not to fire."""
    for group in groups:
        if group.language is not Language.PROMQL:
            continue
        of_file = [test for test in tests if group.place in test.rule_files]
        for index, rule in enumerate(group.rules):
            if not isinstance(rule, Alert):
                continue
            for fires, what in ((True, "to fire"), (False, "not to fire")):
                if not any(rule.name in (test.firing if fires else test.silent) for test in of_file):
                    expected = "with exp_alerts" if fires else "without exp_alerts"
                    yield RuleProblem(
                        group.place_of(index),
                        f"no test expects it {what}: an alert has a test of both; add an alert_rule_test {expected} "
                        f"to a test file with rule_files: [{group.place}]",
                    )


def _content_of_test(text: str) -> tuple[Mapping[str, Any], list[tuple[int, str]]]:
    """Return what a test file holds, and every problem of its form with its line, 0 where it is not known."""
    documents, faults = read_documents(text)
    problems = [(fault.line, fault.message) for fault in faults]
    if len(documents) != 1 or not isinstance(documents[0].data, dict):
        return {}, problems or [(0, _NO_TESTS)]
    (document,) = documents
    at = ((line_of(document.node, location), message) for location, message in _problems_of_test(document.data))
    return document.data, [*problems, *at]


def _problems_of_test(content: Mapping[Any, Any]) -> Iterator[tuple[Location, str]]:
    if not isinstance(content.get("tests"), list):
        yield (), _NO_TESTS
        return
    for key in content:
        if key not in _TEST_KEYS:
            yield (key,), f"has the unknown key {key}; use {', '.join(_TEST_KEYS)}"
    if not isinstance(content.get("rule_files"), list) or not content["rule_files"]:
        yield ("rule_files",), "must name the files that it tests; add rule_files"
    for index, test in enumerate(content["tests"]):
        listed = test.get("alert_rule_test") or [] if isinstance(test, dict) else None
        if not isinstance(listed, list) or any(not isinstance(one, dict) for one in listed):
            yield ("tests", index), f"test {index + 1} must be a map, with a list alert_rule_test; correct it"


def group_of(
    place: str, group: Mapping[str, Any], language: Language = Language.PROMQL, lines: Sequence[int] = ()
) -> Group:
    """Return a group from the format of Prometheus, with the lines of its rules; a chart may leave one without any."""
    rules = group["rules"] or ()
    lines = lines or [0] * len(rules)
    return Group(
        group["name"],
        tuple(_rule(rule, group.get("labels") or {}, line) for rule, line in zip(rules, lines, strict=True)),
        place,
        "" if str(group.get("interval")) == "0" else str(group.get("interval") or ""),
        language,
        query_offset=str(group.get("query_offset") or ""),
        limit=int(group.get("limit") or 0),
        partial_response=str(group.get(PARTIAL_RESPONSE) or ""),
    )


def _rule(rule: Mapping[str, Any], of_group: Mapping[str, str], line: int) -> Rule:
    labels = {**of_group, **(rule.get("labels") or {})}
    if rule.get("record"):
        return Record(rule["record"], rule["expr"], labels, line)
    return Alert(
        rule["alert"],
        rule["expr"],
        str(rule.get("for") or ""),
        labels,
        dict(rule.get("annotations") or {}),
        str(rule.get("keep_firing_for") or ""),
        line,
    )
