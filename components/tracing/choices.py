"""What the arguments of `Tracing` choose between."""

from enum import StrEnum


class Mode(StrEnum):
    """How Tempo runs: one process, or a workload for each of its parts."""

    MONOLITHIC = "monolithic"
    DISTRIBUTED = "distributed"


class Receiver(StrEnum):
    """A protocol that spans arrive by."""

    OTLP = "otlp"
    JAEGER = "jaeger"
    ZIPKIN = "zipkin"


class Processor(StrEnum):
    """What the generator makes of spans (https://grafana.com/docs/tempo/latest/metrics-from-traces/)."""

    SERVICE_GRAPHS = "service-graphs"
    SPAN_METRICS = "span-metrics"
    LOCAL_BLOCKS = "local-blocks"
