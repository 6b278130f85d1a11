"""The page about the settings of a stack, from the models that declare them."""

from collections.abc import Iterator
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from components._model import described
from config.errors import PROJECT
from config.secrets import SECRET_KEYS
from config.settings import AREAS
from config.storage import STORAGE_KINDS
from tools.docs.markdown import page, prose, split_default, table

Model = type[BaseModel]
_WORDS = {str: "text", int: "integer", bool: "true or false", float: "number"}


def settings_page() -> str:
    """Return the page: every area, then the types that areas share, then the secrets."""
    sections: list[list[str]] = []
    shared: dict[str, Model] = {}
    for name, model in areas():
        sections += [[f"## {name}"], [prose(model.__doc__)], _fields(model)]
        shared |= {_heading(inner): inner for inner in _nested(model)}
    for heading, model in sorted(shared.items()):
        sections += [[f"## {heading}"], [prose(model.__doc__)], _fields(model)]
    secrets = [[f"`{PROJECT}:{key}`", meaning] for key, meaning in SECRET_KEYS.items()]
    return page(
        "Settings",
        [
            f"An area is one object under `{PROJECT}:<area>` in `Pulumi.<stack>.yaml`. Everything has a default but",
            "what is marked required. `make settings STACK=<stack>` shows the resolved settings of a stack.",
        ],
        *sections,
        ["## Secrets"],
        ["Keys of their own, encrypted: `pulumi config set --secret <key>`."],
        table(["key", "is"], secrets),
    )


def areas() -> Iterator[tuple[str, Model]]:
    """Yield the heading and the model of every area, of `storage` one for each kind."""
    for name, model in AREAS.items():
        if name != "storage":
            yield f"{PROJECT}:{name}", model
            continue
        for kind, of_kind in STORAGE_KINDS.items():
            yield f"{PROJECT}:storage, kind {kind}", of_kind


def _fields(model: Model) -> list[str]:
    return table(["field", "type", "default", "meaning"], [_row(model, *item) for item in model.model_fields.items()])


def _row(model: Model, name: str, field: FieldInfo) -> list[str]:
    default, meaning = split_default(described(f"{model.__name__}.{name}", field))
    default = "**required**" if field.is_required() else default
    return [f"`{field.alias or name}`", _type(field.annotation), default, meaning]


def _type(annotation: Any) -> str:
    if annotation is Any:
        return "any"
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _type(arguments[0])
    if origin in (Union, UnionType):
        return " or ".join(_type(item) for item in arguments if item is not type(None))
    if origin is Literal:
        return " or ".join(f"`{item}`" for item in arguments)
    if isinstance(annotation, type) and not arguments:
        if issubclass(annotation, Enum):
            return " or ".join(f"`{member.value}`" for member in annotation)
        if issubclass(annotation, BaseModel):
            return f"[{_heading(annotation)}](#{_heading(annotation).replace(' ', '-')})"
        return _WORDS.get(annotation, "text")
    if arguments:
        items = [item for item in arguments if item is not Ellipsis]
        return f"map of {_type(items[1])}" if len(items) == 2 else f"list of {_type(items[0])}"
    return "any"


def _heading(model: Model) -> str:
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in model.__name__).strip()
    return words.removesuffix(" settings")


def _nested(model: Model) -> Iterator[Model]:
    for field in model.model_fields.values():
        yield from _models_in(field.annotation)


def _models_in(annotation: Any) -> Iterator[Model]:
    if isinstance(annotation, type) and not get_args(annotation):
        if issubclass(annotation, BaseModel):
            yield annotation
            yield from _nested(annotation)
        return
    for item in get_args(annotation):
        yield from _models_in(item)
