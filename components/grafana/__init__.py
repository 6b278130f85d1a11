"""Grafana."""

from .component import Grafana, GrafanaArgs

__all__ = ["Grafana", "GrafanaArgs"]
