"""Traces in Grafana Tempo, and the metrics that Tempo generates from them."""

from .addresses import tls_hosts
from .args import TracingArgs
from .component import Tracing

__all__ = ["Tracing", "TracingArgs", "tls_hosts"]
