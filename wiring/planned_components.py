"""The components of a stack with their arguments before any of them is created; outputs are not known yet."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Never, cast

import pulumi

from components import AlertingArgs, DatasourcesArgs, LoggingArgs, TelemetryArgs, TracingArgs
from components._spec import Spec
from components.alerting.alertmanager_config import secret_names
from components.alerting.spec import CONFIG_SECRET, AlertingSpec
from components.caching.spec import CacheSpec
from components.certificates.spec import CertificateSpec
from components.datasources.spec import DatasourcesSpec
from components.demo.spec import DemoSpec
from components.grafana.spec import GrafanaSpec
from components.ingress.spec import BasicAuthSpec, UiRouteSpec
from components.logging.spec import LoggingSpec
from components.metrics.spec import MetricsSpec, OperatorCrdsSpec
from components.namespaces.spec import NamespaceSpec
from components.probes.spec import ProbesSpec
from components.storage.spec import (
    AwsBucketAccessSpec,
    AwsObjectStorageSpec,
    BucketLayoutSpec,
    ExternalObjectStorageSpec,
    InClusterObjectStorageSpec,
    MinioObjectStorageSpec,
    SecretBucketAccessSpec,
)
from components.telemetry.engines import Engine
from components.telemetry.labels import log_labels, log_metadata
from components.telemetry.spec import TelemetrySpec
from components.thanos.spec import OBJSTORE_SECRET, ThanosObjectStoreSpec, ThanosSpec
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
from .alerting import alertmanager_args, has_alertmanager
from .ingress import created_logins, existing_middleware
from .long_term import LongTermStore, accounts, credentials, credentials_secret, sidecar_args, thanos_store_args
from .metrics import MetricsAddresses, metrics_addresses
from .namespaces import created_namespaces
from .security import planned_certificates
from .storage import secret_access_args
from .stores import LogsAddresses, TracesAddresses, logs_addresses, traces_addresses
from .upstream import BackendCacheArgs, BucketArgs

UNKNOWN_OUTPUT: pulumi.Output[Never] = pulumi.Output.from_input(cast(Never, "an output of another component"))
"""The placeholder of an output that is not known yet."""
UNKNOWN_OUTPUTS = pulumi.Output.from_input(dict.fromkeys(PURPOSES, "an output of another component"))
"""The placeholder of an output with a value for each signal."""

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

    buckets: pulumi.Output[Mapping[str, str]] = UNKNOWN_OUTPUTS
    prefixes: pulumi.Output[Mapping[str, str]] = UNKNOWN_OUTPUTS
    endpoint: pulumi.Output[str] = UNKNOWN_OUTPUT
    region: pulumi.Output[str] = UNKNOWN_OUTPUT
    path_style: pulumi.Output[bool] = UNKNOWN_OUTPUT
    kms_key_arn: pulumi.Output[str] = UNKNOWN_OUTPUT
    access_key_ids: pulumi.Output[Mapping[str, str]] = UNKNOWN_OUTPUTS
    secret_access_keys: pulumi.Output[Mapping[str, str]] = UNKNOWN_OUTPUTS
    credentials_revision: pulumi.Output[str] = UNKNOWN_OUTPUT


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
        yield planned("caching", CacheSpec, build_args.cache_args(settings, UNKNOWN_OUTPUT))
    if settings.has_alerting:
        yield planned("alerting", AlertingSpec, _alerting_args(settings))
    if settings.logging.in_stack:
        yield planned("logging", LoggingSpec, _logging_args(settings))
    if settings.tracing.in_stack:
        yield planned("tracing", TracingSpec, _tracing_args(settings))
    if settings.metrics.in_stack and settings.metrics.install_operator:
        yield planned("metrics", OperatorCrdsSpec, build_args.operator_crds_args(settings, namespace=UNKNOWN_OUTPUT))
    if settings.metrics.in_stack:
        sidecar = sidecar_args(settings, _long_term_store(settings))
        alerting = planned_alerting(settings)
        secrets = secret_names(alerting) if alerting else ()
        chart_values = alerting.chart_values if alerting else {}
        alertmanager = alertmanager_args(settings, CONFIG_SECRET, secrets, chart_values)
        arguments = build_args.metrics_args(
            settings, namespace=UNKNOWN_OUTPUT, sidecar=sidecar, alertmanager=alertmanager
        )
        yield planned("metrics", MetricsSpec, arguments)
    yield from (planned("metrics.long_term", spec, arguments) for spec, arguments in _thanos(settings))
    if settings.probes.enabled:
        yield planned("probes", ProbesSpec, build_args.probes_args(settings, namespace=UNKNOWN_OUTPUT))
    yield planned("telemetry", TelemetrySpec, _telemetry_args(settings))
    if settings.provisioned_datasources:
        yield planned("datasources", DatasourcesSpec, _datasources_args(settings))
    if settings.grafana.enabled:
        grafana = build_args.grafana_args(settings, namespace=UNKNOWN_OUTPUT, datasource_namespaces=UNKNOWN_OUTPUT)
        yield planned("grafana", GrafanaSpec, grafana)
    if settings.ingress.kind is not IngressKind.NONE:
        yield from (planned("ingress", spec, arguments) for spec, arguments in _routes(settings))
    if settings.demo.enabled:
        yield planned(
            "demo", DemoSpec, build_args.demo_args(settings, namespace=UNKNOWN_OUTPUT, otlp_http_url=UNKNOWN_OUTPUT)
        )


def planned_loki(settings: Settings) -> LoggingSpec | None:
    """Return the specification of Loki, `None` where a setting or argument of it is wrong, or it is external."""
    return (
        None
        if settings.is_invalid("logging") or not settings.logging.in_stack
        else LoggingSpec.check_or_none(_logging_args(settings))
    )


def planned_alerting(settings: Settings) -> AlertingSpec | None:
    """Return the specification of alerting, `None` where something of it is wrong, or the stack has none."""
    if settings.is_invalid("alerting") or not settings.has_alerting:
        return None
    return AlertingSpec.check_or_none(_alerting_args(settings))


_OF_PIPELINES = frozenset({"sources", "processors", "destinations", "pipelines", "gateway", "singleton"})


def planned_collectors(settings: Settings) -> TelemetrySpec | None:
    """Return the specification of the collectors without what is wrong of it, `None` where that is no specification.

    Where something of the pipelines is wrong, it has those of the stack.
    """
    args = _telemetry_args(settings)
    wrong = {str(problem.location[0]) for problem in TelemetrySpec.find_problems(args)}
    wrong |= {name for name in args if settings.is_invalid(f"telemetry.{name}")}
    if wrong & _OF_PIPELINES:
        wrong |= _OF_PIPELINES
    return TelemetrySpec.check_or_none({name: value for name, value in args.items() if name not in wrong})


def planned_tempo(settings: Settings) -> TracingSpec | None:
    """Return the specification of Tempo, `None` where a setting or argument of it is wrong, or it is external."""
    return (
        None
        if settings.is_invalid("tracing") or not settings.tracing.in_stack
        else TracingSpec.check_or_none(_tracing_args(settings))
    )


def _alerting_args(settings: Settings) -> AlertingArgs:
    return build_args.alerting_args(settings, namespace=UNKNOWN_OUTPUT)


def _logging_args(settings: Settings) -> LoggingArgs:
    alerting = planned_alerting(settings)
    return build_args.logging_args(
        settings,
        namespace=UNKNOWN_OUTPUT,
        bucket=_bucket(settings, "logs"),
        cache=_cache(settings),
        log_rules={} if alerting is None else alerting.log_rule_files,
    )


def _tracing_args(settings: Settings) -> TracingArgs:
    return build_args.tracing_args(
        settings,
        namespace=UNKNOWN_OUTPUT,
        metrics=_metrics(settings),
        bucket=_bucket(settings, "traces"),
        cache={} if settings.tracing.mode is TempoMode.MONOLITHIC else _cache(settings),
    )


def _long_term_store(settings: Settings) -> LongTermStore | None:
    if settings.metrics.thanos is None or isinstance(settings.storage, FilesystemStorage):
        return None
    return LongTermStore(OBJSTORE_SECRET, UNKNOWN_OUTPUT, credentials_secret(settings))


def _thanos(settings: Settings) -> Iterator[tuple[type[Spec], Mapping[str, object]]]:
    store = _long_term_store(settings)
    if store is None:
        return
    keys, revision = credentials(settings, settings.storage, PlannedStore())
    bucket = _bucket(settings, "metrics")
    arguments = build_args.thanos_object_store_args(settings, PlannedStore(), UNKNOWN_OUTPUT, keys, revision)
    named: Mapping[str, object] = {
        name: value for name, value in bucket.items() if name in ("bucket", "bucket_prefix", "endpoint")
    }
    yield ThanosObjectStoreSpec, {**arguments, **named}
    alerting = planned_alerting(settings)
    yield (
        ThanosSpec,
        build_args.thanos_args(
            settings,
            namespace=UNKNOWN_OUTPUT,
            store=thanos_store_args(settings, store),
            endpoints=[UNKNOWN_OUTPUT],
            cache=_cache(settings),
            long_term_groups=[] if alerting is None else alerting.long_term_groups,
        ),
    )


def _telemetry_args(settings: Settings) -> TelemetryArgs:
    return build_args.telemetry_args(
        settings,
        namespace=UNKNOWN_OUTPUT,
        logs=_logs(settings),
        traces=_traces(settings),
        metrics=_metrics(settings),
    )


def _logs(settings: Settings) -> LogsAddresses:
    if settings.logging.in_stack:
        return LogsAddresses(*[UNKNOWN_OUTPUT] * len(fields(LogsAddresses)))
    return logs_addresses(settings, None)


def _traces(settings: Settings) -> TracesAddresses:
    if settings.tracing.in_stack:
        unknown = TracesAddresses(*[UNKNOWN_OUTPUT] * len(fields(TracesAddresses)))
        return replace(unknown, generated_metrics=_generated_metrics(settings))
    return traces_addresses(settings, None)


def _metrics(settings: Settings) -> MetricsAddresses:
    if settings.metrics.in_stack:
        uid = settings.datasources.metrics_uid
        return MetricsAddresses(UNKNOWN_OUTPUT, UNKNOWN_OUTPUT, [], [], "", UNKNOWN_OUTPUT, uid)
    return metrics_addresses(settings, None)


_AREA_OF_CERTIFICATE = {
    "loki": "logging",
    "tempo": "tracing",
    "collectors": "telemetry",
    "grafana": "grafana",
    "prometheus": "metrics",
    "thanos": "metrics.long_term",
}


def _cache(settings: Settings) -> BackendCacheArgs:
    return {"cache_endpoint": "cache:6379"} if settings.caching.kind is CacheKind.VALKEY else {}


def _bucket(settings: Settings, purpose: str) -> BucketArgs:
    """Return the bucket of a backend as far as the settings name it."""
    store = settings.storage
    if isinstance(store, FilesystemStorage):
        return {"store": "filesystem"}
    later: BucketArgs = {
        "bucket": UNKNOWN_OUTPUT,
        "endpoint": store.endpoint if isinstance(store, ExternalStorage) else UNKNOWN_OUTPUT,
        "region": UNKNOWN_OUTPUT,
        **build_args.storage_ca(store),
    }
    if not isinstance(store, AwsStorage) and purpose in CONSUMERS:
        later["credentials_secret"] = f"{CONSUMERS[purpose]}-bucket"
    shared = store.shared_bucket if isinstance(store, AwsStorage | ExternalStorage) else ""
    prefixes = store.prefixes if isinstance(store, AwsStorage | ExternalStorage) else {}
    layout = BucketLayoutSpec.model_construct(buckets=store.buckets, shared_bucket=shared, prefixes=prefixes)
    if purpose not in layout.bucket_of:
        return later
    return {**later, "bucket": layout.bucket_of[purpose], "bucket_prefix": layout.prefix_of.get(purpose, "")}


def _storage(settings: Settings) -> Iterator[tuple[type[Spec], Mapping[str, object]]]:
    store = settings.storage
    if not settings.purposes:
        return
    match store:
        case FilesystemStorage():
            return
        case AwsStorage():
            yield AwsObjectStorageSpec, build_args.aws_storage_args(settings, store)
        case ExternalStorage():
            yield ExternalObjectStorageSpec, build_args.external_storage_args(store)
        case MinioStorage():
            yield MinioObjectStorageSpec, build_args.minio_storage_args(settings, store, UNKNOWN_OUTPUT)
        case InClusterStorage():
            yield InClusterObjectStorageSpec, build_args.in_cluster_storage_args(settings, store, UNKNOWN_OUTPUT)
    made = PlannedStore()
    given = settings.configured_secrets
    if isinstance(store, AwsStorage):
        for account, consumer in accounts(settings):
            arguments = (settings, store, made, "metrics", consumer, UNKNOWN_OUTPUT, account)
            yield AwsBucketAccessSpec, build_args.aws_access_args(*arguments)
    for purpose, consumer in CONSUMERS.items():
        if purpose not in settings.purposes:
            continue
        if isinstance(store, AwsStorage):
            role = build_args.aws_access_args(settings, store, made, purpose, consumer, UNKNOWN_OUTPUT)
            yield AwsBucketAccessSpec, role
        elif not isinstance(store, ExternalStorage) or purpose in store.credentials or keys_of(purpose) <= given:
            yield SecretBucketAccessSpec, secret_access_args(settings, store, made, purpose, consumer, UNKNOWN_OUTPUT)


def _datasources_args(settings: Settings) -> DatasourcesArgs:
    collectors = planned_collectors(settings)
    return build_args.datasources_args(
        settings,
        metrics=_metrics(settings),
        logs=_logs(settings),
        traces=_traces(settings),
        metrics_namespace=UNKNOWN_OUTPUT,
        log_labels=log_labels(collectors) if collectors else UNKNOWN_OUTPUT,
        log_metadata=log_metadata(collectors) if collectors else UNKNOWN_OUTPUT,
    )


def _generated_metrics(settings: Settings) -> pulumi.Input[Sequence[str]]:
    """Return the metrics that Tempo makes of spans, as far as its arguments are right."""
    tempo = planned_tempo(settings)
    if tempo is None:
        return UNKNOWN_OUTPUT
    return generated_metrics(tempo.processors) if tempo.generates_metrics else []


def _routes(settings: Settings) -> Iterator[tuple[type[Spec], Mapping[str, object]]]:
    for _ in created_logins(settings):
        yield BasicAuthSpec, build_args.basic_auth_args(settings, UNKNOWN_OUTPUT)
    to_ui = {
        "namespace": UNKNOWN_OUTPUT,
        "service": UNKNOWN_OUTPUT,
        "auth_middleware": existing_middleware(settings) or UNKNOWN_OUTPUT,
    }
    if settings.telemetry.engine is Engine.ALLOY:
        yield UiRouteSpec, build_args.alloy_route_args(settings, **to_ui)
    if has_alertmanager(settings):
        yield UiRouteSpec, build_args.alertmanager_route_args(settings, **to_ui)
    if settings.grafana.enabled:
        yield (
            UiRouteSpec,
            build_args.grafana_route_args(
                settings, namespace=UNKNOWN_OUTPUT, service=UNKNOWN_OUTPUT, port=UNKNOWN_OUTPUT
            ),
        )
