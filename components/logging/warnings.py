"""Warnings about valid arguments of `Logging` that cost availability or data, or are deprecated."""

from collections.abc import Iterator

from .._bucket import Store
from .._merge import value_at
from .._tls import login_warnings
from ..charts import LOKI_IMAGE
from .modes import LokiMode, LokiRole
from .spec import LoggingSpec


def warnings(spec: LoggingSpec) -> list[str]:
    """Return a warning for each such argument."""
    found = login_warnings(spec)
    if spec.mode is LokiMode.SIMPLE_SCALABLE:
        found.append(
            "mode = simple-scalable: deprecated and removed in Loki 4; migrate to monolithic or distributed with "
            "migrate_from."
        )
    if spec.effective_replication_factor == 2:
        refused = "every write" if spec.ingesters == 2 else "the writes of its streams"
        found.append(
            "replication_factor = 2: a write needs both ingesters (a quorum of 2); while one of the "
            f"{spec.ingesters} replicas of {spec.mode.ingester} is unavailable, by a drain, a rollout or a failure, "
            f"Loki refuses {refused}. With replicas and replication_factor 3, one may be unavailable."
        )
    if spec.effective_replication_factor == 1 and spec.ingesters > 1:
        found.append(
            f"replication_factor = 1: each line is held by one of the {spec.ingesters} replicas of "
            f"{spec.mode.ingester}; while a replica is unavailable, its recent lines cannot be read."
        )
    if spec.store is Store.FILESYSTEM:
        found.append("store = filesystem: logs are on the volume of one pod, are lost with it, and do not scale.")
    if spec.allow_changes:
        found.append(
            f"allow_changes = {', '.join(spec.allow_changes)}: these changes are not guarded; remove it after the "
            "update."
        )
    return found


def fault_warnings(spec: LoggingSpec) -> list[str]:
    """Return a warning for each known fault of the versions of Loki that `spec` installs."""
    pinned = dict(_pinned_tags(spec))
    tags = pinned if "values.loki.image.tag" in pinned else {"chart_version": spec.image_tag, **pinned}
    return [
        f"{argument} = {spec.chart_version if argument == 'chart_version' else tag}: Loki {tag} has a known fault in "
        f"{fault.affected}: {fault.fault}; "
        + (f"use {fault.fixed} or later" if fault.fixed else "no version without it is known")
        + f" ({fault.source})."
        for argument, tag in tags.items()
        for fault in LOKI_IMAGE.faults_of(tag, spec.uses)
    ]


def _pinned_tags(spec: LoggingSpec) -> Iterator[tuple[str, str]]:
    """Yield the tags of Loki's image in the user's values, by argument."""
    for section in ("loki", *(role.section for role in LokiRole if role is not LokiRole.GATEWAY)):
        if tag := value_at(spec.values, (section, "image", "tag")):
            yield f"values.{section}.image.tag", str(tag)
