"""The arguments of `Tracing`, as a program gives them."""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi

from .workload_args import TracingWorkload


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
    Tempo has exactly 1, others 1000 at most; distributed Tempo 3 has `partitions` in its place. Default: 1."""
    partitions: NotRequired[int]
    """How many partitions the topic of distributed Tempo 3 has; there is one live-store and one block-builder for each.
    A topic that exists already must have as many: raise it there first. It cannot shrink; 1000 at most. Default: 3."""
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
    workloads: NotRequired[Mapping[str, TracingWorkload]]
    """Settings of single workloads when distributed: `distributor`, `querier`, `query-frontend`, `metrics-generator`,
    and `gateway` where there is one; in Tempo 2 `ingester` and `compactor`; in Tempo 3 `live-store`, `block-builder`,
    `backend-scheduler` and `backend-worker`. Default: none of their own."""
    volume_size: NotRequired[pulumi.Input[str]]
    """Size of the volume of each ingester, or of monolithic Tempo: it holds what is not in the bucket yet, and with
    store `filesystem` everything. In Tempo 3, of each live-store and block-builder, whose volumes come and go with
    their pods as the broker holds the spans. At least `1Gi`. Default: `10Gi`."""
    generator_volume_size: NotRequired[pulumi.Input[str]]
    """Size of the volume of the metrics generator when distributed, at least `1Gi`. Default: `5Gi`."""
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
    """Whether distributed Tempo gets an nginx in front of its HTTP APIs, and queries go through it. With `tls_secret`
    or `logins_secret` it has one in any case, which receives too. Default: false."""
    tls_secret: NotRequired[str]
    """Secret in the same namespace with `tls.crt`, `tls.key` and `ca.crt`: every port for clients then speaks TLS
    alone. Distributed Tempo gets its gateway, and receives through it too. The certificate must be good for the names
    that `tls_hosts` gives, and as a client's with `service_monitor` and `client_certificates` when monolithic; a
    renewed one is taken up without new pods, another `ca.crt` only by new ones. Default: none, and no TLS."""
    client_certificates: NotRequired[bool]
    """Whether clients without a certificate that `ca.crt` of `tls_secret` signed are refused. Default: false."""
    logins_secret: NotRequired[pulumi.Input[str]]
    """Secret in the same namespace whose key `.htpasswd` holds the logins that the gateway of distributed Tempo asks
    for, of senders too. The hash is checked at each request, so that a slow one costs CPU. Default: none, and no
    logins."""
    metrics_namespaces: NotRequired[pulumi.Input[Sequence[str]]]
    """Namespaces whose pods may reach distributed Tempo past the gateway, for its metrics, where the gateway asks for
    logins or certificates: a NetworkPolicy keeps all others out. Required then with `service_monitor`. Default:
    none."""
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
