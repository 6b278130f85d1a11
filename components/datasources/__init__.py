"""Datasources of Grafana and the links between them."""

from .args import DatasourcesArgs
from .component import Datasources

__all__ = ["Datasources", "DatasourcesArgs"]
