"""The collectors: their namespace, and for each role a configuration and a release of the chart of the engine."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_kubernetes.core.v1 import ConfigMap
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from .._collector_roles import Role
from .._guard import guard
from .._kubernetes import MANAGED_BY
from .._namespace import create_namespace
from .._outputs import outputs_of
from .._rbac import create_lease_role, create_read_role
from .._release import release
from ..urls import OTLP_GRPC_PORT, OTLP_HTTP_PORT, log_address_warnings
from .alloy.config import alloy_config
from .alloy.values import UI_PORT, alloy_values
from .args import TelemetryArgs
from .collector.config import collector_text
from .collector.values import collector_values
from .engines import Engine
from .labels import log_labels, log_metadata
from .losses import losses
from .pipelines import roles
from .spec import TelemetrySpec
from .update_guard import engine_problems, update_problems
from .workload import (
    CONFIG_KEYS,
    cluster_role_name,
    config_map_name,
    holds_lease,
    readable_resources,
    workload_name,
)


@dataclass(frozen=True)
class _EngineFunctions:
    """What an engine makes of a specification."""

    config: Callable[[TelemetrySpec, Role], str]
    values: Callable[[TelemetrySpec, Role], dict[str, Any]]
    """The values of its chart."""


_ENGINES = {
    Engine.ALLOY: _EngineFunctions(alloy_config, alloy_values),
    Engine.OTEL_COLLECTOR: _EngineFunctions(collector_text, collector_values),
}


class Telemetry(pulumi.ComponentResource):
    """Collectors on every node: container logs to Loki, one endpoint for OTLP, and further pipelines."""

    namespace: pulumi.Output[str]
    """Namespace of the collectors."""

    otlp_grpc_endpoint: pulumi.Output[str]
    """`host:port` that programs in the cluster send OTLP/gRPC to."""

    otlp_http_url: pulumi.Output[str]
    """URL that programs in the cluster send OTLP/HTTP to (`OTEL_EXPORTER_OTLP_ENDPOINT`)."""

    ui_service: pulumi.Output[str]
    """Service of Alloy's own pages; empty with the OpenTelemetry Collector, which has none."""

    ui_port: pulumi.Output[int]
    """Port of Alloy's own pages, named `http-metrics`."""

    log_labels: pulumi.Output[Sequence[str]]
    """Index labels that container logs carry in Loki, sorted."""

    log_metadata: pulumi.Output[Sequence[str]]
    """Structured metadata that container logs carry in Loki where their lines have it, sorted."""

    def __init__(self, name: str, args: TelemetryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        component = f'Telemetry "{name}"'
        spec = TelemetrySpec.check(component, args)
        super().__init__("observability:index:Telemetry", name, {**args}, opts)
        resolved = spec.resolve(component)
        log_address_warnings(resolved, self)
        if pulumi.runtime.is_dry_run():
            resolved.apply(lambda checked: pulumi.log.info(losses(checked), self))
        namespaces: list[pulumi.Resource] = []
        if spec.create_namespace:
            level, protect = spec.namespace_security, spec.protect_namespace
            namespaces = [create_namespace(f"{name}-namespace", spec.namespace, level, parent=self, protect=protect)]
        for role in roles(spec):
            self._create_workload(name, spec, resolved, role, namespaces)
        host = pulumi.Output.concat(spec.release_name, ".", spec.namespace)
        self.namespace = pulumi.Output.from_input(spec.namespace)
        self.otlp_grpc_endpoint = pulumi.Output.concat(host, f":{OTLP_GRPC_PORT}")
        scheme = pulumi.Output.from_input(spec.receiver_tls).apply(lambda secured: "https" if secured else "http")
        self.otlp_http_url = pulumi.Output.concat(scheme, "://", host, f":{OTLP_HTTP_PORT}")
        self.ui_service = pulumi.Output.from_input(spec.release_name if spec.engine is Engine.ALLOY else "")
        self.ui_port = pulumi.Output.from_input(UI_PORT)
        self.log_labels = resolved.apply(log_labels)
        self.log_metadata = resolved.apply(log_metadata)
        self.register_outputs(outputs_of(self))

    def _create_workload(
        self,
        name: str,
        spec: TelemetrySpec,
        resolved: pulumi.Output[TelemetrySpec],
        role: Role,
        namespaces: Sequence[pulumi.Resource],
    ) -> None:
        """Create the configuration, the access and the release of one role."""
        engine, suffix = _ENGINES[spec.engine], "" if role is Role.AGENTS else f"-{role.value}"
        agents = role is Role.AGENTS

        def engine_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
            return engine_problems(old, new, allowed=spec.allow_changes)

        config_name = f"{name}{suffix}-config"
        config = ConfigMap(
            config_name,
            metadata=ObjectMetaArgs(name=config_map_name(spec, role), namespace=spec.namespace, labels=MANAGED_BY),
            data={CONFIG_KEYS[spec.engine]: resolved.apply(lambda checked: engine.config(checked, role))},
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=namespaces,
                hooks=guard(config_name, engine_changes, compared="data") if agents else None,
            ),
        )
        access = create_read_role(
            f"{name}{suffix}-collectors",
            resolved.apply(lambda checked: cluster_role_name(checked, role)),
            resolved.apply(lambda checked: readable_resources(checked, role)),
            service_account=resolved.apply(lambda checked: workload_name(checked, role)),
            namespace=resolved.apply(lambda checked: checked.namespace),
            parent=self,
        )
        if holds_lease(spec, role):
            access += create_lease_role(
                f"{name}{suffix}-lease",
                resolved.apply(lambda checked: workload_name(checked, role)),
                service_account=resolved.apply(lambda checked: workload_name(checked, role)),
                namespace=spec.namespace,
                parent=self,
                depends_on=namespaces,
            )

        def problems(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
            return update_problems(old, new, allowed=spec.allow_changes)

        release(
            f"{name}-{role.value}",
            spec,
            namespace=spec.namespace,
            values=resolved.apply(lambda checked: engine.values(checked, role)),
            parent=self,
            depends_on=[*namespaces, config, *access],
            hooks=guard(f"{name}-agents", problems) if agents else None,
            release_name=workload_name(spec, role),
            own_values=agents,
            aliases=[f"{name}-alloy"] if agents else [],
        )
