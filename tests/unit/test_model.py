"""What a reader of a reference learns of a field: its description, and what follows from its declaration."""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Annotated, Any

import pytest
from pydantic import Field, ValidationError, create_model

from components._model import USER_KNOWN, Bound, Plain, StrictModel, described, is_plain, is_user_known


class Colour(Enum):
    RED = "red"
    GREEN = "green"
    BLUE = "blue"


class Shade(StrictModel):
    colour: Colour = Colour.RED


Size = Annotated[str, Bound("More than nothing.")]
Share = Annotated[float, Field(gt=0, lt=1)]
PlainShare = Plain[Share | None]
PlainColour = Plain[Colour | None]


def model_of(annotation: Any, **stated: Any) -> type[StrictModel]:
    field: tuple[Any, Any] = (annotation, Field(**stated))
    return create_model("Example", __base__=StrictModel, field=field)


def reference(annotation: Any, **stated: Any) -> str:
    """Return what is said of a field that means something."""
    model = model_of(annotation, **{"description": "Meaning.", **stated})
    return described("Example.field", model.model_fields["field"])


@pytest.mark.parametrize(
    ("annotation", "stated", "text"),
    [
        (int, {}, "Meaning."),
        (int, {"ge": 1}, "Meaning. At least 1."),
        (int, {"le": 9}, "Meaning. At most 9."),
        (int, {"ge": 0, "le": 9}, "Meaning. 0 to 9."),
        (Share, {}, "Meaning. More than 0. Less than 1."),
        (Size, {}, "Meaning. More than nothing."),
        (Plain[Size], {}, "Meaning. More than nothing."),
        (PlainShare, {"default": 0.5}, "Meaning. More than 0. Less than 1. Default: `0.5`."),
        (int, {"ge": 1, "default": 3}, "Meaning. At least 1. Default: `3`."),
    ],
)
def test_bounds_come_from_the_declaration(annotation: Any, stated: dict[str, Any], text: str) -> None:
    assert reference(annotation, **stated) == text


@pytest.mark.parametrize(
    ("annotation", "stated", "text"),
    [
        (Colour, {}, "Meaning. One of `red`, `green` or `blue`."),
        (PlainColour, {}, "Meaning. One of `red`, `green` or `blue`."),
        (Plain[Sequence[Colour]], {}, "Meaning. One of `red`, `green` or `blue`."),
        (Colour, {"default": Colour.RED}, "Meaning. One of `red`, `green` or `blue`. Default: `red`."),
        (Colour, {"description": "`red` or `green`; `blue` at night."}, "`red` or `green`; `blue` at night."),
        (Colour, {"description": "Not `red`."}, "Not `red`. One of `red`, `green` or `blue`."),
    ],
)
def test_members_of_an_enum_are_listed_unless_each_is_explained(
    annotation: Any, stated: dict[str, Any], text: str
) -> None:
    assert reference(annotation, **stated) == text


@pytest.mark.parametrize(
    ("annotation", "default", "text"),
    [
        (int, 0, "`0`"),
        (int, 1, "`1`"),
        (float, 0.5, "`0.5`"),
        (str, "a b", "`a b`"),
        (bool, True, "true"),
        (bool, False, "false"),
        (Sequence[str], ("a", "b"), "`a`, `b`"),
        (Mapping[str, int], {"a": 1, "b": 2}, "`a: 1`, `b: 2`"),
    ],
)
def test_a_default_is_stated(annotation: Any, default: Any, text: str) -> None:
    assert reference(annotation, default=default) == f"Meaning. Default: {text}."


def test_a_default_of_a_factory_is_stated() -> None:
    assert reference(Mapping[str, int], default_factory=lambda: {"a": 1}) == "Meaning. Default: `a: 1`."


@pytest.mark.parametrize(
    ("annotation", "stated", "text"),
    [
        (str, {"default": "", "description": "Meaning. Default: none."}, "Meaning. Default: none."),
        (int | None, {"default": None, "ge": 1, "description": "Meaning. Default: that of the chart."}, None),
        (int, {"default": 3, "description": "Meaning. Default: 3 (one a zone)."}, "Meaning. Default: 3 (one a zone)."),
        (str, {"default": "a", "description": "Meaning. Default: `a`, as ever."}, "Meaning. Default: `a`, as ever."),
        (bool, {"default": True, "description": "Meaning. Default: true in dev."}, "Meaning. Default: true in dev."),
        (Sequence[str], {"default": ("a",), "description": "Meaning. Default: all."}, "Meaning. Default: all."),
    ],
)
def test_a_description_may_say_more_of_the_default(annotation: Any, stated: dict[str, Any], text: str | None) -> None:
    assert reference(annotation, **stated) == (text or "Meaning. At least 1. Default: that of the chart.")


@pytest.mark.parametrize(
    ("annotation", "default", "stated"),
    [(int, 3, "4"), (str, "a", "none"), (bool, True, "false"), (bool, False, "no"), (Colour, Colour.RED, "blue")],
)
def test_a_description_that_contradicts_the_default_is_an_error(annotation: Any, default: Any, stated: str) -> None:
    with pytest.raises(ValueError, match=r"^the description of Example\.field contradicts its default"):
        reference(annotation, default=default, description=f"Meaning. Default: {stated}.")


@pytest.mark.parametrize(
    ("annotation", "default"),
    [(str, ""), (int | None, None), (Sequence[str], ()), (Mapping[str, str], {}), (Shade, Shade())],
)
def test_an_empty_default_that_is_not_described_is_an_error(annotation: Any, default: Any) -> None:
    with pytest.raises(ValueError, match=r"^the description of Example\.field does not state its default"):
        reference(annotation, default=default)


def test_a_field_without_a_description_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"^Example\.field has no description"):
        reference(int, description=None)


class Marked(StrictModel):
    plain: Plain[int | None] = None
    account: Annotated[str, USER_KNOWN] = ""
    both: Plain[Annotated[str, USER_KNOWN]] = ""
    neither: Sequence[str] = ()


def test_markers_are_found_at_any_depth() -> None:
    fields = Marked.model_fields
    assert [name for name, field in fields.items() if is_plain(field)] == ["plain", "both"]
    assert [name for name, field in fields.items() if is_user_known(field)] == ["account", "both"]


@pytest.mark.parametrize(
    ("annotation", "value", "message"),
    [
        (int, True, "must be a number"),
        (float, False, "must be a number"),
        (bool, "no", "must be true or false"),
        (bool | None, 0, "must be true or false"),
        (str, "<name>", "is a placeholder"),
        (Mapping[str, Sequence[str]], {"a": ["<b>"]}, "is a placeholder"),
    ],
)
def test_a_value_of_another_type_is_not_converted(annotation: Any, value: Any, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        model_of(annotation).model_validate({"field": value})
