"""The arguments of every component: defaults of the cluster, overridden by settings, then by outputs of others."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict, TypeVar, cast

import pulumi

from components import (
    AlertingArgs,
    AwsBucketAccessArgs,
    AwsObjectStorageArgs,
    BasicAuthArgs,
    CacheAccessArgs,
    CacheArgs,
    CertificateArgs,
    DatasourcesArgs,
    DemoArgs,
    ExternalObjectStorageArgs,
    GrafanaArgs,
    InClusterObjectStorageArgs,
    LoggingArgs,
    MetricsArgs,
    MinioObjectStorageArgs,
    NamespaceArgs,
    OperatorCrdsArgs,
    ProbesArgs,
    SecretBucketAccessArgs,
    TelemetryArgs,
    ThanosArgs,
    ThanosObjectStoreArgs,
    TracingArgs,
    UiRouteArgs,
)
from components._args import CertificateReference
from components._log_labels import CLUSTER
from components._model import StrictModel
from components.metrics.alertmanager import PORT as ALERTMANAGER_PORT
from components.storage.policies import Identity
from components.storage.s3 import DEFAULT_PREFIXES
from components.storage.spec import DEFAULT_MINIO_BUCKETS
from components.telemetry.engines import Engine
from components.telemetry.labels import otlp_index_labels
from components.telemetry.model import LogSource
from config import Settings
from config.security import Issuer
from config.storage import AwsStorage, ExternalStorage, InClusterStorage, MinioStorage, Storage

from . import alerting, authentication, scrape_targets
from .alerting import AlertmanagerArgs
from .log_rules import rule_files
from .metrics import MetricsAddresses, metrics_client, sender_client
from .stores import LogsAddresses, TracesAddresses, store_clients, tenants
from .upstream import (
    BackendCacheArgs,
    BucketArgs,
    ObjectStore,
    ObjectStoreWithKeys,
    SidecarArgs,
    ThanosStoreArgs,
)

Args = TypeVar("Args")
Text = pulumi.Input[str]


class Placement(TypedDict):
    """The nodes that the pods of every area run on where it states none."""

    node_selector: Mapping[str, str]
    tolerations: Sequence[Mapping[str, object]]


class Pods(TypedDict):
    """The registry, the pull secrets and the priority class of the pods of every area that sets none."""

    image_registry: str
    image_pull_secrets: Sequence[str]
    priority_class: str


class IndexLabels(TypedDict, total=False):
    """The labels by which Loki finds logs that it receives by OTLP."""

    otlp_index_labels: Sequence[str]


class Monitors(TypedDict):
    """Whether there are ServiceMonitors, and the labels that the operator's Prometheus selects them by."""

    service_monitor: bool
    service_monitor_labels: Mapping[str, str]


class IpFamilies(TypedDict):
    """The IP families of the pods."""

    ip_families: Sequence[str]


class ClusterDns(TypedDict):
    """The DNS of the cluster."""

    dns_resolver: str
    cluster_domain: str


class RulerArgs(TypedDict, total=False):
    """A ruler, and the Alertmanagers that it sends alerts to."""

    ruler: bool
    alertmanager_url: str
    alertmanager_server_name: str


class RulesOfStoreArgs(TypedDict, total=False):
    """What is known of the Prometheus that evaluates rules."""

    external_labels: Mapping[str, str]
    series_labels: Sequence[str]
    local_retention: str
    long_term_ruler: bool
    scrape_interval: str
    existing_prometheus: bool
    rules_as: str


class ReleaseSource(TypedDict):
    """The source of a chart, in a namespace that the stack creates."""

    create_namespace: bool
    charts_dir: str


def stated(area: StrictModel, args: type[Args]) -> Args:
    """Return the arguments `args` that the stack file sets, by their alias, as plain data.

    The fields that the area itself declares are no arguments, even where one has the same name.
    """
    names = set(args.__annotations__) - set(type(area).__annotations__)
    values: Any = area.model_dump(mode="json", by_alias=True, exclude_unset=True, include=names)
    arguments: Any = {name: value for name, value in values.items() if value is not None}
    return arguments  # type: ignore[no-any-return]


def placement(settings: Settings) -> Placement:
    """Return the nodes that the stack places every pod on, but those of collectors that run on all nodes."""
    cluster = settings.cluster
    return {"node_selector": cluster.node_selector, "tolerations": cluster.tolerations}


