"""ServiceMonitors and PodMonitors of a release, where the chart has none that fits."""

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from ._kubernetes import MANAGED_BY


def create_monitor(
    resource_name: str,
    *,
    name: pulumi.Input[str],
    namespace: pulumi.Input[str],
    labels: pulumi.Input[Mapping[str, str]],
    spec: pulumi.Input[Mapping[str, Any]],
    release: pulumi.Resource,
    parent: pulumi.Resource,
    kind: str = "ServiceMonitor",
) -> CustomResource:
    """Create the ServiceMonitor or PodMonitor `name` after `release`, with the `labels` that Prometheus selects by."""
    return CustomResource(
        resource_name,
        api_version="monitoring.coreos.com/v1",
        kind=kind,
        metadata=ObjectMetaArgs(
            name=name,
            namespace=namespace,
            labels=pulumi.Output.from_input(labels).apply(lambda own: {**MANAGED_BY, **own}),
        ),
        spec=spec,
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[release]),
    )
