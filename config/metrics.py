"""`observability:metrics`: the settings of the stack's Prometheus, and what only a stack states of its metrics."""

from enum import StrEnum

from pydantic import Field

from components.metrics.spec import MetricsSettings
from components.units import Name
from components.urls import OtlpUrl, QueryUrl, RemoteWriteUrl


class MetricsKind(StrEnum):
    """The owner of the metrics store."""

    IN_STACK = "in-stack"
    EXTERNAL = "external"
    NONE = "none"


class MetricsArea(MetricsSettings):
    """Settings under `observability:metrics`; size, placement and chart are those of the `in-stack` Prometheus."""

    kind: MetricsKind = Field(
        default=MetricsKind.IN_STACK,
        description=(
            "`in-stack`: the stack runs its own Prometheus. `external`: metrics go to an existing store, given by "
            "its URLs. `none`: no metrics."
        ),
        examples=["external"],
    )
    namespace: Name = Field(
        default="monitoring", description="Namespace of the in-stack Prometheus.", examples=["monitoring"]
    )
    remote_write_url: RemoteWriteUrl | None = Field(
        default=None,
        description=(
            "URL of the remote-write API, for the metrics that Tempo generates; required with kind `external`. "
            "Default: none."
        ),
        examples=["http://prometheus-operated.monitoring:9090/api/v1/write"],
    )
    otlp_url: OtlpUrl | None = Field(
        default=None,
        description=(
            "URL of the OTLP receiver over HTTP, without the path `/v1/metrics`; required with kind `external`. "
            "Default: none."
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
        return self.kind is MetricsKind.IN_STACK
