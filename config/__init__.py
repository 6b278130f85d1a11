"""What a stack may say: one frozen model an area, read and checked as a whole before anything is created."""

from .problems import SettingsError
from .source import read
from .stack import Settings, load

__all__ = ["Settings", "SettingsError", "load", "read"]
