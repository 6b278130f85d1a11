"""Areas that add to a component's settings what only a stack states, and the areas `retention` and `charts`."""

import os

from pydantic import Field

from components._model import StrictModel, same_as
from components.charts import CHARTS_VARIABLE
from components.datasources.spec import DatasourcesSettings
from components.demo.spec import DemoSettings
from components.grafana.spec import GrafanaSettings
from components.logging.spec import LoggingSettings, LoggingSpec
from components.metrics.spec import MetricsSpec
from components.probes.spec import ProbesSettings
from components.telemetry.spec import TelemetrySettings
from components.tracing.spec import TracingSettings, TracingSpec
from components.units import Duration, Name


class LoggingArea(LoggingSettings):
    """Settings under `observability:logging`; size and placement hold for all workloads of Loki."""

    namespace: Name = Field(default="logging", description="Namespace of Loki.", examples=["logging"])
    rules_directory: str = Field(
        default="",
        description="Directory with files of rules, relative to the stack files. Default: none.",
        examples=["rules"],
    )


class TracingArea(TracingSettings):
    """Settings under `observability:tracing`; size holds for the pods that hold spans, placement for all."""

    namespace: Name = Field(default="tracing", description="Namespace of Tempo.", examples=["tracing"])


class TelemetryArea(TelemetrySettings):
    """Settings under `observability:telemetry`."""

    namespace: Name = Field(default="telemetry", description="Namespace of the collectors.", examples=["telemetry"])


class ProbesArea(ProbesSettings):
    """Settings under `observability:probes`, which require a Prometheus operator; without targets there is nothing."""

    namespace: Name | None = Field(
        default=None,
        description="Namespace of the exporter and of the probes. Default: `metrics.namespace`.",
        examples=["monitoring"],
    )

    @property
    def enabled(self) -> bool:
        """Whether anything is probed."""
        return bool(self.targets)


class DatasourcesArea(DatasourcesSettings):
    """Settings under `observability:datasources`."""


class GrafanaArea(GrafanaSettings):
    """Settings under `observability:grafana`."""

    enabled: bool = Field(
        default=True,
        description=(
            "Whether the stack runs a Grafana, one pod with its users and preferences in sqlite on its volume; "
            "otherwise a Grafana that runs already loads the labelled ConfigMaps."
        ),
        examples=[False],
    )
    namespace: Name = Field(default="monitoring", description="Namespace of Grafana.", examples=["monitoring"])


class DemoArea(DemoSettings):
    """Settings under `observability:demo`."""

    enabled: bool = Field(default=False, description="Whether the generator runs.", examples=[True])
    namespace: Name = Field(default="demo", description="Namespace of the generator.", examples=["demo"])


class RetentionArea(StrictModel):
    """Settings under `observability:retention`: the argument `retention` of each backend."""

    logs: Duration = same_as(LoggingSpec, "retention")
    traces: Duration = same_as(TracingSpec, "retention")
    metrics: Duration = same_as(MetricsSpec, "retention")


class ChartsArea(StrictModel):
    """Settings under `observability:charts`."""

    directory: str = Field(
        default_factory=lambda: os.environ.get(CHARTS_VARIABLE, ""),
        description=(
            "Directory with charts as `<chart>-<version>` or `<chart>-<version>.tgz`, for mirrors and air gaps. "
            "Default: the environment variable OBSERVABILITY_CHARTS; where that is empty, the charts' repositories."
        ),
        examples=["/srv/charts"],
    )
