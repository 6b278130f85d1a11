"""The page about the Helm charts: versions and where they live."""

from components.charts import CHARTS
from tools.docs.markdown import page, table


def charts_page() -> str:
    """Write the page, charts sorted by name."""
    charts = sorted(CHARTS, key=lambda chart: chart.name)
    rows = [
        [
            f"`{chart.name}`",
            published.version,
            "yes" if published.version == chart.default_version else "",
            published.repository,
            f"`{published.digest}`",
        ]
        for chart in charts
        for published in chart.published
    ]
    return page(
        "Charts",
        ["The versions that the components are written and tested for; any other is refused."],
        table(["chart", "version", "default", "repository", "SHA-256 of the archive"], rows),
        [
            "A mirror or an air gap: put `<chart>-<version>` or `<chart>-<version>.tgz` into a directory, named by",
            "`observability:charts.directory` or `OBSERVABILITY_CHARTS`. A preview warns of a chart there whose",
            "values, schema or templates are not those of the published archive.",
        ],
    )
