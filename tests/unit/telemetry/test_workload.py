"""The access of each workload is what it reads, each resource for a reason of the documentation."""

import re
from typing import Any

import pytest

from components._collector_roles import Role
from components.telemetry.pipelines import roles
from components.telemetry.workload import readable_resources
from tests.checkout import ROOT

from .alloy.examples import BY_NAMESPACE
from .examples import telemetry_spec
from .test_pipelines import SCRAPED

API = {"log_source": "api"}
COLLECTOR = {"engine": "otel-collector"}
NO_ATTRIBUTES = {"kubernetes_attributes": False}
NO_CONTAINERS = {"pipelines": {"containers": {"enabled": False}}}
CASES: list[tuple[dict[str, Any], Role, dict[str, list[str]]]] = [
    ({}, Role.AGENTS, {"": ["pods"]}),
    (COLLECTOR, Role.AGENTS, {"": ["pods"]}),
    (API, Role.AGENTS, {"": ["pods", "pods/log"]}),
    (NO_CONTAINERS, Role.AGENTS, {"": ["pods"]}),
    ({**API, **NO_CONTAINERS}, Role.AGENTS, {"": ["pods"]}),
    (NO_ATTRIBUTES, Role.AGENTS, {"": ["pods"]}),
    ({**NO_ATTRIBUTES, **NO_CONTAINERS}, Role.AGENTS, {}),
    (BY_NAMESPACE, Role.AGENTS, {"": ["pods"]}),
    (BY_NAMESPACE, Role.SINGLETON, {"": ["pods", "pods/log"]}),
    ({**BY_NAMESPACE, "events": True}, Role.SINGLETON, {"": ["pods", "pods/log", "events"]}),
    ({"events": True}, Role.SINGLETON, {"": ["events"]}),
    ({**COLLECTOR, "events": True}, Role.SINGLETON, {"events.k8s.io": ["events"]}),
    (SCRAPED, Role.SINGLETON, {}),
    ({"gateway": {"replicas": 2}}, Role.GATEWAY, {}),
]


@pytest.mark.parametrize(("changes", "role", "readable"), CASES)
def test_a_workload_may_read_what_its_sources_need(
    changes: dict[str, Any], role: Role, readable: dict[str, list[str]]
) -> None:
    spec = telemetry_spec(**changes)
    assert role in roles(spec) and readable_resources(spec, role) == readable


def test_every_resource_has_its_reason_in_the_documentation() -> None:
    text = (ROOT / "docs" / "collection.md").read_text().partition("## Access")[2].partition("\n## ")[0]
    assert "to get, list and watch these" in text
    rows = re.findall(r"^\| (\w+) \| ([^|]*`[^|]*) \| (.*) \|$", text, re.MULTILINE)
    assert [names for _, names, reason in rows if not reason.strip()] == []
    documented = {(role, name) for role, names, _ in rows for name in re.findall("`([^`]+)`", names)}
    read = {
        (role.value, f"{group}/{name}".strip("/"))
        for _, role, readable in CASES
        for group, names in readable.items()
        for name in names
    }
    assert read == documented
