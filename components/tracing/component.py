"""Grafana Tempo: OTLP in, TraceQL out, blocks in a bucket, metrics of spans written to Prometheus."""

from collections.abc import Mapping
from typing import Any

import pulumi

from .._guard import guard
from .._merge import deep_merge
from .._namespace import own_namespace
from .._release import release
from .._security.policy import network_policy
from .._security.spec import open_logins
from .addresses import addresses
from .args import TracingArgs
from .choices import Mode
from .generator import written_by
from .monitor import service_monitor
from .network import closed_pods
from .spec import TracingSpec
from .state import state_problems
from .upgrades import upgrade_problems
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
        place = f'Tracing "{name}"'
        spec = TracingSpec.check(place, args)
        super().__init__("observability:index:Tracing", name, {**args}, opts)
        if spec.replication_factor == 2:
            pulumi.log.warn(
                "2 ingesters keep two copies of each span, and Tempo confirms a write with the first copy: spans go on "
                "arriving while one ingester is away, but those it confirmed alone are lost with its volume. From 3 "
                "replicas on, a write is confirmed with two copies.",
                self,
            )
        for sentence in open_logins(spec):
            pulumi.log.warn(sentence, self)
        home = own_namespace(name, spec, spec.namespace, self)

        def upgrades(applied: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
            distributed = spec.mode is Mode.DISTRIBUTED
            return upgrade_problems(applied, wanted, prepared=spec.allow_changes) if distributed else []

        def problems(applied: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
            return state_problems(applied, wanted, prepared=spec.allow_changes)

        known = spec.resolve(place)
        if spec.authenticates:
            network_policy(
                f"{name}-network-policy",
                spec.release_name,
                spec.namespace,
                known.apply(closed_pods),
                parent=self,
                depends_on=home,
            )
        tempo = release(
            f"{name}-tempo",
            spec,
            namespace=spec.namespace,
            values=known.apply(lambda checked: deep_merge(tempo_values(checked), checked.values)),
            parent=self,
            depends_on=home,
            hooks=guard(f"{name}-tempo", problems, upgrades),
        )
        if spec.service_monitor and spec.tls_secret and spec.mode is Mode.MONOLITHIC:
            service_monitor(f"{name}-monitor", spec, known, parent=self, depends_on=[tempo])

        self.namespace = pulumi.Output.from_input(spec.namespace)

        def address(output: str) -> pulumi.Output[str]:
            return self.namespace.apply(lambda within: addresses(spec, within)[output])

        self.query_url = address("query_url")
        self.otlp_grpc_endpoint = address("otlp_grpc_endpoint")
        self.otlp_http_url = address("otlp_http_url")
        self.jaeger_grpc_endpoint = address("jaeger_grpc_endpoint")
        self.jaeger_http_url = address("jaeger_http_url")
        self.zipkin_url = address("zipkin_url")
        self.generated_metrics = pulumi.Output.from_input(spec.remote_write_url).apply(
            lambda url: written_by(spec.processors) if url else []
        )
        self.register_outputs(
            {
                "namespace": self.namespace,
                "queryUrl": self.query_url,
                "otlpGrpcEndpoint": self.otlp_grpc_endpoint,
                "otlpHttpUrl": self.otlp_http_url,
                "jaegerGrpcEndpoint": self.jaeger_grpc_endpoint,
                "jaegerHttpUrl": self.jaeger_http_url,
                "zipkinUrl": self.zipkin_url,
                "generatedMetrics": self.generated_metrics,
            }
        )
