"""The arguments of every component that installs a chart."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import Field

from ._merge import is_set_at, removed_at
from ._model import Plain
from ._namespace_spec import NamespacedSpec
from ._plain_secrets import PROBLEM, plain_secrets
from ._pods import PodSettings
from ._spec import Violation, rule
from .charts import Chart
from .units import Name


class ReleaseSettings(PodSettings):
    """Options of a Helm release, and further values of its chart."""

    values: Plain[Mapping[str, Any]] = Field(
        default_factory=dict,
        description="Chart values merged over those of the component, last. Default: none.",
    )
    max_history: Plain[int] = Field(
        default=2, ge=1, le=100, description="Number of revisions of the release that Helm keeps.", examples=[5]
    )
    timeout_seconds: Plain[int] = Field(
        default=600,
        ge=1,
        le=86_400,
        description="Time that an installation or upgrade may take, in seconds.",
        examples=[900],
    )
    atomic: Plain[bool] = Field(
        default=False, description="Whether a failed upgrade is rolled back at once.", examples=[True]
    )
    skip_await: Plain[bool] = Field(
        default=False, description="Whether Helm does not wait for the pods to be ready.", examples=[True]
    )


class ReleaseSpec(ReleaseSettings, NamespacedSpec):
    """Arguments of a release that only a program sets."""

    namespace: Name = Field(description="Namespace of the release.")
    protect_namespace: Plain[bool] = Field(
        default=False,
        description="Whether a created namespace, and with it the volumes, is protected from deletion.",
    )
    release_name: Plain[Name] = Field(
        description="Name of the Helm release and first part of the name of every object."
    )
    chart_version: Plain[str] = Field(description="Version of the chart.")
    charts_dir: Plain[str] = Field(
        default="",
        description="Directory with the chart as `<chart>-<version>` or `.tgz`. Default: the chart's own repository.",
    )

    @property
    def chart(self) -> Chart:
        """The chart that `chart_version` is a version of."""
        raise NotImplementedError

    @property
    def required_values(self) -> Sequence[str]:
        """Chart values that arguments set and without which the chart's program fails or keeps other data."""
        return ()

    @rule("values")
    def _values_remove_no_required_value(self) -> Iterator[Violation]:
        removed: dict[tuple[str, ...], list[str]] = {}
        for place in self.required_values:
            if path := removed_at(self.values, place.split(".")):
                removed.setdefault(tuple(path), []).append(place)
        for path, places in removed.items():
            yield Violation(
                f"null would remove {', '.join(places)}, which arguments set; remove it", at=("values", *path)
            )

    @rule("values")
    def _values_hold_no_secret(self) -> Iterator[Violation]:
        for path in plain_secrets(self.values):
            yield Violation(PROBLEM, at=("values", *path), secret=True)

    @rule("chart_version")
    def _chart_version_is_supported(self) -> Violation | None:
        try:
            self.chart.repository(self.chart_version)
        except ValueError as error:
            return Violation(str(error), {"chart_version": self.chart.default_version})
        return None

    @rule("charts_dir", "chart_version")
    def _chart_is_in_the_directory(self) -> Violation | None:
        if self.charts_dir and self.chart_version in self.chart.versions:
            try:
                self.chart.local_path(self.chart_version, self.charts_dir)
            except ValueError as error:
                return Violation(str(error), {"charts_dir": ""})
        return None


def reserved_violations(values: Any, reserved: Mapping[str, str], subject: str) -> Iterator[Violation]:
    """Yield a violation for each place in `reserved` that `values` sets and that would replace `subject`."""
    for place, fix in reserved.items():
        path = place.split(".")
        if is_set_at(values, path):
            at = _existing_part(values, path)
            yield Violation(f"{place} would replace {subject}; {fix}", at=("values", *at))


def _existing_part(values: Any, path: Sequence[str]) -> Sequence[str]:
    """Return the part of `path` that exists in `values`."""
    for depth, key in enumerate(path):
        if not isinstance(values, Mapping) or key not in values:
            return path[:depth]
        values = values[key]
    return path
