"""The cluster a stack runs on, and what is true of all of it."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from pydantic import Field

from .area import Area, LabelKey, LabelValue, Name, NodeSelector, OptionalObjectName, Tolerations, rule
from .problems import Problem, place_of, set_command


class Environment(StrEnum):
    """What a stack is for; `production` refuses what only a try-out may do."""

    DEVELOPMENT = "development"
    STAGING = "staging"
    PRODUCTION = "production"


class Cluster(Area):
    """Settings under `observability:cluster`."""

    name: Name = Field(
        default="local",
        description="Label `cluster` of every log line and metric; it may change. Default: local.",
        examples=["prod-eu1"],
    )
    context: str = Field(
        default="",
        description=(
            "Context of the kubeconfig to deploy to; production must name it. Another one must lead to the same "
            "cluster, where Pulumi takes all it made to be; another cluster is another stack. Default: the current one."
        ),
        examples=["prod-eu1"],
    )
    environment: Environment = Field(
        default=Environment.DEVELOPMENT,
        description=(
            "development, staging or production. Only production refuses what a try-out may do; staging is a name. "
            "Default: development."
        ),
        examples=["production"],
    )
    storage_class: OptionalObjectName = Field(
        default="",
        description="StorageClass of every volume that names none. Default: the cluster's.",
        examples=["gp3"],
    )
    node_selector: NodeSelector = Field(default_factory=dict)
    tolerations: Tolerations = ()
    existing_namespaces: Sequence[Name] = Field(
        default=(),
        description=(
            "Namespaces of this stack that are there already: not created, not labelled, not deleted. Default: none."
        ),
        examples=[["logging"]],
    )
    service_monitors: bool = Field(
        default=False,
        description="Whether the Prometheus operator's CRDs are there, so that ServiceMonitors can be. Default: false.",
        examples=[True],
    )
    service_monitor_labels: Mapping[LabelKey, LabelValue] = Field(
        default_factory=dict,
        description="Labels of every ServiceMonitor, for a Prometheus that selects by them. Default: none.",
        examples=[{"release": "kube-prometheus-stack"}],
    )
    dns_service: str = Field(
        default="kube-dns",
        description="Service of the cluster's DNS, for the gateway. Default: kube-dns.",
        examples=["coredns"],
    )
    dns_namespace: str = Field(default="kube-system", description="Namespace of that Service. Default: kube-system.")

    @rule
    def _production_names_its_cluster(self) -> Iterator[Problem]:
        if self.environment is Environment.PRODUCTION and not self.context:
            place = place_of("cluster", "context")
            yield Problem(
                place,
                "environment production must name its context, so that it never reaches another cluster",
                set_command(place, "prod-eu1"),
            )

    @rule
    def _labels_are_on_something(self) -> Iterator[Problem]:
        if self.service_monitor_labels and not self.service_monitors:
            yield Problem(
                place_of("cluster", "service_monitor_labels"),
                "are for ServiceMonitors, and none are made: turn service_monitors on, or remove the labels",
                set_command(place_of("cluster", "service_monitors"), True),
            )

    @property
    def production(self) -> bool:
        """Whether the stack is one that people rely on."""
        return self.environment is Environment.PRODUCTION
