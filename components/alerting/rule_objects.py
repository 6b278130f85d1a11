"""The objects that bring compiled groups to a Prometheus: PrometheusRules for an operator, else rule files.

Prometheus does not find ConfigMaps by itself: its pods mount them, or a sidecar copies those with `RULE_LABEL`.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import yaml

from .rules import Group

MAX_OBJECT_BYTES = 400_000
"""JSON is up to a fifth shorter than YAML, of which the Prometheus operator refuses more than 524,288 bytes, and an API
server more than 1 MiB in a ConfigMap."""
MAX_OBJECT_OBJECTIVES = 50
RULE_LABEL = "prometheus_rule"
"""Label of the ConfigMaps, as that of Loki's rules is `loki_rule`."""
RULES_DIRECTORY = "/etc/prometheus/rules"
"""A directory for the files in a pod; Prometheus has no default."""
_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class RulesAs(StrEnum):
    """The kind of the objects that hold rules."""

    PROMETHEUS_RULES = "prometheus-rules"
    CONFIG_MAPS = "config-maps"


@dataclass(frozen=True)
class RuleObject:
    """Groups that fit into one object."""

    suffix: str
    """What its name ends with: `rules`, `rules-1` and so on."""
    groups: tuple[Group, ...]

    @property
    def name(self) -> str:
        """Name of the object."""
        return f"alerting-{self.suffix}"

    @property
    def content(self) -> dict[str, Any]:
        """The groups in the format of Prometheus, which is the specification of a PrometheusRule too."""
        return {"groups": [group.rendered() for group in self.groups]}

    @property
    def files(self) -> Mapping[str, str]:
        """The data of a ConfigMap: a rule file of its own name, as all of them may be mounted into one directory."""
        return {f"{self.name}.yaml": yaml.dump(self.content, Dumper=_Dumper, sort_keys=False, allow_unicode=True)}


def rule_objects(groups: Sequence[Group], size: int = MAX_OBJECT_BYTES) -> Iterator[RuleObject]:
    """Yield the groups in order, in parts of at most `size` bytes of JSON, and of one group at least.

    None has groups of more than `MAX_OBJECT_OBJECTIVES` objectives.
    """
    for number, part in enumerate(_parts(groups, size)):
        yield RuleObject("rules" if number == 0 else f"rules-{number}", part)


def _parts(groups: Sequence[Group], size: int) -> Iterator[tuple[Group, ...]]:
    part: list[Group] = []
    length = 0
    objectives: set[tuple[str, str]] = set()
    for group in groups:
        added, of = len(json.dumps(group.rendered())), _objective(group)
        if part and (length + added > size or len(objectives | of) > MAX_OBJECT_OBJECTIVES):
            yield tuple(part)
            part, length, objectives = [], 0, set()
        part.append(group)
        length += added
        objectives |= of
    if part:
        yield tuple(part)


def _objective(group: Group) -> set[tuple[str, str]]:
    """Return service and name of the objective that a group is of, if it is of one."""
    labels = group.rules[0].labels if group.rules else {}
    return {(labels["service"], labels["slo"])} if {"service", "slo"} <= labels.keys() else set()
