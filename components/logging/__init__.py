"""Logs: Grafana Loki in one process, or split into reading, writing and background work."""

from .component import Logging, LoggingArgs, LoggingWorkload
from .spec import OTLP_INDEX_LABELS

__all__ = ["OTLP_INDEX_LABELS", "Logging", "LoggingArgs", "LoggingWorkload"]
