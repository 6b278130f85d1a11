"""Metrics in a single Prometheus inside the stack."""

from .component import Metrics, MetricsArgs

__all__ = ["Metrics", "MetricsArgs"]
