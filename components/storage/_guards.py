"""What cannot change in a store that holds objects already."""

from collections.abc import Collection, Mapping
from typing import Any

from .spec import PreparedChange

Values = Mapping[str, Any]

_WAY_OUT = (
    "Change it back; or run a second store with another release name, copy the buckets, and let their readers follow "
    "with allow_changes (see the guide on moving stores)"
)


def minio_problems(applied: Values, wanted: Values) -> list[str]:
    """Compare applied with wanted values of MinIO; give every change that would hide objects or fail halfway."""
    return _problems(_minio(applied), _minio(wanted))


def seaweedfs_problems(applied: Values, wanted: Values, *, prepared: Collection[PreparedChange] = ()) -> list[str]:
    """Compare applied with wanted values of SeaweedFS, as `minio_problems` does; `prepared` may pass."""
    old, new = _seaweedfs(applied), _seaweedfs(wanted)
    if old["shape"] != new["shape"]:
        return [] if PreparedChange.SHAPE in prepared else [_OTHER_SHAPE.format(old=old["shape"], new=new["shape"])]
    fewer = old["servers"] > new["servers"] and PreparedChange.SERVERS not in prepared
    servers = [_FEWER_SERVERS.format(old=old["servers"], new=new["servers"])] if fewer else []
    return servers + _problems(old["volumes"], new["volumes"])


_OTHER_SHAPE = (
    "the store changes from {old} to {new}: they share no volume, and every object would stay behind on those that "
    "there are. Change replicas back; or copy all buckets out through S3, apply once with allow_changes "
    '["shape"], copy them in, and let the readers follow (see the guide on stores)'
)
_FEWER_SERVERS = (
    "servers fall from {old:g} to {new:g}: copies of objects would go with those that leave. Keep {old:g}; or move the "
    "objects off the last ones first, with volumeServer.evacuate in weed shell, and apply once with allow_changes "
    '["servers"]'
)


def _seaweedfs(values: Values) -> dict[str, Any]:
    single = values.get("allInOne") or {}
    if single.get("enabled"):
        # A claim of its own may grow.
        volumes = {"storage class": (single.get("data") or {}).get("storageClass", "")}
        return {"shape": "one pod", "servers": 1, "volumes": volumes}
    servers = values.get("volume") or {}
    (data, *_) = servers.get("dataDirs") or [{}]
    return {"shape": "several servers", "servers": servers.get("replicas", 1), "volumes": _template(data)}


def _minio(values: Values) -> dict[str, Any]:
    distributed = values.get("mode") == "distributed"
    volumes = values.get("persistence") or {}
    fixed = {"mode": values.get("mode", "distributed"), "replicas": values.get("replicas")}
    return fixed | (_template(volumes) if distributed else {"storage class": volumes.get("storageClass", "")})


def _template(volumes: Values) -> dict[str, Any]:
    return {"storage size of each pod": volumes.get("size"), "storage class": volumes.get("storageClass", "")}


def _problems(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    changed = [what for what in old if what in new and old[what] != new[what]]
    return [
        f"{what} changes from {old[what]!r} to {new[what]!r}: objects would stay behind on the volumes that there are. "
        f"{_WAY_OUT}"
        for what in changed
    ]
