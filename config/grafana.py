"""`observability:grafana`: the settings of Grafana, and what only a stack states of it."""

from pydantic import Field

from components.grafana.spec import GrafanaSettings
from components.units import Name


class GrafanaArea(GrafanaSettings):
    """Settings under `observability:grafana`."""

    enabled: bool = Field(
        default=True,
        description=(
            "Whether the stack runs a Grafana, one pod with its users and preferences in sqlite on its volume; "
            "otherwise a Grafana that runs already loads the labelled ConfigMaps."
        ),
        examples=[False],
    )
    namespace: Name = Field(default="monitoring", description="Namespace of Grafana.", examples=["monitoring"])
