"""What a component refuses, told as problems of the settings that its arguments come from."""

from collections.abc import Callable, Iterator, Mapping
from copy import copy
from typing import Any

from components._spec import ArgumentProblem, InvalidArgsError, Spec
from components._unsettled import UNSETTLED
from config import Settings
from config.fields import OF_A_KEY, Location, right_value, setting_at
from config.problems import Problem, place_of, remove_command, replace_command, shown

_NOTHING = object()
"""Stands for a value that is removed, and for one that is not there."""


class Refused:
    """The problems of one component with its arguments, the settings being wrong in places that are told already."""

    def __init__(
        self,
        settings: Settings,
        name: str,
        spec: type[Spec],
        args: Mapping[str, Any],
        setting: Callable[[str], Location],
    ) -> None:
        self._settings = settings
        self._name = name
        self._spec = spec
        self._setting = setting
        wrong = {field for field in spec.model_fields if self._is_wrong(place_of(*setting(field)))}
        self._args = {**args, **dict.fromkeys(wrong, UNSETTLED)}

    def problems(self) -> Iterator[Problem]:
        """Give each problem at a setting whose change mends it: that was tried."""
        for found in self._found(self._args):
            argument, fix = self._mended(found)
            location = self._location(argument)
            written = _within(self._settings.written, location)
            hidden = written is _NOTHING or found.shown.endswith("hidden)")
            yield Problem(place_of(*location), found.sentence, fix, "" if hidden else shown(written))

    def _found(self, args: Mapping[str, Any]) -> tuple[ArgumentProblem, ...]:
        try:
            self._spec.check(self._name, args)
        except InvalidArgsError as error:
            return error.problems
        return ()

    def _is_wrong(self, place: str) -> bool:
        around = (f"{place}.", f"{place}[")
        return any(
            place == wrong or wrong.startswith(around) or place.startswith((f"{wrong}.", f"{wrong}["))
            for wrong in self._settings.wrong
        )

    def _location(self, argument: Location) -> Location:
        return (*self._setting(str(argument[0])), *argument[1:])

    def _is_written(self, argument: Location) -> bool:
        return _within(self._settings.written, self._location(argument)) is not _NOTHING

    def _mended(self, found: ArgumentProblem) -> tuple[Location, str]:
        """Give where a problem is told, and the command of the first change that leaves less of them.

        A rule speaks of its first argument; where the stack does not say that, it is told where the change is.
        """
        before = len(self._found(self._args))
        alone = tuple(part for part in found.location if part != OF_A_KEY) or (found.place,)
        arguments: list[Location] = [(field,) for field in found.fields] or [alone]
        for argument in arguments:
            for changed, value in self._changes(argument):
                if len(self._found(_changed(self._args, changed, value))) < before:
                    place = arguments[0] if self._is_written(arguments[0]) else argument
                    return place, self._command(changed, value)
        written = next(filter(self._is_written, arguments), arguments[0])
        return written, self._command(written, _NOTHING)

    def _changes(self, argument: Location) -> Iterator[tuple[Location, Any]]:
        """Give what may mend an argument: a value that is right, one entry away (a list's last), all of it away."""
        area, *path = self._location(argument)
        model: Any = type(getattr(self._settings, str(area), None))
        setting = setting_at(model, tuple(path)) if path else setting_at(self._spec, argument)
        right = right_value(setting, _within(self._args, argument))
        if right is not None:
            yield argument, right
        if (area, *path) == ("charts", "directory") and not self._is_written(argument):
            # The environment says it: without a word in the stack file, there is nothing to remove.
            yield argument, ""
        if self._is_written(argument):
            entries = _within(self._args, argument)
            if isinstance(entries, list) and len(entries) > 1:
                yield (*argument, len(entries) - 1), _NOTHING
            elif isinstance(entries, Mapping) and len(entries) > 1:
                yield from (((*argument, key), _NOTHING) for key in entries)
            yield argument, _NOTHING

    def _command(self, argument: Location, value: Any) -> str:
        place = place_of(*self._location(argument))
        if value is _NOTHING:
            return remove_command(place)
        written = _within(self._settings.written, self._location(argument))
        return replace_command(place, None if written is _NOTHING else written, value)


def _within(value: Any, location: Location) -> Any:
    for part in location:
        if isinstance(value, Mapping):
            value = value.get(part, _NOTHING)
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            return _NOTHING
    return value


def _changed(value: Any, location: Location, new: Any) -> Any:
    """Give `value` with another one at `location`; what is not there cannot be removed."""
    if not location:
        return new
    part, rest = location[0], location[1:]
    before = _within(value, (part,))
    if not isinstance(value, dict | list) or (before is _NOTHING and (new is _NOTHING or isinstance(value, list))):
        return value
    changed: Any = copy(value)
    if new is _NOTHING and not rest:
        del changed[part]
    else:
        changed[part] = _changed({} if before is _NOTHING else before, rest, new)
    return changed
