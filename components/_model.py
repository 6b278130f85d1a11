"""The base of every model of arguments and settings, and what a field states beside its type.

A field is declared once: type, default, bounds, description, example, whether it may be an output (`Plain`), and
whether only the user can know its value (`USER_KNOWN`). Arguments, schema, reference and error messages follow from
that declaration.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from enum import Enum
from types import UnionType
from typing import Annotated, Any, ClassVar, TypeVar, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel, ConfigDict, ValidationError, ValidationInfo, field_validator
from pydantic.fields import FieldInfo
from pydantic_core import InitErrorDetails, PydanticCustomError

T = TypeVar("T")
Location = tuple[int | str, ...]

_PLACEHOLDER = re.compile(r"<[\w-]+>")
_PLACEHOLDER_ERROR = PydanticCustomError(
    "placeholder", "is a placeholder; replace it with the value that it stands for"
)
_FALSE_AND_TRUE = {False: "false", True: "true"}


@dataclass(frozen=True)
class Marker:
    """A statement about a field that is not part of its type."""

    name: str


PLAIN = Marker("plain")
Plain = Annotated[T, PLAIN]
"""A value that must be known when the program runs, because it decides which resources there are: never an output."""

USER_KNOWN = Marker("user known")
"""A value that only the user can know, such as an account id: a command that sets it holds a placeholder."""


@dataclass(frozen=True)
class Bound:
    """A bound that the type checks, in words for the reference."""

    text: str


@dataclass(frozen=True)
class Choices:
    """All values that a field of text takes, where they are no enum, such as the supported versions of a chart."""

    values: tuple[str, ...]


@dataclass(frozen=True)
class AlsoCalled:
    """Names that others and earlier versions have for values of an enum: such a name is corrected to the value."""

    names: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class AlsoWritten:
    """A form in which others write a text, whose only group is the value: such a text is corrected to it."""

    pattern: str


@dataclass(frozen=True)
class UpstreamKey:
    """A key of the configured program itself that is no field of the model, and what to set instead."""

    message: str
    """The rule and the fix."""
    field: str = ""
    """The field beside it that takes its value."""
    converted: Callable[[Any], Any] = lambda value: value
    """Return the value of `field`, `None` where it is not known."""
    is_secret: bool = False
    """Whether its value must not be shown."""


class StrictModel(BaseModel):
    """A frozen model without unknown keys, in which no boolean is a number and no placeholder is a value."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    upstream_keys: ClassVar[Mapping[str, UpstreamKey]] = {}
    """Keys of the configured program itself that are no fields."""

    @field_validator("*", mode="before")
    @classmethod
    def _values_are_of_their_own_type(cls, value: Any, info: ValidationInfo) -> Any:
        # pydantic accepts true for 1, and 0 and "no" for false.
        kinds = _kinds(cls.model_fields[str(info.field_name)].annotation)
        if isinstance(value, bool) and kinds & {int, float} and bool not in kinds:
            raise PydanticCustomError("int_type" if int in kinds else "float_type", "must be a number")
        if isinstance(value, int | float | str) and not isinstance(value, bool) and kinds <= {bool, type(None)}:
            raise PydanticCustomError("bool_type", "must be true or false")
        if found := list(_placeholders(cls.model_fields[str(info.field_name)].annotation, value)):
            raise ValidationError.from_exception_data(cls.__name__, found)
        return value


def same_as(model: type[BaseModel], name: str) -> Any:
    """Return the declaration of a field of `model`, for a setting of a stack that is that argument by another name."""
    return copy(model.model_fields[name])


def upstream_key(model: type[BaseModel], location: Location) -> UpstreamKey | None:
    """Return the key of the configured program at `location` in a model; `None` where that has none."""
    annotation: Any = model
    for part in location[:-1]:
        annotation = inner_annotation(annotation, part)
    owner = container(annotation)
    known = owner.upstream_keys if isinstance(owner, type) and issubclass(owner, StrictModel) else {}
    return known.get(str(location[-1])) if location else None


def is_placeholder(text: str) -> bool:
    """Whether a text is what a printed command holds in place of a value that only the user can know."""
    return _PLACEHOLDER.fullmatch(text) is not None


def holds_placeholder(value: Any) -> bool:
    """Whether a placeholder stands somewhere in a value of texts, lists and maps."""
    if isinstance(value, Mapping):
        return any(map(holds_placeholder, value.values()))
    if isinstance(value, list | tuple):
        return any(map(holds_placeholder, value))
    return isinstance(value, str) and is_placeholder(value)


def _placeholders(annotation: Any, value: Any, at: Location = ()) -> Iterator[InitErrorDetails]:
    """Yield an error for each placeholder within a value, but for those that a model within finds itself.

    What may be anything, such as the values of a chart, holds none: no command is printed for a place within.
    """
    if annotation is Any:
        return
    parts: Iterable[tuple[int | str, Any]] = ()
    if isinstance(value, Mapping):
        held = container(annotation)
        parts = () if isinstance(held, type) and issubclass(held, StrictModel) else value.items()
    elif isinstance(value, list | tuple):
        parts = enumerate(value)
    elif isinstance(value, str) and is_placeholder(value):
        yield InitErrorDetails(type=_PLACEHOLDER_ERROR, loc=at, input=value)
    for part, item in parts:
        yield from _placeholders(inner_annotation(annotation, part), item, (*at, part))


def placeholder(name: str) -> str:
    """Return the text that stands for the value of the field `name` in a printed command."""
    return f"<{name}>"


