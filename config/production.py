"""What `environment: production` refuses: data that one host, one pod or one mistake could take along."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .logging import LoggingMode
from .metrics import MetricsKind
from .problems import Problem, place_of, set_command, shown
from .storage import IN_CLUSTER, AwsStorage, InClusterStorage
from .tracing import TracingMode

if TYPE_CHECKING:
    from .stack import Settings

_WHY = "environment production refuses a single replica of what holds data"
_METRICS = "https://prometheus.example.org"


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


def _buckets_are_protected(settings: "Settings") -> Iterator[Problem]:
    if settings.cluster.production and isinstance(settings.storage, AwsStorage) and not settings.storage.protect:
        place = place_of("storage", "protect")
        yield Problem(place, "environment production refuses unprotected buckets", set_command(place, True), "false")


def _metrics_are_kept_elsewhere(settings: "Settings") -> Iterator[Problem]:
    if settings.cluster.production and settings.metrics.kind is MetricsKind.IN_STACK:
        external = {
            "kind": "external",
            "remote_write_url": f"{_METRICS}/api/v1/write",
            "otlp_url": f"{_METRICS}/api/v1/otlp",
            "query_url": _METRICS,
        }
        yield Problem(
            place_of("metrics", "kind"),
            f"{_WHY}: the in-stack Prometheus is a single one; give the metrics stack that production has",
            set_command(place_of("metrics"), external),
            shown(settings.metrics.kind),
        )


def _logs_have_several_writers(settings: "Settings") -> Iterator[Problem]:
    if not settings.cluster.production:
        return
    logs = settings.logging
    if logs.mode is LoggingMode.MONOLITHIC:
        loki = logs.workloads.get("loki")
        place = place_of("logging", "replicas")
        writers = (loki.replicas if loki else None) or logs.replicas or 1
    else:
        writer = "ingester" if logs.mode is LoggingMode.DISTRIBUTED else "write"
        place = place_of("logging", "workloads", writer, "replicas")
        write = logs.workloads.get(writer)
        writers = (write.replicas if write else None) or logs.replicas or 3
    if writers < 2:
        yield Problem(place, f"{_WHY}: run Loki with three", set_command(place, 3))


def _traces_have_several_writers(settings: "Settings") -> Iterator[Problem]:
    if not settings.cluster.production:
        return
    traces = settings.tracing
    mode, replicas = place_of("tracing", "mode"), place_of("tracing", "replicas")
    if traces.mode is TracingMode.MONOLITHIC:
        fix = f"{set_command(mode, 'distributed')}\n{set_command(replicas, 3)}"
        yield Problem(mode, f"{_WHY}: monolithic Tempo is one", fix, shown(traces.mode))
    elif not traces.kafka_address and (traces.replicas or 1) < 2:
        yield Problem(replicas, f"{_WHY}: run Tempo with three ingesters", set_command(replicas, 3))


PRODUCTION_RULES = (
    _objects_outlive_a_host,
    _buckets_are_protected,
    _metrics_are_kept_elsewhere,
    _logs_have_several_writers,
    _traces_have_several_writers,
)
"""Each ends where it reads a setting that is wrong."""
