"""The settings of a stack, read and checked together."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from components._messages import closest
from components._model import field_called, placeholder
from components._shown import SECRET, shown

from .dotted_keys import set_without_path
from .errors import PROJECT, Problem, nearest, remove_command, replace_command, setting_of, setting_path, settings_error
from .providers import provider_problems
from .rule import find_problems
from .secrets import SECRET_KEYS, secret_problems
from .settings import AREAS, Settings
from .source import Source
from .stack_rules import RULES
from .storage import STORAGE_KINDS
from .validation import CheckedArea, check_area


def load(source: Source, of_components: Callable[[Settings], Iterable[Problem]] = lambda settings: ()) -> Settings:
    """Return the settings of `source`, after checks of each area, of rules across areas and by `of_components`.

    Raise `SettingsError` with all problems at once.
    """
    checked, problems = _checked_areas(source)
    settings = Settings(
        stack=source.stack,
        aws_region=source.aws_region,
        configured_secrets=frozenset(SECRET_KEYS) & frozenset(source.texts),
        written={name: source.area(name)[0] for name in AREAS}
        | ({"aws:region": source.aws_region} if source.aws_region else {}),
        invalid=frozenset(f"{name}.{field}".rstrip(".") for name, found in checked.items() for field in found.invalid),
        **{name: found.area for name, found in checked.items()},  # type: ignore[arg-type]
    )
    problems += find_problems(settings, RULES)
    problems = _with_secrets(problems, secret_problems(source))
    problems += provider_problems(source)
    reported = frozenset(setting_of(problem.field) for problem in problems)
    problems += of_components(replace(settings, invalid=settings.invalid | reported))
    if problems:
        raise settings_error(source.stack, problems)
    return settings


def _with_secrets(problems: list[Problem], secrets: list[Problem]) -> list[Problem]:
    """Return all problems, without those of a secret that is unused: its fix is to remove it."""
    wrong = {problem.field: problem for problem in secrets}
    known = "; it is in plain text, so rotate it"
    reported = [
        replace(problem, message=problem.message + known * (not wrong[problem.field].shown))
        if problem.field in wrong
        else problem
        for problem in problems
    ]
    return reported + [problem for field, problem in wrong.items() if field not in {one.field for one in problems}]


def _checked_areas(source: Source) -> tuple[Mapping[str, CheckedArea], list[Problem]]:
    checked: dict[str, CheckedArea] = {}
    problems = _unknown_keys(source)
    for name, usual in AREAS.items():
        model = usual
        written, malformed = source.area(name)
        if name == "storage" and not malformed:
            kind = written.get("kind", "in-cluster")
            if isinstance(kind, str) and kind in STORAGE_KINDS:
                model = STORAGE_KINDS[kind]
            else:
                malformed = [_unknown_kind(written)]
        # A malformed area is wrong as a whole.
        found = CheckedArea(model(), malformed, frozenset({""})) if malformed else check_area(name, model, written)
        checked[name] = found
        problems += found.problems
    return checked, problems


def _unknown_kind(written: Mapping[str, Any]) -> Problem:
    place, kind = setting_path("storage", "kind"), written["kind"]
    near = closest(str(kind).lower(), STORAGE_KINDS) or _kind_of(written)
    sentence = f"must be one of {', '.join(STORAGE_KINDS)}; {f'did you mean {near}?' if near else 'set one of them'}"
    return Problem(place, sentence, replace_command(place, kind, near or placeholder("kind")), shown(kind))


def _kind_of(written: Mapping[str, Any]) -> str | None:
    """Return the kind of store with most of the fields in `written`, `None` where several have as many."""
    fits = {
        name: sum(field_called(model, key) is not None for key in written if key != "kind")
        for name, model in STORAGE_KINDS.items()
    }
    best = [name for name, count in fits.items() if count == max(fits.values())]
    return best[0] if len(best) == 1 else None


def _unknown_keys(source: Source) -> list[Problem]:
    known = [*AREAS, *SECRET_KEYS]
    problems = []
    for key in sorted(set(source.texts) - set(known)):
        place = f"{PROJECT}:{key}"
        hidden = key in source.secret or SECRET.search(key)
        if not hidden and (moved := set_without_path(key, source, AREAS)):
            problems.append(moved)
            continue
        sentence = f"unknown setting; {nearest(key, known)}"
        problems.append(
            Problem(place, sentence, remove_command(place, whole_key=True), "" if hidden else shown(source.value(key)))
        )
    return problems
