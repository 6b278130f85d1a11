"""What a specification refuses: the message, and fixes by dotted places in place of their parts."""

from collections.abc import Mapping
from typing import Any

import pytest

from components._spec import ArgumentProblem, InvalidArgsError, Spec


def fix_of(problem: ArgumentProblem) -> Mapping[str, Any] | None:
    """Return the change that a rule names, by place as a message writes it."""
    return None if problem.fix is None else {".".join(map(str, at)): value for at, value in problem.fix.items()}


def refusal(spec: type[Spec], args: Mapping[str, Any]) -> str:
    """Return the message that refuses these arguments."""
    with pytest.raises(InvalidArgsError) as raised:
        spec.check(spec.__name__.removesuffix("Spec"), args)
    return str(raised.value)
