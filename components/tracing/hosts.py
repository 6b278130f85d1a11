"""The names that clients call Tempo by."""

from .._security.hosts import service_hosts
from .choices import Mode


def tls_hosts(release_name: str, namespace: str, mode: str, cluster_domain: str = "cluster.local") -> list[str]:
    """Give the names that the certificate in `tls_secret` must be good for.

    Everything of distributed Tempo goes through its gateway then; monolithic Tempo has one Service for all.
    """
    service = release_name if Mode(mode) is Mode.MONOLITHIC else f"{release_name}-gateway"
    return service_hosts(service, namespace, cluster_domain)
