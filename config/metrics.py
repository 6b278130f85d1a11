"""Where metrics go: a Prometheus of the stack's own, or one that is there already."""

from enum import StrEnum

from pydantic import Field, model_validator

from .area import Area, HttpUrl, Name, Quantity, Values


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
    remote_write_url: HttpUrl | None = Field(
        default=None,
        description="Where Tempo writes its metrics, with kind external.",
        examples=["http://prometheus-operated.monitoring:9090/api/v1/write"],
    )
    otlp_url: HttpUrl | None = Field(
        default=None,
        description="Base of the OTLP receiver, without /v1/metrics, with kind external.",
        examples=["http://prometheus-operated.monitoring:9090/api/v1/otlp"],
    )
    query_url: HttpUrl | None = Field(
        default=None,
        description="Where Grafana queries, with kind external. Default: datasource_uid is there already.",
        examples=["http://prometheus-operated.monitoring:9090"],
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
            if not str(self.remote_write_url).rstrip("/").endswith(("/write", "/push")):
                raise ValueError(
                    f"remote_write_url {self.remote_write_url} is no remote-write address: "
                    "Prometheus has it at /api/v1/write"
                )
            if str(self.otlp_url).rstrip("/").endswith("/v1/metrics"):
                raise ValueError(
                    f"otlp_url {self.otlp_url} must be the base: leave /v1/metrics away, the collector adds it"
                )
        elif given := [key for key, url in {**urls, "query_url": self.query_url}.items() if url is not None]:
            raise ValueError(f"{', '.join(given)} go with kind external, not {self.kind.value}")
        return self
