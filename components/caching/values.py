"""Values of the Valkey chart: a cache in memory alone, with LRU eviction and a password."""

from typing import Any

from .._merge import deep_merge
from .._pods import pod_values
from .._workload import CONTAINER_SECURITY_CONTEXT, resources, scheduling
from .spec import PASSWORD_KEY, PORT, CacheSpec

EXPORTER_PORT = 9121
_SMALL = resources("10m", "32Mi")
_CONTAINER = {**CONTAINER_SECURITY_CONTEXT, "runAsUser": 1000}
_PERMISSIONS = "~* &* +@all -@dangerous +info +config|get +client|list +slowlog +latency"
"""All keys, and the commands of the exporter; no command that flushes, stops or reconfigures the cache."""


def cache_values(spec: CacheSpec) -> dict[str, Any]:
    """Return the values of the chart, which contain the Secret of the password by name only."""
    memory = f"{memory_mib(spec.size_mib)}Mi"
    ports = [PORT, EXPORTER_PORT] if spec.service_monitor else [PORT]
    values = {
        "fullnameOverride": spec.release_name,
        "auth": {
            "enabled": True,
            "usersExistingSecret": spec.password_secret,
            "aclUsers": {"default": {"permissions": _PERMISSIONS, "passwordKey": PASSWORD_KEY}},
        },
        "valkeyConfig": configuration(spec.size_mib),
        "podAnnotations": {"checksum/password": spec.credentials_checksum},
        "securityContext": _CONTAINER,
        "resources": resources(spec.cpu, memory),
        "initResources": _SMALL,
        "readinessProbe": {"enabled": True},
        "networkPolicy": {"ingress": [{"ports": [{"protocol": "TCP", "port": port} for port in ports]}]},
        "metrics": {
            "enabled": spec.service_monitor,
            "exporter": {"resources": _SMALL, "securityContext": _CONTAINER, **_exporter_address(spec)},
            "serviceMonitor": {"enabled": spec.service_monitor, "extraLabels": dict(spec.service_monitor_labels)},
        },
        **scheduling(spec.node_selector, spec.tolerations),
    }
    images = pod_values(
        spec,
        image_registry={"global": {"imageRegistry": spec.image_registry}},
        image_pull_secrets={"global": {"imagePullSecrets": list(spec.image_pull_secrets)}},
        priority_class={"priorityClassName": spec.priority_class},
    )
    return deep_merge(values, images)


def _exporter_address(spec: CacheSpec) -> dict[str, Any]:
    address = f"{spec.any_address}:{EXPORTER_PORT}"
    return {"extraEnvs": {"REDIS_EXPORTER_WEB_LISTEN_ADDRESS": address}} if spec.listens_on_ipv6 else {}


def configuration(size_mib: int) -> str:
    """Return the text of `valkey.conf`: memory limit, eviction policy, no persistence."""
    return f'maxmemory {size_mib}mb\nmaxmemory-policy allkeys-lru\nsave ""\nappendonly no\n'


def memory_mib(size_mib: int) -> int:
    """Return the memory of the pod: its entries, a fifth for fragments of them, and 32 MiB for connections."""
    return size_mib + size_mib // 5 + 32
