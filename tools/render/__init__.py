"""`make render`: every object that a stack would create, without an engine and without a cluster."""

from .objects import ReleaseSummary, RenderedObject, RenderError, Rendering
from .stack import masked_objects, render

__all__ = ["ReleaseSummary", "RenderError", "RenderedObject", "Rendering", "masked_objects", "render"]
