"""The arguments of `Logging`, as a program gives them."""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi


class LoggingWorkload(TypedDict):
    """What one workload of Loki has of its own."""

    replicas: NotRequired[int]
    """How many pods, 1000 at most; `compactor` has 1. Default: `replicas` of `Logging`, of which `query-frontend`,
    `query-scheduler`, `index-gateway`, `ruler` and `pattern-ingester` take 2 at most; for `gateway` 2 beside several
    ingesters, else 1."""
    cpu: NotRequired[str]
    """CPU request of each pod. Default: `cpu` of `Logging`; for `gateway` `50m`."""
    memory: NotRequired[str]
    """Memory request and limit of each pod. Default: `memory` of `Logging`; for `gateway` `128Mi`."""
    volume_size: NotRequired[str]
    """Size of the volume of each pod of `loki`, `write`, `backend`, `ingester`, `compactor` or `index-gateway`.
    Default: `volume_size` of `Logging`."""
    storage_class: NotRequired[str]
    """Storage class of those volumes. Default: `storage_class` of `Logging`."""
    node_selector: NotRequired[Mapping[str, str]]
    """Labels of the nodes that the pods run on. Default: `node_selector` of `Logging`."""
    tolerations: NotRequired[Sequence[Mapping[str, Any]]]
    """Tolerations of the pods. Default: `tolerations` of `Logging`."""


class LoggingLimits(TypedDict):
    """What every tenant of Loki may write and ask; beyond it, Loki refuses."""

    ingestion_rate_mb: NotRequired[float]
    """MB of lines a second. Default: Loki's 4."""
    ingestion_burst_size_mb: NotRequired[float]
    """MB at once, at least a second of the rate and the largest push. Default: Loki's 6."""
    per_stream_rate_limit: NotRequired[str]
    """Bytes a second in one stream, such as `5MB`. Default: Loki's `3MB`."""
    per_stream_rate_limit_burst: NotRequired[str]
    """Bytes at once in one stream. Default: Loki's `15MB`."""
    max_line_size: NotRequired[str]
    """Longest line. Default: Loki's `256KB`."""
    max_global_streams_per_user: NotRequired[int]
    """Streams that are written to at a time. Default: Loki's 5000."""
    max_entries_limit_per_query: NotRequired[int]
    """Lines that a query gives. Default: Loki's 5000."""
    max_query_length: NotRequired[str]
    """Time that a query may span. Default: Loki's `721h`."""
    max_query_parallelism: NotRequired[int]
    """Pieces of one query that are worked on at a time. Default: Loki's 32."""
    max_query_series: NotRequired[int]
    """Series that a metric query gives. Default: Loki's 500."""
    query_timeout: NotRequired[str]
    """How long a query may take. Default: the chart's `5m`."""


