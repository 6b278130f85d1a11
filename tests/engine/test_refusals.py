"""A preview that a guard or a provider refuses ends with their message, and without a traceback of the program.

The engine interrupts the program when it gives up, and about half of these runs printed a `KeyboardInterrupt` before
the program ended at once (tests/program/test_stacks.py has the handler).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime import rpc

from components.charts import (
    ALLOY,
    GRAFANA_CHART,
    KUBE_PROMETHEUS_STACK,
    LOKI,
    PROMETHEUS_OPERATOR_CRDS,
    SEAWEEDFS_CHART,
    TEMPO,
    Chart,
)
from tests.checkout import Checkout, Done
from tests.installed_tools import ENGINE, require

pytestmark = pytest.mark.engine

UNKNOWN_ID = rpc.UNKNOWN
"""What a preview writes for an id that is not known yet."""


@pytest.fixture(scope="module")
def previewed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Checkout, list[dict[str, Any]]]:
    """A copy of the project without a cluster, and the resources that its stack `dev` would have."""
    require(*ENGINE)
    checkout = Checkout(tmp_path_factory.mktemp("dev"))
    return checkout, planned_resources(checkout, "dev")


@pytest.fixture
def dev(previewed: tuple[Checkout, list[dict[str, Any]]]) -> Checkout:
    """The copy with the stack `dev` as committed."""
    checkout, _ = previewed
    checkout.restore("dev")
    return checkout


def test_a_guard_refuses_with_its_message_alone(
    dev: Checkout, previewed: tuple[Checkout, list[dict[str, Any]]]
) -> None:
    apply(dev, "dev", previewed[1])
    edited = [{"from": "2024-01-01", "index_prefix": "renamed_"}]
    dev.configure("dev", {"observability:logging": {"schema_entries": edited}})
    output = refused(dev.deploy("preview", "dev"))
    assert "logging-loki: the applied state forbids 1 change" in output


def _of_an_earlier_version(resource: dict[str, Any]) -> dict[str, Any]:
    """Return the release of Prometheus as an earlier version left it in the state, any other resource as it is."""
    if not resource["urn"].endswith("::metrics-prometheus"):
        return resource
    chart = {"chart": "prometheus", "version": "29.27.0", "values": {"server": {"retention": "15d"}}}
    return {**resource, "inputs": {**resource["inputs"], **chart}, "outputs": {**resource["outputs"], **chart}}


def test_the_volume_of_an_earlier_prometheus_is_not_deleted_before_the_stack_says_so(
    dev: Checkout, previewed: tuple[Checkout, list[dict[str, Any]]]
) -> None:
    apply(dev, "dev", map(_of_an_earlier_version, previewed[1]))
    output = refused(dev.deploy("preview", "dev"))
    assert "metrics-prometheus: the applied state forbids 1 change" in output
    assert 'chart = "kube-prometheus-stack": must not change from "prometheus"' in output

    dev.configure("dev", {"observability:metrics": {"allow_changes": ["chart"]}})
    allowed = dev.deploy("preview", "dev")
    assert allowed.exit_code == 0, allowed.output


def test_running_collectors_keep_their_engine_and_their_source_of_logs_until_the_stack_says_so(
    dev: Checkout, previewed: tuple[Checkout, list[dict[str, Any]]]
) -> None:
    apply(dev, "dev", previewed[1])
    dev.configure("dev", {"observability:telemetry": {"engine": "otel-collector"}})
    output = refused(dev.deploy("preview", "dev"))
    assert "telemetry-config: the applied state forbids 1 change" in output
    assert 'engine = "otel-collector": must not change from "alloy"' in output

    dev.configure("dev", {"observability:telemetry": {"engine": "otel-collector", "allow_changes": ["engine"]}})
    allowed = dev.deploy("preview", "dev")
    assert allowed.exit_code == 0, allowed.output

    dev.restore("dev")
    dev.configure("dev", {"observability:telemetry": {"log_source": "api"}})
    output = refused(dev.deploy("preview", "dev"))
    assert 'log_source = "api": must not change from "files"' in output


def test_a_provider_refuses_with_its_message_alone(tmp_path: Path) -> None:
    require(*ENGINE)
    checkout, charts = Checkout(tmp_path), tmp_path / "charts"
    for chart in (ALLOY, GRAFANA_CHART, KUBE_PROMETHEUS_STACK, LOKI, PROMETHEUS_OPERATOR_CRDS, SEAWEEDFS_CHART, TEMPO):
        _unusable(chart, charts / f"{chart.name}-{chart.default_version}")
    output = refused(checkout.run(*checkout.deploy_command("preview", "dev"), OBSERVABILITY_CHARTS=str(charts)))
    assert "this chart cannot be rendered" in output


def refused(done: Done) -> str:
    """Return the output of a preview that must be refused, without a traceback of the program."""
    assert done.exit_code not in (0, 130), done.output
    assert "Traceback" not in done.output and "KeyboardInterrupt" not in done.output, done.output
    return done.output


def planned_resources(checkout: Checkout, stack: str) -> list[dict[str, Any]]:
    """Return the resources that an `up` of the stack would leave: what its preview would create."""
    done = checkout.deploy("preview", stack, "--", "--json")
    assert done.exit_code == 0, done.output
    return [_applied(step["newState"]) for step in json.loads(done.stdout)["steps"]]


def apply(checkout: Checkout, stack: str, resources: Iterable[dict[str, Any]]) -> None:
    """Write the state with these resources."""
    state = json.loads(checkout.run("pulumi", "stack", "export", "--stack", stack).stdout)
    state["deployment"]["resources"] = [*resources]
    file = checkout.root.parent / "state.json"
    file.write_text(json.dumps(state).replace(UNKNOWN_ID, "applied"))
    imported = checkout.run("pulumi", "stack", "import", "--force", "--stack", stack, "--file", str(file))
    assert imported.exit_code == 0, imported.output


def _applied(resource: dict[str, Any]) -> dict[str, Any]:
    known = {"id": resource.get("id") or "applied"} if resource["custom"] else {}
    return {**resource, **known, "outputs": resource.get("inputs", {})}


def _unusable(chart: Chart, directory: Path) -> None:
    (directory / "templates").mkdir(parents=True)
    about = f"apiVersion: v2\nname: {chart.name}\nversion: {chart.default_version}\n"
    (directory / "Chart.yaml").write_text(about)
    (directory / "templates" / "fail.yaml").write_text('{{ fail "this chart cannot be rendered" }}\n')
