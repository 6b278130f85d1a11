"""Grafana Tempo: OTLP in, TraceQL out, blocks in a bucket, metrics of spans written to Prometheus."""

from collections.abc import Mapping
from typing import Any

import pulumi

from .._guard import guard
from .._monitors import create_monitor
from .._namespace import create_namespace_if
from .._network_policy import network_policy
from .._outputs import outputs_of
from .._release import release
from .._tls import allowed_changes_warnings, login_warnings
from ..urls import log_address_warnings
from .args import TracingArgs
from .endpoints import endpoints
from .metrics_generator import generated_metrics
from .modes import TempoMode
from .security import network_policy_spec, tls_service_monitor_spec
from .spec import TracingSpec
from .update_guard import update_problems, upgrade_problems
from .values import tempo_values


class Tracing(pulumi.ComponentResource):
    """Grafana Tempo with its namespace, its blocks in a bucket and metrics generated from spans."""

    namespace: pulumi.Output[str]
    """Namespace that Tempo runs in."""
    query_url: pulumi.Output[str]
    """URL that Grafana queries traces at."""
    otlp_grpc_endpoint: pulumi.Output[str]
    """`host:port` that takes traces by OTLP over gRPC, with TLS where there is `tls_secret`."""
    otlp_http_url: pulumi.Output[str]
    """URL that takes traces by OTLP over HTTP, without the path `/v1/traces`."""
    jaeger_grpc_endpoint: pulumi.Output[str]
    """`host:port` that takes traces of Jaeger clients over gRPC; empty without that receiver."""
    jaeger_http_url: pulumi.Output[str]
    """URL that takes traces of Jaeger clients as Thrift over HTTP; empty without that receiver."""
    zipkin_url: pulumi.Output[str]
    """URL that takes traces of Zipkin clients; empty without that receiver."""
    generated_metrics: pulumi.Output[list[str]]
    """Names of the metrics that the generator writes; empty without `remote_write_url`."""

    def __init__(self, name: str, args: TracingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        component = f'Tracing "{name}"'
        spec = TracingSpec.check(component, args)
        super().__init__("observability:index:Tracing", name, {**args}, opts)
        if spec.replication_factor == 2:
            pulumi.log.warn(
                "replicas = 2: Tempo confirms a write once one of the two ingesters has it, and a span that only one "
                "has is lost with its volume; set 3 replicas or more, of which two confirm a write",
                self,
            )
        if spec.has_memcached and spec.service_monitor and not spec.has_cache_exporter:
            pulumi.log.warn(
                "service_monitor = true: memcached has no metrics, as the chart has its exporter listen at 0.0.0.0 "
                "alone and ip_families begins with IPv6; use cache_endpoint for a cache with metrics",
                self,
            )
        for warning in [*login_warnings(spec), *allowed_changes_warnings(spec.allow_changes)]:
            pulumi.log.warn(warning, self)
        namespace = create_namespace_if(name, spec, spec.namespace, self)

        def updates(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
            return update_problems(old, new, allowed=spec.allow_changes)

        def upgrades(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
            distributed = spec.mode is TempoMode.DISTRIBUTED
            return upgrade_problems(old, new, allowed=spec.allow_changes) if distributed else []

        resolved = spec.resolve(component)
        log_address_warnings(resolved, self)
        if spec.authenticates:
            network_policy(
                f"{name}-network-policy",
                spec.release_name,
                spec.namespace,
                resolved.apply(network_policy_spec),
                parent=self,
                depends_on=namespace,
            )
        tempo = release(
            f"{name}-tempo",
            spec,
            namespace=spec.namespace,
            values=resolved.apply(tempo_values),
            parent=self,
            depends_on=namespace,
            hooks=guard(f"{name}-tempo", updates, upgrades),
        )
        if spec.service_monitor and spec.tls_secret and spec.mode is TempoMode.MONOLITHIC:
            # Another name than the chart's, which an upgrade of the release removes only after this one is created.
            create_monitor(
                f"{name}-monitor",
                name=f"{spec.release_name}-tls",
                namespace=spec.namespace,
                labels=resolved.apply(lambda checked: checked.service_monitor_labels),
                spec=resolved.apply(tls_service_monitor_spec),
                release=tempo,
                parent=self,
            )

        self.namespace = pulumi.Output.from_input(spec.namespace)

        def endpoint(output: str) -> pulumi.Output[str]:
            return self.namespace.apply(lambda within: endpoints(spec, within)[output])

        self.query_url = endpoint("query_url")
        self.otlp_grpc_endpoint = endpoint("otlp_grpc_endpoint")
        self.otlp_http_url = endpoint("otlp_http_url")
        self.jaeger_grpc_endpoint = endpoint("jaeger_grpc_endpoint")
        self.jaeger_http_url = endpoint("jaeger_http_url")
        self.zipkin_url = endpoint("zipkin_url")
        self.generated_metrics = pulumi.Output.from_input(spec.remote_write_url).apply(
            lambda url: generated_metrics(spec.processors) if url else []
        )
        self.register_outputs(outputs_of(self))
