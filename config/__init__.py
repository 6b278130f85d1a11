"""The settings of a stack: one frozen model an area, read and checked as a whole before anything is created."""

from .errors import SettingsError
from .settings import Settings
from .source import read
from .stack import load

__all__ = ["Settings", "SettingsError", "load", "read"]