def pods(settings: Settings) -> Pods:
    """Return the registry, the pull secrets and the priority class of all pods of the stack."""
    cluster = settings.cluster
    return {
        "image_registry": cluster.image_registry,
        "image_pull_secrets": cluster.image_pull_secrets,
        "priority_class": cluster.priority_class,
    }


def monitors(settings: Settings) -> Monitors:
    """Return whether there are ServiceMonitors, and their labels."""
    return {
        "service_monitor": settings.service_monitors,
        "service_monitor_labels": settings.cluster.service_monitor_labels,
    }


def release(settings: Settings) -> ReleaseSource:
    """Return where charts come from; namespaces are created by the stack, each once."""
    return {"create_namespace": False, "charts_dir": settings.charts.directory}


def ip_families(settings: Settings) -> IpFamilies:
    """Return the IP families of the pods."""
    return {"ip_families": settings.cluster.ip_families}


def cluster_dns(settings: Settings) -> ClusterDns:
    """Return the DNS of the cluster."""
    cluster = settings.cluster
    return {
        "dns_resolver": cluster.dns_resolver,
        "cluster_domain": cluster.dns_domain,
    }


def namespace_args(settings: Settings, name: str, level: str) -> NamespaceArgs:
    """Return the arguments of a namespace; production protects it, as volumes live in it."""
    return {"name": name, "level": level, "protect": settings.cluster.production}


def aws_storage_args(settings: Settings, store: AwsStorage) -> AwsObjectStorageArgs:
    """Return the arguments of buckets on AWS S3."""
    return {**stated(store, AwsObjectStorageArgs), "region": settings.aws_region}


def external_storage_args(store: ExternalStorage) -> ExternalObjectStorageArgs:
    """Return the arguments of an S3 server that exists already."""
    return stated(store, ExternalObjectStorageArgs)


def _created_buckets(settings: Settings, store: InClusterStorage | MinioStorage, metrics: str) -> Mapping[str, str]:
    """Return the buckets of a store in the cluster; that of metrics is called `metrics` where the stack names none."""
    default = {"metrics": metrics} if "metrics" in settings.purposes else {}
    buckets = {**default, **store.buckets}
    # The default has buckets of logs and traces, which an external store does not use.
    stated = "buckets" in store.model_fields_set
    return buckets if stated else {purpose: buckets[purpose] for purpose in settings.purposes}


def in_cluster_storage_args(settings: Settings, store: InClusterStorage, namespace: Text) -> InClusterObjectStorageArgs:
    """Return the arguments of SeaweedFS."""
    return {
        "buckets": _created_buckets(settings, store, DEFAULT_PREFIXES["metrics"]),
        "storage_class": settings.cluster.storage_class,
        **pods(settings),
        **placement(settings),
        **stated(store, InClusterObjectStorageArgs),
        **monitors(settings),
        **ip_families(settings),
        **release(settings),
        "namespace": namespace,
    }


def minio_storage_args(settings: Settings, store: MinioStorage, namespace: Text) -> MinioObjectStorageArgs:
    """Return the arguments of MinIO."""
    return {
        "buckets": _created_buckets(settings, store, DEFAULT_MINIO_BUCKETS["metrics"]),
        "storage_class": settings.cluster.storage_class,
        **pods(settings),
        **placement(settings),
        **stated(store, MinioObjectStorageArgs),
        **monitors(settings),
        **release(settings),
        "namespace": namespace,
    }


def aws_access_args(
    settings: Settings,
    store: AwsStorage,
    made: ObjectStore,
    purpose: str,
    consumer: str,
    namespace: Text,
    service_account: str = "",
) -> AwsBucketAccessArgs:
    """Return the arguments of a role that `consumer` uses the bucket of `purpose` with, by default by its own name."""
    cluster = settings.cluster.name
    pod_identity = store.identity is Identity.POD_IDENTITY
    return {
        "eks_cluster": cluster if pod_identity else "",
        "role_prefix": pulumi.Output.concat(cluster, "-", namespace),
        **stated(store, AwsBucketAccessArgs),
        "actions_for": consumer,
        "region": settings.aws_region,
        "namespace": namespace,
        "service_account": service_account or consumer,
        "bucket": made.buckets[purpose],
        "prefix": made.prefixes[purpose],
        "kms_key_arn": made.kms_key_arn,
    }


