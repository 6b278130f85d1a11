"""Changes of a store that an update must not make once it holds objects."""

from collections.abc import Collection, Mapping
from typing import Any

from .spec import GuardedChange

Values = Mapping[str, Any]

_SHAPE_CHANGED = (
    "shape {old!r} cannot become {new!r}: they share no volume, so every object would stay on the old volumes; "
    'change replicas back; or copy all buckets out through S3, apply once with allow_changes ["shape"], copy '
    "them in, and let the readers follow (see the guide on stores)"
)
_FEWER_SERVERS = (
    "replicas {old:g} cannot become {new:g}: copies of objects on the removed servers would be lost; keep "
    "{old:g}; or move the objects off the last ones first, with volumeServer.evacuate in weed shell, and apply "
    'once with allow_changes ["servers"]'
)
_VOLUME_CHANGED = (
    "{what} {old!r} cannot become {new!r}: objects would stay on the existing volumes; change it back; or run a "
    "second store with another release name, copy the buckets, and let their readers follow with allow_changes "
    "(see the guide on moving stores)"
)


def minio_problems(old: Values, new: Values) -> list[str]:
    """Return every change between old and new values of MinIO that would lose objects or fail halfway."""
    return _volume_problems(_minio_volumes(old), _minio_volumes(new))


def seaweedfs_problems(old: Values, new: Values, *, allowed: Collection[GuardedChange] = ()) -> list[str]:
    """Return every such change between old and new values of SeaweedFS, without the `allowed` ones."""
    before, after = _seaweedfs_shape(old), _seaweedfs_shape(new)
    if before["shape"] != after["shape"]:
        message = _SHAPE_CHANGED.format(old=before["shape"], new=after["shape"])
        return [] if GuardedChange.SHAPE in allowed else [message]
    fewer = before["servers"] > after["servers"] and GuardedChange.SERVERS not in allowed
    servers = [_FEWER_SERVERS.format(old=before["servers"], new=after["servers"])] if fewer else []
    return servers + _volume_problems(before["volumes"], after["volumes"])


def _minio_volumes(values: Values) -> dict[str, Any]:
    volumes = values.get("persistence") or {}
    shape = {"mode": values.get("mode", "distributed"), "replicas": values.get("replicas")}
    return shape | (_claim_template(volumes) if values.get("mode") == "distributed" else _claim(volumes))


def _seaweedfs_shape(values: Values) -> dict[str, Any]:
    single = values.get("allInOne") or {}
    if single.get("enabled"):
        return {"shape": "one pod", "servers": 1, "volumes": _claim(single.get("data") or {})}
    servers = values.get("volume") or {}
    (data, *_) = servers.get("dataDirs") or [{}]
    return {"shape": "several servers", "servers": servers.get("replicas", 1), "volumes": _claim_template(data)}


def _claim(volumes: Values) -> dict[str, Any]:
    """Return what cannot change of a PersistentVolumeClaim, whose size may grow."""
    return {"storage class": volumes.get("storageClass", "")}


def _claim_template(volumes: Values) -> dict[str, Any]:
    """Return what cannot change of the volumeClaimTemplate of a StatefulSet."""
    return {"storage size of each pod": volumes.get("size"), **_claim(volumes)}


def _volume_problems(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    changed = [what for what in old if what in new and old[what] != new[what]]
    return [_VOLUME_CHANGED.format(what=what, old=old[what], new=new[what]) for what in changed]
