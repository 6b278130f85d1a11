"""The ServiceMonitor of a monolithic Tempo that speaks TLS, which the chart's own does not know of."""

from collections.abc import Sequence
from typing import Any

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from .._kubernetes import MANAGED_BY
from .spec import TracingSpec


def tls_monitor(spec: TracingSpec) -> dict[str, Any]:
    """Have Prometheus trust the authority of Tempo's Secret and, where asked for one, show the certificate in it."""

    def part(key: str) -> dict[str, str]:
        return {"name": spec.tls_secret, "key": key}

    tls: dict[str, Any] = {"ca": {"secret": part("ca.crt")}, "serverName": f"{spec.release_name}.{spec.namespace}.svc"}
    if spec.client_certificates:
        tls |= {"cert": {"secret": part("tls.crt")}, "keySecret": part("tls.key")}
    labels = {"app.kubernetes.io/name": spec.release_name, "app.kubernetes.io/instance": spec.release_name}
    return {
        "selector": {"matchLabels": labels},
        "endpoints": [{"port": "tempo-prom-metrics", "scheme": "https", "tlsConfig": tls}],
    }


def service_monitor(
    resource_name: str,
    spec: TracingSpec,
    known: pulumi.Output[TracingSpec],
    *,
    parent: pulumi.Resource,
    depends_on: Sequence[pulumi.Resource],
) -> CustomResource:
    """Create it beside the release; by another name than the chart's, which an upgrade removes only later."""
    return CustomResource(
        resource_name,
        api_version="monitoring.coreos.com/v1",
        kind="ServiceMonitor",
        metadata=ObjectMetaArgs(
            name=f"{spec.release_name}-tls",
            namespace=spec.namespace,
            labels=known.apply(lambda checked: {**MANAGED_BY, **checked.service_monitor_labels}),
        ),
        spec=known.apply(tls_monitor),
        opts=pulumi.ResourceOptions(parent=parent, depends_on=list(depends_on)),
    )
