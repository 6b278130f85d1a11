"""Alloy's relabelling and the stages of loki.process that are rendered, evaluated on targets and lines.

What each does is https://grafana.com/docs/alloy/latest/reference/components/loki/loki.process/ and
internal/component/loki/process/stages of https://github.com/grafana/alloy; regular expressions are RE2, as there.
"""

import json
import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import jmespath
import re2

from tests.go_template import evaluate
from tools.contract.alloy_syntax import Expression, ParsedBlock, parse

TENANT = "__tenant_id__"
_COPIED = {"stage.labels": "labels", "stage.structured_metadata": "metadata"}


@cache
def _compiled(pattern: str) -> Any:
    return re2.compile(pattern)


@dataclass(frozen=True)
class Entry:
    """A line on its way, and as it arrives."""

    line: str
    labels: dict[str, str] = field(default_factory=dict)
    metadata: dict[str, str] = field(default_factory=dict)
    extracted: dict[str, Any] = field(default_factory=dict)
    timestamp: str = ""

    @property
    def tenant(self) -> str:
        """The tenant that a stage has chosen; empty for that of the push."""
        return self.labels.get(TENANT, "")

    @property
    def index_labels(self) -> dict[str, str]:
        """The labels without the internal ones."""
        return {name: value for name, value in self.labels.items() if not name.startswith("__")}


def relabelled(target: Mapping[str, str], rules: Iterable[ParsedBlock]) -> dict[str, str] | None:
    """Return a target after rules; `None` where one drops it."""
    found = dict(target)
    for rule in rules:
        options = {"action": "replace", "separator": ";", "regex": "(.*)", "replacement": "$1", **rule.arguments}
        value = options["separator"].join(found.get(name, "") for name in options.get("source_labels", []))
        match = _compiled(f"(?s:^(?:{options['regex']})$)").search(value)
        match options["action"]:
            case "keep" if match is None:
                return None
            case "drop" if match is not None:
                return None
            case "replace" if match is not None:
                text = _expanded(options["replacement"], match)
                found.pop(options["target_label"], None)
                if text:
                    found[options["target_label"]] = text
            case "keep" | "drop" | "replace":
                pass
            case other:
                raise NotImplementedError(other)
    return found


def _expanded(replacement: str, match: Any) -> str:
    return re.sub(r"\$\{?(\d+)\}?", lambda group: match.group(int(group[1])) or "", replacement)


class Stages:
    """Stages with what they keep from one line to the next."""

    def __init__(self, blocks: Sequence[ParsedBlock]) -> None:
        self.stages = [_stage(block) for block in blocks]

    def run(self, entries: Iterable[Entry]) -> list[Entry]:
        """Return what comes out, with what waits for more lines at the end."""
        found = [replace(entry, extracted={**entry.labels, **entry.extracted}) for entry in entries]
        for stage in self.stages:
            found = list(stage(found))
        return found


Stage = Callable[[Iterable[Entry]], Iterable[Entry]]


def _stage(block: ParsedBlock) -> Stage:
    return _BUILD[block.name](block)


def _each(change: Callable[[Mapping[str, Any], Entry], Entry | None]) -> Callable[[ParsedBlock], Stage]:
    """Return the maker of a stage that changes or drops lines one by one."""

    def build(block: ParsedBlock) -> Stage:
        def stage(entries: Iterable[Entry]) -> Iterator[Entry]:
            for entry in entries:
                changed = change(block.arguments, entry)
                if changed is not None:
                    yield changed

        return stage

    return build


