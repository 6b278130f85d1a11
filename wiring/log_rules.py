"""The files of Loki's rules: those in the stack file, and those of a directory beside it."""

from collections.abc import Iterator

from config import Settings
from config.errors import Problem, setting_path

from .files_beside import directory_problems, files_beside


def rule_files(settings: Settings) -> dict[str, str]:
    """Return the text of every file by its path."""
    area = settings.logging
    return {**files_beside(area.rules_directory), **area.rules}


def rule_file_problems(settings: Settings) -> Iterator[Problem]:
    """Yield a missing directory of rules, and files that are in the stack file too."""
    area = settings.logging
    place = setting_path("logging", "rules_directory")
    yield from directory_problems(place, area.rules_directory, {"logging.rules": area.rules})
