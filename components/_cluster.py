"""Arguments that depend on the cluster: its DNS, and ServiceMonitors for the Prometheus operator."""

from collections.abc import Iterator, Mapping

from pydantic import Field

from ._kubernetes import LabelKey, LabelValue
from ._model import Plain
from ._nginx import DEFAULT_DNS_SERVICE, POD_RESOLVER, RESERVED_RESOLVER_VALUES, DnsResolver
from ._release_spec import ReleaseSpec, reserved_violations
from ._spec import Spec, Violation, rule
from .units import Hostname


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


class ClusterDnsSpec(ReleaseSpec):
    """The DNS of the cluster, which gateways resolve their upstreams through."""

    dns_resolver: DnsResolver = Field(
        default=DEFAULT_DNS_SERVICE,
        description=(
            "DNS server of every nginx: a Service and its namespace, an IP address, or `resolv.conf` for the servers "
            "that the kubelet writes to the pod's file of that name. EKS Auto Mode has no Service of its DNS: use "
            "`resolv.conf` there, and with a DNS cache on each node."
        ),
        examples=[POD_RESOLVER],
    )
    cluster_domain: Hostname = Field(default="cluster.local", description="DNS domain of the cluster.")

    @rule("values", "dns_resolver")
    def _values_keep_the_resolver_of_the_pod(self) -> Iterator[Violation]:
        if self.dns_resolver == POD_RESOLVER:
            yield from reserved_violations(self.values, RESERVED_RESOLVER_VALUES, "the DNS servers of the pod")
