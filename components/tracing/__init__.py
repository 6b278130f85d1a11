"""Traces in Grafana Tempo, and the metrics that Tempo generates from them."""

from .args import TracingArgs
from .component import Tracing
from .endpoints import tls_hosts

__all__ = ["Tracing", "TracingArgs", "tls_hosts"]
