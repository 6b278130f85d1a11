"""The contract as a whole, over one rendering."""

from dataclasses import dataclass
from pathlib import Path

from tools.render import ReleaseSummary, Rendering
from tools.render.chartfiles import ChartFiles

from .chart_values import findings
from .finding import Finding
from .invariants import INVARIANTS
from .kubernetes_versions import missing_features
from .schemas import Definitions, violations

REFERENCE = Path("../shared")
"""Where charts and definitions may lie beside a checkout: `charts/<chart>-<version>` and `crds/<group>`."""


@dataclass(frozen=True)
class Report:
    """What was found, and what could not be checked for want of its files."""

    findings: tuple[Finding, ...]
    unchecked: tuple[str, ...]


def check(rendering: Rendering, root: Path) -> Report:
    """Return how everything that a stack would create violates the contract."""
    found: set[Finding] = set()
    unchecked: list[str] = []
    for release in rendering.releases:
        files = chart_files(release, root)
        if files is None:
            unchecked.append(f"the values of release {release}: chart {release.chart} {release.version} is not at hand")
        else:
            found.update(findings(str(release), release.values, files))
    definitions = Definitions(root / REFERENCE / "crds", rendering.objects)
    found.update(violations(rendering.objects, rendering.kubernetes_version))
    found.update(missing_features(rendering.objects, rendering.kubernetes_version))
    found.update(definitions.violations())
    unchecked += [f"{kind}: its definition is not at hand" for kind in sorted(definitions.unchecked())]
    for invariant in INVARIANTS:
        found.update(invariant(rendering))
    return Report(tuple(sorted(found)), tuple(unchecked))


def chart_files(release: ReleaseSummary, root: Path) -> ChartFiles | None:
    """Return the files of the release's chart: as published, not of a stand-in; `None` where they are not at hand."""
    if not release.stand_in:
        return ChartFiles(release.chart_path)
    beside = root / REFERENCE / "charts" / f"{release.chart}-{release.version}"
    return ChartFiles(beside) if beside.is_dir() else None
