"""Areas that add to a component's settings what only a stack states, and the areas `retention` and `charts`."""

import os
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from components._http_client import HttpClientSettings, StoreClientsSpec
from components._model import AlsoCalled, Plain, StrictModel, same_as
from components.charts import CHARTS_VARIABLE
from components.datasources.spec import DatasourcesSettings
from components.demo.spec import DemoSettings
from components.grafana.spec import GrafanaSettings
from components.logging.spec import LoggingSettings, LoggingSpec
from components.metrics.spec import MetricsSpec
from components.probes.spec import ProbesSettings
from components.telemetry.names import OptionalOtlpEndpoint
from components.telemetry.spec import TelemetrySettings
from components.tracing.spec import TracingSettings, TracingSpec
from components.units import Duration, Name
from components.urls import LokiUrl, QueryUrl


class StoreKind(StrEnum):
    """The owner of the store of logs or of traces."""

    OWN = "own"
    EXTERNAL = "external"


_OWN_OF_OTHERS = AlsoCalled((("instack", "own"), ("incluster", "own"), ("operator", "own")))


class LoggingArea(LoggingSettings):
    """Settings under `observability:logging`; size and placement hold for all workloads of the stack's own Loki."""

    kind: Annotated[StoreKind, _OWN_OF_OTHERS] = Field(
        default=StoreKind.OWN,
        description="`own`: the stack runs a Loki. `external`: logs go to the existing one at `url`.",
        examples=["external"],
    )
    namespace: Name = Field(default="logging", description="Namespace of the stack's own Loki.", examples=["logging"])
    url: LokiUrl | None = Field(
        default=None,
        description=(
            "URL of the existing Loki without a path, with kind `external`: for pushes, for OTLP and for queries. "
            "Default: none."
        ),
        examples=["https://loki.example.org"],
    )
    client: Plain[HttpClientSettings | None] = same_as(StoreClientsSpec, "logs_client")
    provision_datasource: bool | None = Field(
        default=None,
        description=(
            "Whether the stack creates the datasource of logs with kind `external`. Default: true with "
            "`grafana.enabled`."
        ),
        examples=[True],
    )
    rules_directory: str = Field(
        default="",
        description="Directory with files of rules, relative to the stack files. Default: none.",
        examples=["rules"],
    )

    @property
    def in_stack(self) -> bool:
        """Whether the stack runs its own Loki."""
        return self.kind is StoreKind.OWN

    @property
    def query_url(self) -> str | None:
        """The URL that Grafana queries, with kind `external`."""
        return self.url


class TracingArea(TracingSettings):
    """Settings under `observability:tracing`; size holds for the pods that hold spans, placement for all."""

    kind: Annotated[StoreKind, _OWN_OF_OTHERS] = Field(
        default=StoreKind.OWN,
        description="`own`: the stack runs a Tempo. `external`: traces go to the existing one at `otlp_endpoint`.",
        examples=["external"],
    )
    namespace: Name = Field(default="tracing", description="Namespace of the stack's own Tempo.", examples=["tracing"])
    otlp_endpoint: OptionalOtlpEndpoint | None = Field(
        default=None,
        description=(
            "Address of the existing Tempo, or of a collector before it, with kind `external`: `host:port` for "
            "OTLP/gRPC, in plain text without `client.tls`, or a URL for OTLP/HTTP without the path `/v1/traces`. "
            "Default: none."
        ),
        examples=["https://tempo.example.org:4318"],
    )
    query_url: QueryUrl | None = Field(
        default=None,
        description="URL that Grafana queries, with kind `external`. Default: none.",
        examples=["https://tempo.example.org:3200"],
    )
    client: Plain[HttpClientSettings | None] = same_as(StoreClientsSpec, "traces_client")
    provision_datasource: bool | None = Field(
        default=None,
        description=(
            "Whether the stack creates the datasource of traces with kind `external`. Default: true with a `query_url` "
            "and `grafana.enabled`."
        ),
        examples=[True],
    )

    @property
    def in_stack(self) -> bool:
        """Whether the stack runs its own Tempo."""
        return self.kind is StoreKind.OWN


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
