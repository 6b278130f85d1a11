"""The names that a client may call a Service by, which its certificate must be good for."""


def service_hosts(service: str, namespace: str, cluster_domain: str) -> list[str]:
    """Give every name of a Service, from the one that its own namespace uses to the one with the cluster's domain."""
    return [
        service,
        f"{service}.{namespace}",
        f"{service}.{namespace}.svc",
        f"{service}.{namespace}.svc.{cluster_domain}",
    ]
