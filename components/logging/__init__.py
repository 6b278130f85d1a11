"""Logs: Grafana Loki in mode monolithic, simple-scalable or distributed."""

from .._log_labels import OTLP_INDEX_LABELS
from .args import LoggingArgs
from .component import Logging
from .gateway import tls_hosts

__all__ = ["OTLP_INDEX_LABELS", "Logging", "LoggingArgs", "tls_hosts"]
