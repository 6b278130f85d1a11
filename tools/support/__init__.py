"""What is supported: every mode of Loki and Tempo on every store with every chart, and what is refused.

The matrix test runs each of them, and the reference prints them, so that neither can tell anything else.
"""

from .cells import CELLS, Cell, cells_of
from .refusals import REFUSALS, Refusal
from .shapes import SHAPES, Shape
from .stores import STORES, Store

__all__ = ["CELLS", "REFUSALS", "SHAPES", "STORES", "Cell", "Refusal", "Shape", "Store", "cells_of"]
