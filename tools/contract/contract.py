"""The contract as a whole, over one rendering."""

from dataclasses import dataclass

from components.charts import CHARTS
from sandbox.crds import definitions_directory
from tools.alerts.linters import lint
from tools.render import ReleaseSummary, Rendering
from tools.render.chartfiles import ChartFiles

from .alloy_validate import configurations, validated
from .chart_values import ChartValues, findings, unknown_values
from .collector_validate import collector_configurations, validated_collectors
from .finding import Finding
from .invariants import INVARIANTS
from .kubernetes_versions import missing_features
from .schemas import Definitions, violations


@dataclass(frozen=True)
class Report:
    """What was found, and what could not be checked for want of its files or its program."""

    findings: tuple[Finding, ...]
    unchecked: tuple[str, ...]
    checked: tuple[str, ...] = ()
    """What a program judged that is not on every machine."""


def check(rendering: Rendering) -> Report:
    """Return how everything that a stack would create violates the contract."""
    found: set[Finding] = set()
    unchecked: list[str] = []
    for release in rendering.releases:
        files, published = chart_files(release), published_values(release)
        if files is not None:
            found.update(findings(str(release), release.values, files))
        if published is not None:
            found.update(unknown_values(str(release), release.values, published))
        if files is None and published is None:
            unchecked.append(f"the values of release {release}: chart {release.chart} {release.version} is not at hand")
    definitions = Definitions(definitions_directory(), rendering.objects)
    found.update(violations(rendering.objects, rendering.kubernetes_version))
    found.update(missing_features(rendering.objects, rendering.kubernetes_version))
    found.update(definitions.violations())
    unchecked += [f"{kind}: its definition is not at hand" for kind in sorted(definitions.unchecked())]
    for invariant in INVARIANTS:
        found.update(invariant(rendering))
    validations = validated(configurations(rendering)), validated_collectors(collector_configurations(rendering))
    for validation in validations:
        found.update(validation.findings)
        unchecked += validation.unchecked
    if rendering.alerting is not None:
        checked = lint(rendering.alerting)
        found.update(Finding(problem.program, problem.reason) for problem in checked.problems)
        unchecked += checked.unchecked
    judged = [message for validation in validations for message in validation.checked]
    return Report(tuple(sorted(found)), tuple(unchecked), tuple(judged))


def published_values(release: ReleaseSummary) -> ChartValues | None:
    """Return what the published chart of a release knows; `None` for a chart that no component installs."""
    supported = any(chart.name == release.chart and release.version in chart.versions for chart in CHARTS)
    return ChartValues.published(release.chart, release.version) if supported else None


def chart_files(release: ReleaseSummary) -> ChartFiles | None:
    """Return the files of the release's chart; `None` for a stand-in."""
    return None if release.stand_in else ChartFiles(release.chart_path)