def metadata(field: FieldInfo | None) -> Iterator[Any]:
    """Yield what a field states beside its type, at any depth of `Annotated` and `| None`."""
    if field is None:
        return
    yield from field.metadata
    yield from _metadata(field.annotation)


def _metadata(annotation: Any) -> Iterator[Any]:
    if get_origin(annotation) is Annotated:
        inner, *stated = get_args(annotation)
        for item in stated:
            yield from item.metadata if isinstance(item, FieldInfo) else (item,)
        yield from _metadata(inner)
    elif get_origin(annotation) in (Union, UnionType):
        for item in get_args(annotation):
            yield from _metadata(item)


def called_here(annotation: Any, name: Any) -> str | None:
    """Return the value that others call `name`, or write as `name`; `None` if there is none."""
    plain = re.sub("[-_ ]", "", str(name)).lower()
    for stated in _metadata(annotation):
        if isinstance(stated, AlsoCalled) and plain in dict(stated.names):
            return dict(stated.names)[plain]
        if isinstance(stated, AlsoWritten) and (found := re.fullmatch(stated.pattern, plain)):
            return found[1]
    return None


def is_plain(field: FieldInfo) -> bool:
    """Whether a field takes no output."""
    return PLAIN in metadata(field)


def is_user_known(declared: Any) -> bool:
    """Whether only the user can know the value of a field, or of what has this annotation."""
    return USER_KNOWN in (metadata(declared) if isinstance(declared, FieldInfo) else _metadata(declared))


def container(annotation: Any) -> Any:
    """Return an annotation without `Annotated` and `| None`: a model, a map, a list or a scalar type."""
    if get_origin(annotation) is Annotated:
        return container(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return next((container(item) for item in get_args(annotation) if item is not type(None)), None)
    return annotation


def members(annotation: Any) -> list[str]:
    """Return the values of an enum, also of one in a list; none for another annotation."""
    inner = container(annotation)
    if isinstance(inner, type) and issubclass(inner, Enum):
        return [str(member.value) for member in inner]
    if get_origin(inner) in (Sequence, tuple):
        return members(get_args(inner)[0])
    return next((list(stated.values) for stated in _metadata(annotation) if isinstance(stated, Choices)), [])


def inner_annotation(annotation: Any, part: int | str) -> Any:
    """Return the annotation of the item `part` of a map, a list or a model; `Any` where it states none."""
    held = container(annotation)
    if isinstance(held, type) and issubclass(held, BaseModel):
        field = field_called(held, str(part))
        return field.annotation if field else Any
    arguments = [item for item in get_args(held) if item is not Ellipsis]
    return arguments[-1] if arguments else Any


def field_called(model: type[BaseModel], key: str) -> FieldInfo | None:
    """Return the field that data calls `key`, by its alias where it has one."""
    return next((field for name, field in model.model_fields.items() if (field.alias or name) == key), None)


def described(name: str, field: FieldInfo) -> str:
    """Return what a reader of a reference learns of a field: meaning, allowed values, bounds and default.

    Allowed values, bounds and the default come from the declaration. A description may end with `Default: …` to say
    more of the default than its value. Raise `ValueError` where that contradicts the declaration, or is missing where
    the default is empty.
    """
    meaning = field.description or ""
    if not meaning:
        raise ValueError(f"{name} has no description")
    names = members(field.annotation)
    listed = [] if all(f"`{item}`" in meaning for item in names) else [f"One of {_joined(names)}."]
    before, marker, after = meaning.partition("Default:")
    default = "" if field.is_required() else _plain_default(field)
    scalar = isinstance(field.get_default(), str | int | float | Enum)
    if marker and scalar and default and not after.strip().replace("`", "").startswith(default.strip("`")):
        raise ValueError(f"the description of {name} contradicts its default, {default}")
    if not marker and not default and not field.is_required():
        raise ValueError(f"the description of {name} does not state its default: end it with 'Default: …'")
    stated = f"{marker}{after}" if marker else f"Default: {default}." if default else ""
    return " ".join(part for part in (before.strip(), *listed, *_bounds(field), stated) if part)


def _bounds(field: FieldInfo) -> Iterator[str]:
    stated = list(metadata(field))
    yield from (item.text for item in stated if isinstance(item, Bound))
    low = next((item.ge for item in stated if isinstance(item, Ge)), None)
    high = next((item.le for item in stated if isinstance(item, Le)), None)
    if low is not None and high is not None:
        yield f"{low} to {high}."
    elif low is not None or high is not None:
        yield f"At least {low}." if low is not None else f"At most {high}."
    yield from (f"More than {item.gt}." for item in stated if isinstance(item, Gt))
    yield from (f"Less than {item.lt}." for item in stated if isinstance(item, Lt))


def _plain_default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True)
    if isinstance(value, bool):
        return _FALSE_AND_TRUE[value]
    if value in (None, "", (), {}) or isinstance(value, BaseModel):
        return ""
    if isinstance(value, Mapping):
        return ", ".join(f"`{key}: {_text(item)}`" for key, item in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(f"`{_text(item)}`" for item in value)
    return f"`{_text(value)}`"


def _text(value: Any) -> str:
    return str(value.value if isinstance(value, Enum) else value)


def _joined(names: Sequence[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    return " or ".join([", ".join(quoted[:-1]), quoted[-1]]) if len(quoted) > 1 else quoted[0]


def _kinds(annotation: Any) -> set[Any]:
    if get_origin(annotation) is Annotated:
        return _kinds(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return {kind for item in get_args(annotation) for kind in _kinds(item)}
    return {annotation}
