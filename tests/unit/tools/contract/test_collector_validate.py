"""Configurations of Collectors: what they name, and what a Collector says of them; a script in its place answers."""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.installed_tools import require
from tests.unit.telemetry.collector.examples import config_of
from tests.unit.telemetry.examples import GOLDEN
from tools.contract import check
from tools.contract.collector_validate import (
    COMMAND,
    CollectorConfiguration,
    pipelines_name_their_components,
    problems,
    validated_collectors,
)
from tools.render import ReleaseSummary, Rendering

from .conftest import manifest

RECORDED = [
    CollectorConfiguration(str(path.relative_to(GOLDEN)), path.read_text(encoding="utf-8"))
    for path in sorted([*GOLDEN.glob("telemetry-*.yaml"), *(GOLDEN / "stacks").rglob("*.yaml")])
]
SCRIPT = """\
#!{python}
import pathlib, sys
if sys.argv[1:] == ["--version"]:
    print("otelcol-contrib version {version}")
    sys.exit()
text = pathlib.Path(sys.argv[-1].removeprefix("--config=")).read_text()
for word in ("unknown type", "invalid keys"):
    if word in text:
        sys.exit(f"Error: failed to get config:\\n\\n'receivers' {{word}}: mine")
"""


@pytest.fixture
def collector(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Put a Collector of a version alone on PATH."""

    def put(version: str) -> None:
        file = tmp_path / COMMAND
        file.write_text(SCRIPT.format(python=sys.executable, version=version))
        file.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))

    return put


def rendered(rendering: Callable[..., Rendering], text: str) -> Rendering:
    """Return a rendering of a ConfigMap that a release runs, and of another one."""
    values = {"configMap": {"existingName": "collectors-config"}}
    release = ReleaseSummary("agents", "apps", "opentelemetry-collector", "0.170.0", Path(), "", True, values, 1)
    maps = [manifest("ConfigMap", name, data={"relay": text}) for name in ("collectors-config", "another")]
    return replace(rendering(*maps), releases=(release,))


def test_every_recorded_configuration_declares_what_it_names() -> None:
    assert RECORDED
    assert {each.place: [*problems(each.text)] for each in RECORDED if [*problems(each.text)]} == {}


def raw(**sections: Any) -> list[str]:
    """Return what is wrong with a configuration into which the user's own is merged."""
    return list(problems(yaml.safe_dump(config_of(raw_config=yaml.safe_dump(sections)))))


def test_what_a_pipeline_names_and_nothing_declares_is_found() -> None:
    pipeline = {"receivers": ["nope"], "processors": ["batch"], "exporters": ["otlp_http/loki", "span_metrics"]}
    assert raw(service={"pipelines": {"logs/mine": pipeline}, "extensions": ["pprof"]}) == [
        'service.extensions: "pprof" is not declared below extensions',
        'service.pipelines.logs/mine.receivers: "nope" is not declared below receivers or connectors',
        'service.pipelines.logs/mine.processors: "batch" is not declared below processors',
        'service.pipelines.logs/mine.exporters: "span_metrics" is not declared below exporters or connectors',
    ]


def test_a_release_runs_one_config_map_and_that_is_judged(rendering: Callable[..., Rendering]) -> None:
    text = yaml.safe_dump({"service": {"pipelines": {"logs": {"receivers": ["nope"]}}}})
    found = [str(each) for each in pipelines_name_their_components(rendered(rendering, text))]
    (message,) = found
    assert message.startswith(
        'ConfigMap apps/collectors-config: relay: service.pipelines.logs.receivers: "nope" is not'
    )


def test_what_the_collector_refuses_is_a_violation_and_what_it_lacks_is_not(
    rendering: Callable[..., Rendering], collector: Callable[[str], None]
) -> None:
    collector("0.158.0")
    report = check(rendered(rendering, "receivers: {mine: {note: invalid keys}}"))
    place = "ConfigMap apps/collectors-config: relay"
    assert f"{place}: otelcol-contrib refuses it: failed to get config: 'receivers' invalid keys: mine" in [
        str(each) for each in report.findings
    ]
    assert report.checked == ("1 configuration of the OpenTelemetry Collector by `otelcol-contrib validate`",)
    (unchecked,) = validated_collectors([CollectorConfiguration("here", "note: unknown type")]).unchecked
    assert unchecked.startswith("here by `otelcol-contrib validate`, which lacks a component of it: ")


@pytest.mark.parametrize(("version", "reason"), [("", "is not on PATH"), ("0.100.0", "on PATH is 0.100.0, needed is")])
def test_without_a_fitting_collector_the_report_says_what_is_not_checked(
    version: str, reason: str, collector: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    if version:
        collector(version)
    (message,) = validated_collectors([CollectorConfiguration("here", "")]).unchecked
    assert message.startswith("1 configuration of the OpenTelemetry Collector by `otelcol-contrib validate`: ")
    assert reason in message


def test_a_real_collector_accepts_every_recorded_configuration() -> None:
    require(COMMAND)
    validation = validated_collectors(RECORDED)
    assert (validation.findings, validation.unchecked) == ([], [])
