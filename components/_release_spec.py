"""The arguments of every component that installs a chart."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import Field
from pydantic_core import InitErrorDetails

from ._plain_secrets import secret_errors
from ._pod_security import cluster_namespace_problem
from ._spec import Spec, rule
from .charts import Chart
from .units import Name


class ReleaseSpec(Spec):
    """What every component that installs a chart lets its user choose."""

    namespace: Name
    create_namespace: bool = True
    protect_namespace: bool = False
    release_name: Name
    chart_version: str
    charts_dir: str = ""
    values: Mapping[str, Any] = Field(default_factory=dict)
    max_history: int = Field(default=2, ge=1)
    timeout_seconds: int = Field(default=600, ge=1)
    atomic: bool = False
    skip_await: bool = False

    def errors_within(self) -> Iterator[InitErrorDetails]:
        """Find the secrets that are written out in `values`."""
        yield from secret_errors(self.values, "values")

    @property
    def chart(self) -> Chart:
        """The chart that `chart_version` is a version of."""
        raise NotImplementedError

    @rule("namespace", "create_namespace")
    def _the_namespace_is_nobody_elses(self) -> str | None:
        return cluster_namespace_problem(self.namespace) if self.create_namespace else None

    @rule("chart_version")
    def _chart_version_is_supported(self) -> str | None:
        try:
            self.chart.repository(self.chart_version)
        except ValueError as error:
            return str(error)
        return None

    @rule("charts_dir", "chart_version")
    def _chart_is_in_the_directory(self) -> str | None:
        if self.charts_dir and self.chart_version in self.chart.versions:
            try:
                self.chart.local_path(self.chart_version, self.charts_dir)
            except ValueError as error:
                return str(error)
        return None
