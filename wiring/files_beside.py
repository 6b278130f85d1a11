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
    return {path: (base / path).read_text(encoding="utf-8", errors="replace") for path in _names(directory, suffixes)}


def directory_problems(
    place: str, directory: str, in_stack_file: Mapping[str, Mapping[str, str]], *, stated: bool = True
) -> Iterator[Problem]:
    """Yield a missing directory that the stack states at `place`, and files that the stack file has too.

    `in_stack_file` has the files of the stack file by the place of the setting that holds them.
    """
    if directory and stated and not (ROOT / directory).is_dir():
        sentence = f"there is no directory {ROOT / directory}; create it, with a file in it"
        yield Problem(place, sentence, remove_command(place), shown(directory))
    for path in _names(directory, (*YAML, *MARKDOWN)) if directory else ():
        try:
            (ROOT / directory / path).read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            sentence = f"{path} must be text in UTF-8, and has another byte at {error.start}; save it as UTF-8"
            yield Problem(place, sentence, "", shown(directory))
    beside = set(_names(directory, (*YAML, *MARKDOWN)) if directory else ())
    doubled = [(held, path) for held, files in in_stack_file.items() for path in sorted(beside & set(files))]
    if doubled:
        names = ", ".join(path for _, path in doubled)
        sentence = f"has {names}, which the stack file has too; remove one of them"
        fix = "\n".join(remove_command(setting_path(*held.split("."), path)) for held, path in doubled)
        yield Problem(place, sentence, fix, shown(directory))


def _names(directory: str, suffixes: Sequence[str]) -> list[str]:
    base = ROOT / directory
    found = sorted(path for path in base.rglob("*") if path.suffix in suffixes and path.is_file())
    return [path.relative_to(base).as_posix() for path in found]