def _text(value: Any) -> str | None:
    """Return what a stage makes of an extracted value; `None` for what it skips."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value:g}" if value != int(value) else str(int(value))
    return value if isinstance(value, str) else None


def _simple(value: Any) -> Any:
    return json.dumps(value, separators=(",", ":")) if isinstance(value, dict | list) else value


def _json(options: Mapping[str, Any], entry: Entry) -> Entry:
    source = entry.line if "source" not in options else _text(entry.extracted.get(options["source"])) or ""
    try:
        data = json.loads(source)
    except ValueError:
        return entry
    if not isinstance(data, dict):
        return entry
    named = options["expressions"].items()
    found = {name: _simple(jmespath.search(expression or name, data)) for name, expression in named}
    return replace(entry, extracted={**entry.extracted, **found})


def _logfmt(options: Mapping[str, Any], entry: Entry) -> Entry:
    source = entry.line if "source" not in options else _text(entry.extracted.get(options["source"])) or ""
    try:
        pairs = dict(part.partition("=")[::2] for part in shlex.split(source) if "=" in part)
    except ValueError:
        return entry
    found = {name: pairs[key or name] for name, key in options["mapping"].items() if (key or name) in pairs}
    return replace(entry, extracted={**entry.extracted, **found})


def _regex(options: Mapping[str, Any], entry: Entry) -> Entry:
    pattern = _compiled(options["expression"])
    match = pattern.search(entry.line)
    if match is None:
        return entry
    found = {name: match.group(name) or "" for name in pattern.groupindex}
    return replace(entry, extracted={**entry.extracted, **found})


def _template(options: Mapping[str, Any], entry: Entry) -> Entry:
    values = {name: text for name, value in entry.extracted.items() if (text := _text(value)) is not None}
    source = options["source"]
    given = {**values, "Entry": entry.line, **({"Value": values[source]} if source in values else {})}
    found = evaluate(options["template"], given)
    rest = {name: value for name, value in entry.extracted.items() if name != source}
    return replace(entry, extracted={**rest, **({source: found} if found else {})})


def _output(options: Mapping[str, Any], entry: Entry) -> Entry:
    text = _text(entry.extracted.get(options["source"]))
    return entry if text is None else replace(entry, line=text)


def _labels(options: Mapping[str, Any], entry: Entry) -> Entry:
    found = {name: _text(entry.extracted.get(key or name)) for name, key in options["values"].items()}
    return replace(entry, labels={**entry.labels, **{name: text for name, text in found.items() if text is not None}})


def _structured_metadata(options: Mapping[str, Any], entry: Entry) -> Entry:
    """What is extracted becomes metadata, then labels of the names that are read, which are no labels from then on."""
    values = {name: key or name for name, key in options["values"].items()}
    found = {name: _text(entry.extracted.get(key)) for name, key in values.items()}
    moved = {name: entry.labels[key] for name, key in values.items() if key in entry.labels}
    left = {name: value for name, value in entry.labels.items() if name not in values.values()}
    known = {name: text for name, text in found.items() if text is not None}
    return replace(entry, labels=left, metadata={**entry.metadata, **known, **moved})


def _static_labels(options: Mapping[str, Any], entry: Entry) -> Entry:
    return replace(entry, labels={**entry.labels, **options["values"]})


def _label_drop(options: Mapping[str, Any], entry: Entry) -> Entry:
    return replace(entry, labels={name: value for name, value in entry.labels.items() if name not in options["values"]})


def _tenant(options: Mapping[str, Any], entry: Entry) -> Entry:
    return replace(entry, labels={**entry.labels, TENANT: options["value"]})


def _drop(options: Mapping[str, Any], entry: Entry) -> Entry | None:
    if "source" in options:
        dropped = entry.extracted.get(options["source"]) == options["value"]
    else:
        dropped = _compiled(options["expression"]).search(entry.line) is not None
    return None if dropped else entry


def _replace(options: Mapping[str, Any], entry: Entry) -> Entry:
    """Groups are replaced, from left to right; one that begins before the end of another is not."""
    result, end = "", 0
    for match in _compiled(options["expression"]).finditer(entry.line):
        for group in range(1, (match.re.groups or 0) + 1):
            start, stop = match.span(group)
            if start < 0:
                continue
            if end in (0, *range(start + 1)):
                value = evaluate(options.get("replace", ""), {"Value": match.group(group)})
                result, end = result + entry.line[end:start] + value, stop
    return replace(entry, line=result + entry.line[end:])


def _cri(_: ParsedBlock) -> Stage:
    waiting: dict[tuple[tuple[str, str], ...], Entry] = {}
    pattern = _compiled(r"^(?s)(?P<time>\S+?) (?P<stream>stdout|stderr) (?P<flags>\S+?) (?P<content>.*)$")

    def stage(entries: Iterable[Entry]) -> Iterator[Entry]:
        for entry in entries:
            match = pattern.search(entry.line)
            if match is None:
                yield entry
                continue
            labels = {**entry.labels, "stream": match["stream"]}
            parsed = {name: match[name] for name in ("time", "stream", "flags", "content")}
            found = replace(
                entry,
                line=match["content"],
                labels=labels,
                extracted={**entry.extracted, **parsed},
                timestamp=match["time"],
            )
            key = tuple(sorted(labels.items()))
            if key in waiting:
                found = replace(found, line=waiting.pop(key).line + found.line)
            if match["flags"] == "P":
                waiting[key] = found
            else:
                yield found

    return stage


def _multiline(block: ParsedBlock) -> Stage:
    first = _compiled(block.arguments["firstline"])

    def stage(entries: Iterable[Entry]) -> Iterator[Entry]:
        open_entries: dict[tuple[tuple[str, str], ...], Entry] = {}
        for entry in entries:
            key = tuple(sorted(entry.labels.items()))
            begins = first.search(entry.line) is not None
            if begins:
                if key in open_entries:
                    yield open_entries[key]
                open_entries[key] = entry
            elif key in open_entries:
                open_entries[key] = replace(open_entries[key], line=f"{open_entries[key].line}\n{entry.line}")
            else:
                yield entry
        yield from open_entries.values()

    return stage


_MATCHER = re.compile(r'(\w+)\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*")')
_FILTER = re.compile(r'\s*(\|~|\|=|!~|!=)\s*("(?:[^"\\]|\\.)*")')


def matches(selector: str, entry: Entry) -> bool:
    """Whether a selector with filters of lines is true of an entry; matchers of labels are anchored, filters not."""
    inside, _, filters = selector.partition("}")
    for name, operator, quoted in _MATCHER.findall(inside):
        value, wanted = entry.labels.get(name, ""), json.loads(quoted)
        equal = value == wanted if operator in ("=", "!=") else bool(_compiled(f"^(?:{wanted})$").search(value))
        if equal is operator.startswith("!"):
            return False
    for operator, quoted in _FILTER.findall(filters):
        wanted = json.loads(quoted)
        holds = bool(_compiled(wanted).search(entry.line)) if "~" in operator else wanted in entry.line
        if holds is operator.startswith("!"):
            return False
    return True


def _match(block: ParsedBlock) -> Stage:
    inner = Stages(block.blocks)
    selector, drops = block.arguments["selector"], block.arguments.get("action") == "drop"

    def stage(entries: Iterable[Entry]) -> Iterator[Entry]:
        for entry in entries:
            if not matches(selector, entry):
                yield entry
            elif not drops:
                yield from inner.run([entry])

    return stage


_BUILD: Mapping[str, Callable[[ParsedBlock], Stage]] = {
    "stage.cri": _cri,
    "stage.multiline": _multiline,
    "stage.match": _match,
    "stage.json": _each(_json),
    "stage.logfmt": _each(_logfmt),
    "stage.regex": _each(_regex),
    "stage.template": _each(_template),
    "stage.output": _each(_output),
    "stage.labels": _each(_labels),
    "stage.structured_metadata": _each(_structured_metadata),
    "stage.static_labels": _each(_static_labels),
    "stage.label_drop": _each(_label_drop),
    "stage.tenant": _each(_tenant),
    "stage.drop": _each(_drop),
    "stage.replace": _each(_replace),
}


class Configuration:
    """The components of a configuration, and what they make of targets and lines."""

    def __init__(self, text: str) -> None:
        self.components = {block.reference: block for block in parse(text)}

    def target(self, component: str, meta: Mapping[str, str]) -> dict[str, str] | None:
        """Return a discovered target after the rules of a component; `None` where it is dropped."""
        return relabelled(meta, self.components[component].of("rule"))

    def send(self, source: str, entries: Sequence[Entry]) -> dict[str, list[Entry]]:
        """Return what a source's lines become, by the component that they leave `loki.*` at."""
        arrived: dict[str, list[Entry]] = {}
        for receiver in self.components[source].arguments["forward_to"]:
            assert isinstance(receiver, Expression)
            reference = receiver.text.removesuffix(".receiver")
            if reference.startswith("loki.process."):
                block = self.components[reference]
                processed = Stages(block.blocks).run([replace(entry, extracted={}) for entry in entries])
                for end, found in self.send(reference, processed).items():
                    arrived.setdefault(end, []).extend(found)
            elif entries:
                arrived.setdefault(reference, []).extend(entries)
        return arrived
