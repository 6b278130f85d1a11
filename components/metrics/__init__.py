"""Metrics in a single Prometheus inside the stack."""

from .args import MetricsArgs
from .component import Metrics

__all__ = ["Metrics", "MetricsArgs"]
