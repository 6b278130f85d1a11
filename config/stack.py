"""All settings of a stack, read and checked together."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pulumi

from components._sentences import closest
from components._unsettled import UnsettledError

from .area import Area
from .caching import Caching
from .charts import Charts
from .cluster import Cluster, Environment
from .demo import Demo
from .dotted import set_without_path
from .examine import Examined, examine
from .fields import field_called
from .grafana import Grafana
from .ingress import Ingress
from .load import Load
from .logging import Logging
from .metrics import Metrics
from .problems import (
    PROJECT,
    SECRET,
    Problem,
    nearest,
    place_of,
    remove_command,
    replace_command,
    settings_error,
    shown,
)
from .providers import provider_problems
from .retention import Retention
from .rules import cross_area_problems
from .secrets import SECRET_KEYS, secret_problems
from .security import Security
from .source import Source
from .storage import STORAGE_KINDS, InClusterStorage, Storage
from .telemetry import Telemetry
from .tracing import Tracing

__all__ = ["AREAS", "Environment", "Settings", "load"]

AREAS: Mapping[str, type[Area]] = {
    "cluster": Cluster,
    "storage": InClusterStorage,
    "caching": Caching,
    "retention": Retention,
    "load": Load,
    "logging": Logging,
    "tracing": Tracing,
    "telemetry": Telemetry,
    "metrics": Metrics,
    "grafana": Grafana,
    "ingress": Ingress,
    "security": Security,
    "demo": Demo,
    "charts": Charts,
}
"""Every area and the model of what may stand in it; `storage` has one model a kind."""


@dataclass(frozen=True)
class Settings:
    """What a stack says, with every default filled in."""

    stack: str
    cluster: Cluster
    storage: Storage
    caching: Caching
    retention: Retention
    load: Load
    logging: Logging
    tracing: Tracing
    telemetry: Telemetry
    metrics: Metrics
    grafana: Grafana
    ingress: Ingress
    security: Security
    demo: Demo
    charts: Charts
    aws_region: str
    given_secrets: frozenset[str]
    """The secret keys that the stack sets; their values are read by `secret`."""
    written: Mapping[str, Any]
    """What the stack file says of each area, and of `aws:region`."""
    wrong: frozenset[str] = frozenset()
    """The places of settings that are wrong, while they are checked: something else stands here in their stead."""

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Say that a whole area is wrong to whoever reads it."""
            if name in AREAS:
                raise UnsettledError(name)
            raise AttributeError(name)

    def secret(self, key: str) -> "pulumi.Output[str] | None":
        """Give the secret setting `key` as a secret output, or `None` where the stack does not set it."""
        return pulumi.Config(PROJECT).require_secret(key) if key in self.given_secrets else None


def load(source: Source, of_components: Callable[[Settings], Iterable[Problem]] = lambda settings: ()) -> Settings:
    """Check every area of `source`, then what is between areas and what `of_components` finds in what is right so far.

    Raise `SettingsError` with all problems at once.
    """
    examined, problems = _examined(source)
    common: dict[str, Any] = {
        "stack": source.stack,
        "aws_region": source.aws_region,
        "given_secrets": frozenset(SECRET_KEYS) & frozenset(source.texts),
        "written": {name: source.area(name)[0] for name in AREAS}
        | ({"aws:region": source.aws_region} if source.aws_region else {}),
    }
    right = Settings(**common | {name: found.right for name, found in examined.items()})
    for name, found in examined.items():
        if place_of(name) in found.wrong:
            vars(right).pop(name)
    problems += cross_area_problems(right)
    problems = _with_secrets(problems, secret_problems(source))
    problems += provider_problems(source)
    whole = Settings(**common | {name: found.whole for name, found in examined.items()})
    wrong = frozenset(place for found in examined.values() for place in found.wrong)
    problems += of_components(replace(whole, wrong=wrong | {problem.place for problem in problems}))
    if problems:
        raise settings_error(source.stack, problems)
    return whole


def _with_secrets(problems: list[Problem], secrets: list[Problem]) -> list[Problem]:
    """Add the problems of secrets; one that is used by nothing is removed, whatever else is wrong with it."""
    wrong = {problem.place: problem for problem in secrets}
    known = "; it stands in plain text, so change it where it is known"
    told = [
        replace(problem, sentence=problem.sentence + known * (not wrong[problem.place].shown))
        if problem.place in wrong
        else problem
        for problem in problems
    ]
    return told + [problem for place, problem in wrong.items() if place not in {one.place for one in problems}]


def _examined(source: Source) -> tuple[Mapping[str, Examined], list[Problem]]:
    examined: dict[str, Examined] = {}
    problems = _unknown_keys(source)
    for name, usual in AREAS.items():
        model: type[Area] = usual
        written, malformed = source.area(name)
        if name == "storage" and not malformed:
            kind = written.get("kind", "in-cluster")
            if isinstance(kind, str) and kind in STORAGE_KINDS:
                model = STORAGE_KINDS[kind]
            else:
                malformed = [_unknown_kind(written)]
        found = examine(name, model, {} if malformed else written)
        examined[name] = replace(found, wrong=frozenset({place_of(name)})) if malformed else found
        problems += malformed or found.problems
    return examined, problems


def _unknown_kind(written: Mapping[str, Any]) -> Problem:
    place, kind = place_of("storage", "kind"), written["kind"]
    near = closest(str(kind).lower(), STORAGE_KINDS) or _kind_of(written)
    sentence = f"must be one of {', '.join(STORAGE_KINDS)}" + (f": did you mean {near}?" if near else "")
    return Problem(place, sentence, replace_command(place, kind, near) if near else "", shown(kind))


def _kind_of(written: Mapping[str, Any]) -> str | None:
    """Give the kind of store that has the most of the fields that are written, `None` where several have as many."""
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
        sentence = f"there is no such setting: {nearest(key, known)}"
        problems.append(
            Problem(place, sentence, remove_command(place, whole_key=True), "" if hidden else shown(source.value(key)))
        )
    return problems
