"""What `environment: production` refuses: data that one host, one pod or one mistake could take along."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from components._model import placeholder
from components.logging.modes import LokiRole
from components.tracing.choices import Mode as TempoMode

from .metrics import MetricsKind
from .problems import Problem, place_of, set_command, shown
from .rule import rule
from .storage import IN_CLUSTER, AwsStorage, InClusterStorage

if TYPE_CHECKING:
    from .stack import Settings

_WHY = "environment production refuses a single replica of what holds data"


@rule("cluster.environment", "storage.kind", "storage.replicas")
def _objects_outlive_a_host(settings: "Settings") -> Iterator[Problem]:
    store = settings.storage
    if not settings.cluster.production or not isinstance(store, IN_CLUSTER):
        return
    if isinstance(store, InClusterStorage) and store.replicas > 1:
        return
    kind = place_of("storage", "kind")
    several = set_command(place_of("storage", "replicas"), 3)
    yield Problem(
        kind,
        f"{_WHY}: keep logs and traces on an object store outside the cluster, or in-cluster with replicas 3",
        several if isinstance(store, InClusterStorage) else f"{set_command(kind, 'in-cluster')}\n{several}",
        shown(store.kind),
    )


@rule("cluster.environment", "storage.kind", "storage.protect", "storage.create_buckets")
def _buckets_are_protected(settings: "Settings") -> Iterator[Problem]:
    store = settings.storage
    if settings.cluster.production and isinstance(store, AwsStorage) and store.create_buckets and not store.protect:
        place = place_of("storage", "protect")
        yield Problem(place, "environment production refuses unprotected buckets", set_command(place, True), "false")


@rule("cluster.environment", "metrics.kind")
def _metrics_are_external(settings: "Settings") -> Iterator[Problem]:
    if settings.cluster.production and settings.metrics.kind is MetricsKind.IN_STACK:
        external = {
            "kind": "external",
            **{key: placeholder(key) for key in ("remote_write_url", "otlp_url", "query_url")},
        }
        yield Problem(
            place_of("metrics", "kind"),
            f"{_WHY}: the in-stack Prometheus is a single one; give the metrics stack that production has",
            set_command(place_of("metrics"), external),
            shown(settings.metrics.kind),
        )


@rule("cluster.environment", "logging.mode", "logging.replicas", "logging.workloads")
def _logs_have_several_writers(settings: "Settings") -> Iterator[Problem]:
    if not settings.cluster.production:
        return
    logs = settings.logging
    writer = logs.mode.ingester
    place = place_of("logging", "replicas")
    if writer is not LokiRole.LOKI:
        place = place_of("logging", "workloads", writer.value, "replicas")
    if logs.ingesters < 2:
        yield Problem(place, f"{_WHY}: run Loki with three", set_command(place, 3))


@rule("cluster.environment", "tracing.mode")
def _tempo_is_distributed(settings: "Settings") -> Iterator[Problem]:
    if settings.cluster.production and settings.tracing.mode is TempoMode.MONOLITHIC:
        mode, replicas = place_of("tracing", "mode"), place_of("tracing", "replicas")
        fix = f"{set_command(mode, 'distributed')}\n{set_command(replicas, 3)}"
        yield Problem(mode, f"{_WHY}: monolithic Tempo is one", fix, shown(settings.tracing.mode))


@rule("cluster.environment", "tracing.mode", "tracing.replicas", "tracing.kafka_address")
def _traces_have_several_writers(settings: "Settings") -> Iterator[Problem]:
    traces = settings.tracing
    distributed = traces.mode is TempoMode.DISTRIBUTED
    if settings.cluster.production and distributed and not traces.kafka_address and traces.replicas < 2:
        replicas = place_of("tracing", "replicas")
        yield Problem(replicas, f"{_WHY}: run Tempo with three ingesters", set_command(replicas, 3))


PRODUCTION_RULES = (
    _objects_outlive_a_host,
    _buckets_are_protected,
    _metrics_are_external,
    _logs_have_several_writers,
    _tempo_is_distributed,
    _traces_have_several_writers,
)
