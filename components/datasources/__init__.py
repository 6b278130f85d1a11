"""Datasources of Grafana and the links between them."""

from .component import Datasources, DatasourcesArgs

__all__ = ["Datasources", "DatasourcesArgs"]
