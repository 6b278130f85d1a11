"""Logs: Grafana Loki in one process, or split into reading, writing and background work."""

from .args import LoggingArgs, LoggingWorkload
from .component import Logging
from .hosts import tls_hosts
from .spec import OTLP_INDEX_LABELS

__all__ = ["OTLP_INDEX_LABELS", "Logging", "LoggingArgs", "LoggingWorkload", "tls_hosts"]
