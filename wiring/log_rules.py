"""The files of Loki's rules: those in the stack file, and those of a directory beside it."""

from collections.abc import Iterator
from pathlib import Path

from components._shown import shown
from config import Settings
from config.errors import Problem, remove_command, setting_path

ROOT = Path(__file__).resolve().parents[1]
"""The base of relative paths: the directory of the stack files."""


def rule_files(settings: Settings) -> dict[str, str]:
    """Return the text of every file by its path."""
    area = settings.logging
    return {**_beside(area.rules_directory), **area.rules}


def rule_file_problems(settings: Settings) -> Iterator[Problem]:
    """Yield a missing directory of rules, and files that are in the stack file too."""
    area = settings.logging
    place = setting_path("logging", "rules_directory")
    if area.rules_directory and not (ROOT / area.rules_directory).is_dir():
        sentence = f"there is no directory {ROOT / area.rules_directory}; create it, with a file of rule groups in it"
        yield Problem(place, sentence, remove_command(place), shown(area.rules_directory))
    if duplicates := sorted(set(_beside(area.rules_directory)) & set(area.rules)):
        sentence = f"{', '.join(duplicates)} is in the stack file too; remove one of them"
        fix = "\n".join(remove_command(setting_path("logging", "rules", path)) for path in duplicates)
        yield Problem(place, sentence, fix, shown(area.rules_directory))


def _beside(name: str) -> dict[str, str]:
    """Return the files in the directory `name` beside the stack files; none where there is no such directory."""
    if not name:
        return {}
    directory = ROOT / name
    found = sorted(path for path in directory.rglob("*") if path.suffix in (".yaml", ".yml") and path.is_file())
    return {path.relative_to(directory).as_posix(): path.read_text(encoding="utf-8") for path in found}
