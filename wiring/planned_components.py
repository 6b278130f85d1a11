"""The components of a stack with their arguments before any of them is created; outputs are not known yet."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Never, cast

import pulumi

from components import DatasourcesArgs, LoggingArgs, TelemetryArgs, TracingArgs
from components._spec import Spec
from components.caching.spec import CacheSpec
from components.certificates.spec import CertificateSpec
from components.datasources.spec import DatasourcesSpec
from components.demo.spec import DemoSpec
from components.grafana.spec import GrafanaSpec
from components.ingress.spec import BasicAuthSpec, UiRouteSpec
from components.logging.spec import LoggingSpec
from components.metrics.spec import MetricsSpec
from components.namespaces.spec import NamespaceSpec
from components.storage.spec import (
    AwsBucketAccessSpec,
    AwsObjectStorageSpec,
    BucketLayoutSpec,
    ExternalObjectStorageSpec,
    InClusterObjectStorageSpec,
    MinioObjectStorageSpec,
    SecretBucketAccessSpec,
)
from components.telemetry.alloy_config import log_labels
from components.telemetry.spec import TelemetrySpec
from components.tracing.metrics_generator import generated_metrics
from components.tracing.modes import TempoMode
from components.tracing.spec import TracingSpec
from config import Settings
from config.caching import CacheKind
from config.ingress import IngressKind
from config.namespaces import area_namespaces
from config.storage import (
    PURPOSES,
    AwsStorage,
    ExternalStorage,
    FilesystemStorage,
    InClusterStorage,
    MinioStorage,
    keys_of,
)

from . import build_args
from .ingress import existing_middleware
from .metrics import MetricsAddresses, metrics_addresses
from .namespaces import created_namespaces
from .security import planned_certificates
from .storage import secret_access_args
from .upstream import BackendCacheArgs, BucketArgs

LATER: pulumi.Output[Never] = pulumi.Output.from_input(cast(Never, "an output of another component"))
"""Stands for every output."""
LATER_BY_SIGNAL = pulumi.Output.from_input(dict.fromkeys(PURPOSES, "an output of another component"))
"""Stands for every output that has a value for each signal."""

CONSUMERS = {"logs": "loki", "traces": "tempo"}


@dataclass(frozen=True)
class PlannedComponent:
    """A component that the program will create."""

    name: str
    """Its class."""
    area: str
    """The area of the stack file that most of its arguments are from."""
    spec: type[Spec]
    arguments: Mapping[str, object]


@dataclass
class PlannedStore:
    """The outputs of a storage component."""

    buckets: pulumi.Output[Mapping[str, str]] = LATER_BY_SIGNAL
    prefixes: pulumi.Output[Mapping[str, str]] = LATER_BY_SIGNAL
    endpoint: pulumi.Output[str] = LATER
    region: pulumi.Output[str] = LATER
    path_style: pulumi.Output[bool] = LATER
    kms_key_arn: pulumi.Output[str] = LATER
    access_key_ids: pulumi.Output[Mapping[str, str]] = LATER_BY_SIGNAL
    secret_access_keys: pulumi.Output[Mapping[str, str]] = LATER_BY_SIGNAL
    credentials_revision: pulumi.Output[str] = LATER


def planned_components(settings: Settings) -> Iterator[PlannedComponent]:
    """Yield every component whose arguments follow from settings, in the order of the program."""

    def planned(area: str, spec: type[Spec], arguments: Mapping[str, object]) -> PlannedComponent:
        return PlannedComponent(spec.__name__.removesuffix("Spec"), area, spec, arguments)

    areas = {namespace: area for area, namespace in reversed([*area_namespaces(settings).items()])}
    for name, namespace in created_namespaces(settings).items():
        yield planned(areas[name], NamespaceSpec, namespace)
    for certificate in planned_certificates(settings, {}):
        yield planned(_AREA_OF_CERTIFICATE[certificate.name], CertificateSpec, certificate.arguments)
    for spec, arguments in _storage(settings):
        yield planned("storage", spec, arguments)
    if settings.caching.kind is CacheKind.VALKEY:
        yield planned("caching", CacheSpec, build_args.cache_args(settings, LATER))
    yield planned("logging", LoggingSpec, _logging_args(settings))
    yield planned("tracing", TracingSpec, _tracing_args(settings))
    if settings.metrics.in_stack:
        yield planned("metrics", MetricsSpec, build_args.metrics_args(settings, namespace=LATER))
    yield planned("telemetry", TelemetrySpec, _telemetry_args(settings))
    yield planned("datasources", DatasourcesSpec, _datasources_args(settings))
    if settings.grafana.enabled:
        grafana = build_args.grafana_args(settings, namespace=LATER, datasource_namespaces=LATER)
        yield planned("grafana", GrafanaSpec, grafana)
    if settings.ingress.kind is not IngressKind.NONE:
        yield from (planned("ingress", spec, arguments) for spec, arguments in _routes(settings))
    if settings.demo.enabled:
        yield planned("demo", DemoSpec, build_args.demo_args(settings, namespace=LATER, otlp_http_url=LATER))


def _logging_args(settings: Settings) -> LoggingArgs:
    cache = _cache(settings)
    return build_args.logging_args(settings, namespace=LATER, bucket=_bucket(settings, "logs"), cache=cache)


def _tracing_args(settings: Settings) -> TracingArgs:
    writes = settings.metrics.in_stack or settings.metrics.remote_write_url
    return build_args.tracing_args(
        settings,
        namespace=LATER,
        remote_write_url=LATER if writes else "",
        bucket=_bucket(settings, "traces"),
        cache={} if settings.tracing.mode is TempoMode.MONOLITHIC else _cache(settings),
    )


def _telemetry_args(settings: Settings) -> TelemetryArgs:
    return build_args.telemetry_args(
        settings,
        namespace=LATER,
        logs_push_url=LATER,
        logs_otlp_url=LATER,
        traces_otlp_endpoint=LATER,
        metrics_otlp_url=LATER,
    )


_AREA_OF_CERTIFICATE = {"loki": "logging", "tempo": "tracing", "collectors": "telemetry", "grafana": "grafana"}


def _cache(settings: Settings) -> BackendCacheArgs:
    return {"cache_endpoint": "cache:6379"} if settings.caching.kind is CacheKind.VALKEY else {}


def _bucket(settings: Settings, purpose: str) -> BucketArgs:
    """Return the bucket of a backend as far as the settings name it."""
    store = settings.storage
    if isinstance(store, FilesystemStorage):
        return {"store": "filesystem"}
    later: BucketArgs = {
        "bucket": LATER,
        "endpoint": store.endpoint if isinstance(store, ExternalStorage) else LATER,
        "region": LATER,
        **build_args.storage_ca(store),
    }
    shared = store.shared_bucket if isinstance(store, AwsStorage | ExternalStorage) else ""
    prefixes = store.prefixes if isinstance(store, AwsStorage | ExternalStorage) else {}
    layout = BucketLayoutSpec.model_construct(buckets=store.buckets, shared_bucket=shared, prefixes=prefixes)
    if purpose not in layout.bucket_of:
        return later
    return {**later, "bucket": layout.bucket_of[purpose], "bucket_prefix": layout.prefix_of.get(purpose, "")}


def _storage(settings: Settings) -> Iterator[tuple[type[Spec], Mapping[str, object]]]:
    store = settings.storage
    match store:
        case FilesystemStorage():
            return
        case AwsStorage():
            yield AwsObjectStorageSpec, build_args.aws_storage_args(settings, store)
        case ExternalStorage():
            yield ExternalObjectStorageSpec, build_args.external_storage_args(store)
        case MinioStorage():
            yield MinioObjectStorageSpec, build_args.minio_storage_args(settings, store, LATER)
        case InClusterStorage():
            yield InClusterObjectStorageSpec, build_args.in_cluster_storage_args(settings, store, LATER)
    made = PlannedStore()
    given = settings.given_secrets
    for purpose, consumer in CONSUMERS.items():
        if isinstance(store, AwsStorage):
            role = build_args.aws_access_args(settings, store, made, purpose, consumer, LATER)
            yield AwsBucketAccessSpec, role
        elif not isinstance(store, ExternalStorage) or purpose in store.credentials or keys_of(purpose) <= given:
            yield SecretBucketAccessSpec, secret_access_args(settings, store, made, purpose, consumer, LATER)


def _datasources_args(settings: Settings) -> DatasourcesArgs:
    later = MetricsAddresses(LATER, LATER, LATER, settings.datasources.metrics_uid, True)
    return build_args.datasources_args(
        settings,
        metrics=later if settings.metrics.in_stack else metrics_addresses(settings, None),
        logs_namespace=LATER,
        logs_url=LATER,
        traces_namespace=LATER,
        traces_url=LATER,
        metrics_namespace=LATER,
        log_labels=_log_labels(settings),
        generated_metrics=_generated_metrics(settings),
    )


def _log_labels(settings: Settings) -> pulumi.Input[Sequence[str]]:
    """Return the labels that the collectors give to log lines, as far as their arguments are right."""
    arguments = _telemetry_args(settings)
    if settings.is_invalid("telemetry") or TelemetrySpec.find_problems(arguments):
        return LATER
    return log_labels(TelemetrySpec.check("Telemetry", arguments))


def _generated_metrics(settings: Settings) -> pulumi.Input[Sequence[str]]:
    """Return the metrics that Tempo makes of spans, as far as its arguments are right."""
    arguments = _tracing_args(settings)
    if settings.is_invalid("tracing") or TracingSpec.find_problems(arguments):
        return LATER
    tempo = TracingSpec.check("Tracing", arguments)
    return generated_metrics(tempo.processors) if tempo.generates_metrics else []


def _routes(settings: Settings) -> Iterator[tuple[type[Spec], Mapping[str, object]]]:
    middleware = existing_middleware(settings)
    if middleware is None:
        yield BasicAuthSpec, build_args.basic_auth_args(settings, LATER)
    to_alloy = build_args.alloy_route_args(
        settings, namespace=LATER, service=LATER, auth_middleware=middleware or LATER
    )
    yield UiRouteSpec, to_alloy
    if settings.grafana.enabled:
        yield UiRouteSpec, build_args.grafana_route_args(settings, namespace=LATER, service=LATER, port=LATER)
