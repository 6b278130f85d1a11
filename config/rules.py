"""Rules that span several areas of settings."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .caching import CacheKind
from .cluster import Environment
from .logging import WORKLOADS, LoggingMode, RuleSource
from .metrics import MetricsKind
from .namespaces import namespace_problems
from .problems import PROJECT, Problem, nearest, remove_command, set_command
from .protection import protection_problems
from .storage import IN_CLUSTER, PURPOSES, AwsStorage, ExternalStorage, FilesystemStorage, InClusterStorage
from .tenancy import tenant_problems
from .tracing import TracingMode

if TYPE_CHECKING:
    from .stack import Settings


def cross_area_problems(settings: "Settings") -> list[Problem]:
    """Find what no area can see alone."""
    found = [*_storage(settings), *_secrets_without_a_user(settings), *_metrics_of_grafana(settings)]
    found += [*namespace_problems(settings), *_caches_that_nothing_uses(settings)]
    found += [*_workloads_that_do_not_run(settings), *tenant_problems(settings), *protection_problems(settings)]
    found += _rules_beside_the_objects_of_others(settings)
    if settings.cluster.environment is Environment.PRODUCTION:
        found += _production(settings)
    return found


def _storage(settings: "Settings") -> Iterator[Problem]:
    if isinstance(settings.storage, AwsStorage) and not settings.aws_region:
        yield Problem("aws:region", "is missing: the region of the buckets", "pulumi config set aws:region eu-west-1")
    if isinstance(settings.storage, FilesystemStorage):
        yield from _one_pod_each(settings)
    if isinstance(settings.storage, ExternalStorage):
        for purpose in PURPOSES:
            if purpose in settings.storage.credentials:
                continue
            for key in (f"{purpose}_access_key_id", f"{purpose}_secret_access_key"):
                if key not in settings.given_secrets:
                    yield Problem(
                        f"{PROJECT}:{key}",
                        f"is missing: {purpose} are kept on {settings.storage.endpoint}, which needs credentials "
                        f"(or name an existing Secret in storage.credentials.{purpose})",
                        f"pulumi config set --secret {PROJECT}:{key}",
                    )


def _one_pod_each(settings: "Settings") -> Iterator[Problem]:
    why = "storage.kind filesystem is a volume that one pod alone sees"
    for name, area in (("logging", settings.logging), ("tracing", settings.tracing)):
        place = f"{PROJECT}:{name}"
        fix = f"{set_command(f'{PROJECT}:storage.kind', 'in-cluster')} (or aws, external)"
        if area.mode.value != "monolithic":
            yield Problem(f"{place}.mode", f"{why}: use mode monolithic, or an object store", fix, area.mode.value)
        elif (area.replicas or 1) > 1:
            yield Problem(f"{place}.replicas", f"{why}: use 1 replica, or an object store", fix, str(area.replicas))


def _secrets_without_a_user(settings: "Settings") -> Iterator[Problem]:
    if not isinstance(settings.storage, ExternalStorage):
        for key in sorted(settings.given_secrets & {f"{p}_{k}" for p in PURPOSES for k in _S3_KEYS}):
            yield Problem(
                f"{PROJECT}:{key}",
                f"is used by nothing: storage.kind {settings.storage.kind} needs none that are given",
                f"pulumi config rm {PROJECT}:{key}",
            )


def _caches_that_nothing_uses(settings: "Settings") -> Iterator[Problem]:
    if settings.caching.kind is not CacheKind.VALKEY:
        return
    for key in ("chunks_cache_mib", "results_cache_mib"):
        size = getattr(settings.logging, key)
        if size is not None:
            place = f"{PROJECT}:logging.{key}"
            yield Problem(
                place,
                "is used by nothing: caching.kind valkey takes the place of that cache, and has caching.size_mib",
                remove_command(place),
                str(size),
            )


def _metrics_of_grafana(settings: "Settings") -> Iterator[Problem]:
    metrics = settings.metrics
    if settings.grafana.enabled and metrics.kind is MetricsKind.EXTERNAL and metrics.query_url is None:
        place = f"{PROJECT}:metrics.query_url"
        yield Problem(
            place,
            f"is missing: the stack's own Grafana needs it, as its links go to datasource {metrics.datasource_uid!r}, "
            "which nothing else gives it",
            set_command(place, "http://prometheus-operated.monitoring:9090"),
        )


def _workloads_that_do_not_run(settings: "Settings") -> Iterator[Problem]:
    area = settings.logging
    modes = [mode for mode in (area.mode, area.migrate_from) if mode is not None]
    running = [role for mode in modes for role in WORKLOADS[mode] if role != "ruler" or area.ruler] + ["gateway"]
    for role in area.workloads:
        if role not in running:
            place = f"{PROJECT}:logging.workloads.{role}"
            yield Problem(
                place,
                f"does not run in mode {' or '.join(modes)}: {nearest(role, running)}",
                remove_command(place),
            )


def _rules_beside_the_objects_of_others(settings: "Settings") -> Iterator[Problem]:
    store = settings.storage
    if settings.logging.rule_source is not RuleSource.BUCKET or not isinstance(store, AwsStorage | ExternalStorage):
        return
    if store.shared_bucket or store.prefixes.get("logs"):
        place = f"{PROJECT}:logging.rule_source"
        yield Problem(
            place,
            "needs a bucket that is Loki's alone: Loki keeps rules at rules/ whatever prefix it has, and may write "
            "below its prefix only; give logs a bucket in storage.buckets without a prefix, or take rules from "
            "ConfigMaps",
            set_command(place, RuleSource.CONFIG_MAPS.value),
            RuleSource.BUCKET.value,
        )


_S3_KEYS = ("access_key_id", "secret_access_key")


def _production(settings: "Settings") -> Iterator[Problem]:
    why = "environment production refuses a single replica of what holds data"
    storage = f"{PROJECT}:storage"
    several_servers = isinstance(settings.storage, InClusterStorage) and settings.storage.replicas > 1
    if isinstance(settings.storage, IN_CLUSTER) and not several_servers:
        fix = f"{set_command(storage + '.kind', 'aws')} (or external)"
        yield Problem(
            f"{storage}.kind",
            f"{why}: keep logs and traces on an object store outside the cluster, or in-cluster with replicas 3",
            fix,
            settings.storage.kind,
        )
    if isinstance(settings.storage, AwsStorage) and not settings.storage.protect:
        yield Problem(
            f"{storage}.protect",
            "environment production refuses unprotected buckets",
            set_command(f"{storage}.protect", True),
            "false",
        )
    if settings.metrics.kind is MetricsKind.IN_STACK:
        yield Problem(
            f"{PROJECT}:metrics.kind",
            f"{why}: the in-stack Prometheus is a single one; give the metrics stack that production has",
            set_command(f"{PROJECT}:metrics.kind", "external"),
            "in-stack",
        )
    yield from _replicated(settings, why)


def _replicated(settings: "Settings", why: str) -> Iterator[Problem]:
    logs, traces, load = settings.logging, settings.tracing, settings.load
    # A load sizes what no setting does, with a replica for every copy at least.
    sized = (logs.replication_factor or 3) if load.logs_gb_per_day else None
    if logs.mode is LoggingMode.MONOLITHIC:
        loki = logs.workloads.get("loki")
        place = f"{PROJECT}:logging.replicas"
        writers = (loki.replicas if loki else None) or logs.replicas or sized or 1
    else:
        writer = "ingester" if logs.mode is LoggingMode.DISTRIBUTED else "write"
        place = f"{PROJECT}:logging.workloads.{writer}.replicas"
        write = logs.workloads.get(writer)
        writers = (write.replicas if write else None) or logs.replicas or sized or 3
    if writers < 2:
        yield Problem(place, f"{why}: run Loki with three", set_command(place, 3))
    if traces.mode is TracingMode.MONOLITHIC:
        place = f"{PROJECT}:tracing.mode"
        yield Problem(place, f"{why}: monolithic Tempo is one", set_command(place, "distributed"), "monolithic")
    elif not traces.kafka_address and (traces.replicas or (3 if load.spans_per_second else 1)) < 2:
        place = f"{PROJECT}:tracing.replicas"
        yield Problem(place, f"{why}: run Tempo with three ingesters", set_command(place, 3))
