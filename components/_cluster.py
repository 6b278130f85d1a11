"""Arguments that depend on the cluster: its DNS, and ServiceMonitors for the Prometheus operator."""

from collections.abc import Mapping

from pydantic import Field

from ._kubernetes import LabelKey, LabelValue
from ._model import Plain
from ._spec import Spec
from .units import Hostname, Name


class MonitorSpec(Spec):
    """The ServiceMonitors of a component."""

    service_monitor: Plain[bool] = Field(
        default=False,
        description=(
            "Whether ServiceMonitors are created, and the exporters that they need; requires the CRDs of the "
            "Prometheus operator."
        ),
    )
    service_monitor_labels: Mapping[LabelKey, LabelValue] = Field(
        default_factory=dict,
        description=(
            "Labels of the ServiceMonitors, by which the operator's Prometheus selects them: kube-prometheus-stack's "
            "selects `release` with the name of its own release. Default: none."
        ),
        examples=[{"release": "kube-prometheus-stack"}],
    )


class ClusterDnsSpec(Spec):
    """The DNS of the cluster, which gateways resolve their upstreams through."""

    dns_service: Name = Field(default="kube-dns", description="Service of the cluster's DNS.", examples=["coredns"])
    dns_namespace: Name = Field(default="kube-system", description="Namespace of that Service.")
    cluster_domain: Hostname = Field(default="cluster.local", description="DNS domain of the cluster.")
