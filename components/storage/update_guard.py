"""Changes of a store that an update must not make once it holds objects."""

from collections.abc import Collection, Mapping
from typing import Any

from .._guard import forbidden_change, forbidden_changes
from .spec import GuardedChange

Values = Mapping[str, Any]

_GUIDE = "docs/storage.md#moving-to-another-store"
_TOPOLOGY_CHANGED = (
    "one pod and several servers share no volume, and every object would stay on the old volumes; change it back; or "
    'copy all buckets out through S3, apply once with allow_changes ["topology"], copy them in, and let the readers '
    f"follow ({_GUIDE})"
)
_FEWER_SERVERS = (
    "copies of objects on the removed servers would be lost; change it back; or move the objects off the last ones "
    'first, with volumeServer.evacuate in weed shell, and apply once with allow_changes ["servers"]'
)
_VOLUME_CHANGED = (
    "objects would stay on the existing volumes; change it back; or run a second store with another release name, copy "
    f"the buckets, and let their readers follow with allow_changes ({_GUIDE})"
)


def minio_problems(old: Values, new: Values) -> list[str]:
    """Return every change between old and new values of MinIO that would lose objects or fail halfway."""
    return forbidden_changes(_minio_volumes(old), _minio_volumes(new), _VOLUME_CHANGED)


def seaweedfs_problems(old: Values, new: Values, *, allowed: Collection[GuardedChange] = ()) -> list[str]:
    """Return every such change between old and new values of SeaweedFS, without the `allowed` ones."""
    before, after = _seaweedfs_topology(old), _seaweedfs_topology(new)
    if before["single"] != after["single"]:
        message = forbidden_change("replicas", before["servers"], after["servers"], _TOPOLOGY_CHANGED)
        return [] if GuardedChange.TOPOLOGY in allowed else [message]
    fewer = before["servers"] > after["servers"] and GuardedChange.SERVERS not in allowed
    servers = [forbidden_change("replicas", before["servers"], after["servers"], _FEWER_SERVERS)] if fewer else []
    return servers + forbidden_changes(before["volumes"], after["volumes"], _VOLUME_CHANGED)


def _minio_volumes(values: Values) -> dict[str, Any]:
    volumes = values.get("persistence") or {}
    topology = {"mode": values.get("mode", "distributed"), "replicas": values.get("replicas")}
    return topology | (_claim_template(volumes) if values.get("mode") == "distributed" else _claim(volumes))


def _seaweedfs_topology(values: Values) -> dict[str, Any]:
    single = values.get("allInOne") or {}
    if single.get("enabled"):
        return {"single": True, "servers": 1, "volumes": _claim(single.get("data") or {})}
    servers = values.get("volume") or {}
    (data, *_) = servers.get("dataDirs") or [{}]
    return {"single": False, "servers": servers.get("replicas", 1), "volumes": _claim_template(data)}


def _claim(volumes: Values) -> dict[str, Any]:
    """Return what cannot change of a PersistentVolumeClaim, whose size may grow."""
    return {"storage_class": volumes.get("storageClass", "")}


def _claim_template(volumes: Values) -> dict[str, Any]:
    """Return what cannot change of the volumeClaimTemplate of a StatefulSet."""
    return {"volume_size": volumes.get("size"), **_claim(volumes)}
