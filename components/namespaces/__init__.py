"""Namespaces with a Pod Security level."""

from .args import NamespaceArgs
from .component import Namespace

__all__ = ["Namespace", "NamespaceArgs"]
