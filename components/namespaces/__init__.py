"""Namespaces with a pod security level."""

from .component import Namespace, NamespaceArgs

__all__ = ["Namespace", "NamespaceArgs"]
