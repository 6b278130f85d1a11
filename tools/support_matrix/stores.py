"""The stores: the settings that choose each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_AWS: Mapping[str, Any] = {
    "kind": "aws",
    "account_id": "123456789012",
    "buckets": {"logs": "acme-logs", "traces": "acme-traces"},
}
_REGION = {"aws:region": "eu-west-1"}


@dataclass(frozen=True)
class Store:
    """One way to keep logs and traces."""

    title: str
    settings: Mapping[str, Any]
    """What stands under `observability:storage`."""
    further: Mapping[str, str] = field(default_factory=dict)
    """What a stack on it sets beside that."""

    @property
    def kind(self) -> str:
        """The setting `storage.kind`."""
        return str(self.settings["kind"])

    @property
    def shared(self) -> bool:
        """Whether several pods can use it."""
        return self.kind != "filesystem"

    @property
    def config(self) -> dict[str, Any]:
        """The configuration of a stack that keeps its data there."""
        return {"storage": dict(self.settings), **self.further}


STORES = (
    Store("in-cluster (SeaweedFS)", {"kind": "in-cluster"}),
    Store("in-cluster, three servers", {"kind": "in-cluster", "replicas": 3}),
    Store("minio", {"kind": "minio"}),
    Store("minio, four pods", {"kind": "minio", "mode": "distributed"}),
    Store(
        "external (S3-compatible)",
        {
            "kind": "external",
            "endpoint": "https://s3.example.org",
            "shared_bucket": "acme",
            "credentials": {"logs": "loki-s3", "traces": "tempo-s3"},
        },
    ),
    Store("aws", _AWS, _REGION),
    Store("aws, existing buckets", {**_AWS, "create_buckets": False}, _REGION),
    Store("filesystem", {"kind": "filesystem"}),
)
"""Every kind of store that a stack can have."""
