"""Rules that span several areas of settings."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from .caching import CacheKind
from .examine import findings
from .logging import WORKLOADS, RuleSource
from .metrics import MetricsKind
from .namespaces import namespace_problems
from .problems import PROJECT, Problem, nearest, place_of, remove_command, set_command, shown
from .production import PRODUCTION_RULES
from .protection import PROTECTION_RULES
from .storage import PURPOSES, AwsStorage, ExternalStorage, FilesystemStorage
from .tenancy import TENANT_RULES
from .unused import UNUSED_RULES

if TYPE_CHECKING:
    from .stack import Settings

_S3_KEYS = ("access_key_id", "secret_access_key")


def _aws_has_a_region(settings: "Settings") -> Iterator[Problem]:
    if isinstance(settings.storage, AwsStorage) and not settings.aws_region:
        sentence = "is missing: the region of the buckets"
        yield Problem("aws:region", sentence, set_command("aws:region", "eu-west-1"))


def _credentials_are_given(settings: "Settings") -> Iterator[Problem]:
    if isinstance(settings.storage, ExternalStorage):
        for purpose in PURPOSES:
            if purpose in settings.storage.credentials:
                continue
            for key in (f"{purpose}_access_key_id", f"{purpose}_secret_access_key"):
                if key not in settings.given_secrets:
                    yield Problem(
                        f"{PROJECT}:{key}",
                        f"is missing: {purpose} are kept on an S3 server, which needs credentials "
                        f"(or name an existing Secret in storage.credentials.{purpose})",
                        f"pulumi config set --secret {PROJECT}:{key}",
                    )


def _one_pod_of_loki_has_the_volume(settings: "Settings") -> Iterator[Problem]:
    yield from _one_pod(settings, "logging")


def _one_pod_of_tempo_has_the_volume(settings: "Settings") -> Iterator[Problem]:
    yield from _one_pod(settings, "tracing")


def _one_pod(settings: "Settings", name: str) -> Iterator[Problem]:
    if not isinstance(settings.storage, FilesystemStorage):
        return
    why = "storage.kind filesystem is a volume that one pod alone sees"
    area = getattr(settings, name)
    mode, replicas = place_of(name, "mode"), place_of(name, "replicas")
    if area.mode.value != "monolithic":
        fix = set_command(place_of("storage", "kind"), "in-cluster")
        yield Problem(mode, f"{why}: use mode monolithic, or an object store", fix, shown(area.mode))
    elif (area.replicas or 1) > 1:
        fix = set_command(replicas, 1)
        yield Problem(replicas, f"{why}: use 1 replica, or an object store", fix, shown(area.replicas))


def _secrets_without_a_user(settings: "Settings") -> Iterator[Problem]:
    if not isinstance(settings.storage, ExternalStorage):
        for key in sorted(settings.given_secrets & {f"{p}_{k}" for p in PURPOSES for k in _S3_KEYS}):
            yield Problem(
                f"{PROJECT}:{key}",
                f"is used by nothing: storage.kind {settings.storage.kind} needs none that are given",
                remove_command(f"{PROJECT}:{key}"),
            )


def _chunks_are_cached_once(settings: "Settings") -> Iterator[Problem]:
    yield from _cached_once(settings, "chunks_cache_mib")


def _results_are_cached_once(settings: "Settings") -> Iterator[Problem]:
    yield from _cached_once(settings, "results_cache_mib")


def _cached_once(settings: "Settings", key: str) -> Iterator[Problem]:
    size = getattr(settings.logging, key)
    if settings.caching.kind is CacheKind.VALKEY and size is not None:
        place = place_of("logging", key)
        yield Problem(
            place,
            "is used by nothing: caching.kind valkey takes the place of that cache, and has caching.size_mib",
            remove_command(place),
            shown(size),
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
            place = place_of("logging", "workloads", role)
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


RULES: Sequence[Callable[["Settings"], Iterator[Problem]]] = (
    _aws_has_a_region,
    _credentials_are_given,
    _secrets_without_a_user,
    _one_pod_of_loki_has_the_volume,
    _one_pod_of_tempo_has_the_volume,
    _chunks_are_cached_once,
    _results_are_cached_once,
    _metrics_of_grafana,
    namespace_problems,
    _workloads_that_do_not_run,
    _rules_beside_the_objects_of_others,
    *TENANT_RULES,
    *PROTECTION_RULES,
    *PRODUCTION_RULES,
    *UNUSED_RULES,
)
"""Every rule between areas; each ends where it reads a setting that is wrong."""


def cross_area_problems(settings: "Settings") -> list[Problem]:
    """Find what no area can see alone."""
    return [problem for rule in RULES for problem in findings(rule, settings)]
