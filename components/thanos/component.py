"""Thanos: queries over the bucket and every Prometheus, compaction, and by choice rules and remote writes."""

from collections.abc import Mapping
from typing import Any

import pulumi

from .._guard import guard
from .._namespace import create_namespace_if
from .._network_policy import INSTANCE, clients_policy, network_policy
from .._outputs import outputs_of
from .._release import release
from .._tls import allowed_changes_warnings
from .args import ThanosArgs
from .roles import ThanosRole
from .spec import ThanosSpec
from .update_guard import update_problems
from .values import thanos_values
from .workloads import workload

HTTP_PORT = 10902
REMOTE_WRITE_PORT = 19291


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
        for warning in allowed_changes_warnings(spec.allow_changes):
            pulumi.log.warn(warning, self)
        namespaces = create_namespace_if(name, spec, spec.namespace, self)

        def updates(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
            return update_problems(old, new, allowed=spec.allow_changes)

        resolved = spec.resolve(component)
        if spec.client_namespaces:
            network_policy(
                f"{name}-network-policy",
                spec.release_name,
                spec.namespace,
                resolved.apply(_clients_policy),
                parent=self,
                depends_on=namespaces,
            )
        release(
            f"{name}-thanos",
            spec,
            namespace=spec.namespace,
            values=resolved.apply(thanos_values),
            parent=self,
            depends_on=namespaces,
            hooks=guard(f"{name}-thanos", updates),
        )
        self.namespace = pulumi.Output.from_input(spec.namespace)

        def url(role: ThanosRole, port: int, path: str = "") -> pulumi.Output[str]:
            return self.namespace.apply(lambda within: f"http://{spec.release_name}-{role}.{within}:{port}{path}")

        self.query_url = url(ThanosRole.QUERY_FRONTEND, HTTP_PORT)
        self.querier_url = url(ThanosRole.QUERY, HTTP_PORT)
        self.remote_write_url = (
            url(ThanosRole.RECEIVE_ROUTER, REMOTE_WRITE_PORT, "/api/v1/receive")
            if spec.receive
            else pulumi.Output.from_input("")
        )
        self.register_outputs(outputs_of(self))


def _clients_policy(spec: ThanosSpec) -> dict[str, Any]:
    """Return the policy of all pods of the release; Prometheus and its sidecars are in the same namespace."""
    return clients_policy({INSTANCE: spec.release_name}, sorted({spec.namespace, *spec.client_namespaces}))