def generated_access_args(
    made: ObjectStoreWithKeys, purpose: str, consumer: str, namespace: Text
) -> SecretBucketAccessArgs:
    """Return the arguments of a Secret with the keys that an in-cluster store generated for `purpose`."""
    return {
        "namespace": namespace,
        "secret_name": f"{consumer}-bucket",
        "access_key_id": made.access_key_ids[purpose],
        "secret_access_key": made.secret_access_keys[purpose],
        "credentials_revision": made.credentials_revision,
    }


def external_access_args(
    store: ExternalStorage, purpose: str, consumer: str, namespace: Text, keys: tuple[Text, Text] | None
) -> SecretBucketAccessArgs:
    """Return the arguments of a Secret with the keys of an S3 user, or of the Secret that exists already."""
    if purpose in store.credentials or keys is None:
        return {"namespace": namespace, "existing_secret": store.credentials.get(purpose, "")}
    return {
        "namespace": namespace,
        "secret_name": f"{consumer}-bucket",
        "access_key_id": keys[0],
        "secret_access_key": keys[1],
    }


def storage_ca(store: Storage) -> BucketArgs:
    """Return the authority of an S3 server that exists already; nothing for the public ones."""
    if not isinstance(store, ExternalStorage) or store.ca is None:
        return {}
    return {"storage_ca": cast(CertificateReference, store.ca.model_dump(exclude_unset=True))}


def cache_args(settings: Settings, namespace: Text) -> CacheArgs:
    """Return the arguments of Valkey."""
    return {
        **pods(settings),
        **placement(settings),
        **stated(settings.caching, CacheArgs),
        **monitors(settings),
        **ip_families(settings),
        **release(settings),
        "namespace": namespace,
    }


def cache_access_args(namespace: Text, password: Text, consumer: str, thanos_endpoint: Text = "") -> CacheAccessArgs:
    """Return the arguments of a reader's access to the cache."""
    return {
        "namespace": namespace,
        "password": password,
        "secret_name": f"{consumer}-cache",
        "thanos_endpoint": thanos_endpoint,
    }


def index_labels(settings: Settings) -> IndexLabels:
    """Return the labels of the collectors, where their lines of containers come by OTLP too."""
    telemetry = settings.telemetry
    if telemetry.engine is Engine.ALLOY:
        return {}
    return {"otlp_index_labels": otlp_index_labels(telemetry)}


def _alerts_to(settings: Settings, stated_url: str) -> RulerArgs:
    """Return the Alertmanagers that a ruler sends to, where there are any; `stated_url` is that of its own settings."""
    urls = alerting.alertmanager_urls(settings)
    if not urls:
        return {}
    server = None if stated_url else alerting.alertmanager_server_name(settings)
    return {"alertmanager_url": ",".join(urls), **({"alertmanager_server_name": server} if server else {})}


def logging_args(
    settings: Settings,
    *,
    namespace: Text,
    bucket: BucketArgs,
    cache: BackendCacheArgs,
    log_rules: Mapping[str, str],
) -> LoggingArgs:
    """Return the arguments of Loki, with `log_rules` of the library, by file, for each tenant."""
    ruler: RulerArgs = {"ruler": alerting.has_log_rules(settings)}
    if ruler["ruler"]:
        ruler |= _alerts_to(settings, settings.logging.alertmanager_url)
    own = {f"{tenant}/{path}": text for tenant in settings.logging.tenants for path, text in log_rules.items()}
    return {
        **ruler,
        "storage_class": settings.cluster.storage_class,
        **pods(settings),
        **placement(settings),
        **index_labels(settings),
        **stated(settings.logging, LoggingArgs),
        **cluster_dns(settings),
        **monitors(settings),
        **ip_families(settings),
        **release(settings),
        **authentication.of_loki(settings),
        **bucket,
        **cache,
        "namespace": namespace,
        "retention": settings.retention.logs,
        "ruler_external_labels": external_labels(settings) if ruler["ruler"] else {},
        "rules": {**(own or log_rules if ruler["ruler"] else {}), **rule_files(settings)},
    }


def tracing_args(
    settings: Settings,
    *,
    namespace: Text,
    metrics: MetricsAddresses,
    bucket: BucketArgs,
    cache: BackendCacheArgs,
) -> TracingArgs:
    """Return the arguments of Tempo; every generated series has the label `cluster`."""
    return {
        "storage_class": settings.cluster.storage_class,
        **pods(settings),
        **placement(settings),
        **stated(settings.tracing, TracingArgs),
        **cluster_dns(settings),
        **monitors(settings),
        **ip_families(settings),
        **release(settings),
        **authentication.of_tempo(settings),
        **bucket,
        **cache,
        "namespace": namespace,
        "retention": settings.retention.traces,
        "external_labels": {"cluster": settings.cluster.name, **settings.tracing.external_labels},
        "remote_write_url": metrics.remote_write_url,
        "further_remote_write_urls": metrics.further_remote_write_urls,
        **sender_client(settings, "tempo"),
    }


