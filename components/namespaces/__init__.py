"""Namespaces with a pod security level."""

from .args import NamespaceArgs
from .component import Namespace

__all__ = ["Namespace", "NamespaceArgs"]
