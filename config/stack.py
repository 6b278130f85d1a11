"""All settings of a stack, read and checked together."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pulumi

from components._messages import closest
from components._model import StrictModel, field_called

from .caching import CachingArea
from .charts import ChartsArea
from .cluster import ClusterArea, Environment
from .datasources import DatasourcesArea
from .demo import DemoArea
from .dotted import set_without_path
from .grafana import GrafanaArea
from .ingress import IngressArea
from .load import LoadArea
from .logging import LoggingArea
from .metrics import MetricsArea
from .problems import (
    PROJECT,
    SECRET,
    Problem,
    nearest,
    place_of,
    remove_command,
    replace_command,
    setting_of,
    settings_error,
    shown,
)
from .providers import provider_problems
from .retention import RetentionArea
from .rule import find_problems
from .rules import RULES
from .secrets import SECRET_KEYS, secret_problems
from .security import SecurityArea
from .source import Source
from .storage import STORAGE_KINDS, InClusterStorage, Storage
from .telemetry import TelemetryArea
from .tracing import TracingArea
from .validation import CheckedArea, check_area

__all__ = ["AREAS", "Environment", "Settings", "load"]

AREAS: Mapping[str, type[StrictModel]] = {
    "cluster": ClusterArea,
    "storage": InClusterStorage,
    "caching": CachingArea,
    "retention": RetentionArea,
    "load": LoadArea,
    "logging": LoggingArea,
    "tracing": TracingArea,
    "telemetry": TelemetryArea,
    "metrics": MetricsArea,
    "datasources": DatasourcesArea,
    "grafana": GrafanaArea,
    "ingress": IngressArea,
    "security": SecurityArea,
    "demo": DemoArea,
    "charts": ChartsArea,
}
"""Every area and its model; `storage` has one model a kind."""


@dataclass(frozen=True)
class Settings:
    """What a stack states, with every default filled in."""

    stack: str
    cluster: ClusterArea
    storage: Storage
    caching: CachingArea
    retention: RetentionArea
    load: LoadArea
    logging: LoggingArea
    tracing: TracingArea
    telemetry: TelemetryArea
    metrics: MetricsArea
    datasources: DatasourcesArea
    grafana: GrafanaArea
    ingress: IngressArea
    security: SecurityArea
    demo: DemoArea
    charts: ChartsArea
    aws_region: str
    given_secrets: frozenset[str]
    """The secret keys that the stack sets; their values are read by `secret`."""
    written: Mapping[str, Any]
    """What the stack file holds of each area, and of `aws:region`."""
    invalid: frozenset[str] = frozenset()
    """The settings that are wrong, such as `logging.replicas` or all of `logging`: defaults stand in for them."""

    def is_invalid(self, setting: str) -> bool:
        """Whether a setting, the area that it is of, or a setting of the area that it is, is wrong."""
        area = setting.split(".")[0]
        return bool({setting, area} & self.invalid) or any(name.startswith(f"{setting}.") for name in self.invalid)

    def secret(self, key: str) -> "pulumi.Output[str] | None":
        """Return the secret setting `key` as a secret output, or `None` where the stack does not set it."""
        return pulumi.Config(PROJECT).require_secret(key) if key in self.given_secrets else None


def load(source: Source, of_components: Callable[[Settings], Iterable[Problem]] = lambda settings: ()) -> Settings:
    """Check every area of `source`, then what is between areas, then what `of_components` finds.

    Raise `SettingsError` with all problems at once.
    """
    checked, problems = _checked_areas(source)
    settings = Settings(
        stack=source.stack,
        aws_region=source.aws_region,
        given_secrets=frozenset(SECRET_KEYS) & frozenset(source.texts),
        written={name: source.area(name)[0] for name in AREAS}
        | ({"aws:region": source.aws_region} if source.aws_region else {}),
        invalid=frozenset(f"{name}.{field}".rstrip(".") for name, found in checked.items() for field in found.invalid),
        **{name: found.area for name, found in checked.items()},  # type: ignore[arg-type]
    )
    problems += find_problems(settings, RULES)
    problems = _with_secrets(problems, secret_problems(source))
    problems += provider_problems(source)
    reported = frozenset(setting_of(problem.place) for problem in problems)
    problems += of_components(replace(settings, invalid=settings.invalid | reported))
    if problems:
        raise settings_error(source.stack, problems)
    return settings


def _with_secrets(problems: list[Problem], secrets: list[Problem]) -> list[Problem]:
    """Add the problems of secrets; one that is used by nothing is removed, whatever else is wrong with it."""
    wrong = {problem.place: problem for problem in secrets}
    known = "; it stands in plain text, so change it where it is known"
    reported = [
        replace(problem, sentence=problem.sentence + known * (not wrong[problem.place].shown))
        if problem.place in wrong
        else problem
        for problem in problems
    ]
    return reported + [problem for place, problem in wrong.items() if place not in {one.place for one in problems}]


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
        # The whole area is wrong where its form is.
        found = CheckedArea(model(), malformed, frozenset({""})) if malformed else check_area(name, model, written)
        checked[name] = found
        problems += found.problems
    return checked, problems


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