def external_labels(settings: Settings) -> Mapping[str, str]:
    """Return the labels of all series of the stack outside of its Prometheus, and of the alerts of its rulers."""
    return {"cluster": settings.cluster.name, **settings.metrics.external_labels}


def operator_crds_args(settings: Settings, *, namespace: Text) -> OperatorCrdsArgs:
    """Return the arguments of the definitions of the Prometheus operator's custom resources."""
    return {"namespace": namespace, "create_namespace": False, "charts_dir": settings.charts.directory}


def metrics_args(
    settings: Settings, *, namespace: Text, sidecar: SidecarArgs, alertmanager: AlertmanagerArgs
) -> MetricsArgs:
    """Return the arguments of the stack's own Prometheus; node-exporter runs beside the collectors of the nodes."""
    return {
        "storage_class": settings.cluster.storage_class,
        **pods(settings),
        **placement(settings),
        **stated(settings.metrics, MetricsArgs),
        **ip_families(settings),
        **release(settings),
        "namespace": namespace,
        "node_exporter_namespace": settings.telemetry.namespace,
        "cluster_domain": settings.cluster.dns_domain,
        "external_labels": external_labels(settings),
        "client_namespaces": authentication.clients_of_prometheus(settings),
        "retention": settings.retention.metrics,
        **authentication.of_prometheus(settings),
        **sidecar,
        **alertmanager,
    }


def alerting_args(settings: Settings, *, namespace: Text) -> AlertingArgs:
    """Return the arguments of alerting: the settings, the files beside the stack, and what the stack deploys."""
    return {
        **stated(settings.alerting, AlertingArgs),
        "namespace": namespace,
        "objectives": alerting.objective_files(settings),
        "rules": alerting.rule_files(settings),
        "rule_tests": alerting.rule_tests(settings),
        "runbooks": alerting.runbook_files(settings),
        "log_rules": rule_files(settings) if settings.logging.in_stack else {},
        "receivers": alerting.receivers(settings),
        "producers": scrape_targets.producers(settings),
        "target_labels": scrape_targets.target_labels(settings),
        "intervals": scrape_targets.intervals(settings),
        **_rules_of_store(settings),
        "grafana_url": grafana_url(settings),
        "metrics_uid": settings.datasources.metrics_uid,
        "logs_uid": settings.datasources.logs_uid,
        "rule_labels": settings.cluster.service_monitor_labels,
    }


def _rules_of_store(settings: Settings) -> RulesOfStoreArgs:
    """Return how the store of metrics evaluates rules; of an existing one, only what the stack states is known."""
    thanos, area = settings.metrics.thanos, settings.metrics
    if area.in_stack:
        return {
            "external_labels": external_labels(settings),
            "local_retention": settings.retention.metrics if thanos is None else thanos.local_retention,
            "long_term_ruler": thanos is not None and thanos.ruler,
            "scrape_interval": area.scrape_interval,
        }
    # Series of several clusters may be in it: Tempo's have `cluster`.
    labels = [] if CLUSTER in area.external_labels else [CLUSTER]
    return {
        "external_labels": area.external_labels,
        "series_labels": labels,
        "local_retention": settings.retention.metrics if "metrics" in settings.retention.model_fields_set else "",
        "scrape_interval": "",
        "existing_prometheus": True,
        "rules_as": "prometheus-rules" if settings.service_monitors else "config-maps",
    }


def thanos_object_store_args(
    settings: Settings, made: ObjectStore, namespace: Text, keys: tuple[Text, Text] | None, revision: Text
) -> ThanosObjectStoreArgs:
    """Return the arguments of the object store of Thanos; without keys, pods have a role or those of a Secret."""
    arguments: ThanosObjectStoreArgs = {
        "namespace": namespace,
        "bucket": made.buckets["metrics"],
        "bucket_prefix": made.prefixes["metrics"],
        "endpoint": made.endpoint,
        "region": made.region,
        "path_style": made.path_style,
        "credentials_revision": revision,
        "allow_changes": [] if settings.metrics.thanos is None else settings.metrics.thanos.allow_changes,
    }
    if keys is not None:
        arguments["access_key_id"], arguments["secret_access_key"] = keys
    if authority := storage_ca(settings.storage):
        arguments["storage_ca"] = authority["storage_ca"]
    return arguments


