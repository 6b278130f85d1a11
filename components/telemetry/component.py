"""The collector: its namespace, its configuration and the release of chart alloy."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
from pulumi_kubernetes.core.v1 import ConfigMap
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from .._guard import guard
from .._kubernetes import MANAGED_BY
from .._namespace import create_namespace
from .._outputs import outputs_of
from .._rbac import create_read_role
from .._release import release
from ..urls import OTLP_GRPC_PORT, OTLP_HTTP_PORT, log_address_warnings
from .alloy.config import alloy_config
from .alloy.values import CONFIG_KEY, UI_PORT, alloy_values
from .args import TelemetryArgs
from .labels import log_labels, log_metadata
from .spec import TelemetrySpec
from .update_guard import update_problems
from .workload import readable_resources


class Telemetry(pulumi.ComponentResource):
    """Grafana Alloy on every node: container logs to Loki, and one OTLP endpoint for logs, traces and metrics."""

    namespace: pulumi.Output[str]
    """Namespace of the collectors."""

    otlp_grpc_endpoint: pulumi.Output[str]
    """`host:port` that programs in the cluster send OTLP/gRPC to."""

    otlp_http_url: pulumi.Output[str]
    """URL that programs in the cluster send OTLP/HTTP to (`OTEL_EXPORTER_OTLP_ENDPOINT`)."""

    ui_service: pulumi.Output[str]
    """Service of Alloy's own pages."""

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
        namespaces: list[pulumi.Resource] = []
        if spec.create_namespace:
            level, protect = spec.namespace_security, spec.protect_namespace
            namespaces = [create_namespace(f"{name}-namespace", spec.namespace, level, parent=self, protect=protect)]
        config = ConfigMap(
            f"{name}-config",
            metadata=ObjectMetaArgs(name=spec.config_map, namespace=spec.namespace, labels=MANAGED_BY),
            data={CONFIG_KEY: resolved.apply(alloy_config)},
            opts=pulumi.ResourceOptions(parent=self, depends_on=namespaces),
        )
        access = create_read_role(
            f"{name}-collectors",
            resolved.apply(lambda checked: checked.cluster_role),
            resolved.apply(readable_resources),
            service_account=resolved.apply(lambda checked: checked.release_name),
            namespace=resolved.apply(lambda checked: checked.namespace),
            parent=self,
        )

        def problems(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
            return update_problems(old, new, allowed=spec.allow_changes)

        release(
            f"{name}-alloy",
            spec,
            namespace=spec.namespace,
            values=resolved.apply(alloy_values),
            parent=self,
            depends_on=[*namespaces, config, *access],
            hooks=guard(f"{name}-alloy", problems),
        )
        host = pulumi.Output.concat(spec.release_name, ".", spec.namespace)
        self.namespace = pulumi.Output.from_input(spec.namespace)
        self.otlp_grpc_endpoint = pulumi.Output.concat(host, f":{OTLP_GRPC_PORT}")
        scheme = pulumi.Output.from_input(spec.receiver_tls).apply(lambda secured: "https" if secured else "http")
        self.otlp_http_url = pulumi.Output.concat(scheme, "://", host, f":{OTLP_HTTP_PORT}")
        self.ui_service = pulumi.Output.from_input(spec.release_name)
        self.ui_port = pulumi.Output.from_input(UI_PORT)
        self.log_labels = resolved.apply(log_labels)
        self.log_metadata = resolved.apply(log_metadata)
        self.register_outputs(outputs_of(self))
