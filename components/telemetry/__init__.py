"""Collection with Grafana Alloy: logs of every container, and one OTLP endpoint for logs, traces and metrics."""

from .component import Telemetry, TelemetryArgs

__all__ = ["Telemetry", "TelemetryArgs"]