def thanos_args(
    settings: Settings,
    *,
    namespace: Text,
    store: ThanosStoreArgs,
    endpoints: Sequence[Text],
    cache: BackendCacheArgs,
    long_term_groups: Sequence[Mapping[str, Any]],
) -> ThanosArgs:
    """Return the arguments of Thanos; its own series have the external labels of Prometheus."""
    area = settings.metrics.thanos
    ruler = _alerts_to(settings, area.alertmanager_url) if area is not None and area.ruler else RulerArgs()
    return {
        **ruler,
        "storage_class": settings.cluster.storage_class,
        **pods(settings),
        **placement(settings),
        **({} if area is None else stated(area, ThanosArgs)),  # type: ignore[typeddict-item]
        **monitors(settings),
        **ip_families(settings),
        **release(settings),
        **cache,
        **store,
        "namespace": namespace,
        "cluster_domain": settings.cluster.dns_domain,
        "retention": settings.retention.metrics,
        "out_of_order_window": settings.metrics.out_of_order_window,
        "endpoints": endpoints,
        "external_labels": external_labels(settings),
        "ruler_groups": long_term_groups,
        **authentication.of_thanos(settings),
        "client_namespaces": authentication.clients_of_prometheus(settings),
    }


def probes_args(settings: Settings, *, namespace: Text) -> ProbesArgs:
    """Return the arguments of the probes; the namespace of an existing Prometheus that makes them is not known."""
    cluster = settings.cluster
    return {
        **pods(settings),
        **placement(settings),
        **stated(settings.probes, ProbesArgs),
        **ip_families(settings),
        **release(settings),
        "namespace": namespace,
        "client_namespaces": [settings.metrics.namespace] if settings.metrics.in_stack else [],
        "service_monitor_labels": cluster.service_monitor_labels,
        "cluster_domain": cluster.dns_domain,
    }


def telemetry_args(
    settings: Settings,
    *,
    namespace: Text,
    logs: LogsAddresses,
    traces: TracesAddresses,
    metrics: MetricsAddresses,
) -> TelemetryArgs:
    """Return the arguments of the collectors.

    Collectors that read files run on every node; those that read from the API take the cluster's placement.
    """
    defaults: TelemetryArgs = {
        "logs_tenant": next(iter(settings.logging.tenants), ""),
        "namespace": namespace,
        "logs_push_url": logs.push_url,
        "logs_otlp_url": logs.otlp_url,
    }
    placed = placement(settings)
    if settings.telemetry.log_source is LogSource.API:
        defaults = {**defaults, **placed}
    if not settings.logging.structured_metadata:
        defaults["structured_metadata"] = []
    return {
        **pods(settings),
        **defaults,
        **stated(settings.telemetry, TelemetryArgs),
        **monitors(settings),
        **ip_families(settings),
        **release(settings),
        **authentication.of_collectors(settings),
        "namespace": namespace,
        "cluster_node_selector": placed["node_selector"],
        "cluster_tolerations": placed["tolerations"],
        "cluster": settings.cluster.name,
        "logs_push_url": logs.push_url,
        "logs_otlp_url": logs.otlp_url,
        "traces_otlp_endpoint": traces.endpoint,
        "metrics_otlp_url": metrics.otlp_url,
        "further_metrics_otlp_urls": metrics.further_otlp_urls,
        "metrics_remote_write_url": metrics.collector_remote_write_url,
        **sender_client(settings, "collectors"),
        **store_clients(settings),
    }


