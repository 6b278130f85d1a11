"""Rules of `environment: production`: no data is lost with one host, one pod or one mistake."""

from collections.abc import Iterator

from components._model import placeholder
from components._shown import shown
from components.alerting.receivers import ReceiverKind
from components.logging.modes import LokiRole
from components.tracing.modes import TempoMode

from .errors import Problem, set_command, setting_path
from .rule import rule
from .settings import Settings
from .storage import IN_CLUSTER, AwsStorage, InClusterStorage

_TWO_REPLICAS = "must be at least 2 with environment production; set 3"


_PURPOSES = ("logging.kind", "tracing.kind", "metrics.kind", "metrics.long_term")
"""The settings that decide whether anything is in the object store."""


@rule("cluster.environment", "storage.kind", "storage.replicas", *_PURPOSES)
def _object_store_is_redundant(settings: Settings) -> Iterator[Problem]:
    store = settings.storage
    if not settings.cluster.production or not isinstance(store, IN_CLUSTER) or not settings.purposes:
        return
    if isinstance(store, InClusterStorage) and store.replicas > 1:
        return
    kind = setting_path("storage", "kind")
    replicas = setting_path("storage", "replicas")
    several = set_command(replicas, 3)
    if isinstance(store, InClusterStorage):
        yield Problem(replicas, f"{_TWO_REPLICAS}, or use an object store outside the cluster", several, shown(1))
    else:
        yield Problem(
            kind,
            "must not have a single replica with environment production; use an object store outside the cluster, or "
            "in-cluster with 3 replicas",
            f"{set_command(kind, 'in-cluster')}\n{several}",
            shown(store.kind),
        )


@rule("cluster.environment", "storage.kind", "storage.protect", "storage.create_buckets")
def _buckets_are_protected(settings: Settings) -> Iterator[Problem]:
    store = settings.storage
    if settings.cluster.production and isinstance(store, AwsStorage) and store.create_buckets and not store.protect:
        place = setting_path("storage", "protect")
        yield Problem(
            place,
            "must be true with environment production; set it to true",
            set_command(place, True),
            shown(store.protect),
        )


@rule("cluster.environment", "metrics.kind", "metrics.replicas")
def _prometheus_is_a_pair(settings: Settings) -> Iterator[Problem]:
    if settings.cluster.production and settings.metrics.in_stack and settings.metrics.replicas < 2:
        replicas = setting_path("metrics", "replicas")
        yield Problem(
            replicas,
            "must be 2 with environment production, as nothing is scraped while the node of a single server is down; "
            "set 2, or use an external metrics stack",
            set_command(replicas, 2),
            shown(settings.metrics.replicas),
        )


@rule("cluster.environment", "logging.kind", "logging.mode", "logging.replicas", "logging.workloads")
def _loki_has_several_ingesters(settings: Settings) -> Iterator[Problem]:
    if not settings.cluster.production or not settings.logging.in_stack:
        return
    logs = settings.logging
    writer = logs.mode.ingester
    place = setting_path("logging", "replicas")
    if writer is not LokiRole.LOKI:
        place = setting_path("logging", "workloads", writer.value, "replicas")
    if logs.ingesters < 2:
        yield Problem(place, _TWO_REPLICAS, set_command(place, 3), shown(logs.ingesters))


@rule("cluster.environment", "tracing.kind", "tracing.mode")
def _tempo_is_distributed(settings: Settings) -> Iterator[Problem]:
    traces = settings.tracing
    if settings.cluster.production and traces.in_stack and traces.mode is TempoMode.MONOLITHIC:
        mode, replicas = setting_path("tracing", "mode"), setting_path("tracing", "replicas")
        fix = f"{set_command(mode, 'distributed')}\n{set_command(replicas, 3)}"
        yield Problem(
            mode,
            "must be distributed with environment production, as monolithic Tempo has one replica; set distributed and "
            "3 replicas",
            fix,
            shown(traces.mode),
        )


@rule("cluster.environment", "tracing.kind", "tracing.mode", "tracing.replicas", "tracing.kafka_address")
def _tempo_has_several_ingesters(settings: Settings) -> Iterator[Problem]:
    traces = settings.tracing
    distributed = traces.in_stack and traces.mode is TempoMode.DISTRIBUTED
    if settings.cluster.production and distributed and not traces.kafka_address and traces.replicas < 2:
        replicas = setting_path("tracing", "replicas")
        yield Problem(replicas, _TWO_REPLICAS, set_command(replicas, 3), shown(traces.replicas))


@rule("cluster.environment", "metrics.kind", "alerting")
def _alerts_reach_somebody(settings: Settings) -> Iterator[Problem]:
    alerting = settings.alerting
    if not settings.cluster.production or not settings.has_alerting or alerting.alertmanager_url:
        return
    if not any(receiver.kind is not ReceiverKind.LOKI for receiver in alerting.receivers.values()):
        place = setting_path("alerting", "receivers")
        yield Problem(
            place,
            "is missing: environment production requires a receiver that reaches somebody; set one of kind pagerduty, "
            "slack, email, teams or webhook, or alertmanager_url",
            set_command(setting_path("alerting", "receivers", "pager", "kind"), "pagerduty"),
        )


@rule("cluster.environment", "metrics.kind", "alerting")
def _silence_is_noticed(settings: Settings) -> Iterator[Problem]:
    alerting = settings.alerting
    if not settings.cluster.production or not settings.has_alerting or alerting.alertmanager_url:
        return
    if alerting.dead_mans_switch is None:
        place = setting_path("alerting", "dead_mans_switch", "receiver")
        yield Problem(
            place,
            "is missing: environment production requires a receiver outside of the cluster that raises an alarm when "
            "alerting is silent; set it to a receiver of kind webhook",
            set_command(place, placeholder("receiver")),
        )


@rule("cluster.environment", "metrics.kind", "alerting.alertmanager", "alerting.alertmanager_url")
def _alertmanager_is_redundant(settings: Settings) -> Iterator[Problem]:
    alerting = settings.alerting
    if not settings.cluster.production or not settings.metrics.in_stack or alerting.alertmanager_url:
        return
    if alerting.alertmanager.replicas < 2:
        place = setting_path("alerting", "alertmanager", "replicas")
        yield Problem(place, _TWO_REPLICAS, set_command(place, 3), shown(alerting.alertmanager.replicas))


@rule("cluster.environment", "metrics.kind", "alerting")
def _runbooks_are_links(settings: Settings) -> Iterator[Problem]:
    url = settings.alerting.runbook_url
    if settings.cluster.production and settings.has_alerting and not url.startswith(("http://", "https://")):
        place = setting_path("alerting", "runbook_url")
        yield Problem(
            place,
            "must be a URL with environment production, as it is opened from a notification; set one such as "
            "https://github.com/acme/platform/blob/main/docs/runbooks/{alert}.md",
            set_command(place, placeholder("runbook-url")),
            shown(url),
        )


PRODUCTION_RULES = (
    _alerts_reach_somebody,
    _silence_is_noticed,
    _alertmanager_is_redundant,
    _runbooks_are_links,
    _object_store_is_redundant,
    _buckets_are_protected,
    _prometheus_is_a_pair,
    _loki_has_several_ingesters,
    _tempo_is_distributed,
    _tempo_has_several_ingesters,
)
