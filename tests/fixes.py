"""The fixes of problems in a form to compare: dotted places in place of their parts."""

from collections.abc import Mapping
from typing import Any

from components._spec import ArgumentProblem


def fix_of(problem: ArgumentProblem) -> Mapping[str, Any] | None:
    """Return the change that a rule names, by place as a message writes it."""
    return None if problem.fix is None else {".".join(map(str, at)): value for at, value in problem.fix.items()}
