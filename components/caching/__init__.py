"""A cache for queries, shared by all readers that can use the protocol of Redis."""

from .access import CacheAccess
from .args import CacheAccessArgs, CacheArgs
from .cache import Cache

__all__ = ["Cache", "CacheAccess", "CacheAccessArgs", "CacheArgs"]
