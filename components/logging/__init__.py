"""Logs: Grafana Loki in one process, or split into reading, writing and background work."""

from .args import LoggingArgs
from .choices import OTLP_INDEX_LABELS
from .component import Logging
from .security import tls_hosts

__all__ = ["OTLP_INDEX_LABELS", "Logging", "LoggingArgs", "tls_hosts"]
