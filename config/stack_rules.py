"""Rules across areas and on settings of stacks alone; those of a component are in its `spec.py`."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from components._messages import closest
from components._model import placeholder
from components._shown import shown
from components.alerting.catalogue import ApplicationMetricType
from components.charts import CHARTS_VARIABLE
from components.tracing.modes import TempoMode
from components.units import parse_duration

from .caching import CacheKind
from .errors import PROJECT, Problem, nearest, remove_command, replace_command, set_command, setting_path
from .external_store_rules import EXTERNAL_STORE_RULES
from .ingress import IngressKind
from .namespaces import AREA_NAMESPACES, area_namespaces
from .production_rules import PRODUCTION_RULES
from .rule import Rule, rule
from .security_rules import SECURITY_RULES
from .settings import Settings
from .storage import (
    PURPOSES,
    AwsStorage,
    ExternalStorage,
    FilesystemStorage,
    InClusterStorage,
    MinioStorage,
    keys_of,
)
from .tenant_rules import TENANT_RULES
from .unused_settings import UNUSED_SETTINGS_RULES

_LONG_TERM = ("metrics.kind", "metrics.long_term")
"""The settings by which blocks of metrics need a bucket."""
_PURPOSES = ("logging.kind", "tracing.kind", *_LONG_TERM)
"""The settings that decide the purposes of buckets."""

_NO_BUCKET = {
    "logs": "logging.kind is external",
    "traces": "tracing.kind is external",
    "metrics": "metrics.long_term is not set",
}
"""Why a purpose has no bucket."""
_OBJECTS = {"logs": "logs", "traces": "traces", "metrics": "blocks of metrics"}


@rule("storage.kind", "storage.credentials", "secrets", *_PURPOSES)
def _external_storage_has_credentials(settings: Settings) -> Iterator[Problem]:
    if not isinstance(settings.storage, ExternalStorage):
        return
    for purpose in settings.purposes:
        if purpose in settings.storage.credentials:
            continue
        for key in sorted(keys_of(purpose) - settings.configured_secrets):
            yield Problem(
                f"{PROJECT}:{key}",
                f"is missing: {purpose} are kept on an S3 server, which requires credentials; set it, or name an "
                f"existing Secret in storage.credentials.{purpose}",
                f"pulumi config set --secret {PROJECT}:{key}",
            )


@rule("grafana.native_sidecars", "cluster.kubernetes_version")
def _native_sidecars_are_supported(settings: Settings) -> Iterator[Problem]:
    stated = "native_sidecars" in settings.grafana.model_fields_set and settings.grafana.native_sidecars
    if stated and not settings.cluster.has_native_sidecars:
        field = setting_path("grafana", "native_sidecars")
        version = settings.cluster.kubernetes_version
        message = f"requires Kubernetes 1.29, and cluster.kubernetes_version is {version}; remove it"
        yield Problem(field, message, remove_command(field), shown(True))


@rule("storage.kind", "secrets", *_PURPOSES)
def _credentials_are_used(settings: Settings) -> Iterator[Problem]:
    external = isinstance(settings.storage, ExternalStorage)
    for purpose in PURPOSES:
        if external and purpose in settings.purposes:
            continue
        why = f"storage.kind {settings.storage.kind} takes no credentials from the stack"
        if external:
            why = f"{_NO_BUCKET[purpose]}, and {_OBJECTS[purpose]} are in no bucket"
        for key in sorted(settings.configured_secrets & keys_of(purpose)):
            place = f"{PROJECT}:{key}"
            yield Problem(place, f"is not used: {why}; remove it", remove_command(place))


@rule("metrics.kind", "metrics.native_histograms", "alerting.application_metrics")
def _native_histograms_are_scraped(settings: Settings) -> Iterator[Problem]:
    if not settings.metrics.in_stack or settings.metrics.native_histograms:
        return
    for name, metric in settings.alerting.application_metrics.items():
        if metric.type is ApplicationMetricType.NATIVE_HISTOGRAM and not metric.pushed:
            yield Problem(
                setting_path("alerting", "application_metrics", name, "type"),
                "requires metrics.native_histograms, as only the classic series of a histogram are scraped without it; "
                "set that to true",
                set_command(setting_path("metrics", "native_histograms"), True),
                shown(metric.type.value),
            )


@rule("metrics.kind", "metrics.replicas", "metrics.long_term")
def _pair_has_a_querier(settings: Settings) -> Iterator[Problem]:
    metrics = settings.metrics
    if metrics.in_stack and metrics.replicas > 1 and metrics.long_term is None:
        yield Problem(
            setting_path("metrics", "replicas"),
            "must be 1 without metrics.long_term: a pair needs the querier of Thanos, which removes duplicates; set "
            "long_term, or set 1",
            set_command(setting_path("metrics", "long_term", "replicas"), 2),
            shown(metrics.replicas),
        )


@rule("storage.kind", *_LONG_TERM)
def _long_term_has_a_bucket(settings: Settings) -> Iterator[Problem]:
    if settings.metrics.thanos is not None and isinstance(settings.storage, FilesystemStorage):
        place = setting_path("storage", "kind")
        yield Problem(
            place,
            "must not be filesystem with metrics.long_term, as Thanos keeps blocks in a bucket; use another kind, or "
            "remove metrics.long_term",
            set_command(place, "in-cluster"),
            shown(settings.storage.kind),
        )


@rule("storage.kind", "storage.buckets", *_PURPOSES)
def _every_signal_has_a_bucket(settings: Settings) -> Iterator[Problem]:
    if not isinstance(settings.storage, AwsStorage | ExternalStorage | MinioStorage):
        return
    buckets = settings.storage.buckets
    yield from _unknown_purposes(settings, "buckets", dict(sorted(buckets.items())))
    for purpose in settings.purposes:
        if "buckets" in settings.storage.model_fields_set and buckets and purpose not in buckets:
            place = setting_path("storage", "buckets", purpose)
            needed = " and ".join(filter(None, [", ".join(settings.purposes[:-1]), settings.purposes[-1]]))
            message = f"is missing: {needed} need a bucket each; set it"
            yield Problem(place, message, set_command(place, placeholder(f"{purpose}-bucket")))


@rule("storage.kind", "storage.prefixes", *_PURPOSES)
def _prefixes_are_of_signals(settings: Settings) -> Iterator[Problem]:
    if isinstance(settings.storage, AwsStorage | ExternalStorage):
        yield from _unknown_purposes(settings, "prefixes", settings.storage.prefixes)


@rule("storage.kind", "storage.credentials", *_PURPOSES)
def _credentials_are_of_signals(settings: Settings) -> Iterator[Problem]:
    if isinstance(settings.storage, ExternalStorage):
        yield from _unknown_purposes(settings, "credentials", settings.storage.credentials)


def _unknown_purposes(settings: Settings, setting: str, by_purpose: Mapping[str, str]) -> Iterator[Problem]:
    # Without any purpose, the whole area has no effect.
    for purpose, value in by_purpose.items() if settings.purposes else ():
        if purpose in settings.purposes:
            continue
        place = setting_path("storage", setting, purpose)
        message = "must be logs or traces, or metrics with metrics.long_term; remove it, or correct its name"
        if purpose in PURPOSES:
            message = f"is not used: {_NO_BUCKET[purpose]}; remove it, or set that"
        yield Problem(place, message, remove_command(place), shown(value))


@rule("storage", *_PURPOSES)
def _storage_is_used(settings: Settings) -> Iterator[Problem]:
    if not settings.purposes and settings.storage != InClusterStorage():
        place = setting_path("storage")
        message = "is not used: logging.kind and tracing.kind are external, and metrics.long_term is not set; remove it"
        yield Problem(place, message, remove_command(place), shown(settings.storage.kind))


@rule("caching.kind", "caching.thanos_namespace", "tracing.mode", *_PURPOSES)
def _valkey_has_a_reader(settings: Settings) -> Iterator[Problem]:
    caching, traces = settings.caching, settings.tracing
    reads = (
        settings.logging.in_stack,
        traces.in_stack and traces.mode is TempoMode.DISTRIBUTED,
        settings.metrics.thanos is not None,
        bool(caching.thanos_namespace),
    )
    if caching.kind is CacheKind.VALKEY and not any(reads):
        place = setting_path("caching", "kind")
        message = "has no reader: the stack runs no Loki, no distributed Tempo and no Thanos; remove it"
        yield Problem(place, message, remove_command(place), shown(caching.kind))


@rule("caching.kind", "caching.thanos_namespace", "metrics.namespace", *_LONG_TERM)
def _thanos_uses_valkey(settings: Settings) -> Iterator[Problem]:
    caching = settings.caching
    if settings.metrics.thanos is not None and caching.thanos_namespace == settings.metrics.namespace:
        place = setting_path("caching", "thanos_namespace")
        message = "must not be the namespace of the stack's own Thanos, which has the cache already; remove it"
        yield Problem(place, message, remove_command(place), shown(caching.thanos_namespace))
    if caching.thanos_namespace and caching.kind is not CacheKind.VALKEY:
        place = setting_path("caching", "thanos_namespace")
        message = "requires kind valkey; set kind to valkey, or remove it"
        yield Problem(place, message, remove_command(place), shown(caching.thanos_namespace))


@rule("charts.directory")
def _charts_directory_exists(settings: Settings) -> Iterator[Problem]:
    directory = settings.charts.directory
    if directory and not Path(directory).is_dir():
        place = setting_path("charts", "directory")
        stated = "directory" in settings.charts.model_fields_set
        origin = "" if stated else f" (the environment variable {CHARTS_VARIABLE} names {directory})"
        yield Problem(
            place,
            f"must be an existing directory{origin}; name the one with the charts, or none to take them from "
            "their repositories",
            remove_command(place) if stated else set_command(place, ""),
            shown(directory) if stated else "",
        )


@rule("cluster.environment", "cluster.context")
def _production_names_its_cluster(settings: Settings) -> Iterator[Problem]:
    if settings.cluster.production and not settings.cluster.context:
        place = setting_path("cluster", "context")
        message = "is missing: environment production requires the context of its cluster; set it"
        yield Problem(place, message, set_command(place, placeholder("context")))


@rule("cluster.service_monitors", "cluster.service_monitor_labels", "metrics.kind")
def _labels_are_of_service_monitors(settings: Settings) -> Iterator[Problem]:
    if settings.cluster.service_monitor_labels and not settings.service_monitors:
        yield Problem(
            setting_path("cluster", "service_monitor_labels"),
            "are not used: service_monitors is false; set it to true, or remove the labels",
            set_command(setting_path("cluster", "service_monitors"), True),
            shown(settings.cluster.service_monitor_labels),
        )


@rule("probes.targets", "metrics.kind", "cluster.service_monitors")
def _probes_have_a_prometheus_operator(settings: Settings) -> Iterator[Problem]:
    if not settings.probes.enabled or settings.service_monitors:
        return
    monitors = setting_path("cluster", "service_monitors")
    yield Problem(
        setting_path("probes", "targets"),
        f"require a Prometheus operator, and metrics.kind {settings.metrics.kind} has none; where one runs in the "
        "cluster, set cluster.service_monitors to true",
        set_command(monitors, True),
        shown(sorted(settings.probes.targets)),
    )


@rule("ingress.kind", "ingress.domain")
def _traefik_has_a_domain(settings: Settings) -> Iterator[Problem]:
    if settings.ingress.kind is IngressKind.TRAEFIK and settings.ingress.domain is None:
        place = setting_path("ingress", "domain")
        message = "is missing: kind traefik requires the domain of the hosts of the UIs; set it"
        yield Problem(place, message, set_command(place, placeholder("domain")))


@rule("load")
def _some_load_is_stated(settings: Settings) -> Iterator[Problem]:
    if settings.load.model_fields_set and not settings.load.is_set:
        yield Problem(
            f"{PROJECT}:load",
            "must state a load; set logs_gb_per_day, spans_per_second or active_series",
            set_command(setting_path("load", "logs_gb_per_day"), 100),
        )


@rule("load.active_streams", "load.logs_gb_per_day")
def _streams_are_of_logs(settings: Settings) -> Iterator[Problem]:
    if settings.load.active_streams is not None and not settings.load.logs_gb_per_day:
        yield Problem(
            setting_path("load", "active_streams"),
            "requires logs_gb_per_day; set it too",
            set_command(setting_path("load", "logs_gb_per_day"), 100),
            shown(settings.load.active_streams),
        )


@rule(*AREA_NAMESPACES, "cluster.existing_namespaces")
def _existing_namespaces_are_of_areas(settings: Settings) -> Iterator[Problem]:
    used = set(area_namespaces(settings).values())
    place = setting_path("cluster", "existing_namespaces")
    existing = list(settings.cluster.existing_namespaces)
    if unused := [name for name in existing if name not in used]:
        right = [closest(name, used - set(existing)) or name for name in existing]
        kept = list(dict.fromkeys(name for name in right if name in used))
        message = f"must be namespaces of areas, and {', '.join(unused)} are not; {nearest(unused[0], used)}"
        fix = replace_command(place, existing, kept) if kept else remove_command(place)
        yield Problem(place, message, fix, shown(existing))


@rule(*AREA_NAMESPACES, "metrics.namespace_limits")
def _namespace_limits_are_of_other_namespaces(settings: Settings) -> Iterator[Problem]:
    # The component refuses its own.
    own = set(area_namespaces(settings).values()) - {settings.metrics.namespace}
    limited = settings.metrics.namespace_limits if settings.metrics.in_stack else {}
    for namespace in sorted(own & set(limited)):
        place = setting_path("metrics", "namespace_limits", namespace)
        message = "must not be set, as the monitors of the stack in this namespace state no limits; remove it"
        yield Problem(place, message, remove_command(place))


@rule(
    *("metrics.kind", "alerting.alertmanager_url", "alerting.alertmanager"),
    *("alerting.repeat_interval", "alerting.routes"),
)
def _notifications_are_remembered(settings: Settings) -> Iterator[Problem]:
    alerting = settings.alerting
    if not settings.metrics.in_stack or alerting.alertmanager_url:
        return
    kept = alerting.alertmanager.retention
    stated: dict[tuple[str, ...], str | None] = {("repeat_interval",): alerting.repeat_interval}
    stated |= {("routes", name, "repeat_interval"): route.repeat_interval for name, route in alerting.routes.items()}
    for path, interval in stated.items():
        if interval is not None and parse_duration(interval) > parse_duration(kept):
            message = (
                f"must be at most alertmanager.retention, {kept}, as Alertmanager forgets what it sent before and "
                "repeats it earlier; set less, or keep for longer"
            )
            fix = set_command(setting_path("alerting", "alertmanager", "retention"), interval)
            yield Problem(setting_path("alerting", *path), message, fix, shown(interval))


RULES: Sequence[Rule] = (
    _notifications_are_remembered,
    _external_storage_has_credentials,
    _credentials_are_used,
    _long_term_has_a_bucket,
    _pair_has_a_querier,
    _native_histograms_are_scraped,
    _native_sidecars_are_supported,
    _every_signal_has_a_bucket,
    _prefixes_are_of_signals,
    _credentials_are_of_signals,
    _storage_is_used,
    _valkey_has_a_reader,
    _thanos_uses_valkey,
    _charts_directory_exists,
    _production_names_its_cluster,
    _labels_are_of_service_monitors,
    _probes_have_a_prometheus_operator,
    _traefik_has_a_domain,
    _some_load_is_stated,
    _streams_are_of_logs,
    _existing_namespaces_are_of_areas,
    _namespace_limits_are_of_other_namespaces,
    *EXTERNAL_STORE_RULES,
    *TENANT_RULES,
    *SECURITY_RULES,
    *PRODUCTION_RULES,
    *UNUSED_SETTINGS_RULES,
)
