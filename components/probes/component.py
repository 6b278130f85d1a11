"""The blackbox exporter, a `Probe` for each target, and recording rules over them, for the Prometheus operator."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from .._kubernetes import MANAGED_BY
from .._namespace import create_namespace_if
from .._network_policy import network_policy
from .._outputs import known_after, outputs_of
from .._release import release
from .args import ProbesArgs
from .rules import rule_groups
from .spec import ProbesSpec
from .values import exporter_policy, exporter_values, probe_spec


class Probes(pulumi.ComponentResource):
    """Probes by HTTP, TCP, ICMP and DNS, which an operator's Prometheus makes through a blackbox exporter.

    The cluster has the definitions of the Prometheus operator: `Probe`, `ServiceMonitor` and `PrometheusRule`.
    """

    namespace: pulumi.Output[str]
    """Namespace of the exporter and of every `Probe`."""
    prober: pulumi.Output[str]
    """Host and port of the exporter, which a further `Probe` names as its prober."""

    def __init__(self, name: str, args: ProbesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        component = f'Probes "{name}"'
        spec = ProbesSpec.check(component, args)
        super().__init__("observability:index:Probes", name, {**args}, opts)
        resolved = spec.resolve(component)
        in_namespace = resolved.apply(lambda s: s.namespace)
        created = create_namespace_if(name, spec, in_namespace, self)
        exporter = release(
            f"{name}-exporter",
            spec,
            namespace=in_namespace,
            values=resolved.apply(exporter_values),
            parent=self,
            depends_on=created,
        )

        if spec.client_namespaces:
            network_policy(
                f"{name}-network-policy",
                spec.release_name,
                in_namespace,
                resolved.apply(exporter_policy),
                parent=self,
                depends_on=created,
            )

        def monitoring_object(kind: str, suffix: str, content: pulumi.Input[Mapping[str, Any]]) -> None:
            CustomResource(
                f"{name}-{suffix}",
                api_version="monitoring.coreos.com/v1",
                kind=kind,
                metadata=ObjectMetaArgs(
                    name=f"{spec.release_name}-{suffix}",
                    namespace=in_namespace,
                    labels=resolved.apply(lambda s: {**MANAGED_BY, **s.service_monitor_labels}),
                ),
                spec=content,
                opts=pulumi.ResourceOptions(parent=self, depends_on=[exporter]),
            )

        for target in spec.targets:
            monitoring_object("Probe", target, resolved.apply(partial(probe_spec, name=target)))
        if spec.targets:
            monitoring_object("PrometheusRule", "rules", {"groups": rule_groups()})
        self.namespace = in_namespace
        self.prober = known_after(resolved.apply(lambda s: s.prober), exporter)
        self.register_outputs(outputs_of(self))
