"""A cache for what queries read again and again, shared by those that can use Redis's protocol."""

from .access import CacheAccess, CacheAccessArgs
from .cache import Cache, CacheArgs

__all__ = ["Cache", "CacheAccess", "CacheAccessArgs", "CacheArgs"]
