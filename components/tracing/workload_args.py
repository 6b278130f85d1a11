"""What a program says of one workload of Tempo."""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict


class TracingWorkload(TypedDict):
    """What one workload of distributed Tempo has of its own."""

    replicas: NotRequired[int]
    """How many pods, 1000 at most; those of `ingester`, `live-store` and `block-builder` follow `replicas` and
    `partitions` of `Tracing`, and `backend-scheduler` has 1. Default: 1; for a `gateway` that asks clients for proof 2
    beside several ingesters."""
    cpu: NotRequired[str]
    """CPU request of each pod. Default: `cpu` of `Tracing` for `ingester`, `live-store` and `block-builder`; `20m` for
    `gateway`, `50m` where it asks clients for proof; else `100m`."""
    memory: NotRequired[str]
    """Memory request of each pod, and its limit for what has a volume. Default: `memory` of `Tracing` for `ingester`,
    `live-store` and `block-builder`; `64Mi` for `gateway`, `128Mi` where it asks clients for proof; `256Mi` for
    `distributor` and `query-frontend`; else `512Mi`."""
    volume_size: NotRequired[str]
    """Size of the volume of each pod of `ingester`, `live-store`, `block-builder` or `metrics-generator`. Default:
    `volume_size` of `Tracing`; for `metrics-generator` its `generator_volume_size`."""
    storage_class: NotRequired[str]
    """Storage class of those volumes. Default: `storage_class` of `Tracing`."""
    node_selector: NotRequired[Mapping[str, str]]
    """Labels of the nodes that the pods run on. Default: `node_selector` of `Tracing` for what has a volume, else any
    node."""
    tolerations: NotRequired[Sequence[Mapping[str, Any]]]
    """Tolerations of the pods. Default: `tolerations` of `Tracing` for what has a volume, else none."""
