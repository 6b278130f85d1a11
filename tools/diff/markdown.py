"""A comparison as the comment of a pull request: collapsible, and within GitHub's limit."""

import re
from collections.abc import Iterator

from .changes import Change, Comparison, Kind

LIMIT = 65_536
"""Characters that GitHub takes in one comment."""
_ROOM = 200
"""Characters kept for the line that names what was cut."""


def comment(comparison: Comparison, limit: int = LIMIT) -> str:
    """Write the comment; objects that do not fit are named, then only counted, and the last line states it."""
    lines = [*_head(comparison)]
    text = "\n".join(lines)
    cut = 0
    for change in comparison.changes:
        section = next((each for each in _sections(change) if len(text) + len(each) + _ROOM <= limit), None)
        if section is None:
            cut += 1
        else:
            text += section
    if cut:
        text += f"\n\n_{cut} more objects differ than fit in a comment; run `make diff STACK={comparison.stack}`._"
    return f"{text}\n"


def _head(comparison: Comparison) -> Iterator[str]:
    yield f"<!-- observability-diff {comparison.stack} -->"
    yield f"### {comparison.summary[0].upper()}{comparison.summary[1:]}"
    if comparison.images:
        yield "\n| image | before | after |\n|---|---|---|"
        for name, before, after in comparison.images:
            yield f"| `{name}` | {_code(before)} | {_code(after)} |"


def _code(text: str) -> str:
    return f"`{text}`" if text else "—"


def _sections(change: Change) -> Iterator[str]:
    """Yield ever shorter descriptions of a change."""
    added, removed = change.counts
    title = f"<code>{change.path}</code> {change.kind.value} (+{added} -{removed})"
    body = "\n".join(change.lines)
    fence = "`" * (max(map(len, re.findall("`+", body)), default=0) + 3)
    yield f"\n\n<details><summary>{title}</summary>\n\n{fence}diff\n{body}\n{fence}\n</details>"
    if change.kind is Kind.CHANGED and len(change.lines) > 40:
        start = "\n".join(change.lines[:40])
        rest = f"… {len(change.lines) - 40} more lines"
        yield f"\n\n<details><summary>{title}</summary>\n\n{fence}diff\n{start}\n{rest}\n{fence}\n</details>"
    yield f"\n\n{title}"
