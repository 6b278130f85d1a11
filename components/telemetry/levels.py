"""How the level of a line is found: a field of its JSON or logfmt, or a word of its text."""

from collections.abc import Mapping

LEVEL_FIELDS = ("level", "severity", "lvl")
"""The fields of JSON and logfmt that name the level; the first that is set wins."""

LEVELS: Mapping[str, str] = {
    "trace": "trace|verbose|10",
    "debug": "debug|dbg|20",
    "info": "info|information|informational|notice|30",
    "warn": "warn|warning|40",
    "error": "error|err|50",
    "fatal": "fatal|critical|crit|alert|emerg|emergency|panic|60",
}
"""Each level, and the values of fields that stand for it, in any case; the numbers are those of pino and bunyan."""

_WORDS = "TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|CRITICAL|FATAL|PANIC"

LEVEL_WORD = rf"(?P<level>\b(?:{_WORDS})\b|\[(?:{_WORDS.lower()})\]|^(?:{_WORDS.lower()}):)"
"""The word of a text that names its level: in capitals, in brackets, or first in the line; group `level`."""


def level_pattern(level: str) -> str:
    """Return the expression (RE2) of the values, and of what `LEVEL_WORD` finds, that stand for a level."""
    return rf"(?i)^\[?(?:{LEVELS[level]})[\]:]?$"
