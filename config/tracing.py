"""Tempo."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from pydantic import Field

from components.charts import TEMPO, TEMPO_DISTRIBUTED
from components.units import Replicas

from .area import Duration, Name, PodSecurity, Values
from .workload import Workload


class TracingMode(StrEnum):
    """How Tempo's parts are spread over workloads."""

    MONOLITHIC = "monolithic"
    DISTRIBUTED = "distributed"


class Tracing(Workload):
    """Settings under `observability:tracing`; those of a workload hold for the ingesters."""

    mode: TracingMode = Field(
        default=TracingMode.MONOLITHIC,
        description="monolithic or distributed. Default: monolithic.",
        examples=["distributed"],
    )
    namespace: Name = Field(default="tracing", description="Namespace of Tempo. Default: tracing.")
    pod_security: PodSecurity = Field(
        default=PodSecurity.RESTRICTED,
        description="Pod security level of that namespace: restricted, baseline or privileged. Default: restricted.",
        examples=["restricted"],
    )
    chart_version: str | None = Field(
        default=None,
        description="Version of the chart tempo or tempo-distributed. Default: the newest supported.",
        examples=[*TEMPO.versions, *TEMPO_DISTRIBUTED.versions],
    )
    kafka_address: str = Field(
        default="",
        description="host:port of a Kafka-compatible broker, which distributed Tempo 3 (chart_version 3.3.0) needs. "
        "Default: none.",
        examples=["kafka.messaging:9092"],
    )
    kafka_topic: str = Field(default="", description="Topic that spans go through. Default: tempo-traces.")
    kafka_credentials_secret: Name | None = Field(
        default=None,
        description="Secret in Tempo's namespace with KAFKA_USERNAME and KAFKA_PASSWORD. Default: none, for a broker "
        "without a login.",
        examples=["kafka-login"],
    )
    partitions: Replicas | None = Field(
        default=None,
        description="Partitions of the topic, each with a live-store and a block-builder. Default: 3.",
        examples=[3],
    )
    workloads: Mapping[str, Workload] = Field(
        default_factory=dict,
        description="Single workloads when distributed: distributor, querier, query-frontend, metrics-generator and "
        "gateway; in Tempo 2 ingester and compactor; in Tempo 3 live-store, block-builder, backend-scheduler and "
        "backend-worker. Default: none.",
    )
    receivers: Sequence[str] = Field(
        default=(),
        description="Protocols that spans arrive by: otlp, always, and jaeger and zipkin. Default: otlp.",
        examples=[["otlp", "jaeger", "zipkin"]],
    )
    gateway: bool = Field(
        default=False, description="Put an nginx in front of distributed Tempo and query through it. Default: false."
    )
    max_block_duration: Duration | None = Field(
        default=None, description="How long spans are gathered into one block. Default: 30m.", examples=["5m"]
    )
    processors: Sequence[str] | None = Field(
        default=None, description="Of the metrics generator. Default: service-graphs, span-metrics, local-blocks."
    )
    span_metrics_dimensions: Sequence[str] = Field(
        default=(),
        description="Attributes that become labels of span metrics. Default: none.",
        examples=[["http.method", "http.status_code", "service.version"]],
    )
    service_graph_dimensions: Sequence[str] = Field(
        default=(),
        description="Attributes that become labels of service graphs, for client and server. Default: none.",
        examples=[["service.namespace"]],
    )
    external_labels: Mapping[str, str] = Field(
        default_factory=dict,
        description="Labels of every generated series besides cluster. Default: none.",
        examples=[{"region": "eu-west-1"}],
    )
    prepared_changes: Sequence[str] = Field(
        default=(),
        description="Forbidden by the applied state, prepared by hand: cache, location, ingesters. Default: none.",
    )
    values: Values = Field(default_factory=dict)
