"""What is supported: every mode of Loki and Tempo on every store with every chart, and what is refused.

The matrix test runs each pair of topology, store and version, and the reference prints all: they cannot differ.
"""

from .combinations import COMBINATIONS, PAIRWISE, Combination, combinations_of
from .rejections import REJECTIONS, Rejection
from .stores import STORES, Store
from .topologies import TOPOLOGIES, Topology

__all__ = [
    "COMBINATIONS",
    "PAIRWISE",
    "REJECTIONS",
    "STORES",
    "TOPOLOGIES",
    "Combination",
    "Rejection",
    "Store",
    "Topology",
    "combinations_of",
]
