"""The check of one area: every wrong field is reported, and replaced by its default while the rest is checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from components._model import StrictModel

from .errors import Problem
from .fields import wrong_fields


@dataclass(frozen=True)
class CheckedArea:
    """An area of the stack file after its fields were checked."""

    area: StrictModel
    """The settings, with the default in place of each wrong one; an example where it is required."""
    problems: list[Problem]
    invalid: frozenset[str] = frozenset()
    """The names of the wrong fields."""


def check_area(name: str, model: type[StrictModel], written: Mapping[str, Any]) -> CheckedArea:
    """Return an area with each field checked by its declaration."""
    try:
        return CheckedArea(model.model_validate(written), [])
    except ValidationError as error:
        problems = list(wrong_fields(name, model, error))
        wrong = {str(details["loc"][0]) for details in error.errors(include_url=False)}
    right = {key: value for key, value in written.items() if key not in wrong}
    examples = {key: (field.examples or [None])[0] for key, field in model.model_fields.items() if field.is_required()}
    return CheckedArea(
        model.model_validate({**examples, **right}), problems, frozenset(wrong & model.model_fields.keys())
    )
