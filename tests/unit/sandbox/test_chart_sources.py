"""Where a chart is looked for, in which order, and what is said when it is nowhere."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from components.charts import CHARTS_VARIABLE, GRAFANA_CHART, TEMPO
from components.charts import LOKI as LOKI_CHART
from sandbox.chart_sources import ChartReference, Charts
from sandbox.helm import Helm, HelmFailed
from sandbox.providers.plugin import ProviderError
from tests.checkout import ROOT

LOKI = ChartReference("loki", LOKI_CHART.default_version, "https://charts.invalid")
CHART_DIRECTORY = f"loki-{LOKI_CHART.default_version}"


class Repository(Helm):
    """A repository that answers every pull with a chart, or with the given failure."""

    def __init__(self, failure: str | None = None) -> None:
        self.failure = failure
        self.pulls: list[list[str]] = []

    def run(self, words: Sequence[str], *, timeout: float, server: bool = False) -> str:
        self.pulls.append(list(words))
        if self.failure:
            raise HelmFailed(self.failure)
        name, version = words[1].rpartition("/")[2], words[words.index("--version") + 1]
        Path(words[words.index("--destination") + 1], f"{name}-{version}.tgz").write_text("chart")
        return ""


@pytest.fixture(autouse=True)
def no_mirror(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(CHARTS_VARIABLE, raising=False)


def charts(repository: Repository, cache: Path, warnings: list[str] | None = None) -> Charts:
    heard: list[str] = [] if warnings is None else warnings
    return Charts(repository, heard.append, cache)


def test_a_path_is_taken_as_it_is_and_a_missing_one_is_an_error(tmp_path: Path) -> None:
    repository = Repository()
    found = charts(repository, tmp_path).locate(ChartReference(str(tmp_path), "1.0.0", None))
    assert found == tmp_path and not repository.pulls
    with pytest.raises(ProviderError, match="there is no chart at"):
        charts(repository, tmp_path).locate(ChartReference("./nowhere", None, None))


@pytest.mark.parametrize("name", [CHART_DIRECTORY, f"{CHART_DIRECTORY}.tgz"])
def test_the_mirror_comes_before_the_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    (tmp_path / name).mkdir()
    monkeypatch.setenv(CHARTS_VARIABLE, str(tmp_path))
    repository = Repository()
    assert charts(repository, tmp_path / "cache").locate(LOKI) == tmp_path / name
    assert not repository.pulls


def test_a_chart_is_pulled_from_its_repository_and_pulled_once(tmp_path: Path) -> None:
    repository = Repository()
    found = charts(repository, tmp_path).locate(LOKI)
    assert found.name == f"{CHART_DIRECTORY}.tgz"
    assert repository.pulls[0][-4:] == ["--repo", "https://charts.invalid", "--version", LOKI_CHART.default_version]
    assert charts(repository, tmp_path).locate(LOKI) == found
    assert len(repository.pulls) == 1, "a later run must find the pulled chart"


def test_an_oci_chart_is_pulled_by_its_address(tmp_path: Path) -> None:
    repository = Repository()
    charts(repository, tmp_path).locate(
        ChartReference("oci://registry.invalid/charts/tempo", TEMPO.default_version, None)
    )
    assert repository.pulls[0][1] == "oci://registry.invalid/charts/tempo"
    assert "--repo" not in repository.pulls[0]


def test_without_a_network_the_minimal_chart_stands_in_loudly_and_the_network_is_tried_once(tmp_path: Path) -> None:
    repository, warnings = Repository("dial tcp: lookup charts.invalid: no such host"), list[str]()
    finder = charts(repository, tmp_path, warnings)
    loki = finder.locate(LOKI)
    finder.locate(LOKI)
    finder.locate(ChartReference("grafana", GRAFANA_CHART.default_version, "https://charts.invalid"))
    assert len(repository.pulls) == 1
    assert [warning.split(" could not be had")[0] for warning in warnings] == [
        "chart loki 18.11.0",
        "chart grafana 12.11.1",
    ]
    assert all("stand-in chart" in warning and CHARTS_VARIABLE in warning for warning in warnings)
    written = yaml.safe_load((loki / "Chart.yaml").read_text())
    assert (written["name"], written["version"], written["appVersion"]) == ("loki", LOKI_CHART.default_version, "3.7.6")


def test_a_version_that_the_repository_does_not_have_is_an_error_and_never_stood_in_for(tmp_path: Path) -> None:
    repository = Repository('chart "loki" version "99.0.0" not found in https://charts.invalid repository')
    with pytest.raises(ProviderError, match=r"could not be pulled.*99\.0\.0"):
        charts(repository, tmp_path).locate(ChartReference("loki", "99.0.0", "https://charts.invalid"))


def test_a_chart_without_a_stand_in_is_an_error_that_names_the_setting(tmp_path: Path) -> None:
    with pytest.raises(ProviderError, match=f"chart unheard-of 1.0.0.*set {CHARTS_VARIABLE}"):
        charts(Repository("no such host"), tmp_path).locate(
            ChartReference("unheard-of", "1.0.0", "https://charts.invalid")
        )


def test_the_provider_starts_without_the_library() -> None:
    script = "import sys, sandbox.providers.kube.provider; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {"components", "pydantic", "pulumi_kubernetes"} & set(done.stdout.split())
