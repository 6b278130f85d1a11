"""Every stage between two modes of Loki, rendered with this project's own charts alone."""

from itertools import product

import pytest

from components.charts import CHARTS_VARIABLE, LOKI
from components.logging.modes import LokiMode
from tests.checkout import ROOT
from tests.installed_tools import require
from tools.contract import check
from tools.program.stacks import configured_program
from tools.render.stack import render_program

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
LITTLE_ELSE = {
    "cluster": {"name": "dev"},
    "grafana": {"enabled": False},
    "metrics": {"kind": "external", "remote_write_url": "http://m:9090/api/v1/write", "otlp_url": "http://m:9090/otlp"},
}


@pytest.mark.parametrize(("stage", "version", "back"), [*product(STAGES, LOKI.versions, (False, True))])
def test_a_stage_between_two_modes_runs_the_workloads_of_both(
    stage: str, version: str, back: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    require("helm")
    monkeypatch.setenv(CHARTS_VARIABLE, "")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    start, end = reversed(STAGES[stage]) if back else STAGES[stage]
    logging = {"mode": end.value, "migrate_from": start.value, "chart_version": version}
    rendering = render_program(configured_program(ROOT, {**LITTLE_ELSE, "logging": logging}), "dev")
    (loki,) = (release for release in rendering.releases if release.name == "loki")
    assert (loki.version, loki.values["deploymentMode"]) == (version, stage)
    workloads = {
        item.name
        for item in rendering.objects
        if item.kind in ("Deployment", "StatefulSet") and item.namespace == "logging"
    }
    assert workloads == WORKLOADS[start] | WORKLOADS[end] | OF_EVERY_MODE
    assert [str(finding) for finding in check(rendering).findings] == []
