"""Rules on the settings of a stack: each declares what it reads, and is skipped where one of those is wrong."""

from collections.abc import Callable, Iterator, Sequence

from .errors import Problem
from .settings import Settings

Rule = Callable[[Settings], Iterator[Problem]]


def rule(*reads: str) -> Callable[[Rule], Rule]:
    """Mark a function as a rule over the settings that it reads, such as `logging.tenants`."""

    def mark(function: Rule) -> Rule:
        function.__dict__["reads"] = reads
        return function

    return mark


def reads_of(function: Rule) -> Sequence[str]:
    """Return the settings that a rule reads."""
    reads: Sequence[str] = function.__dict__["reads"]
    return reads


def find_problems(settings: Settings, rules: Sequence[Rule]) -> list[Problem]:
    """Return what the rules find that read no wrong setting."""
    return [
        problem
        for function in rules
        if not any(map(settings.is_invalid, reads_of(function)))
        for problem in function(settings)
    ]
