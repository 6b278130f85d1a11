"""Metrics in Prometheus by its operator, with the exporters of the cluster."""

from .args import MetricsArgs, OperatorCrdsArgs
from .component import Metrics, OperatorCrds
from .gateway import tls_hosts

__all__ = ["Metrics", "MetricsArgs", "OperatorCrds", "OperatorCrdsArgs", "tls_hosts"]
