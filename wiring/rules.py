"""The files of rules on logs: those in the stack file, and those of a directory beside it."""

from pathlib import Path

import yaml

from config import Settings
from config.problems import PROJECT, Problem, remove_command, settings_error

ROOT = Path(__file__).resolve().parents[1]
"""Where relative paths begin: the directory of the stack files."""


def rule_files(settings: Settings) -> dict[str, str]:
    """Give the text of every file by its path; raise `SettingsError` where the directory is none, or files collide."""
    area = settings.logging
    written = {path: yaml.safe_dump(content, sort_keys=False) for path, content in area.rules.items()}
    if not area.rules_directory:
        return written
    directory = ROOT / area.rules_directory
    place = f"{PROJECT}:logging.rules_directory"
    if not directory.is_dir():
        sentence = f"there is no directory {directory}: create it, with a file of rule groups in it"
        raise settings_error(settings.stack, [Problem(place, sentence, remove_command(place), area.rules_directory)])
    found = sorted(path for path in directory.rglob("*") if path.suffix in (".yaml", ".yml") and path.is_file())
    read = {path.relative_to(directory).as_posix(): path.read_text(encoding="utf-8") for path in found}
    if twice := sorted(set(read) & set(written)):
        sentence = f"{', '.join(twice)} stands in the stack file too: keep one of the two"
        fix = "; ".join(remove_command(f"{PROJECT}:logging.rules[{path!r}]") for path in twice)
        raise settings_error(settings.stack, [Problem(place, sentence, fix, area.rules_directory)])
    return {**read, **written}
