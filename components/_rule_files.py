"""Rule files of Prometheus and of Loki: their form.

Loki's sidecar and lokitool, and the Prometheus operator parse them strictly: an unknown key fails the whole file, long
after the preview. So keys and types are checked here; expressions are checked elsewhere.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Annotated, Any

import yaml
from pydantic import BeforeValidator

_DURATION = re.compile(r"0|((\d+)(ms|[smhdwy]))+")
_GROUP_KEYS = frozenset({"name", "interval", "query_offset", "limit", "rules", "labels"})
PARTIAL_RESPONSE = "partial_response_strategy"
"""The key of a group that Thanos alone knows: what its rules do while a store does not answer."""
PARTIAL_RESPONSES = ("abort", "warn")
_RULE_KEYS = frozenset({"record", "alert", "expr", "for", "keep_firing_for", "labels", "annotations"})
_DURATIONS = ("interval", "query_offset", "for", "keep_firing_for")


def _text(content: Any) -> Any:
    return yaml.safe_dump(content, sort_keys=False) if isinstance(content, Mapping) else content


RuleFile = Annotated[str, BeforeValidator(_text)]
"""A file of YAML: its text, or the same as data."""


def content_problems(text: str, *, of_thanos: bool = False) -> Iterator[str]:
    """Yield a message for each problem of the form of a rule file, `of_thanos` of one for the ruler of Thanos."""
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" in line {mark.line + 1}" if mark else ""
        yield f"must be valid YAML, and has an error{line} ({getattr(error, 'problem', None) or error}); correct it"
        return
    if not isinstance(content, dict) or not isinstance(content.get("groups"), list) or set(content) != {"groups"}:
        yield "must be a map with the key groups alone, a list; begin it with groups:"
        return
    names: set[str] = set()
    for number, group in enumerate(content["groups"], start=1):
        name = group.get("name") if isinstance(group, dict) else None
        if not isinstance(group, dict) or not isinstance(name, str) or not name:
            yield f"group {number} must have a name; add one"
        elif name in names:
            yield f"has two groups {name!r}; rename one"
        else:
            names.add(name)
            yield from (f"group {name!r}: {message}" for message in _group_problems(group, of_thanos))


def _group_problems(group: Mapping[str, Any], of_thanos: bool) -> Iterator[str]:
    yield from _key_problems(group, _GROUP_KEYS | {PARTIAL_RESPONSE} if of_thanos else _GROUP_KEYS)
    strategy = group.get(PARTIAL_RESPONSE, PARTIAL_RESPONSES[0])
    if of_thanos and strategy not in PARTIAL_RESPONSES:
        yield f"has {PARTIAL_RESPONSE} {strategy!r}, which must be one of {', '.join(PARTIAL_RESPONSES)}; set one"
    rules = group.get("rules")
    if not isinstance(rules, list) or not rules:
        yield "must have at least one rule; add one, or remove the group"
        return
    for number, rule in enumerate(rules, start=1):
        if not isinstance(rule, dict):
            yield f"rule {number} must be a map; set alert or record, and expr"
            continue
        yield from (f"rule {number} {message}" for message in _rule_problems(rule))


def _rule_problems(rule: Mapping[str, Any]) -> Iterator[str]:
    yield from _key_problems(rule, _RULE_KEYS)
    if bool(rule.get("alert")) == bool(rule.get("record")):
        yield "must have either alert or record; set one, or remove one"
    if not isinstance(rule.get("expr"), str) or not rule["expr"].strip():
        yield "must have an expr; set the expression to evaluate"
    if rule.get("record") and (unfit := sorted({"for", "keep_firing_for", "annotations"} & set(rule))):
        yield f"is a recording rule and must not have {', '.join(unfit)}, which only alerts have; remove it"
    for key in ("labels", "annotations"):
        value = rule.get(key) or {}
        if not isinstance(value, dict) or any(isinstance(text, dict | list) for text in value.values()):
            yield f"must have {key} that map names to text; correct them"


def _key_problems(found: Mapping[str, Any], known: Collection[str]) -> Iterator[str]:
    if unknown := sorted(str(key) for key in set(found) - set(known)):
        yield f"has unknown keys {', '.join(unknown)}; use {', '.join(sorted(known))}"
    for key in _DURATIONS:
        value = found.get(key)
        if key in known and value is not None and not _DURATION.fullmatch(str(value)):
            yield f"has {key} {value!r}, which must be a duration; write one such as 1m or 1h30m"
