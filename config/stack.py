"""All settings of a stack, read and checked together."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pydantic import ValidationError

from .area import Area
from .caching import Caching
from .charts import Charts
from .cluster import Cluster, Environment
from .demo import Demo
from .grafana import Grafana
from .ingress import Ingress
from .load import Load
from .logging import Logging
from .metrics import Metrics
from .problems import PROJECT, Problem, nearest, problems_of, remove_command, settings_error
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

    def secret(self, key: str) -> "pulumi.Output[str] | None":
        """Give the secret setting `key` as a secret output, or `None` where the stack does not set it."""
        return pulumi.Config(PROJECT).require_secret(key) if key in self.given_secrets else None


def load(source: Source) -> Settings:
    """Check every area of `source`; raise `SettingsError` with all problems at once."""
    problems = _unknown_keys(source)
    areas: dict[str, Any] = {}
    for name in AREAS:
        raw, malformed = source.area(name)
        problems += malformed
        if not malformed:
            areas[name], found = _checked(name, raw)
            problems += found
    problems += [*secret_problems(source), *provider_problems(source)]
    if all(areas.get(name) is not None for name in AREAS):
        settings = Settings(
            stack=source.stack,
            aws_region=source.aws_region,
            given_secrets=frozenset(SECRET_KEYS) & frozenset(source.texts),
            **areas,
        )
        problems += cross_area_problems(settings)
        if not problems:
            return settings
    raise settings_error(source.stack, problems)


def _checked(name: str, raw: Mapping[str, Any]) -> tuple[Area | None, list[Problem]]:
    model = AREAS[name]
    if name == "storage":
        kind = raw.get("kind", "in-cluster")
        if not isinstance(kind, str) or kind not in STORAGE_KINDS:
            place = f"{PROJECT}:storage.kind"
            fix = f"pulumi config set --path '{place}' aws"
            return None, [Problem(place, f"must be one of {', '.join(STORAGE_KINDS)}", fix, repr(kind))]
        model = STORAGE_KINDS[kind]
    try:
        return model.model_validate(raw), []
    except ValidationError as error:
        return None, problems_of(name, model, error)


def _unknown_keys(source: Source) -> list[Problem]:
    known = [*AREAS, *SECRET_KEYS]
    return [
        Problem(
            f"{PROJECT}:{key}", f"there is no such setting: {nearest(key, known)}", remove_command(f"{PROJECT}:{key}")
        )
        for key in source.texts
        if key not in known
    ]
