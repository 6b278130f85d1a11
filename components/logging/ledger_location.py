"""Where Loki's objects lie, wherever the values say it: another place is one without what has been written."""

from collections.abc import Mapping
from functools import reduce
from typing import Any

from .._merge import deep_merge
from ..storage.s3 import store_address

Values = Mapping[str, Any]

ADDRESS = "address of the store"


def location_problems(applied: Values, wanted: Values) -> list[str]:
    """Give a sentence for each part of the place that would be another one."""
    old, new = _place(applied), _place(wanted)
    return [
        f"{what} {old[what]!r} cannot become {new[what]!r}: Loki would no longer find what it has written. Stop its "
        "writers and copy the objects to their new place, unless it is the old place under another name, then apply "
        'once with allow_changes ["location"]'
        for what in old
        if old[what] != new[what] and not (what == ADDRESS and None in (old[what], new[what]))
    ]


def _place(values: Values) -> dict[str, Any]:
    """Read the place as Loki does: its own sections win over what the chart writes, the client's over the common one.

    Each later layer is laid over the one before it.
    """
    storage = _section(values, "loki", "storage")
    common = _section(values, "loki", "structuredConfig", "common", "storage")
    config = _merged(
        _section(values, "loki", "storage_config"), _section(values, "loki", "structuredConfig", "storage_config")
    )
    bucket = _section(storage, "bucketNames").get("chunks")
    if config.get("use_thanos_objstore", storage.get("use_thanos_objstore")):
        named: dict[str, Any] = {"object_store": {"s3": {"bucket_name": bucket}}}
        thanos = _merged(*(_section(layer, "object_store") for layer in (storage, named, common, config)))
        s3 = _section(thanos, "s3")
        address = _address(s3) if s3.get("endpoint") else None
        client, kind, bucket, prefix = "thanos", thanos.get("type"), s3.get("bucket_name"), thanos.get("storage_prefix")
    else:
        named = {"bucketnames": bucket}
        s3 = _merged(_section(storage, "s3"), named, _section(common, "s3"), _section(config, "aws"))
        client, kind, bucket, prefix = "classic", None, s3.get("bucketnames"), None
        address = _address(s3) if storage.get("type") == "s3" else None
    return {
        "store": kind or storage.get("type"),
        ADDRESS: address,
        "URL of the store": str(s3.get("s3") or "").rpartition("@")[2],
        "bucket": bucket,
        "object_prefix": config.get("object_prefix") or "",
        "storage_prefix": prefix or "",
        "storage client": client,
    }


def _address(s3: Values) -> str:
    return store_address(str(s3.get("endpoint") or ""), str(s3.get("region") or ""))


def _merged(*layers: Values) -> dict[str, Any]:
    return reduce(deep_merge, layers, {})


def _section(values: Any, *path: str) -> Values:
    """Give a section of the values, empty where nothing with keys stands there."""
    for key in path:
        values = values.get(key) if isinstance(values, Mapping) else None
    return values if isinstance(values, Mapping) else {}
