"""The check of one area: every wrong field is reported, and replaced by its default while the rest is checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from components._model import StrictModel

from .errors import Problem
from .fields import wrong_fields
from .unquoted_dates import unquoted_dates, with_value


@dataclass(frozen=True)
class CheckedArea:
    """An area of the stack file after its fields were checked."""

    area: StrictModel
    """The settings, with the default in place of each wrong one; an example where it is required."""
    problems: list[Problem]
    invalid: frozenset[str] = frozenset()
    """The names of the wrong fields."""
    written: Mapping[str, Any] = field(default_factory=dict)
    """The values as written, where a date without quotes is the text of that day."""


def check_area(name: str, model: type[StrictModel], written: Mapping[str, Any]) -> CheckedArea:
    """Return an area with each field checked by its declaration."""
    dated = list(unquoted_dates(name, model, written))
    for one in dated:
        written = with_value(written, one.location, one.text)
    problems = [one.problem for one in dated if one.problem]
    wrong = {str(one.location[0]) for one in dated if one.problem}
    try:
        area = model.model_validate(written)
    except ValidationError as error:
        places = {problem.field for problem in problems}
        problems += [problem for problem in wrong_fields(name, model, error) if problem.field not in places]
        wrong |= {str(details["loc"][0]) for details in error.errors(include_url=False)}
        right = {key: value for key, value in written.items() if key not in wrong}
        required = {key: field for key, field in model.model_fields.items() if field.is_required()}
        examples = {key: (field.examples or [None])[0] for key, field in required.items()}
        area = model.model_validate({**examples, **right})
    return CheckedArea(area, problems, frozenset(wrong & model.model_fields.keys()), written)
