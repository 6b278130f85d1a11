"""A writer of Alloy configuration: blocks and expressions as values, text as `alloy fmt` formats it."""

from .expressions import Call, Ref, Sum, Value, quote
from .syntax import Block, render

__all__ = ["Block", "Call", "Ref", "Sum", "Value", "quote", "render"]
