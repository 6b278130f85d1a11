"""Logs: Grafana Loki in mode monolithic, simple-scalable or distributed."""

from .args import LoggingArgs
from .component import Logging
from .gateway import tls_hosts
from .spec import OTLP_INDEX_LABELS

__all__ = ["OTLP_INDEX_LABELS", "Logging", "LoggingArgs", "tls_hosts"]
