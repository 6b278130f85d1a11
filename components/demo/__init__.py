"""A generator of telemetry, so that a new platform has a trace to open."""

from .args import DemoArgs
from .component import Demo

__all__ = ["Demo", "DemoArgs"]
