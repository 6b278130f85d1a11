"""Files of a user in the formats of Prometheus: rules, and tests of `promtool test rules` for them.

A test file names the rule files that it tests under `rule_files`, relative to itself, as promtool does.
"""

import posixpath
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from .._rule_files import PARTIAL_RESPONSE, content_problems
from .rules import Alert, Group, Language, Record, Rule, RuleProblem

_TEST_KEYS = ("rule_files", "evaluation_interval", "fuzzy_compare", "group_eval_order", "tests")


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
    """Return the groups of the files that are well formed; `of_thanos` are the paths of those of its ruler."""
    return [
        group_of(path, group, language)
        for path, text in files.items()
        if not any(content_problems(text, of_thanos=path in of_thanos))
        for group in yaml.safe_load(text)["groups"]
    ]


def form_problems(files: Mapping[str, str], *, of_thanos: Collection[str] = ()) -> Iterator[RuleProblem]:
    """Yield every problem of the form of the files, and groups of one name in several of them."""
    seen: dict[str, str] = {}
    for path, text in files.items():
        found = list(content_problems(text, of_thanos=path in of_thanos))
        yield from (RuleProblem(path, message) for message in found)
        for group in () if found else yaml.safe_load(text)["groups"]:
            first = seen.setdefault(group["name"], path)
            if first != path:
                yield RuleProblem(path, f"has group {group['name']!r}, which {first} has too; rename one of them")


def read_tests(files: Mapping[str, str]) -> list[RuleTests]:
    """Return the test files that are well formed."""
    return [RuleTests(path, yaml.safe_load(text)) for path, text in files.items() if not any(_problems_of_test(text))]


def problems_of_tests(files: Mapping[str, str], rule_files: Mapping[str, str]) -> Iterator[RuleProblem]:
    """Yield every problem of the form of test files, and rule files that they name and that are not there."""
    for path, text in files.items():
        yield from (RuleProblem(path, message) for message in _problems_of_test(text))
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


def _problems_of_test(text: str) -> Iterator[str]:
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" in line {mark.line + 1}" if mark else ""
        yield f"must be valid YAML, and has an error{line} ({getattr(error, 'problem', None) or error}); correct it"
        return
    if not isinstance(content, dict) or not isinstance(content.get("tests"), list):
        yield "must be a map with rule_files and tests, as promtool test rules reads it; add them"
        return
    if unknown := sorted(str(key) for key in set(content) - set(_TEST_KEYS)):
        yield f"has unknown keys {', '.join(unknown)}; use {', '.join(_TEST_KEYS)}"
    if not isinstance(content.get("rule_files"), list) or not content["rule_files"]:
        yield "must name the files that it tests; add rule_files"
    for number, test in enumerate(content["tests"], start=1):
        listed = test.get("alert_rule_test") or [] if isinstance(test, dict) else None
        if not isinstance(listed, list) or any(not isinstance(one, dict) for one in listed):
            yield f"test {number} must be a map, with a list alert_rule_test; correct it"


def group_of(place: str, group: Mapping[str, Any], language: Language = Language.PROMQL) -> Group:
    """Return a group from the format of Prometheus; a chart may leave one without rules."""
    return Group(
        group["name"],
        tuple(_rule(rule, group.get("labels") or {}) for rule in group["rules"] or ()),
        place,
        str(group.get("interval") or ""),
        language,
        query_offset=str(group.get("query_offset") or ""),
        limit=int(group.get("limit") or 0),
        partial_response=str(group.get(PARTIAL_RESPONSE) or ""),
    )


def _rule(rule: Mapping[str, Any], of_group: Mapping[str, Any]) -> Rule:
    labels = {str(name): str(value) for name, value in {**of_group, **(rule.get("labels") or {})}.items()}
    if rule.get("record"):
        return Record(rule["record"], rule["expr"], labels)
    annotations = {str(name): str(text) for name, text in (rule.get("annotations") or {}).items()}
    return Alert(
        rule["alert"],
        rule["expr"],
        str(rule.get("for") or ""),
        labels,
        annotations,
        str(rule.get("keep_firing_for") or ""),
    )
