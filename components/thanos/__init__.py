"""Metrics over years in Thanos: blocks of Prometheus in a bucket, compacted, downsampled and queried beside it."""

from .args import ThanosArgs, ThanosObjectStoreArgs
from .component import Thanos
from .gateway import tls_hosts
from .object_store import ThanosObjectStore

__all__ = ["Thanos", "ThanosArgs", "ThanosObjectStore", "ThanosObjectStoreArgs", "tls_hosts"]
