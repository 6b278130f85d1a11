"""Grafana."""

from .args import GrafanaArgs
from .component import Grafana

__all__ = ["Grafana", "GrafanaArgs"]
