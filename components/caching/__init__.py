"""A cache for queries, shared by all readers that can use the protocol of Redis."""

from .args import CacheAccessArgs, CacheArgs
from .component import Cache, CacheAccess

__all__ = ["Cache", "CacheAccess", "CacheAccessArgs", "CacheArgs"]
