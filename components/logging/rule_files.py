"""Files of rules: whose they are, and whether Loki would take them.

Both ways into the ruler read them strictly: what they do not know fails the whole file, in a pod and long after the
preview. So what they know is looked for here; only LogQL itself is left to Loki.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Annotated, Any

import yaml
from pydantic import BeforeValidator

from .._tenants import THE_ONLY_TENANT

_FILE = re.compile(r"[A-Za-z0-9][-._A-Za-z0-9]*\.ya?ml")
_DURATION = re.compile(r"0|((\d+)(ms|[smhdwy]))+")
_GROUP_KEYS = frozenset({"name", "interval", "query_offset", "limit", "rules", "labels"})
_RULE_KEYS = frozenset({"record", "alert", "expr", "for", "keep_firing_for", "labels", "annotations"})
_DURATIONS = ("interval", "query_offset", "for", "keep_firing_for")


def _text(content: Any) -> Any:
    return yaml.safe_dump(content, sort_keys=False) if isinstance(content, Mapping) else content


RuleFile = Annotated[str, BeforeValidator(_text)]
"""A file of rules: its text, or the same as data."""


def tenant_and_file(path: str, tenants: Collection[str]) -> tuple[str, str]:
    """Say whose file it is: with tenants the first part of its path names the owner."""
    owner, slash, file = path.partition("/")
    return (owner, file) if tenants and slash else (THE_ONLY_TENANT, path)


def file_problems(files: Mapping[str, str], tenants: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield the path of a file and a message for each thing that would keep Loki from reading it."""
    seen: dict[tuple[str, str], str] = {}
    for path, text in files.items():
        tenant, file = tenant_and_file(path, tenants)
        if tenants and tenant not in tenants:
            yield path, f"{path!r} is no tenant's: write TENANT/FILE with one of {', '.join(tenants)}"
        elif not _FILE.fullmatch(file):
            yield (
                path,
                f"{path!r} is no name for a file of rules: use letters, digits and -_. with the end .yaml or .yml",
            )
        else:
            stem = (tenant, file.rpartition(".")[0])
            if stem in seen:
                yield path, f"{path!r} and {seen[stem]!r} are one namespace of rules to Loki: join them, or rename one"
            seen[stem] = path
            yield from ((path, f"{path!r} {sentence}") for sentence in _content_problems(text))


def _content_problems(text: str) -> Iterator[str]:
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        yield f"is no YAML{f' in line {mark.line + 1}' if mark else ''}: {getattr(error, 'problem', None) or error}"
        return
    if not isinstance(content, dict) or not isinstance(content.get("groups"), list) or set(content) != {"groups"}:
        yield "holds something else than a list of groups: begin it with groups: and nothing beside"
        return
    names: set[str] = set()
    for number, group in enumerate(content["groups"], start=1):
        name = group.get("name") if isinstance(group, dict) else None
        if not isinstance(group, dict) or not isinstance(name, str) or not name:
            yield f"has no name for group {number}: give it one"
        elif name in names:
            yield f"has two groups {name!r}: name each once"
        else:
            names.add(name)
            yield from (f"group {name!r}: {sentence}" for sentence in _group_problems(group))


def _group_problems(group: Mapping[str, Any]) -> Iterator[str]:
    yield from _strange("the group", group, _GROUP_KEYS)
    rules = group.get("rules")
    if not isinstance(rules, list) or not rules:
        yield "has no rules: list at least one, or remove the group"
        return
    for number, one in enumerate(rules, start=1):
        if not isinstance(one, dict):
            yield f"rule {number} is no mapping: give alert or record, and expr"
            continue
        yield from (f"rule {number} {sentence}" for sentence in _rule_problems(one))


def _rule_problems(one: Mapping[str, Any]) -> Iterator[str]:
    yield from _strange("it", one, _RULE_KEYS)
    if bool(one.get("alert")) == bool(one.get("record")):
        yield "needs a name, either alert or record"
    if not isinstance(one.get("expr"), str) or not one["expr"].strip():
        yield "has no expr: give the LogQL to evaluate"
    if one.get("record") and (unfit := sorted({"for", "keep_firing_for", "annotations"} & set(one))):
        yield f"records and has {', '.join(unfit)}, which belongs to alerts: remove it"
    for key in ("labels", "annotations"):
        value = one.get(key) or {}
        if not isinstance(value, dict) or any(isinstance(text, dict | list) for text in value.values()):
            yield f"has {key} that are no texts by name"


def _strange(what: str, found: Mapping[str, Any], known: Collection[str]) -> Iterator[str]:
    if strange := sorted(str(key) for key in set(found) - set(known)):
        yield f"{what} has {', '.join(strange)}, which Loki does not know: use {', '.join(sorted(known))}"
    for key in _DURATIONS:
        value = found.get(key)
        if key in known and value is not None and not _DURATION.fullmatch(str(value)):
            yield f"{what} has {key} {value!r}: write a duration such as 1m or 1h30m"
