"""Runs this project's program without the engine and records what it registers."""

from .recording import Recording, Registered, record
from .stacks import program_of

__all__ = ["Recording", "Registered", "program_of", "record"]
