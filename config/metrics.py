"""Where metrics go: a Prometheus of the stack's own, or one that is there already."""

from collections.abc import Iterator
from enum import StrEnum

from pydantic import Field

from components.urls import OtlpUrl, QueryUrl, RemoteWriteUrl

from .area import Area, MemorySize, Name, Quantity, Values, VolumeSize, rule
from .problems import Problem, place_of, remove_command, set_command, shown


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
    memory: MemorySize | None = Field(
        default=None, description="Memory request and limit of the in-stack Prometheus. Default: 1Gi.", examples=["2Gi"]
    )
    volume_size: VolumeSize | None = Field(
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
        "Default: where there is a query_url and grafana is enabled.",
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

    @rule
    def _external_metrics_are_written_somewhere(self) -> Iterator[Problem]:
        yield from self._goes_with_external("remote_write_url", needed=True)

    @rule
    def _external_metrics_are_received_somewhere(self) -> Iterator[Problem]:
        yield from self._goes_with_external("otlp_url", needed=True)

    @rule
    def _external_metrics_are_queried_somewhere(self) -> Iterator[Problem]:
        yield from self._goes_with_external("query_url", needed=bool(self.provision_datasource))

    @rule
    def _only_an_external_datasource_may_be_of_others(self) -> Iterator[Problem]:
        yield from self._goes_with_external("provision_datasource", needed=False)

    def _goes_with_external(self, key: str, *, needed: bool) -> Iterator[Problem]:
        value, place = getattr(self, key), place_of("metrics", key)
        field = type(self).model_fields[key]
        if self.kind is not MetricsKind.EXTERNAL and value is not None:
            sentence = f"goes with kind external, not {self.kind.value}: remove it, or change kind"
            yield Problem(place, sentence, remove_command(place), shown(value))
        if self.kind is MetricsKind.EXTERNAL and value is None and needed:
            why = "provision_datasource" if key == "query_url" else "kind external"
            sentence = f"is missing: {why} needs {key}. {field.description}"
            yield Problem(place, sentence.rstrip("."), set_command(place, (field.examples or [""])[0]))
