"""`observability:cluster`: the cluster of a stack, and defaults of all areas."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from components._cluster import ClusterDnsSpec, MonitorSpec
from components._ip_families import IpFamiliesSpec, IpFamily
from components._kubernetes import LabelKey, LabelValue, NodeSelector, ObjectName, OptionalObjectName, Tolerations
from components._model import USER_KNOWN, AlsoWritten, StrictModel, same_as
from components._nginx import DnsResolver
from components._pods import ImageRegistry, PodSettings
from components.units import Hostname, Name, form

_A_VERSION = "a minor version of Kubernetes; set one such as 1.28"
_ALSO_A_VERSION = AlsoWritten(r"v?(1\.[1-9]\d)(?!\d).*")
"""A version with its patch, and as tags and `kubectl version` have it."""
_NATIVE_SIDECARS = 29


class Environment(StrEnum):
    """The purpose of a stack; `production` enforces additional rules."""

    DEVELOPMENT = "development"
    STAGING = "staging"
    PRODUCTION = "production"


class ClusterArea(StrictModel):
    """Settings under `observability:cluster`; those of pods and volumes apply where an area sets none."""

    name: Annotated[Name, USER_KNOWN] = Field(
        default="local",
        description="Label `cluster` of every log line and metric; it may change.",
        examples=["prod-eu1"],
    )
    context: Annotated[str, USER_KNOWN] = Field(
        default="",
        description=(
            "Context of the kubeconfig to deploy to; required in production. A different one must point to the "
            "same cluster, as the state of a stack belongs to one cluster; use another stack for another cluster. "
            "Default: the current one."
        ),
        examples=["prod-eu1"],
    )
    environment: Environment = Field(
        default=Environment.DEVELOPMENT,
        description=(
            "Purpose of the stack; production enforces additional rules, development and staging do not differ."
        ),
        examples=["production"],
    )
    kubernetes_version: Annotated[str, form(r"(1\.[1-9]\d)?", _A_VERSION), _ALSO_A_VERSION, USER_KNOWN] = Field(
        default="",
        description=(
            "Minor version of Kubernetes, in quotes: what an older one does not have is left out, such as sidecars "
            f"that start first (1.{_NATIVE_SIDECARS}); `make up` refuses a cluster of another version, and one that a "
            "chart does not support. Default: none, and no older version than the stack needs."
        ),
        examples=["1.28"],
    )
    storage_class: OptionalObjectName = Field(
        default="",
        description="StorageClass of every volume whose area sets none. Default: the cluster's.",
        examples=["gp3"],
    )
    node_selector: NodeSelector = Field(
        default_factory=dict, description="Labels that a node must have. Default: none.", examples=[{"pool": "obs"}]
    )
    tolerations: Tolerations = Field(
        default=(),
        description="Tolerations as in a pod's specification. Default: none.",
        examples=[[{"key": "dedicated", "operator": "Exists"}]],
    )
    image_registry: ImageRegistry = same_as(PodSettings, "image_registry")
    image_pull_secrets: Sequence[ObjectName] = same_as(PodSettings, "image_pull_secrets")
    priority_class: OptionalObjectName = same_as(PodSettings, "priority_class")
    existing_namespaces: Sequence[Name] = Field(
        default=(),
        description=(
            "Namespaces of this stack that exist already: not created, not labelled, not deleted. Default: none."
        ),
        examples=[["logging"]],
    )
    service_monitors: bool | None = Field(
        default=None,
        description=(
            "Whether ServiceMonitors are created, and the exporters that they need; requires the CRDs of the "
            "Prometheus operator. Default: true with `metrics.kind: operator`, which installs them."
        ),
        examples=[True],
    )
    service_monitor_labels: Mapping[LabelKey, LabelValue] = same_as(MonitorSpec, "service_monitor_labels")
    ip_families: Sequence[IpFamily] = same_as(IpFamiliesSpec, "ip_families")
    dns_resolver: DnsResolver = same_as(ClusterDnsSpec, "dns_resolver")
    dns_domain: Hostname = same_as(ClusterDnsSpec, "cluster_domain")

    @property
    def has_native_sidecars(self) -> bool:
        """Whether init containers may go on running beside a pod's containers.

        https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/
        """
        return not self.kubernetes_version or int(self.kubernetes_version.partition(".")[2]) >= _NATIVE_SIDECARS

    @property
    def production(self) -> bool:
        """Whether the stack is one that people rely on."""
        return self.environment is Environment.PRODUCTION
