"""A cache for what queries read again and again, shared by those that can use Redis's protocol."""

from .access import CacheAccess
from .args import CacheAccessArgs, CacheArgs
from .cache import Cache

__all__ = ["Cache", "CacheAccess", "CacheAccessArgs", "CacheArgs"]
