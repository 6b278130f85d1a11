"""Where metrics go: a Prometheus of the stack's own, or one that is there already."""

from enum import StrEnum

from pydantic import Field, model_validator

from components.urls import OtlpUrl, QueryUrl, RemoteWriteUrl

from .area import Area, Name, Quantity, Values


class MetricsKind(StrEnum):
    """Who owns the metrics store."""

    IN_STACK = "in-stack"
    EXTERNAL = "external"
    NONE = "none"


class Metrics(Area):
    """Settings under `observability:metrics`."""

    kind: MetricsKind = Field(
        default=MetricsKind.IN_STACK,
        description="in-stack (a Prometheus of its own), external (given by URLs) or none. Default: in-stack.",
        examples=["external"],
    )
    namespace: Name = Field(
        default="monitoring", description="Namespace of the in-stack Prometheus. Default: monitoring."
    )
    cpu: Quantity | None = Field(
        default=None, description="CPU request of the in-stack Prometheus. Default: 200m.", examples=["500m"]
    )
    memory: Quantity | None = Field(
        default=None, description="Memory request and limit of the in-stack Prometheus. Default: 1Gi.", examples=["2Gi"]
    )
    volume_size: Quantity | None = Field(
        default=None, description="Volume of the in-stack Prometheus. Default: 8Gi.", examples=["50Gi"]
    )
    remote_write_url: RemoteWriteUrl | None = Field(
        default=None,
        description="Where Tempo writes its metrics, with kind external.",
        examples=["http://prometheus-operated.monitoring:9090/api/v1/write"],
    )
    otlp_url: OtlpUrl | None = Field(
        default=None,
        description="Base of the OTLP receiver, without /v1/metrics, with kind external.",
        examples=["http://prometheus-operated.monitoring:9090/api/v1/otlp"],
    )
    query_url: QueryUrl | None = Field(
        default=None,
        description="Where Grafana queries, with kind external. Default: datasource_uid is there already.",
        examples=["http://prometheus-operated.monitoring:9090"],
    )
    provision_datasource: bool | None = Field(
        default=None,
        description="With kind external: whether the stack makes the datasource, and not whoever owns the metrics. "
        "Default: where there is a query_url.",
        examples=[False],
    )
    datasource_uid: str = Field(
        default="prometheus",
        description="uid of the metrics datasource. Default: prometheus, as kube-prometheus-stack names its own.",
    )
    values: Values = Field(default_factory=dict)

    @property
    def in_stack(self) -> bool:
        """Whether the stack runs its own Prometheus."""
        return self.kind is MetricsKind.IN_STACK

    @model_validator(mode="after")
    def _external_is_given_by_urls(self) -> "Metrics":
        urls = {"remote_write_url": self.remote_write_url, "otlp_url": self.otlp_url}
        if self.kind is MetricsKind.EXTERNAL:
            if missing := [key for key, url in urls.items() if url is None]:
                raise ValueError(
                    f"kind external needs {' and '.join(missing)}: where the existing metrics stack receives"
                )
            if self.provision_datasource and self.query_url is None:
                raise ValueError("provision_datasource needs query_url: where Grafana queries")
            return self
        external = {**urls, "query_url": self.query_url, "provision_datasource": self.provision_datasource}
        if given := [key for key, value in external.items() if value is not None]:
            raise ValueError(f"{', '.join(given)} go with kind external, not {self.kind.value}")
        return self
