"""`observability:datasources`: the datasources of Grafana and the links between them."""

from components.datasources.spec import DatasourcesSettings


class DatasourcesArea(DatasourcesSettings):
    """Settings under `observability:datasources`."""
