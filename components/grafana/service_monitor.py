"""The ServiceMonitor of Grafana: the chart's own always has the label `release`, with the name of its release."""

from collections.abc import Sequence

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from .._kubernetes import MANAGED_BY
from .spec import GrafanaSpec


def service_monitor(
    resource_name: str,
    spec: GrafanaSpec,
    *,
    parent: pulumi.Resource,
    depends_on: Sequence[pulumi.Resource],
) -> CustomResource:
    """Create the ServiceMonitor, with the labels that Prometheus selects by."""
    match_labels = {"app.kubernetes.io/name": "grafana", "app.kubernetes.io/instance": spec.release_name}
    labels = pulumi.Output.from_input(spec.service_monitor_labels).apply(lambda own: {**MANAGED_BY, **own})
    return CustomResource(
        resource_name,
        api_version="monitoring.coreos.com/v1",
        kind="ServiceMonitor",
        metadata=ObjectMetaArgs(name=spec.release_name, namespace=spec.namespace, labels=labels),
        spec={
            "selector": {"matchLabels": match_labels},
            "endpoints": [{"port": "service", "path": "/metrics", "honorLabels": True}],
        },
        opts=pulumi.ResourceOptions(parent=parent, depends_on=list(depends_on)),
    )
