"""How a component checks its arguments: one frozen pydantic model, every problem reported at once.

A component's public contract is a `TypedDict` of inputs. Its private `Spec` says what those inputs must be.
Values that are known are checked when the component is constructed; an `Output` is let through and the whole
specification is checked again, with the same rules, once it is resolved. What the `TypedDict` gives no `pulumi.Input`
decides which resources there are, and takes no `Output`.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from typing import Any, NamedTuple, Self, TypeVar

import pulumi
from pydantic import ConfigDict, ValidationError, field_validator, model_validator
from pydantic.functional_validators import ModelWrapValidatorHandler
from pydantic_core import InitErrorDetails, PydanticCustomError

from ._plain_secrets import HIDDEN, veiled
from ._sentences import sentence
from ._unsettled import UNSETTLED, Settling, Unsettled, UnsettledError

_SECRET = r"password|secret_access_key|access_key_id|htpasswd"
_USER_IN_URL = r"//[^/@\s]+@"
_LONGEST_SHOWN = 200
RuleMethod = TypeVar("RuleMethod", bound=Callable[..., str | None])


class ArgumentProblem(NamedTuple):
    """One thing that is wrong with the arguments of a component."""

    place: str
    """The argument, with dots into what it holds."""
    shown: str
    """Its value behind an equals sign; empty where it is missing, veiled where it is a secret."""
    sentence: str
    """What is wrong and what would be right."""
    location: tuple[int | str, ...] = ()
    """The parts of `place`."""
    fields: tuple[str, ...] = ()
    """The arguments that a rule finds wrong together; empty where one is wrong by itself."""


class InvalidArgsError(pulumi.RunError):
    """The arguments of a component are wrong; the message lists every problem with its field and value."""

    def __init__(self, component: str, problems: Sequence[ArgumentProblem]) -> None:
        self.problems = tuple(problems)
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        lines = [f"  {problem.place}{problem.shown}: {problem.sentence}" for problem in problems]
        super().__init__("\n".join([f"{component}: {count} in its arguments", *lines]))


def rule(*fields: str) -> Callable[[RuleMethod], RuleMethod]:
    """Mark a method as a rule over `fields`: it returns the problem as a sentence, or `None`.

    A rule runs as soon as all of its fields are known. The first field is the one that the problem is shown at.
    """

    def mark(method: RuleMethod) -> RuleMethod:
        method.__dict__["rule_fields"] = fields
        return method

    return mark


class Spec(Settling):
    """Base of a component's specification: unknown keys refused, immutable, outputs let through until resolved."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    @field_validator("*", mode="wrap")
    @classmethod
    def _let_outputs_through(cls, value: Any, handler: Callable[[Any], Any]) -> Any:
        return value if isinstance(value, pulumi.Output | Unsettled) else handler(value)

    @model_validator(mode="wrap")
    @classmethod
    def _keep_the_rules(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        found: list[InitErrorDetails] = []
        try:
            spec = handler(data)
        except ValidationError as error:
            found = [_details(one) for one in error.errors(include_url=False)]
            wrong = {one["loc"][0] for one in found if one["loc"]}
            spec = handler(
                {name: value for name, value in data.items() if name not in wrong}
                | {name: UNSETTLED for name in cls.model_fields if name in wrong}
            )
        for name in [name for name, value in spec if isinstance(value, Unsettled)]:
            spec.leave_open(name)
        found += [*_broken_rules(spec, data), *_errors_within(spec)]
        if found:
            raise ValidationError.from_exception_data(cls.__name__, found)
        return spec

    def errors_within(self) -> Iterator[InitErrorDetails]:
        """Find what is wrong at single places within arguments; nothing where not overridden."""
        yield from ()

    @classmethod
    def check(cls, component: str, args: Mapping[str, Any], declared: type | None = None) -> Self:
        """Check what is known of `args`; raise `InvalidArgsError` naming `component` and every problem.

        An output is refused where the types that `declared`, the `TypedDict` of the arguments, gives want plain values.
        """
        if not isinstance(args, Mapping):
            problem = ArgumentProblem("(arguments)", f" = {args!r}", "must be a mapping of arguments to their values")
            raise InvalidArgsError(component, [problem])
        late = [] if declared is None else _late_problems(declared, args)
        if not late:
            return _validated(cls, component, args)
        try:
            _validated(cls, component, {**args, **{str(problem.location[0]): UNSETTLED for problem in late}})
        except InvalidArgsError as error:
            late += error.problems
        raise InvalidArgsError(component, late)

    def resolve(self, component: str) -> "pulumi.Output[Self]":
        """Give the specification with every output resolved, checked again as a whole."""
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return pulumi.Output.all(**fields).apply(lambda known: _validated(type(self), component, known))


def _broken_rules(spec: Spec, data: Mapping[str, Any]) -> Iterator[InitErrorDetails]:
    for fields, check in _rules(type(spec)):
        try:
            values = [getattr(spec, field) for field in fields]
            problem = None if any(isinstance(value, pulumi.Output) for value in values) else check(spec)
        except UnsettledError:
            continue
        if problem is not None:
            context = {"problem": problem, "fields": fields}
            kind = PydanticCustomError("rule", "{problem}", context)
            yield InitErrorDetails(type=kind, loc=(fields[0],), input=data.get(fields[0], values[0]))


def _errors_within(spec: Spec) -> list[InitErrorDetails]:
    found: list[InitErrorDetails] = []
    try:
        for error in spec.errors_within():
            found.append(error)
    except UnsettledError:
        pass
    return found


def _details(error: Mapping[str, Any]) -> InitErrorDetails:
    """Give an error of pydantic's in a form that can be raised again."""
    context = {"problem": sentence(error), "fields": (error.get("ctx") or {}).get("fields", ())}
    kind = PydanticCustomError(error["type"], "{problem}", context)
    return InitErrorDetails(type=kind, loc=error["loc"], input=error["input"])


def _rules(cls: type[Spec]) -> list[tuple[tuple[str, ...], Callable[[Spec], str | None]]]:
    methods = (getattr(cls, name) for name in dir(cls) if not name.startswith(("__", "model_")))
    return [(method.rule_fields, method) for method in methods if hasattr(method, "rule_fields")]


AnySpec = TypeVar("AnySpec", bound=Spec)


def _validated(cls: type[AnySpec], component: str, args: Mapping[str, Any]) -> AnySpec:
    try:
        return cls.model_validate(dict(args))
    except ValidationError as error:
        raise InvalidArgsError(component, [_problem(one) for one in error.errors(include_url=False)]) from None


def _late_problems(declared: type, args: Mapping[str, Any]) -> list[ArgumentProblem]:
    # What looks at types is loaded for a component, and not for whoever names the class.
    from ._late import late_values

    sentence = "must be known when the program runs, and is an output: give it as a plain value"
    return [ArgumentProblem(_place(at), "", sentence, at) for at in late_values(declared, args)]


def _problem(error: Mapping[str, Any]) -> ArgumentProblem:
    fields = (error.get("ctx") or {}).get("fields", ())
    return ArgumentProblem(_place(error["loc"]), _shown(error), sentence(error), error["loc"], fields)


def _place(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location) or "(arguments)"


def _shown(problem: Mapping[str, Any]) -> str:
    if problem["type"] == "missing":
        return ""
    if problem["input"] == HIDDEN or re.search(_SECRET, _place(problem["loc"])):
        return " (value hidden)"
    value = problem["input"]
    shown = f"{value.value if isinstance(value, Enum) else veiled(value)!r}"
    if len(shown) > _LONGEST_SHOWN:
        shown = f"{shown[:_LONGEST_SHOWN]}…"
    return " = " + re.sub(_USER_IN_URL, "//[hidden]@", shown)
