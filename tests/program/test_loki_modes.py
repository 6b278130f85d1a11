"""Every stage between two modes of Loki, previewed and rendered with this project's own charts alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from components.charts import LOKI
from components.logging.modes import LokiMode
from tests.checkout import Checkout
from tests.installed_tools import ENGINE, require

pytestmark = pytest.mark.engine

STAGES = {
    "SingleBinary<->SimpleScalable": (LokiMode.MONOLITHIC, LokiMode.SIMPLE_SCALABLE),
    "SimpleScalable<->Distributed": (LokiMode.SIMPLE_SCALABLE, LokiMode.DISTRIBUTED),
}
WORKLOADS = {
    LokiMode.MONOLITHIC: {"loki"},
    LokiMode.SIMPLE_SCALABLE: {"loki-read", "loki-write", "loki-backend"},
    LokiMode.DISTRIBUTED: {
        "loki-distributor",
        "loki-ingester",
        "loki-querier",
        "loki-query-frontend",
        "loki-query-scheduler",
        "loki-index-gateway",
        "loki-compactor",
    },
}
OF_EVERY_MODE = {"loki-gateway", "loki-chunks-cache", "loki-results-cache"}
NO_REPOSITORY = {"OBSERVABILITY_CHARTS": "", "HTTPS_PROXY": "http://127.0.0.1:9", "NO_PROXY": "127.0.0.1,localhost"}


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A copy of the project that reaches no chart but its own."""
    require(*ENGINE)
    return Checkout(tmp_path, NO_REPOSITORY)


@pytest.mark.parametrize("version", LOKI.versions)
@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_between_two_modes_can_be_previewed(stage: str, version: str, checkout: Checkout) -> None:
    _set_stage(checkout, *STAGES[stage], version)
    done = checkout.deploy("preview", "dev", "--", "--json")
    assert done.exit_code == 0, done.output
    states = (step["newState"] for step in json.loads(done.stdout)["steps"])
    (release,) = (state["inputs"] for state in states if state["urn"].endswith("::logging-loki"))
    assert (release["version"], release["values"]["deploymentMode"]) == (version, stage)


@pytest.mark.parametrize("version", LOKI.versions)
@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_back_runs_the_workloads_of_both_modes(stage: str, version: str, checkout: Checkout) -> None:
    end, start = STAGES[stage]
    _set_stage(checkout, start, end, version)
    out = checkout.root / "rendered"
    done = checkout.run("python", "-m", "tools.render", "--stack", "dev", "--out", str(out))
    assert done.exit_code == 0, done.output
    documents = [item for path in out.rglob("*.yaml") for item in yaml.safe_load_all(path.read_text()) if item]
    workloads = {
        item["metadata"]["name"]
        for item in documents
        if item["kind"] in ("Deployment", "StatefulSet") and item["metadata"].get("namespace") == "logging"
    }
    assert workloads == WORKLOADS[start] | WORKLOADS[end] | OF_EVERY_MODE


def _set_stage(checkout: Checkout, start: LokiMode, end: LokiMode, version: str) -> None:
    stage = {"mode": end.value, "migrate_from": start.value, "chart_version": version}
    checkout.configure("dev", {"observability:logging": stage})
