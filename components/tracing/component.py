"""Grafana Tempo: OTLP in, TraceQL out, blocks in a bucket, metrics of spans written to Prometheus."""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi

from .._guard import guard
from .._merge import deep_merge
from .._namespace import namespace
from .._release import release
from .choices import Mode, Receiver
from .generator import written_by
from .receivers import JAEGER_GRPC_PORT, JAEGER_HTTP_PORT, OTLP_GRPC_PORT, OTLP_HTTP_PORT, ZIPKIN_PORT
from .spec import TracingSpec
from .state import state_problems
from .upgrades import upgrade_problems
from .values import tempo_values

QUERY_PORT = 3200


class TracingArgs(TypedDict):
    """Arguments of `Tracing`."""

    namespace: pulumi.Input[str]
    """Namespace that Tempo runs in."""
    create_namespace: NotRequired[bool]
    """Whether the component creates the namespace. Default: true."""
    pod_security: NotRequired[str]
    """Pod Security level enforced in a created namespace: `restricted`, `baseline` or `privileged`. Default:
    `restricted`, which every pod of Tempo meets."""
    protect_namespace: NotRequired[bool]
    """Whether a created namespace, and with it the volumes, is protected from deletion. Default: false."""
    release_name: NotRequired[str]
    """Name of the Helm release and first part of the name of every object. Default: `tempo`."""
    chart_version: NotRequired[str]
    """Version of the chart: of `tempo` when monolithic, of `tempo-distributed` when distributed. Version 3.3.0 of the
    latter is Tempo 3, which needs `kafka_address`; a running Tempo 2 does not become one in place, nor the reverse.
    Default: the newest supported one that needs no Kafka."""
    charts_dir: NotRequired[str]
    """Directory that holds the chart as `<chart>-<version>` or `.tgz`. Default: the chart's own repository."""
    values: NotRequired[Mapping[str, Any]]
    """Chart values laid over those of the component, for what it has no argument for. Default: none."""
    max_history: NotRequired[int]
    """How many revisions of the release Helm keeps. Default: 2."""
    timeout_seconds: NotRequired[int]
    """How long an installation or upgrade may take, in seconds. Default: 600."""
    atomic: NotRequired[bool]
    """Whether a failed upgrade is rolled back at once. Default: false."""
    skip_await: NotRequired[bool]
    """Whether to go on without waiting for the pods to be ready. Default: false."""
    mode: NotRequired[str]
    """`monolithic`: one process with everything in it, for up to some thousand spans a second. `distributed`: a
    workload for each part of Tempo, each scaled by itself. Default: `monolithic`."""
    replicas: NotRequired[int]
    """How many ingesters receive spans and hold them until their block is in the bucket. Each span goes to as many of
    them, three at most. With 2, a write counts as done once one of them has it; from 3 on, once two have. Monolithic
    Tempo has exactly 1; distributed Tempo 3 has `partitions` in its place. Default: 1."""
    partitions: NotRequired[int]
    """How many partitions the topic of distributed Tempo 3 has; there is one live-store and one block-builder for each.
    A topic that exists already must have as many: raise it there first. It cannot shrink. Default: 3."""
    kafka_address: NotRequired[pulumi.Input[str]]
    """`host:port` of a Kafka-compatible broker, which names the others; required by distributed Tempo 3. Default:
    none."""
    kafka_topic: NotRequired[pulumi.Input[str]]
    """Topic that spans go through, for this Tempo alone; created where the broker creates topics on demand. Default:
    `tempo-traces`."""
    kafka_credentials_secret: NotRequired[pulumi.Input[str]]
    """Secret in the same namespace with the keys `KAFKA_USERNAME` and `KAFKA_PASSWORD`, for SASL/PLAIN. Default: none,
    for a broker without a login."""
    receivers: NotRequired[Sequence[str]]
    """Protocols that spans arrive by: `otlp`, always, and `jaeger` and `zipkin` where programs still send those.
    Default: `otlp` alone."""
    store: NotRequired[str]
    """Where blocks are kept: `s3`, or `filesystem` for the volume of a monolithic Tempo. Default: `s3`."""
    bucket: NotRequired[pulumi.Input[str]]
    """Bucket for blocks; required with store `s3`."""
    bucket_prefix: NotRequired[pulumi.Input[str]]
    """Path in the bucket, without slashes at its ends. Default: the whole bucket."""
    endpoint: NotRequired[pulumi.Input[str]]
    """URL of the S3 API, without a path. Default: AWS S3 in `region`."""
    region: NotRequired[pulumi.Input[str]]
    """Region of the bucket; required on AWS. Default: none."""
    path_style: NotRequired[pulumi.Input[bool]]
    """Whether the bucket is named in the path, as most stores other than AWS want. Default: false."""
    credentials_secret: NotRequired[pulumi.Input[str]]
    """Secret in the same namespace with the keys `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`. Default: none; the
    pods use the identity of their ServiceAccount."""
    credentials_checksum: NotRequired[pulumi.Input[str]]
    """Any text that changes with the credentials, to roll the pods. Default: none."""
    service_account: NotRequired[str]
    """Name of the ServiceAccount that the release creates. Default: the release name."""
    service_account_annotations: NotRequired[pulumi.Input[Mapping[str, str]]]
    """Annotations of the ServiceAccount, such as the role on EKS. Default: none."""
    kms_key_arn: NotRequired[pulumi.Input[str]]
    """KMS key that blocks are encrypted with. Default: the encryption that the bucket is set to."""
    retention: NotRequired[pulumi.Input[str]]
    """How long traces are kept, in whole hours, such as `336h` or `14d`; at least 1h. Default: `14d`."""
    max_block_duration: NotRequired[pulumi.Input[str]]
    """How long spans are gathered into one block; 1m to 2h. In Tempo 2 the block then goes to the bucket; Tempo 3 has
    block-builders that write there every 5m whatever stands here. Default: `30m`."""
    volume_size: NotRequired[pulumi.Input[str]]
    """Size of the volume of each ingester, or of monolithic Tempo: it holds what is not in the bucket yet, and with
    store `filesystem` everything. In Tempo 3, of each live-store and block-builder, whose volumes come and go with
    their pods as the broker holds the spans. Default: `10Gi`."""
    generator_volume_size: NotRequired[pulumi.Input[str]]
    """Size of the volume of the metrics generator when distributed. Default: `5Gi`."""
    storage_class: NotRequired[pulumi.Input[str]]
    """Storage class of the volumes. Default: the cluster's."""
    node_selector: NotRequired[pulumi.Input[Mapping[str, str]]]
    """Labels of the nodes for pods that have a volume. Default: any node."""
    tolerations: NotRequired[pulumi.Input[Sequence[Mapping[str, Any]]]]
    """Tolerations of the pods that have a volume. Default: none."""
    cpu: NotRequired[pulumi.Input[str]]
    """CPU request of an ingester, of monolithic Tempo, or of a live-store or block-builder. Default: `200m`."""
    memory: NotRequired[pulumi.Input[str]]
    """Memory request and limit of an ingester, of monolithic Tempo, or of a live-store or block-builder. Default:
    `1Gi`."""
    remote_write_url: NotRequired[pulumi.Input[str]]
    """URL of the Prometheus remote-write API that generated metrics go to. Default: none, and no metrics generator."""
    processors: NotRequired[Sequence[str]]
    """What the metrics generator does, one or more of `service-graphs`, `span-metrics`, and `local-blocks` for TraceQL
    metrics and Grafana's Traces Drilldown; Tempo 3 answers those without it and does not take it. Default: all that
    there are."""
    span_metrics_dimensions: NotRequired[pulumi.Input[Sequence[str]]]
    """Span and resource attributes that become labels of span metrics. Default: none."""
    service_graph_dimensions: NotRequired[pulumi.Input[Sequence[str]]]
    """Attributes that become labels of service graphs, once as `client_…` and once as `server_…`. Default: none."""
    external_labels: NotRequired[pulumi.Input[Mapping[str, str]]]
    """Labels of every generated series. Default: none."""
    cache_endpoint: NotRequired[pulumi.Input[str]]
    """`host:port` of a cache that speaks Redis's protocol, such as `endpoint` of `Cache`, for what
    queries of distributed Tempo read again (database 2) in the place of the chart's memcached. Default: none."""
    cache_password_secret: NotRequired[pulumi.Input[str]]
    """Secret in the same namespace with the password of that cache, as `CacheAccess` makes it. Default: none, for a
    cache that asks for no password."""
    cache_password_key: NotRequired[pulumi.Input[str]]
    """Key of the password in that Secret. Default: `password`."""
    cache_checksum: NotRequired[pulumi.Input[str]]
    """Any text that changes with the password, to roll the pods. Default: none."""
    gateway: NotRequired[bool]
    """Whether distributed Tempo gets an nginx in front of its HTTP APIs, and queries go through it. Default: false."""
    dns_service: NotRequired[pulumi.Input[str]]
    """Service of the cluster's DNS, which the gateway resolves through. Default: `kube-dns`."""
    dns_namespace: NotRequired[pulumi.Input[str]]
    """Namespace of that Service. Default: `kube-system`."""
    cluster_domain: NotRequired[pulumi.Input[str]]
    """DNS domain of the cluster. Default: `cluster.local`."""
    prepared_changes: NotRequired[Sequence[str]]
    """What the applied state forbids and has been prepared by hand, for one update: `cache`, after the Service and the
    StatefulSet of the cache were deleted for another `chart_version`; `location`, after the blocks were copied, or for
    another name of the same store; `ingesters`, after those that leave were flushed. Default: none."""
    service_monitor: NotRequired[bool]
    """Whether to create ServiceMonitors, which needs the CRDs of the Prometheus operator. Default: false."""
    service_monitor_labels: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Labels of the ServiceMonitors, by which the operator's Prometheus picks them up: kube-prometheus-stack's wants
    `release`, with the name of its own release. Default: none."""


class Tracing(pulumi.ComponentResource):
    """Grafana Tempo with its namespace, its blocks in a bucket and metrics generated from spans."""

    namespace: pulumi.Output[str]
    """Namespace that Tempo runs in."""
    query_url: pulumi.Output[str]
    """URL that Grafana queries traces at."""
    otlp_grpc_endpoint: pulumi.Output[str]
    """`host:port` that takes traces by OTLP over gRPC, without TLS."""
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
        homes = []
        if spec.create_namespace:
            protect = spec.protect_namespace
            homes = [namespace(f"{name}-namespace", spec.namespace, spec.pod_security, parent=self, protect=protect)]

        def upgrades(applied: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
            distributed = spec.mode is Mode.DISTRIBUTED
            return upgrade_problems(applied, wanted, prepared=spec.prepared_changes) if distributed else []

        def problems(applied: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
            return state_problems(applied, wanted, prepared=spec.prepared_changes)

        known = spec.resolve(place)
        release(
            f"{name}-tempo",
            spec,
            namespace=spec.namespace,
            values=known.apply(lambda checked: deep_merge(tempo_values(checked), checked.values)),
            parent=self,
            depends_on=homes,
            hooks=guard(f"{name}-tempo", problems, upgrades),
        )

        distributed = spec.mode is Mode.DISTRIBUTED
        writer = f"{spec.release_name}-distributor" if distributed else spec.release_name
        reader = f"{spec.release_name}-query-frontend" if distributed else spec.release_name
        gateway = f"{spec.release_name}-gateway"
        self.namespace = pulumi.Output.from_input(spec.namespace)
        self.query_url = self.namespace.apply(
            lambda within: f"http://{gateway}.{within}" if spec.gateway else f"http://{reader}.{within}:{QUERY_PORT}"
        )
        self.otlp_grpc_endpoint = self.namespace.apply(lambda within: f"{writer}.{within}:{OTLP_GRPC_PORT}")
        self.otlp_http_url = self.namespace.apply(lambda within: f"http://{writer}.{within}:{OTLP_HTTP_PORT}")
        jaeger, zipkin = Receiver.JAEGER in spec.receivers, Receiver.ZIPKIN in spec.receivers
        self.jaeger_grpc_endpoint = self.namespace.apply(
            lambda within: f"{writer}.{within}:{JAEGER_GRPC_PORT}" if jaeger else ""
        )
        self.jaeger_http_url = self.namespace.apply(
            lambda within: f"http://{writer}.{within}:{JAEGER_HTTP_PORT}/api/traces" if jaeger else ""
        )
        self.zipkin_url = self.namespace.apply(
            lambda within: f"http://{writer}.{within}:{ZIPKIN_PORT}/api/v2/spans" if zipkin else ""
        )
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
