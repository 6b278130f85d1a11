"""What is supported: every mode of Loki and Tempo on every store with every chart, and what is refused.

The matrix test runs each of them, and the reference prints them, so that they cannot differ.
"""

from .combinations import COMBINATIONS, Combination, combinations_of
from .rejections import REJECTIONS, Rejection
from .stores import STORES, Store
from .topologies import TOPOLOGIES, Topology

__all__ = [
    "COMBINATIONS",
    "REJECTIONS",
    "STORES",
    "TOPOLOGIES",
    "Combination",
    "Rejection",
    "Store",
    "Topology",
    "combinations_of",
]