def datasources_args(
    settings: Settings,
    *,
    logs: LogsAddresses,
    traces: TracesAddresses,
    metrics: MetricsAddresses,
    metrics_namespace: Text,
    log_labels: pulumi.Input[Sequence[Text]],
    log_metadata: pulumi.Input[Sequence[Text]],
) -> DatasourcesArgs:
    """Return the arguments of the datasources.

    An existing Grafana has a default datasource: only the stack's own gets one unless the stack sets it.
    """
    created = settings.provisioned_datasources
    default: DatasourcesArgs = {"namespace": logs.namespace}
    if settings.metrics.in_stack:
        default["scrape_interval"] = settings.metrics.scrape_interval
    if settings.metrics.thanos is not None:
        default["metrics_type"] = "Thanos"
    if not settings.grafana.enabled:
        default["default_uid"] = ""
    return {
        **default,
        **stated(settings.datasources, DatasourcesArgs),
        **authentication.of_datasources(settings),
        "namespace": logs.namespace,
        "logs_url": logs.query_url,
        "logs_tenants": tenants(settings),
        "provision_logs": "logs" in created,
        "traces_namespace": traces.namespace,
        "traces_url": traces.query_url,
        "provision_traces": "traces" in created,
        "metrics_namespace": metrics_namespace,
        "metrics_uid": metrics.datasource_uid,
        "metrics_url": metrics.query_url,
        "provision_metrics": "metrics" in created,
        **metrics_client(settings),
        **store_clients(settings),
        "log_labels": log_labels,
        "log_metadata": log_metadata,
        "generated_metrics": traces.generated_metrics,
    }


def grafana_url(settings: Settings) -> str:
    """Return the URL that users reach the stack's own Grafana by; empty where there is none, or no domain."""
    return settings.grafana.root_url or (settings.ingress.url("grafana") if settings.grafana.enabled else "")


def grafana_args(
    settings: Settings, *, namespace: Text, datasource_namespaces: pulumi.Input[Sequence[Text]]
) -> GrafanaArgs:
    """Return the arguments of Grafana, which is reached at its host under the domain of the ingress."""
    return {
        "native_sidecars": settings.cluster.has_native_sidecars,
        "root_url": grafana_url(settings),
        "storage_class": settings.cluster.storage_class,
        **pods(settings),
        **placement(settings),
        **stated(settings.grafana, GrafanaArgs),
        **monitors(settings),
        **ip_families(settings),
        **release(settings),
        **authentication.of_grafana(settings),
        **metrics_client(settings),
        **store_clients(settings),
        "namespace": namespace,
        "datasource_namespaces": datasource_namespaces,
    }


def alloy_route_args(settings: Settings, *, namespace: Text, service: Text, auth_middleware: Text) -> UiRouteArgs:
    """Return the arguments of the route to the collectors' UI, which has no login of its own."""
    return {
        **stated(settings.ingress, UiRouteArgs),
        "namespace": namespace,
        "service": service,
        "port_name": "http-metrics",
        "host": settings.ingress.host("alloy"),
        "auth_middleware": auth_middleware,
    }


def alertmanager_route_args(
    settings: Settings, *, namespace: Text, service: Text, auth_middleware: Text
) -> UiRouteArgs:
    """Return the arguments of the route to Alertmanager, which has no login of its own."""
    return {
        **stated(settings.ingress, UiRouteArgs),
        "namespace": namespace,
        "service": service,
        "port": ALERTMANAGER_PORT,
        "host": settings.ingress.host("alertmanager"),
        "auth_middleware": auth_middleware,
    }


def grafana_route_args(settings: Settings, *, namespace: Text, service: Text, port: pulumi.Input[int]) -> UiRouteArgs:
    """Return the arguments of the route to Grafana, which asks for a login itself."""
    return {
        **stated(settings.ingress, UiRouteArgs),
        "namespace": namespace,
        "service": service,
        "port": port,
        "host": settings.ingress.host("grafana"),
        "authenticated_by_ui": True,
    }


def basic_auth_args(settings: Settings, namespace: Text) -> BasicAuthArgs:
    """Return the arguments of the middleware that the stack makes."""
    users = settings.secret("ui_users")
    arguments: BasicAuthArgs = {**stated(settings.ingress, BasicAuthArgs), "namespace": namespace}
    return arguments if users is None else {**arguments, "htpasswd": users}


def certificate_args(
    settings: Settings, issuer: Issuer, *, name: str, namespace: Text, secret: str, hosts: Sequence[str]
) -> CertificateArgs:
    """Return the arguments of the certificate of one server or client."""
    return {
        **stated(settings.security.certificates, CertificateArgs),
        "namespace": namespace,
        "secret_name": secret,
        "dns_names": hosts,
        "common_name": name,
        "issuer": issuer.name,
        "issuer_kind": issuer.kind.value,
    }


def demo_args(settings: Settings, *, namespace: Text, otlp_http_url: Text) -> DemoArgs:
    """Return the arguments of the generator of telemetry."""
    return {
        **pods(settings),
        **placement(settings),
        **stated(settings.demo, DemoArgs),
        "namespace": namespace,
        "create_namespace": False,
        "otlp_http_url": otlp_http_url,
    }
