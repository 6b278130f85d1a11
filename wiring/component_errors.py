"""Every component's own rules, checked on the merged arguments before anything is created.

A component checks its arguments when it is constructed; by then, those before it are registered with the engine. A
problem is reported at the settings that the arguments come from, with the commands that fix it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from pydantic import BaseModel

from components._model import Location, holds_placeholder, is_placeholder, members
from components._shown import shown
from components._spec import REMOVE, ArgumentProblem
from config import Settings
from config.errors import Problem, remove_command, replace_command, setting_of, setting_path
from config.validation import OF_A_KEY, accepts, meaning, right_value, setting_at

from .alerting import alerting_file_problems
from .argument_origins import origins, read_settings
from .log_label_rules import log_label_problems
from .log_rules import rule_file_problems
from .planned_components import PlannedComponent, planned_components
from .span_metric_rules import span_metric_problems

_ABSENT = object()


def component_problems(settings: Settings) -> Iterator[Problem]:
    """Yield every problem that a component would raise for settings that are valid so far, each once."""
    yield from rule_file_problems(settings)
    yield from alerting_file_problems(settings)
    checked = settings
    for component in planned_components(settings):
        invalid = [name for name in component.spec.model_fields if _is_invalid(checked, component, name)]
        for found in component.spec.find_problems(component.arguments, invalid):
            problem = _Reported(settings, component, found).problem()
            yield problem
            if len(found.fields) < 2:
                # A setting that is wrong by itself is wrong for every component that reads it.
                checked = replace(checked, invalid=checked.invalid | {setting_of(problem.field)})
    yield from log_label_problems(checked)
    yield from span_metric_problems(checked)


def _is_invalid(settings: Settings, component: PlannedComponent, argument: str) -> bool:
    return any(map(settings.is_invalid, read_settings(component.name, component.area, argument)))


class _Reported:
    """A problem of an argument, as a problem of settings."""

    def __init__(self, settings: Settings, component: PlannedComponent, found: ArgumentProblem) -> None:
        self._written = settings.written
        self._settings = settings
        self._component = component
        self._found = found

    def problem(self) -> Problem:
        """Return the problem at its setting, with the commands that fix it."""
        changes = dict(self._changes())
        location = self._location(self._place(changes))
        written = _within(self._written, location)
        hidden = written is _ABSENT or self._found.shown.endswith("hidden)")
        commands = [self._command(argument, value) for argument, value in changes.items()]
        sentence = self._missing() if written is _ABSENT else None
        return Problem(
            setting_path(*location),
            sentence or self._found.message,
            "\n".join(commands),
            "" if hidden else shown(written),
        )

    def _missing(self) -> str | None:
        """Return that no setting states a required argument, `None` for another problem."""
        if self._found.fields or _within(self._component.arguments, self._found.location) not in ("", _ABSENT):
            return None
        return f"is missing: {meaning(setting_at(self._component.spec, self._found.location))}"

    def _place(self, changes: Mapping[Location, object]) -> Location:
        """Return the argument of the problem; where the stack does not state it, the one that the fix changes."""
        at = tuple(part for part in self._found.location if part != OF_A_KEY)
        return at if self._is_stated(at) or not changes else next(iter(changes))

    def _changes(self) -> Iterator[tuple[Location, object]]:
        fix = self._found.fix
        if fix is not None:
            for argument, value in fix.items():
                removed = value is REMOVE or self._has_default(argument, value)
                yield (self._stated_part(argument), REMOVE) if removed else (argument, value)
        elif self._found.fields:
            arguments: list[Location] = [(name,) for name in self._found.fields]
            yield next(filter(self._is_stated, arguments), arguments[0]), REMOVE
        else:
            location = tuple(part for part in self._found.location if part != OF_A_KEY)
            wrong = _within(self._component.arguments, location)
            right = right_value(setting_at(self._component.spec, location), wrong)
            yield location, REMOVE if right is None else right

    def _has_default(self, argument: Location, value: object) -> bool:
        """Whether a value that only the user knows may be left to the default of the setting, where it has one."""
        area, *path = self._location(argument)
        model = type(getattr(self._settings, str(area), None))
        if not isinstance(value, str) or not is_placeholder(value) or not issubclass(model, BaseModel):
            return False
        setting = setting_at(model, tuple(path))
        field = None if members(setting.annotation) else setting.field
        return field is not None and not field.is_required() and bool(field.get_default(call_default_factory=True))

    def _stated_part(self, argument: Location) -> Location:
        """Return the longest part of a path that the stack states."""
        while len(argument) > 1 and not self._is_stated(argument):
            argument = argument[:-1]
        return argument

    def _is_stated(self, argument: Location) -> bool:
        return _within(self._written, self._location(argument)) is not _ABSENT

    def _location(self, argument: Location) -> Location:
        name, *rest = argument
        settings = origins(self._component.name, self._component.area, str(name))
        stated = [setting for setting in settings if _within(self._written, _setting_path(setting)) is not _ABSENT]
        setting = next(iter([*stated, *settings]), f"{self._component.area}.{name}")
        own = setting == f"{self._component.area}.{name}"
        place = (*_setting_path(setting), *rest)
        known = own or _within(self._written, place) is not _ABSENT or self._declares(place)
        return place if known else _setting_path(setting)

    def _declares(self, place: Location) -> bool:
        """Whether a setting is declared at a place."""
        area, *path = place
        model = type(getattr(self._settings, str(area), None))
        return bool(path) and issubclass(model, BaseModel) and setting_at(model, tuple(path)).field is not None

    def _command(self, argument: Location, value: object) -> str:
        location = self._location(argument)
        written = _within(self._written, location)
        value = self._accepted(location, value)
        if value is REMOVE:
            return remove_command(setting_path(*location))
        return replace_command(setting_path(*location), None if written is _ABSENT else written, value)

    def _accepted(self, location: Location, value: object) -> object:
        """Return the value of a fix, or one of the setting's own where that does not take it: `tls` for a Secret."""
        area, *path = location
        model = type(getattr(self._settings, str(area), None))
        if value is REMOVE or not path or not issubclass(model, BaseModel):
            return value
        setting = setting_at(model, tuple(path))
        # A placeholder is not checked as a value; a choice has values, and needs none.
        if accepts(setting.annotation, value) or (holds_placeholder(value) and not members(setting.annotation)):
            return value
        return setting.example if accepts(setting.annotation, setting.example) else REMOVE


def _setting_path(setting: str) -> Location:
    return (setting,) if ":" in setting else tuple(setting.split("."))


def _within(value: object, location: Location) -> object:
    for part in location:
        if isinstance(value, Mapping):
            value = value.get(part, _ABSENT)
        elif isinstance(value, Sequence) and not isinstance(value, str) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            return _ABSENT
    return value
