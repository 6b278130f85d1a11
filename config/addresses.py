"""Addresses of Services, as settings name them."""

from urllib.parse import urlsplit


def namespace_of(url: str) -> str:
    """Give the namespace of a Service's address in the cluster, empty for an address elsewhere."""
    labels = (urlsplit(url).hostname or "").split(".")
    within = len(labels) == 2 or labels[2:3] == ["svc"]
    return labels[1] if within else ""
