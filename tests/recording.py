"""The recording monitor, as tests use it."""

from tools.program.recording import SECRET, UNKNOWN, Recording, Registered, record

__all__ = ["SECRET", "UNKNOWN", "Recording", "Registered", "record"]
