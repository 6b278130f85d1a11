"""The engines, and what each cannot do: facts of Alloy 1.18 and of opentelemetry-collector-contrib 0.158."""

from collections.abc import Mapping
from enum import StrEnum

from .._model import AlsoCalled
from ..charts import ALLOY, OPENTELEMETRY_COLLECTOR, Chart
from .model import DestinationKind, SourceKind


class Engine(StrEnum):
    """The program that collects."""

    ALLOY = "alloy"
    OTEL_COLLECTOR = "otel-collector"

    @property
    def chart(self) -> Chart:
        """The chart that installs this engine."""
        return ALLOY if self is Engine.ALLOY else OPENTELEMETRY_COLLECTOR


ENGINES_OF_OTHERS = AlsoCalled(
    (
        *(("grafanaalloy", "alloy"), ("opentelemetry", "otel-collector"), ("otel", "otel-collector")),
        *(("otelcol", "otel-collector"), ("opentelemetrycollector", "otel-collector"), ("collector", "otel-collector")),
    )
)


UNSUPPORTED: Mapping[Engine, Mapping[StrEnum, str]] = {
    Engine.ALLOY: {
        DestinationKind.PROMETHEUS_EXPORTER: "which has no exporter that a Prometheus scrapes",
        # https://grafana.com/docs/alloy/latest/reference/components/otelcol/otelcol.receiver.fluentforward/
        SourceKind.FLUENT_FORWARD: "whose receiver is experimental, and would let every experimental component run",
    },
    Engine.OTEL_COLLECTOR: {
        SourceKind.JOURNALD: "whose image has no journalctl",
        SourceKind.DOCKER: "which reads no output of Docker's containers",
    },
}
"""The kinds that an engine lacks, each with the reason."""
