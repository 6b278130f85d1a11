"""Thanos: queries over the bucket and every Prometheus, compaction, and by choice rules and remote writes."""

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi_kubernetes.apps.v1 import Deployment
from pulumi_kubernetes.core.v1 import ConfigMap, Service
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs
from pulumi_kubernetes.policy.v1 import PodDisruptionBudget

from .._guard import guard
from .._kubernetes import MANAGED_BY
from .._metrics_gateway import gateway_name
from .._namespace import create_namespace_if
from .._network_policy import network_policy
from .._outputs import outputs_of
from .._release import release
from .._tls import allowed_changes_warnings, login_warnings
from .args import ThanosArgs
from .gateway import (
    HTTP_PORT,
    REMOTE_WRITE_PATH,
    REMOTE_WRITE_PORT,
    deployment_spec,
    gateway_labels,
    gateway_policy,
    nginx_data,
    pods_policy,
    service_spec,
)
from .roles import ThanosRole
from .spec import ThanosSpec
from .update_guard import update_problems
from .values import thanos_values
from .workloads import workload


class Thanos(pulumi.ComponentResource):
    """Thanos beside Prometheus: store gateways, a compactor, queriers and their frontend; ruler and receivers."""

    namespace: pulumi.Output[str]
    """Namespace that Thanos runs in."""
    query_url: pulumi.Output[str]
    """URL that Grafana queries metrics at: of the query frontend, which keeps results."""
    querier_url: pulumi.Output[str]
    """URL of the queriers themselves."""
    remote_write_url: pulumi.Output[str]
    """URL that takes metrics by Prometheus remote write; empty without `receive`."""

    def __init__(self, name: str, args: ThanosArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        component = f'Thanos "{name}"'
        spec = ThanosSpec.check(component, args)
        super().__init__("observability:index:Thanos", name, {**args}, opts)
        ingestors = workload(spec, ThanosRole.RECEIVE_INGESTOR).replicas
        if spec.receive and ingestors == 2:
            pulumi.log.warn(
                "workloads.receive-ingestor.replicas = 2: each sample goes to one of the two, and writes to one that "
                "is down wait; set 3 replicas or more, of which two confirm a write",
                self,
            )
        for warning in [*login_warnings(spec), *allowed_changes_warnings(spec.allow_changes)]:
            pulumi.log.warn(warning, self)
        namespaces = create_namespace_if(name, spec, spec.namespace, self)

        def updates(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
            return update_problems(old, new, allowed=spec.allow_changes)

        resolved = spec.resolve(component)
        if spec.client_namespaces or spec.authenticates:
            policies = {"secured": pods_policy}
            if spec.authenticates and spec.client_namespaces:
                policies["clients"] = gateway_policy
            for suffix, policy in policies.items():
                network_policy(
                    f"{name}-network-policy" if suffix == "secured" else f"{name}-{suffix}-network-policy",
                    spec.release_name,
                    spec.namespace,
                    resolved.apply(policy),
                    parent=self,
                    depends_on=namespaces,
                    suffix=suffix,
                )
        thanos = release(
            f"{name}-thanos",
            spec,
            namespace=spec.namespace,
            values=resolved.apply(thanos_values),
            parent=self,
            depends_on=namespaces,
            hooks=guard(f"{name}-thanos", updates),
        )
        if spec.secured:
            _create_gateway(name, spec, resolved, thanos, self)
        self.namespace = pulumi.Output.from_input(spec.namespace)

        def url(role: ThanosRole, port: int, path: str = "") -> pulumi.Output[str]:
            return self.namespace.apply(lambda within: f"http://{spec.release_name}-{role}.{within}:{port}{path}")

        def gateway_url(path: str = "") -> pulumi.Output[str]:
            host = gateway_name(spec.release_name)
            return self.namespace.apply(lambda within: f"{spec.scheme}://{host}.{within}{path}")

        self.query_url = gateway_url() if spec.secured else url(ThanosRole.QUERY_FRONTEND, HTTP_PORT)
        self.querier_url = url(ThanosRole.QUERY, HTTP_PORT)
        self.remote_write_url = pulumi.Output.from_input("")
        if spec.receive:
            receiver = url(ThanosRole.RECEIVE_ROUTER, REMOTE_WRITE_PORT, REMOTE_WRITE_PATH)
            self.remote_write_url = gateway_url(REMOTE_WRITE_PATH) if spec.secured else receiver
        self.register_outputs(outputs_of(self))


def _create_gateway(
    name: str,
    spec: ThanosSpec,
    resolved: pulumi.Output[ThanosSpec],
    thanos: pulumi.Resource,
    parent: pulumi.Resource,
) -> None:
    """Create the nginx in front of the query frontend and the receivers, after the Services that it passes on to."""
    metadata = ObjectMetaArgs(
        name=gateway_name(spec.release_name),
        namespace=spec.namespace,
        labels={**MANAGED_BY, **gateway_labels(spec)},
    )
    config = ConfigMap(
        f"{name}-gateway-config",
        metadata=metadata,
        data=resolved.apply(nginx_data),
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[thanos]),
    )
    # `Any`: mypy runs out of memory on the SDK's nested types of a pod when it checks this dict against them.
    deployment: pulumi.Output[Any] = resolved.apply(deployment_spec)
    service: pulumi.Output[Any] = resolved.apply(service_spec)
    options = pulumi.ResourceOptions(parent=parent, depends_on=[thanos, config])
    Deployment(f"{name}-gateway", metadata=metadata, spec=deployment, opts=options)
    Service(f"{name}-gateway-service", metadata=metadata, spec=service, opts=options)
    if spec.replicas > 1:
        budget: Any = {"selector": {"matchLabels": gateway_labels(spec)}, "maxUnavailable": 1}
        PodDisruptionBudget(f"{name}-gateway-budget", metadata=metadata, spec=budget, opts=options)
