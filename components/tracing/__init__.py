"""Traces in Grafana Tempo, and the metrics that Tempo generates from them."""

from .component import Tracing, TracingArgs

__all__ = ["Tracing", "TracingArgs"]
