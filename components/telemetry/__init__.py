"""Collection with Grafana Alloy: logs of every container, and one OTLP endpoint for logs, traces and metrics."""

from .args import TelemetryArgs
from .component import Telemetry

__all__ = ["Telemetry", "TelemetryArgs"]
