"""Groups of rules in objects: none larger than a server takes, and each a rule file that Prometheus reads."""

import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from components.alerting.objective_rules import objective_groups
from components.alerting.objectives import ObjectiveDefaults
from components.alerting.openslo import read_objectives
from components.alerting.rule_objects import RuleObject, rule_objects
from components.alerting.rules import Group
from components.alerting.spec import AlertingSpec
from tests import shop_alerting
from tests.installed_tools import require

OPERATOR_BYTES = 524_288
"""Of a PrometheusRule in YAML: `validateRuleGroups` of the operator."""
OBJECTS_OF_150_OBJECTIVES = range(3, 9)
"""At most 50 objectives are in one."""
Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def groups_of(objectives: int) -> list[Group]:
    file = yaml.safe_dump_all([shop_alerting.SERVICE, shop_alerting.AVAILABILITY])
    defaults = ObjectiveDefaults(owner="shop", dashboard_url="https://grafana.example.org/d/slo", runbook_url="r.md")
    (objective,), problems = read_objectives({"shop.yaml": file}, defaults)
    assert not problems
    found = objective_groups(replace(objective, name=f"slo-{number}") for number in range(objectives))
    return [*found.short, *found.budget]


def objects_of(groups: Sequence[Group], **size: int) -> list[RuleObject]:
    return list(rule_objects(groups, **size))


def test_objects_are_as_large_as_the_operator_and_the_api_server_take() -> None:
    groups = groups_of(150)
    objects = objects_of(groups)
    assert [group for item in objects for group in item.groups] == groups
    assert len(objects) in OBJECTS_OF_150_OBJECTIVES
    assert all(len(yaml.dump(item.content, Dumper=Dumper)) < OPERATOR_BYTES for item in objects)
    assert all(len(text.encode()) < OPERATOR_BYTES for item in objects for text in item.files.values())


def test_an_object_has_at_most_50_objectives() -> None:
    groups = groups_of(120)
    objects = objects_of(groups, size=10_000_000)
    assert [group for item in objects for group in item.groups] == groups
    counts = [len({rule.labels["slo"] for group in item.groups for rule in group.rules}) for item in objects]
    assert max(counts) == 50


def test_a_group_that_is_larger_than_an_object_is_an_object() -> None:
    assert [len(item.groups) for item in objects_of(groups_of(1), size=10)] == [1, 1, 1]


def test_the_files_of_all_objects_fit_into_one_directory() -> None:
    names = [name for item in objects_of(groups_of(1), size=10) for name in item.files]
    assert names == ["alerting-rules.yaml", "alerting-rules-1.yaml", "alerting-rules-2.yaml"]


def test_prometheus_reads_the_files(tmp_path: Path) -> None:
    require("promtool")
    spec = AlertingSpec.check("Alerting", {"namespace": "a", "local_retention": "31d", **shop_alerting.SETTINGS})
    objects = objects_of(spec.compiled.groups, size=10_000)
    for item in objects:
        for name, text in item.files.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["promtool", "check", "rules", "--lint=all", "--lint-fatal", *sorted(path.name for path in tmp_path.iterdir())],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("SUCCESS") == len(objects) > 1
    rules = sum(len(group.rules) for group in spec.compiled.groups)
    found = [int(line.split()[1]) for line in done.stdout.splitlines() if "rules found" in line]
    assert sum(found) == rules
