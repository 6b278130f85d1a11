"""`make render`: every object that a stack would create, without an engine and without a cluster."""

from .objects import ReleaseSummary, RenderedObject, RenderError, Rendering
from .stack import render, render_stack

__all__ = ["ReleaseSummary", "RenderError", "RenderedObject", "Rendering", "render", "render_stack"]
