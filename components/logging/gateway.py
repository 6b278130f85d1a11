"""The nginx that every reader and writer of logs talks to, and that knows which workload serves what."""

from functools import reduce
from typing import Any

from .._merge import deep_merge
from .modes import Role
from .security import secure_gateway
from .spec import LoggingSpec
from .tenancy import tenant_gateway
from .workload import placement, resources


def gateway_values(spec: LoggingSpec) -> dict[str, Any]:
    """Give the section of the gateway and the names that it resolves through."""
    workload = spec.workload(Role.GATEWAY)
    values: dict[str, Any] = {
        "global": {
            "dnsService": spec.dns_service,
            "dnsNamespace": spec.dns_namespace,
            "clusterDomain": spec.cluster_domain,
        },
        "gateway": {
            "enabled": True,
            "replicas": workload.replicas,
            "resources": resources(workload.cpu, workload.memory),
            "nginxConfig": {"clientMaxBodySize": f"{spec.max_push_mib}M", "enableIPv6": spec.gateway_ipv6},
            **placement(workload),
        },
    }
    asked = [tenant_gateway(spec), secure_gateway(spec)]
    snippets = [part["nginxConfig"]["httpSnippet"] for part in asked if "httpSnippet" in part.get("nginxConfig", {})]
    if snippets:
        asked.append({"nginxConfig": {"httpSnippet": "\n".join(snippets)}})
    return reduce(deep_merge, ({"gateway": part} for part in asked), values)
