"""Declaration and validation of the arguments of a component: a frozen pydantic model that reports all problems.

The fields of a component's `Spec` are its arguments. Those that a stack file may set are declared by the component's
settings, which the `Spec` inherits; the `TypedDict` of the public contract is generated from it. Values that are known
are checked when the component is constructed. An `Output` is accepted unless the field is `Plain`, and the whole
specification is checked again, by the same rules, once it is resolved.
"""

import dataclasses
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Self, TypeVar

import pulumi
from pydantic import BaseModel, ValidationError, field_validator

from ._messages import PLAIN_SECRET, message
from ._model import Location, StrictModel, is_plain, upstream_key
from ._outputs import find_outputs, holds_output
from ._plain_secrets import HIDDEN
from ._shown import shown

_SECRET = re.compile(r"password|secret_access_key|access_key_id|htpasswd")


class _Invalid:
    """The value of an argument that is wrong, while rules that do not read it are checked."""


class _Remove:
    """The value in a fix for an argument that is to be removed."""


_INVALID = _Invalid()
REMOVE = _Remove()
"""In the fix of a rule: remove the argument."""

Fix = Mapping[Any, Any]
"""New values by argument, with dots into what it holds or as a `Location`: `{"workloads.compactor.replicas": 1}`."""


@dataclass(frozen=True)
class Violation:
    """A problem that a rule found."""

    message: str
    """The rule and the fix, behind the field and its value."""
    fix: Fix | None = None
    """The change that satisfies the rule. Default: removing the first argument of the rule that is set."""
    at: Location = ()
    """Place of the problem. Default: the first argument of the rule."""
    secret: bool = False
    """Whether the value there must not be shown."""


Found = str | Violation | Iterable[Violation] | None
RuleMethod = TypeVar("RuleMethod", bound=Callable[..., Found])


@dataclass(frozen=True)
class ArgumentProblem:
    """One problem of the arguments of a component."""

    field: str
    """The argument, with dots into what it holds."""
    shown: str
    """Its value behind an equals sign; empty where it is missing, hidden where it is a secret."""
    message: str
    """The rule and the fix."""
    location: Location = ()
    """The parts of `field`."""
    fields: tuple[str, ...] = ()
    """The arguments that the rule reads; empty where one is wrong by itself."""
    fix: Mapping[Location, Any] | None = dataclasses.field(default=None, compare=False)
    """The change that a rule names, by the parts of each place."""


class InvalidArgsError(pulumi.RunError):
    """The arguments of a component are wrong; the message lists every problem with its field and value."""

    def __init__(self, component: str, problems: Sequence[ArgumentProblem]) -> None:
        self.problems = tuple(problems)
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        lines = [f"  {problem.field}{problem.shown}: {problem.message}" for problem in problems]
        super().__init__("\n".join([f"{component}: {count} in its arguments", *lines]))


def rule(*fields: str, known_later: Collection[str] = ()) -> Callable[[RuleMethod], RuleMethod]:
    """Mark a method as a rule over `fields` and `known_later`, all arguments that it reads.

    It returns the message, a `Violation` with its own fix or place, several of them, or `None`. It runs if all of its
    fields are known and valid by themselves; those of `known_later`, of which it asks only whether they are set, may
    be outputs. A problem is reported at the first field.
    """

    def mark(method: RuleMethod) -> RuleMethod:
        method.__dict__["rule_fields"] = (*fields, *known_later)
        method.__dict__["rule_known_later"] = frozenset(known_later)
        return method

    return mark


