"""What an engine cannot do, and why: facts of Alloy 1.18 and of the image opentelemetry-collector-contrib 0.158."""

from collections.abc import Mapping
from enum import StrEnum

from .model import DestinationKind, SourceKind

UNSUPPORTED: Mapping[str, Mapping[StrEnum, str]] = {
    "alloy": {
        DestinationKind.PROMETHEUS_EXPORTER: "which has no exporter that a Prometheus scrapes",
        # https://grafana.com/docs/alloy/latest/reference/components/otelcol/otelcol.receiver.fluentforward/
        SourceKind.FLUENT_FORWARD: "whose receiver is experimental, and would let every experimental component run",
    },
    "otel-collector": {
        SourceKind.JOURNALD: "whose image has no journalctl",
        SourceKind.DOCKER: "which reads no output of Docker's containers",
    },
}
"""The kinds that an engine lacks, by its name, each with the reason."""
