"""What cannot change in a store that holds objects already."""

from collections.abc import Mapping
from typing import Any

Values = Mapping[str, Any]

_WAY_OUT = (
    "Change it back; or run a second store with another release name, copy the buckets, and let their readers follow "
    "with prepared_changes (see the guide on moving stores)"
)


def minio_problems(applied: Values, wanted: Values) -> list[str]:
    """Compare applied with wanted values of MinIO; give every change that would hide objects or fail halfway."""
    return _problems(_minio(applied), _minio(wanted))


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