class Spec(StrictModel):
    """Base of a component's specification."""

    @field_validator("*", mode="wrap")
    @classmethod
    def _accept_outputs(cls, value: Any, handler: Callable[[Any], Any], info: Any) -> Any:
        if isinstance(value, pulumi.Output | _Invalid):
            return value
        if info.field_name not in _plain_fields(cls) and holds_output(value):
            return pulumi.Output.from_input(value)
        return handler(value)

    @classmethod
    def check(cls, component: str, args: Mapping[str, Any]) -> Self:
        """Return the checked `args`; raise `InvalidArgsError` naming `component` and every problem.

        An output is refused where the field is `Plain`.
        """
        if not isinstance(args, Mapping):
            problem = ArgumentProblem(
                "(arguments)", f" = {shown(args)}", "must be a mapping of arguments to their values"
            )
            raise InvalidArgsError(component, [problem])
        spec, problems = cls._checked(args)
        if problems:
            raise InvalidArgsError(component, problems)
        return spec

    @classmethod
    def find_problems(cls, args: Mapping[str, Any], invalid: Collection[str] = ()) -> list[ArgumentProblem]:
        """Return every problem of `args` but those of the arguments `invalid`, which are reported elsewhere."""
        valid = {name: value for name, value in args.items() if name not in invalid}
        return cls._checked(valid | {name: _INVALID for name in invalid if name in cls.model_fields})[1]

    @classmethod
    def check_or_none(cls, args: Mapping[str, Any]) -> Self | None:
        """Return the checked `args`, `None` where one is wrong."""
        spec, problems = cls._checked(args)
        return None if problems else spec

    def resolve(self, component: str) -> "pulumi.Output[Self]":
        """Return the specification with every output resolved, checked again as a whole."""
        fields = {name: getattr(self, name) for name in self.model_fields_set}
        return pulumi.Output.all(**fields).apply(lambda resolved: type(self).check(component, dict(resolved)))

    @classmethod
    def _checked(cls, args: Mapping[str, Any]) -> tuple[Self, list[ArgumentProblem]]:
        problems = [
            ArgumentProblem(
                _place(at), "", "must be known when the program runs, and is an output; set a plain value", at
            )
            for name in _plain_fields(cls)
            if name in args
            for at in find_outputs(cls.model_fields[name].annotation, args[name], (name,))
        ]
        data = {**args, **{str(problem.location[0]): _INVALID for problem in problems}}
        try:
            spec = cls.model_validate(data)
        except ValidationError as error:
            found = [_problem(cls, details) for details in error.errors(include_url=False)]
            wrong = {str(problem.location[0]) for problem in found if problem.location}
            valid = {name: value for name, value in data.items() if name not in wrong}
            spec = cls.model_validate(valid | {name: _INVALID for name in cls.model_fields if name in wrong})
            problems += found
        return spec, [*problems, *_violations(spec)]


def _violations(spec: Spec) -> Iterator[ArgumentProblem]:
    for fields, method in _rules(type(spec)):
        values = [getattr(spec, name) for name in fields]
        later = getattr(method, "rule_known_later", ())
        if any(isinstance(value, _Invalid) for value in values) or any(
            isinstance(value, pulumi.Output) and name not in later for name, value in zip(fields, values, strict=True)
        ):
            continue
        found = method(spec)
        several = [found] if isinstance(found, str | Violation) else found or ()
        for one in several:
            violation = Violation(one) if isinstance(one, str) else one
            at = violation.at or (fields[0],)
            missing = not violation.at and fields[0] not in spec.model_fields_set and values[0] in (None, "", (), {})
            text = " (value hidden)" if violation.secret else "" if missing else _shown(at, _value_at(spec, at))
            fix: Fix | None = {at: REMOVE} if violation.fix is None and violation.at else violation.fix
            located = None if fix is None else {_location(place): value for place, value in fix.items()}
            yield ArgumentProblem(_place(at), text, violation.message, at, fields, located)


@cache
def _plain_fields(cls: type[Spec]) -> Mapping[str, None]:
    """Return the fields that take no output, in order."""
    return {name: None for name, field in cls.model_fields.items() if is_plain(field)}


@cache
def _rules(cls: type[Spec]) -> list[tuple[tuple[str, ...], Callable[[Spec], Found]]]:
    methods = (getattr(cls, name) for name in dir(cls) if not name.startswith(("__", "model_")))
    return [(method.rule_fields, method) for method in methods if hasattr(method, "rule_fields")]


def _problem(model: type[Spec], details: Mapping[str, Any]) -> ArgumentProblem:
    at = details["loc"]
    foreign = upstream_key(model, at) if details["type"] == "extra_forbidden" else None
    hidden = details["type"] == PLAIN_SECRET or (foreign is not None and foreign.is_secret)
    text = "" if details["type"] == "missing" else _shown(at, HIDDEN if hidden else details["input"])
    return ArgumentProblem(
        _place(at), text, f"unknown argument: {foreign.message}" if foreign else message(details), at
    )


def _value_at(value: Any, location: Location) -> Any:
    for part in location:
        if isinstance(value, BaseModel):
            value = getattr(value, str(part), None)
        elif isinstance(value, Mapping):
            value = value.get(part)
        else:
            value = value[part] if isinstance(value, Sequence) and isinstance(part, int) else None
    return value


def _place(location: Location) -> str:
    return ".".join(str(part) for part in location) or "(arguments)"


def _location(place: str | Location) -> Location:
    if isinstance(place, tuple):
        return place
    return tuple(int(part) if part.isdigit() else part for part in place.split("."))


def _shown(at: Location, value: Any) -> str:
    return " (value hidden)" if value == HIDDEN or _SECRET.search(_place(at)) else f" = {shown(value)}"
