"""Rule files of Prometheus and of Loki: their form.

Loki's sidecar and lokitool, and the Prometheus operator parse them strictly: an unknown key fails the whole file, long
after the preview. So keys and types are checked here; expressions are checked elsewhere.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ._model import Location
from ._shown import shown
from ._yaml import Document, Fault, file_place, line_of, read_documents, scalar_of
from .units import parse_duration

_GROUP_KEYS = frozenset({"name", "interval", "query_offset", "limit", "rules", "labels"})
PARTIAL_RESPONSE = "partial_response_strategy"
"""The key of a group that Thanos alone knows: what its rules do while a store does not answer."""
PARTIAL_RESPONSES = ("abort", "warn")
_RULE_KEYS = frozenset({"record", "alert", "expr", "for", "keep_firing_for", "labels", "annotations"})
_DURATIONS = ("interval", "query_offset", "for", "keep_firing_for")
_TEXTS = ("name", "record", "alert", "expr")
_MAPS = ("labels", "annotations")
_NO_GROUPS = "must be a map with the key groups alone, a list; begin it with groups:"
_READ_AS = {bool: "true or false", int: "a number", float: "a number", type(None): "nothing"}

_Problems = Iterator[tuple[Location, str]]
"""Each with its place in the document."""


@dataclass(frozen=True)
class RuleFileContent:
    """What a rule file holds."""

    groups: tuple[Mapping[str, Any], ...]
    """Where there is a problem, what of them can be read, so that the rest is checked too."""
    lines: tuple[tuple[int, ...], ...]
    """The line of each rule of each group."""
    problems: tuple[Fault, ...]

    @property
    def is_unread(self) -> bool:
        """Whether nothing is known of its rules."""
        return bool(self.problems) and not self.groups


@lru_cache(256)
def read_rule_file(text: str, *, of_thanos: bool = False) -> RuleFileContent:
    """Return the content of a rule file, `of_thanos` of one for its ruler, with every problem of its form."""
    documents, faults = read_documents(text)
    problems = [*faults]
    if not documents and not faults:
        problems.append(Fault(0, _NO_GROUPS))
    for document in documents[:1]:
        problems += (
            Fault(line_of(document.node, at), message) for at, message in _content_problems(document, of_thanos)
        )
    problems += (Fault(line_of(each.node), "must be one document; write another file") for each in documents[1:])
    read = [found for document in documents[:1] for found in _groups(document, as_is=not problems)]
    return RuleFileContent(
        tuple(group for group, _ in read),
        tuple(lines for _, lines in read),
        tuple(sorted(problems, key=lambda problem: problem.line)),
    )


def _groups(document: Document, *, as_is: bool) -> Iterator[tuple[Mapping[str, Any], tuple[int, ...]]]:
    """Yield each group with the lines of its rules; without what has a wrong form, unless `as_is`."""
    groups = document.data.get("groups") if isinstance(document.data, dict) else None
    for index, group in enumerate(groups if isinstance(groups, list) else ()):
        at: Location = ("groups", index)
        rules = group.get("rules") if isinstance(group, dict) and isinstance(group.get("name"), str) else None
        places = [(*at, "rules", number) for number in range(len(rules) if isinstance(rules, list) else 0)]
        kept = [(place, rule) for place, rule in zip(places, rules or (), strict=True) if as_is or _is_readable(rule)]
        lines = tuple(line_of(document.node, place) for place, _ in kept)
        if as_is:
            yield group, lines
        elif kept:
            of_group = _readable(document, group, at)
            yield {**of_group, "rules": [_readable(document, rule, place) for place, rule in kept]}, lines


def _is_duration(value: Any) -> bool:
    if str(value) == "0":
        return True
    try:
        parse_duration(str(value))
    except ValueError:
        return False
    return True


def _is_readable(rule: Any) -> bool:
    names = [rule.get(key) for key in ("alert", "record") if rule.get(key)] if isinstance(rule, dict) else []
    texts = [*names, rule.get("expr")] if names else []
    return len(names) == 1 and all(isinstance(text, str) and text.strip() for text in texts)


def _readable(document: Document, found: Mapping[Any, Any], at: Location) -> dict[str, Any]:
    """Return a group or a rule with the values that have the type of their key; a label is what is written."""
    durations = {key: str(found[key]) for key in _DURATIONS if _is_duration(found.get(key))}
    texts = {key: found[key] for key in (*_TEXTS, PARTIAL_RESPONSE) if isinstance(found.get(key), str)}
    maps = {
        name: {
            key: text if isinstance(text, str) else scalar_of(document.node, (*at, name, key))
            for key, text in found[name].items()
            if isinstance(key, str) and not isinstance(text, dict | list)
        }
        for name in _MAPS
        if isinstance(found.get(name), dict)
    }
    return {**texts, **durations, **maps}


def form_problems(path: str, text: str, *, of_thanos: bool = False) -> Iterator[tuple[str, str]]:
    """Yield the place, file and line, and a message for each problem of the form of a rule file."""
    for problem in read_rule_file(text, of_thanos=of_thanos).problems:
        yield file_place(path, text, problem.line), problem.message


def _content_problems(document: Document, of_thanos: bool) -> _Problems:
    content = document.data
    if not isinstance(content, dict) or not isinstance(content.get("groups"), list) or set(content) != {"groups"}:
        yield (), _NO_GROUPS
        return
    names: set[str] = set()
    for index, group in enumerate(content["groups"]):
        at: Location = ("groups", index)
        name = group.get("name") if isinstance(group, dict) else None
        if not isinstance(group, dict) or not name:
            yield at, f"group {index + 1} must have a name; add one"
        elif isinstance(name, str) and name in names:
            yield (*at, "name"), f"has two groups {str(name)!r}; rename one"
        else:
            names.add(str(name))
            for place, message in _group_problems(document, group, at, of_thanos):
                yield place, f"group {str(name)!r}: {message}"


def _group_problems(document: Document, group: Mapping[Any, Any], at: Location, of_thanos: bool) -> _Problems:
    yield from _key_problems(document, group, _GROUP_KEYS | {PARTIAL_RESPONSE} if of_thanos else _GROUP_KEYS, at)
    strategy = group.get(PARTIAL_RESPONSE, PARTIAL_RESPONSES[0])
    if of_thanos and strategy not in PARTIAL_RESPONSES:
        rule = f"must be one of {', '.join(PARTIAL_RESPONSES)}; set one"
        yield (*at, PARTIAL_RESPONSE), f"{PARTIAL_RESPONSE} = {shown(strategy)}: {rule}"
    rules = group.get("rules")
    if not isinstance(rules, list) or not rules:
        yield (*at, "rules"), "must have at least one rule; add one, or remove the group"
        return
    for index, rule in enumerate(rules):
        place: Location = (*at, "rules", index)
        if not isinstance(rule, dict):
            yield place, f"rule {index + 1} must be a map; set alert or record, and expr"
            continue
        name = rule.get("alert") or rule.get("record")
        named = f"rule {index + 1} ({name})" if name else f"rule {index + 1}"
        for found, message in _rule_problems(document, rule, place):
            yield found, f"{named}: {message}"


def _rule_problems(document: Document, rule: Mapping[Any, Any], at: Location) -> _Problems:
    yield from _key_problems(document, rule, _RULE_KEYS, at)
    if bool(rule.get("alert")) == bool(rule.get("record")):
        yield at, "must have either alert or record; set one, or remove one"
    expr = rule.get("expr")
    if expr is None or (isinstance(expr, str) and not expr.strip()):
        yield (*at, "expr"), "must have an expr; set the expression to evaluate"
    if rule.get("record") and (unfit := sorted({"for", "keep_firing_for", "annotations"} & set(rule))):
        yield (
            (*at, unfit[0]),
            f"is a recording rule and must not have {', '.join(unfit)}, which only alerts have; remove it",
        )


def _key_problems(document: Document, found: Mapping[Any, Any], known: Collection[str], at: Location) -> _Problems:
    """Yield unknown keys, and values of another type, of a group or a rule."""
    for key, value in found.items():
        place = (*at, key)
        if not isinstance(key, str):
            yield at, f"has the key {key}, which YAML reads as {_kind(key)}; quote it"
        elif key not in known:
            yield place, f"has the unknown key {key}; use {', '.join(sorted(known))}"
        elif value is None:
            continue
        elif key in _DURATIONS and not _is_duration(value):
            yield (
                place,
                f"{key} = {shown(value)}: must be a duration; write one such as 1m or 1h30m",
            )
        elif key in _TEXTS:
            yield from _text_problems(document, place, key, value)
        elif key in _MAPS:
            yield from _map_problems(document, place, key, value)
        elif key == "limit" and (type(value) is not int or value < 0):
            yield place, f"limit = {shown(value)}: must be a whole number of 0 or more; set one such as 10"


def _map_problems(document: Document, at: Location, name: str, value: Any) -> _Problems:
    if not isinstance(value, dict):
        yield at, f"{name} = {shown(value)}: must be a map of names to text; correct it"
        return
    for key, text in value.items():
        if not isinstance(key, str):
            yield at, f"{name} has the name {key}, which YAML reads as {_kind(key)}; quote it"
        else:
            yield from _text_problems(document, (*at, key), f"{name}.{key}", text)


def _text_problems(document: Document, at: Location, name: str, value: Any) -> _Problems:
    """Yield a value that YAML takes for something else than the text that is written."""
    if isinstance(value, str):
        return
    if isinstance(value, dict | list):
        yield at, f"{name} = {shown(value)}: must be text; write a line of it"
    else:
        written = scalar_of(document.node, at)
        rule = f"must be text, and YAML reads it as {_kind(value)}"
        yield at, f'{name} = {written or "(empty)"}: {rule}; quote it: "{written}"'


def _kind(value: Any) -> str:
    return _READ_AS.get(type(value), "a date")
