"""The page about the Helm charts: versions and where they live."""

import components.charts as catalogue
from components.charts import Chart
from tools.docs.markdown import page, table


def charts_page() -> str:
    """Write the page, charts sorted by name."""
    charts = sorted((found for found in vars(catalogue).values() if isinstance(found, Chart)), key=lambda c: c.name)
    rows = [
        [f"`{chart.name}`", version, "yes" if version == chart.default_version else "", repository]
        for chart in charts
        for version, repository in chart.repositories
    ]
    return page(
        "Charts",
        ["The versions that the components are written and tested for; any other is refused."],
        table(["chart", "version", "default", "repository"], rows),
        [
            "A mirror or an air gap: put `<chart>-<version>` or `<chart>-<version>.tgz` into a directory, named by",
            "`observability:charts.directory` or `OBSERVABILITY_CHARTS`.",
        ],
    )
