"""Numbers are numbers and switches are switches: pydantic takes `true` for 1, and 0 and "no" for `false`."""

from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError


class Switched(BaseModel):
    """A model that takes no switch where it wants a number, and nothing but true and false for a switch."""

    # A schema takes milliseconds to build, the first one ten: only what a program uses is worth them.
    model_config = ConfigDict(defer_build=True)

    @field_validator("*", mode="before")
    @classmethod
    def _switches_and_numbers_differ(cls, value: Any, info: ValidationInfo) -> Any:
        kinds = _kinds(cls.model_fields[str(info.field_name)].annotation)
        if isinstance(value, bool) and kinds & {int, float} and bool not in kinds:
            raise PydanticCustomError("int_type" if int in kinds else "float_type", "must be a number")
        if isinstance(value, int | float | str) and not isinstance(value, bool) and kinds <= {bool, type(None)}:
            raise PydanticCustomError("bool_type", "must be true or false")
        return value


def _kinds(annotation: Any) -> set[Any]:
    if get_origin(annotation) is Annotated:
        return _kinds(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return {kind for item in get_args(annotation) for kind in _kinds(item)}
    return {annotation}
