"""Grafana: the stack's own, or one that is there and loads the datasources."""

from pydantic import Field

from .area import Area, Name, SecretReference, Values, VolumeSize


class Grafana(Area):
    """Settings under `observability:grafana`."""

    enabled: bool = Field(
        default=True,
        description=(
            "Run a Grafana, one pod with its users and preferences in sqlite on its volume; else one that is there "
            "loads the labelled ConfigMaps. Default: true."
        ),
        examples=[False],
    )
    namespace: Name = Field(default="monitoring", description="Namespace of Grafana. Default: monitoring.")
    admin: SecretReference | None = Field(
        default=None,
        description="Existing Secret with the admin password, user admin. Default: one is generated.",
        examples=[{"secret": "grafana-admin", "key": "password"}],
    )
    volume_size: VolumeSize = Field(
        default="2Gi", description="Volume of Grafana's database. Default: 2Gi.", examples=["5Gi"]
    )
    values: Values = Field(default_factory=dict)
