"""One Helm release a chart, with the same safe options everywhere."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pulumi
from pulumi_kubernetes.helm.v3 import Release, RepositoryOptsArgs
from pydantic import Field
from pydantic_core import InitErrorDetails

from ._namespace import cluster_namespace_problem
from ._plain_secrets import secret_errors
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


def release(
    resource_name: str,
    spec: ReleaseSpec,
    *,
    namespace: pulumi.Input[str],
    values: pulumi.Input[Mapping[str, Any]],
    parent: pulumi.Resource,
    depends_on: Sequence[pulumi.Resource] = (),
    hooks: pulumi.ResourceHookBinding | None = None,
) -> Release:
    """Install the chart of `spec` with `values`, from its repository or from `charts_dir`.

    A failed first install leaves nothing half-made behind (`cleanup_on_fail`), and a second `up` goes on from there.
    A replacement uninstalls first: Helm refuses a second release of one name.
    """
    chart = spec.chart
    local = spec.charts_dir != ""
    return Release(
        resource_name,
        name=spec.release_name,
        namespace=namespace,
        chart=chart.local_path(spec.chart_version, spec.charts_dir) if local else chart.name,
        version=spec.chart_version,
        repository_opts=None if local else RepositoryOptsArgs(repo=chart.repository(spec.chart_version)),
        values=values,
        max_history=spec.max_history,
        timeout=spec.timeout_seconds,
        atomic=spec.atomic,
        cleanup_on_fail=True,
        skip_await=spec.skip_await,
        opts=pulumi.ResourceOptions(
            parent=parent, depends_on=list(depends_on), hooks=hooks, delete_before_replace=True
        ),
    )