class LoggingArgs(TypedDict):
    """Arguments of `Logging`."""

    namespace: pulumi.Input[str]
    """Namespace that Loki runs in."""
    create_namespace: NotRequired[bool]
    """Whether the component creates the namespace. Default: true."""
    pod_security: NotRequired[str]
    """Pod Security level enforced in a created namespace: `restricted`, `baseline` or `privileged`. Default:
    `restricted`, which every pod of Loki meets."""
    protect_namespace: NotRequired[bool]
    """Whether a created namespace, and with it the volumes, is protected from deletion. Default: false."""
    release_name: NotRequired[str]
    """Name of the Helm release and first part of the name of every object; 37 characters at most. Default: `loki`."""
    chart_version: NotRequired[str]
    """Version of the Loki chart: `18.11.0` of the community, or `6.51.0` of Grafana. Default: `18.11.0`."""
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
    """`monolithic`: everything in each process, up to some hundred GB of logs a day. `simple-scalable`: the workloads
    `read`, `write` and `backend`; Loki 4 drops it. `distributed`: a workload for each part, for more. Default:
    `monolithic`."""
    migrate_from: NotRequired[str]
    """The mode that was deployed before, while both run: the applied state forbids a jump. Between `monolithic` and
    `distributed` the way goes through `simple-scalable`. Default: none."""
    replicas: NotRequired[int]
    """How many pods each workload of Loki has, 1000 at most; what carries little takes 2 of them at most. Default: 1
    when monolithic, else 3."""
    replication_factor: NotRequired[int]
    """How many ingesters hold each line until it is in the bucket, 1 to 3; at most as many as there are. With 2, a
    write needs both. Default: as many as there are, 3 at most."""
    workloads: NotRequired[Mapping[str, LoggingWorkload]]
    """Settings of single workloads: `loki` when monolithic; `read`, `write` and `backend` when simple-scalable;
    `distributor`, `ingester`, `querier`, `query-frontend`, `query-scheduler`, `index-gateway`, `compactor`, `ruler` and
    `pattern-ingester` when distributed; always `gateway`. Default: none of their own."""
    cpu: NotRequired[pulumi.Input[str]]
    """CPU request of each pod of Loki. Default: by workload, `200m` for those that hold lines."""
    memory: NotRequired[pulumi.Input[str]]
    """Memory request and limit of each pod of Loki, at least `128Mi`. Default: by workload, `1Gi` for those that hold
    lines."""
    volume_size: NotRequired[pulumi.Input[str]]
    """Size of each volume, at least `1Gi`: it holds the write-ahead log, and with store `filesystem` everything.
    Default: `10Gi`."""
    storage_class: NotRequired[pulumi.Input[str]]
    """Storage class of the volumes. Default: the cluster's."""
    node_selector: NotRequired[pulumi.Input[Mapping[str, str]]]
    """Labels of the nodes for all pods of the release. Default: any node."""
    tolerations: NotRequired[pulumi.Input[Sequence[Mapping[str, Any]]]]
    """Tolerations of all pods of the release. Default: none."""
    separate_nodes: NotRequired[pulumi.Input[bool]]
    """Whether a pod waits until there is a node without another pod of its workload. Default: false, which prefers
    separate nodes but starts in any case."""
    ingester_zones: NotRequired[Sequence[str]]
    """Three zones of the cluster that the ingesters of mode `distributed` are in, a StatefulSet in each: no two copies
    of a line are in one zone, and the chart's rollout operator restarts them zone by zone. Default: none, which
    only prefers to spread them."""
    store: NotRequired[str]
    """Where logs are kept: `s3`, or `filesystem` for the volume of a single monolithic pod. Default: `s3`."""
    bucket: NotRequired[pulumi.Input[str]]
    """Bucket for chunks and index; required with store `s3`."""
    bucket_prefix: NotRequired[pulumi.Input[str]]
    """Path in the bucket, without slashes at its ends. Default: the whole bucket."""
    endpoint: NotRequired[pulumi.Input[str]]
    """URL of the S3 API, without a path. Default: AWS S3 in `region`."""
    region: NotRequired[pulumi.Input[str]]
    """Region of the bucket; required on AWS. Default: none."""
    path_style: NotRequired[pulumi.Input[bool]]
    """Whether the bucket is named in the path, as most stores other than AWS want. Default: false."""
    kms_key_arn: NotRequired[pulumi.Input[str]]
    """KMS key that objects are encrypted with. Default: the encryption that the bucket is set to."""
    credentials_secret: NotRequired[pulumi.Input[str]]
    """Secret in the same namespace with the keys `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`. Default: none; the
    pods use the identity of their ServiceAccount."""
    credentials_checksum: NotRequired[pulumi.Input[str]]
    """Any text that changes with the credentials, to roll the pods. Default: none."""
    service_account: NotRequired[str]
    """Name of the ServiceAccount that the release creates. Default: the release name."""
    service_account_annotations: NotRequired[pulumi.Input[Mapping[str, str]]]
    """Annotations of the ServiceAccount, such as the role on EKS. Default: none."""
    retention: NotRequired[pulumi.Input[str]]
    """How long logs are kept, in whole hours, such as `744h` or `30d`; at least 24h. They are deleted from the store
    about two hours later. Default: `744h`."""
    limits: NotRequired[LoggingLimits]
    """What each tenant may write and ask, where all are one tenant everybody together. Default: Loki's own limits."""
    tenant_limits: NotRequired[Mapping[str, LoggingLimits]]
    """Limits of single tenants, laid over `limits`. Loki reads a change without a new start. Default: none."""
    tenant_retention: NotRequired[Mapping[str, str]]
    """How long the logs of single tenants are kept, in whole hours; at least 24h. Default: `retention`."""
    schema_entries: NotRequired[Sequence[Mapping[str, Any]]]
    """The formats that logs were and are written in, oldest first, each with `from` (a day), `object_store` and where
    they differ from the current format `store` (`tsdb`), `schema` (`v13`), `index_prefix` (`index_`) and `index_period`
    (`24h`). Of the past are `boltdb-shipper`, and `boltdb`, whose index is read from `/var/loki/index` on the volume of
    the only pod. The first begins today (UTC) at the latest. Applied entries are for ever: append one that begins in
    the future. Default: one entry from 2024-01-01."""
    structured_metadata: NotRequired[pulumi.Input[bool]]
    """Whether lines carry metadata beside labels, which OTLP needs. False only until a `v13` entry that was appended
    to an older ledger has begun. Default: true."""
    otlp_index_labels: NotRequired[pulumi.Input[Sequence[str]]]
    """Resource attributes of OTLP logs that become index labels; the others become structured metadata. Default:
    those of Loki without pod, ReplicaSet and instance id."""
    pattern_ingester: NotRequired[pulumi.Input[bool]]
    """Whether Loki finds patterns in lines, for the patterns tab of Grafana's Logs Drilldown. Default: false."""
    chunk_encoding: NotRequired[str]
    """How chunks are compressed: `snappy`, fast to read; `gzip`, small; `zstd` or `lz4`. It may change at any time.
    Default: `snappy` when distributed, else Loki's `gzip`."""
    querier_max_concurrent: NotRequired[int]
    """How many pieces of queries each querier works on at a time. Default: Loki's 4."""
    tenants: NotRequired[Sequence[str]]
    """Names of the tenants that logs are kept apart by. The gateway refuses requests whose header `X-Scope-OrgID` names
    none of them; a query may name several, joined by `|`. Default: none, everybody is one tenant."""
    tenants_secret: NotRequired[pulumi.Input[str]]
    """Secret in the same namespace whose key `.htpasswd` holds the tenants as users: the gateway then asks for a login,
    and the user is the tenant whatever the header says. Default: none, who reaches the gateway is believed."""
    tls_secret: NotRequired[str]
    """Secret in the same namespace with `tls.crt`, `tls.key` and `ca.crt`: the gateway then speaks TLS alone, on port
    443. The certificate must be good for the names that `tls_hosts` gives; a renewed one is taken up without new pods,
    another `ca.crt` only by new ones. Default: none, and no TLS."""
    client_certificates: NotRequired[bool]
    """Whether the gateway refuses clients without a certificate that `ca.crt` of `tls_secret` signed. Default:
    false."""
    logins_secret: NotRequired[pulumi.Input[str]]
    """Secret in the same namespace whose key `.htpasswd` holds the logins that the gateway asks for; any of them may
    name any tenant. The hash is checked at each request, so that a slow one costs CPU. Not beside `tenants_secret`.
    Default: none, and no logins."""
    metrics_namespaces: NotRequired[pulumi.Input[Sequence[str]]]
    """Namespaces whose pods may reach Loki past the gateway, for its metrics, where the gateway asks for logins or
    certificates: a NetworkPolicy keeps all others out. Required then with `service_monitor`. Default: none."""
    ruler: NotRequired[bool]
    """Whether Loki evaluates rules, from where `rule_source` says. Default: false."""
    rule_source: NotRequired[str]
    """Where rules come from. `config-maps`: `rules`, and all other ConfigMaps of the namespace with the label
    `loki_rule`, each key a file of rule groups; where there are tenants, with theirs in the annotation
    `k8s-sidecar-target-directory`; the pods that read them get the token of the ServiceAccount. `bucket`: `rules`
    alone, which a Job brings to the bucket whenever they change, and removes what is no longer among them. Default:
    `config-maps`."""
    rules: NotRequired[Mapping[str, str]]
    """Files of rules with their content, YAML that begins with `groups:`, by name; where there are tenants, by
    `TENANT/NAME`. The name ends in `.yaml` or `.yml`. Default: none."""
    ruler_bucket: NotRequired[str]
    """Bucket for rules with `rule_source` `bucket`, which Loki may use as it does its own; required where that has a
    `bucket_prefix`, as rules heed none. Default: `bucket`."""
    lokitool_image: NotRequired[str]
    """Image with `lokitool` on its path, of Loki's version; required with `rule_source` `bucket`. Loki publishes none:
    docs/operations.md has one of five lines. Default: none."""
    alertmanager_url: NotRequired[pulumi.Input[str]]
    """URL of the Alertmanager that rules send their alerts to; required with `ruler`. Default: none."""
    traces_endpoint: NotRequired[pulumi.Input[str]]
    """URL that takes OTLP over HTTP, where Loki sends a trace of each request. The Loki of chart `18.11.0` cannot:
    it needs the tag of another image in `values`. Default: none, Loki is not traced."""
    prepared_changes: NotRequired[Sequence[str]]
    """What the applied state forbids and has been prepared by hand, for one update: `volumes`, after the StatefulSets
    were deleted with their pods left running; `location`, after the objects were copied, or for another name of the
    same store; `zones`, after the ingesters were flushed; `ingesters`, after those that leave were flushed; `tenants`,
    after senders and readers name theirs; `chart`, after what another `chart_version` cannot change was deleted.
    Default: none."""
    chunks_cache_mib: NotRequired[pulumi.Input[int]]
    """Memory of the cache for chunks in MiB; 0 for none. Its pod takes a fifth more. Default: 512, or 0 with
    `cache_endpoint`."""
    results_cache_mib: NotRequired[pulumi.Input[int]]
    """Memory of the cache for results of queries in MiB; 0 for none. Its pod takes a fifth more. Default: 256, or 0
    with `cache_endpoint`."""
    cache_endpoint: NotRequired[pulumi.Input[str]]
    """`host:port` of a cache that speaks Redis's protocol, such as `endpoint` of `Cache`, for chunks
    (database 0) and results of queries (database 1) in the place of both memcached. Default: none."""
    cache_password_secret: NotRequired[pulumi.Input[str]]
    """Secret in the same namespace with the password of that cache, as `CacheAccess` makes it. Default: none, for a
    cache that asks for no password."""
    cache_password_key: NotRequired[pulumi.Input[str]]
    """Key of the password in that Secret. Default: `password`."""
    cache_checksum: NotRequired[pulumi.Input[str]]
    """Any text that changes with the password, to roll the pods. Default: none."""
    max_push_mib: NotRequired[pulumi.Input[int]]
    """Largest request that the gateway accepts, in MiB. Default: 20."""
    dns_service: NotRequired[pulumi.Input[str]]
    """Service of the cluster's DNS, which the gateway resolves through. Default: `kube-dns`."""
    dns_namespace: NotRequired[pulumi.Input[str]]
    """Namespace of that Service. Default: `kube-system`."""
    cluster_domain: NotRequired[pulumi.Input[str]]
    """DNS domain of the cluster. Default: `cluster.local`."""
    gateway_ipv6: NotRequired[pulumi.Input[bool]]
    """Whether the gateway listens on IPv6 too; false where nodes have it disabled. Default: true."""
    service_monitor: NotRequired[bool]
    """Whether to create a ServiceMonitor, which needs the CRDs of the Prometheus operator, and the exporters of caches
    and gateway. Default: false."""
    service_monitor_labels: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Labels of the ServiceMonitors, by which the operator's Prometheus picks them up: kube-prometheus-stack's wants
    `release`, with the name of its own release. Default: none."""
    dashboards: NotRequired[bool]
    """Whether to create Loki's dashboards as ConfigMaps for Grafana's sidecar. Default: false."""
