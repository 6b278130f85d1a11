"""Files in directories beside the stack files: rules on logs, objectives, alerts and runbooks."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from components._shown import shown
from config.errors import Problem, remove_command, setting_path

ROOT = Path(__file__).resolve().parents[1]
"""The base of relative paths: the directory of the stack files."""

YAML = (".yaml", ".yml")
MARKDOWN = (".md",)


def files_beside(directory: str, suffixes: Sequence[str] = YAML) -> dict[str, str]:
    """Return the text of each file in `directory` beside the stack files; none where there is no such directory."""
    if not directory:
        return {}
    base = ROOT / directory
    found = sorted(path for path in base.rglob("*") if path.suffix in suffixes and path.is_file())
    return {path.relative_to(base).as_posix(): path.read_text(encoding="utf-8") for path in found}


def directory_problems(
    place: str, directory: str, in_stack_file: Mapping[str, Mapping[str, str]], *, stated: bool = True
) -> Iterator[Problem]:
    """Yield a missing directory that the stack states at `place`, and files that the stack file has too.

    `in_stack_file` has the files of the stack file by the place of the setting that holds them.
    """
    if directory and stated and not (ROOT / directory).is_dir():
        sentence = f"there is no directory {ROOT / directory}; create it, with a file in it"
        yield Problem(place, sentence, remove_command(place), shown(directory))
    beside = set(files_beside(directory, (*YAML, *MARKDOWN)))
    doubled = [(held, path) for held, files in in_stack_file.items() for path in sorted(beside & set(files))]
    if doubled:
        sentence = f"{', '.join(path for _, path in doubled)} is in the stack file too; remove one of them"
        fix = "\n".join(remove_command(setting_path(*held.split("."), path)) for held, path in doubled)
        yield Problem(place, sentence, fix, shown(directory))
