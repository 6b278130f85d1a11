"""Problems of a stack's settings: each with its setting, its value, the rule and the commands that fix it."""

import json
import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi

from components._messages import closest
from components._model import is_placeholder

PROJECT = "observability"

_PLAIN_KEY = re.compile(r"\w+")
_NO_TEXT_TO_PULUMI = re.compile(r"[+-]?\d+|true|false")


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with the settings."""

    field: str
    """The setting, such as `observability:logging.replicas`."""
    message: str
    """The rule, and what to do."""
    fix: str
    """The commands that fix it, one a line; the stack is added to each."""
    shown: str = ""
    """The value as the user wrote it; empty where there is none or it must not be shown."""

    def text(self, stack: str) -> str:
        """Return the problem as lines: the message, then the commands that fix it in `stack`."""
        value = f" = {self.shown}" if self.shown else ""
        commands = [f"      {command} --stack {shlex.quote(stack)}" for command in self.fix.splitlines()]
        return "\n".join([f"  {self.field}{value}: {self.message}", *commands])


class SettingsError(pulumi.RunError):
    """The settings of a stack are wrong; the message lists every problem and its fix."""


def settings_error(stack: str, problems: Iterable[Problem]) -> SettingsError:
    """Return one error with all problems."""
    found: dict[tuple[str, str], Problem] = {}
    for problem in problems:
        found.setdefault((problem.field, problem.message), problem)
    count = "1 problem" if len(found) == 1 else f"{len(found)} problems"
    head = f"the settings of stack {stack} have {count}; nothing was created or changed"
    hint = f"Where there is no pulumi, make shell STACK={stack} opens a shell that has it."
    return SettingsError("\n".join([head, *(problem.text(stack) for problem in found.values()), hint]))


def setting_path(*path: str | int) -> str:
    """Return the path of a setting as Pulumi reads it: `observability:logging.workloads["query-frontend"].cpu`."""
    first = str(path[0])
    return (first if ":" in first else f"{PROJECT}:{first}") + "".join(map(_step, path[1:]))


def setting_of(place: str) -> str:
    """Return the area and field of a place: `logging.workloads` of `observability:logging.workloads.read`."""
    return ".".join(re.split(r"[.\[]", place.removeprefix(f"{PROJECT}:"))[:2])


def set_command(place: str, value: Any) -> str:
    """Return the command that sets `place` to `value`; what has parts takes one command each."""
    if isinstance(value, Mapping):
        return "\n".join(set_command(place + _step(key), item) for key, item in value.items())
    if isinstance(value, list | tuple):
        return "\n".join(set_command(place + _step(index), item) for index, item in enumerate(value))
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    flags = "--path " if _nested(place) or not isinstance(value, str) else ""
    if isinstance(value, float):
        flags += "--type float "
    elif isinstance(value, str) and flags and (_NO_TEXT_TO_PULUMI.fullmatch(value) or is_placeholder(value)):
        # What the user puts in place of a placeholder may be digits, too.
        flags += "--type string "
    text = value if isinstance(value, str) else json.dumps(value)
    return f"pulumi config set {flags}{shlex.quote(place)} {shlex.quote(text)}"


def remove_command(place: str, whole_key: bool = False) -> str:
    """Return the command that removes `place`, which with `whole_key` is one key with dots in its name."""
    return f"pulumi config rm {'--path ' if _nested(place) and not whole_key else ''}{shlex.quote(place)}"


def replace_command(place: str, wrong: Any, right: Any) -> str:
    """Return the commands that replace `wrong` by `right`; `wrong` is `None` where nothing is set.

    Pulumi merges maps and lists into the present value, and keeps the type of a string: both are removed first.
    """
    has_parts = wrong is not None and isinstance(right, Mapping | list | tuple)
    keeps_text = isinstance(wrong, str) and not isinstance(right, str)
    removed = [remove_command(place)] * (has_parts or keeps_text)
    return "\n".join([*removed, set_command(place, right)])


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the known name that was probably meant as a question, or else the list of known names."""
    names = sorted(known)
    close = closest(name, names)
    return f"did you mean {close}?" if close else f"there are {', '.join(names)}"


def _step(part: str | int) -> str:
    if isinstance(part, int):
        return f"[{part}]"
    return f".{part}" if _PLAIN_KEY.fullmatch(part) else f"[{json.dumps(part, ensure_ascii=False)}]"


def _nested(place: str) -> bool:
    return "." in place or "[" in place
