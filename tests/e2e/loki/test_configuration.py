"""Every configuration of Loki that this project writes, held against Loki itself."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest
import yaml

from components.charts import LOKI
from components.logging.modes import LokiRole
from sandbox.documents import DUMPER
from tests.e2e.loki.charts import chart_from_values, real_chart
from tests.e2e.loki.configuration import Configuration, Release, Renderer, release_of_stack
from tests.e2e.loki.topologies import CASES, Case
from tools.render.chartfiles import ChartFiles

pytestmark = pytest.mark.e2e

RESOLVED = {"CACHE_PASSWORD": "from-the-environment"}
"""What the pods have in their environment for `-config.expand-env`."""
OLDER = {
    "from": "2024-01-01",
    "store": "tsdb",
    "object_store": "s3",
    "schema": "v12",
    "index": {"prefix": "index_", "period": "24h"},
}
"""A format that cannot hold the structured metadata that is allowed."""


@pytest.mark.parametrize("case", CASES, ids=str)
def test_loki_takes_the_configuration_with_every_target_of_its_pods(
    case: Case, renderer: Renderer, loki: str, tmp_path: Path
) -> None:
    release = case.release()
    configuration = renderer(release)
    refused = problem(loki, configuration, targets(release), tmp_path)
    assert refused is None, refused


def test_what_the_values_alone_give_is_what_the_real_charts_give(renderer: Renderer, tmp_path: Path) -> None:
    real = {version: real_chart(version) for version in LOKI.versions}
    if None in real.values():
        pytest.skip(f"needs loki-{' and loki-'.join(LOKI.versions)} in OBSERVABILITY_CHARTS")
    pairs = {
        version: (chart, chart_from_values(ChartFiles(chart), tmp_path / version))
        for version, chart in real.items()
        if chart
    }
    differing = []
    for case in CASES:
        release = case.release()
        from_chart, from_values = (renderer.with_chart(release, chart) for chart in pairs[release.version])
        differing += [] if from_chart == from_values else [case.title]
    assert differing == []


@pytest.mark.parametrize(
    ("section", "setting", "reason"),
    [
        ("ingester", {"wal": {"dir_of_the_log": "/var/loki/wal"}}, "field dir_of_the_log not found"),
        ("schema_config", {"configs": [OLDER]}, "schema v13 is required"),
        ("compactor", {"retention_enabled": True}, "delete-request-store should be configured"),
    ],
)
def test_what_loki_cannot_take_does_not_pass(
    section: str, setting: object, reason: str, renderer: Renderer, loki: str, tmp_path: Path
) -> None:
    configuration = renderer(release_of_stack({"cluster": {"name": "dev"}}))
    refused = problem(loki, {**configuration, section: setting}, ["all"], tmp_path)
    assert refused is not None and reason in refused


def targets(release: Release) -> list[str]:
    """Name what the pods of a release run as: the parts of Loki that have replicas."""
    parts = [role for role in LokiRole if (release.values.get(role.section) or {}).get("replicas")]
    return ["all" if role is LokiRole.LOKI else role.value for role in parts if role is not LokiRole.GATEWAY]


def problem(loki: str, configuration: Configuration, targets: Iterable[str], scratch: Path) -> str | None:
    """Let Loki verify a configuration as its pods would read it, and give what it says against it."""
    file = scratch / "config.yaml"
    file.write_text(yaml.dump(configuration, Dumper=DUMPER))
    command = [loki, f"-config.file={file}", f"-target={','.join(targets)}", "-config.expand-env=true"]
    done = subprocess.run(
        [*command, "-verify-config"], env=RESOLVED, cwd=scratch, capture_output=True, text=True, check=False
    )
    said = done.stdout + done.stderr
    return None if done.returncode == 0 and "config is valid" in said else said
