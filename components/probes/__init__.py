"""Probes of addresses from outside: their availability, durations, and the days until certificates expire."""

from .args import ProbesArgs
from .component import Probes

__all__ = ["Probes", "ProbesArgs"]
