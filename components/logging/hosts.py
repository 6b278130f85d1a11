"""The names that clients call Loki by."""

from .._security.hosts import service_hosts


def tls_hosts(release_name: str, namespace: str, cluster_domain: str = "cluster.local") -> list[str]:
    """Give the names that the certificate in `tls_secret` must be good for: those of the gateway."""
    return service_hosts(f"{release_name}-gateway", namespace, cluster_domain)
