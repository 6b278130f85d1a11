"""`observability:metrics`: the settings of the stack's Prometheus, and what only a stack states of its metrics."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from components._http_client import HttpClientSettings, MetricsClientSpec
from components._model import AlsoCalled, Plain, same_as
from components.metrics.spec import MetricsSettings
from components.thanos.spec import LongTermSettings
from components.units import Name
from components.urls import OtlpUrl, QueryUrl, RemoteWriteUrl


class MetricsKind(StrEnum):
    """The owner of the metrics store."""

    OPERATOR = "operator"
    EXTERNAL = "external"
    NONE = "none"


class LongTermArea(LongTermSettings):
    """Settings under `observability:metrics.long_term`: Thanos beside the stack's own Prometheus."""


class MetricsArea(MetricsSettings):
    """Settings under `observability:metrics`; size, placement and chart are those of the stack's own Prometheus."""

    kind: Annotated[MetricsKind, AlsoCalled((("instack", "operator"),))] = Field(
        default=MetricsKind.OPERATOR,
        description=(
            "`operator`: the stack runs its own Prometheus, by the Prometheus operator. `external`: metrics go to an "
            "existing store, given by its URLs. `none`: no metrics."
        ),
        examples=["external"],
    )
    namespace: Name = Field(
        default="monitoring",
        description="Namespace of the stack's own Prometheus, and of the rules for an existing one.",
        examples=["monitoring"],
    )
    long_term: Plain[LongTermArea | None] = Field(
        default=None,
        description=(
            "Thanos: blocks of the stack's own Prometheus go to the bucket `metrics` for `retention.metrics`, and "
            "queries to Thanos; required for a pair (`replicas: 2`). Prometheus itself then keeps samples for "
            "`local_retention`. Default: none, and Prometheus keeps all on its volume."
        ),
        examples=[{"replicas": 2}],
    )
    remote_write_url: RemoteWriteUrl | None = Field(
        default=None,
        description=(
            "URL of the remote-write API, for the metrics that Tempo generates, and without `otlp_url` for those "
            "of the collectors too; required with kind `external` and an own Tempo. Default: none."
        ),
        examples=["http://prometheus-operated.monitoring:9090/api/v1/write"],
    )
    otlp_url: OtlpUrl | None = Field(
        default=None,
        description=(
            "URL of the OTLP receiver over HTTP, without the path `/v1/metrics`. Default: none, for a store that takes "
            "remote write only."
        ),
        examples=["http://prometheus-operated.monitoring:9090/api/v1/otlp"],
    )
    query_url: QueryUrl | None = Field(
        default=None,
        description=(
            "URL that Grafana queries, with kind `external`. Default: none, where Grafana has a datasource with "
            "`datasources.metrics_uid` already."
        ),
        examples=["http://prometheus-operated.monitoring:9090"],
    )
    client: Plain[HttpClientSettings | None] = same_as(MetricsClientSpec, "metrics_client")
    provision_datasource: bool | None = Field(
        default=None,
        description=(
            "Whether the stack creates the datasource of metrics with kind `external`. Default: true with a "
            "`query_url` and `grafana.enabled`."
        ),
        examples=[False],
    )

    @property
    def in_stack(self) -> bool:
        """Whether the stack runs its own Prometheus."""
        return self.kind is MetricsKind.OPERATOR

    @property
    def thanos(self) -> LongTermArea | None:
        """The settings of Thanos where it runs."""
        return self.long_term if self.in_stack else None
