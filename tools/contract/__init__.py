"""What must be true of everything that a stack would create; every check is one function."""

from .contract import Report, check
from .finding import Finding

__all__ = ["Finding", "Report", "check"]
