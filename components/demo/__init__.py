"""A generator of telemetry, so that a fresh platform has a trace to click."""

from .component import Demo, DemoArgs

__all__ = ["Demo", "DemoArgs"]
