"""What runs beside the backends and follows from no load: the rows of the plan that have a size, and who has no row."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from components import sizing
from components.caching.spec import CacheSpec
from components.caching.values import cache_values
from components.storage.minio import MinioObjectStorageSpec, minio_values
from components.storage.seaweedfs import InClusterObjectStorageSpec, seaweedfs_values
from components.storage.seaweedfs_cluster import PARTS, cluster_values
from components.units import parse_quantity
from config import Settings
from config.caching import CacheKind
from config.storage import InClusterStorage, MinioStorage

MEBIBYTE = 2**20


def rows(settings: Settings) -> Iterator[sizing.Row]:
    """Give the rows of the object store and the Valkey that the stack runs.

    Servers of objects have no volume here: the price of an object is that of the disks under all its copies.
    """
    store = settings.storage
    if isinstance(store, InClusterStorage):
        yield _row("SeaweedFS", _seaweedfs(store))
    elif isinstance(store, MinioStorage):
        minio = MinioObjectStorageSpec.check("storage", {"namespace": store.namespace, "mode": store.mode.value})
        yield _row("MinIO", {"minio": _size(minio_values(minio))})
    if settings.caching.kind is CacheKind.VALKEY:
        cache = {"namespace": settings.caching.namespace, "size_mib": settings.caching.size_mib}
        yield _row("Valkey", {"valkey": _size(cache_values(CacheSpec.check("caching", cache)))})


def without_row(settings: Settings) -> tuple[str, ...]:
    """Name the workloads of the stack that no row of the plan counts."""
    load = settings.load
    memcached = settings.caching.kind is CacheKind.MEMCACHED and settings.tracing.mode.value == "distributed"
    missing = {
        "Loki": not load.logs_gb_per_day,
        "Tempo": not load.spans_per_second,
        "Prometheus": settings.metrics.in_stack and not load.active_series,
        "Alloy": not (load.logs_gb_per_day or load.active_series),
        "Grafana": settings.grafana.enabled,
        "the memcached of Tempo": memcached,
        "the rollout operator": bool(settings.logging.ingester_zones),
        "the demo": settings.demo.enabled,
    }
    return (*(name for name, is_missing in missing.items() if is_missing), "gateways", "sidecars")


def _row(title: str, workloads: Mapping[str, sizing.Size]) -> sizing.Row:
    return sizing.Row(title, sizing.Shape("", workloads))


def _seaweedfs(store: InClusterStorage) -> dict[str, sizing.Size]:
    spec = InClusterObjectStorageSpec.check(
        "storage",
        {
            "namespace": store.namespace,
            "replicas": store.replicas,
            "copies": store.copies,
            "storage_size": store.volume_size,
        },
    )
    if not spec.clustered:
        return {"seaweedfs": _size(seaweedfs_values(spec)["allInOne"])}
    values = cluster_values(spec)
    return {part: _size(values[part], volume=values[part].get("data", {}).get("size", "0")) for part in PARTS}


def _size(values: Mapping[str, Any], volume: str = "0") -> sizing.Size:
    """Read a size from what the chart is told of a workload, one pod where it is told no number."""
    asked = values["resources"]["requests"]
    return sizing.Size(
        replicas=values.get("replicas", 1),
        cpu_millis=math.ceil(parse_quantity(asked["cpu"]) * 1000),
        memory_mib=math.ceil(parse_quantity(asked["memory"]) / MEBIBYTE),
        volume_gib=math.ceil(parse_quantity(volume) / MEBIBYTE / 1024),
    )
