"""The nginx in front of Thanos, the TLS between its workloads, and who may pass nginx by.

Thanos asks clients of its own HTTP servers for a certificate only together with the kubelet, and for no login at the
address of remote write. Queriers, stores and receivers reach each other by gRPC, which has certificates alone.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from .._kubernetes import MANAGED_BY
from .._metrics_gateway import (
    CONFIG_KEY,
    CONTAINER,
    checksum,
    gateway_config,
    gateway_container,
    gateway_name,
    gateway_volumes,
)
from .._network_policy import COMPONENT, GATEWAY, INSTANCE, clients_policy, ingress_policy
from .._nginx import EXECUTABLE, INCLUDED_RESOLVER, RESOLVER_SCRIPT, RESOLVER_SCRIPT_PATH
from .._pods import pod_fields
from .._tls import CERTIFICATES, service_hosts
from .._workload import HOSTNAME_LABEL, non_root
from .roles import ThanosRole
from .spec import ThanosSpec

HTTP_PORT = 10902
REMOTE_WRITE_PORT = 19291
REMOTE_WRITE_PATH = "/api/v1/receive"
GATEWAY_PORT = 8080
_SCRIPT_KEY = "resolver.sh"
_USER = 101
_STORES = {
    ThanosRole.STORE_GATEWAY: "store-gateway-headless",
    ThanosRole.RULE: "rule-headless",
    ThanosRole.RECEIVE_INGESTOR: "receive-ingestor-headless",
}
"""The Service of each workload that queriers ask, behind the name of the release."""
_GRPC_ROLES = (*_STORES, ThanosRole.QUERY, ThanosRole.RECEIVE_ROUTER)


def tls_hosts(
    release_name: str = "thanos", namespace: str = "monitoring", cluster_domain: str = "cluster.local"
) -> list[str]:
    """Return the names that the certificate in `tls_secret` must be valid for: of nginx, and of every store."""
    stores = [_store_host(release_name, service, namespace, cluster_domain) for service in _STORES.values()]
    return [*service_hosts(gateway_name(release_name), namespace, cluster_domain), *stores]


def _store_host(release_name: str, service: str, namespace: str, cluster_domain: str) -> str:
    return f"{release_name}-{service}.{namespace}.svc.{cluster_domain}"


def _host(spec: ThanosSpec, service: str) -> str:
    return _store_host(spec.release_name, service, spec.namespace, spec.cluster_domain)


def grpc_flags(spec: ThanosSpec, role: ThanosRole) -> list[str]:
    """Return the flags of a workload for TLS by gRPC: as a server, and as a client."""
    if not spec.tls_secret:
        return []
    flags = {"cert": f"{CERTIFICATES}/tls.crt", "key": f"{CERTIFICATES}/tls.key"}
    flags |= {"client-ca": f"{CERTIFICATES}/ca.crt"} if spec.authenticates else {}
    server = [f"--grpc-server-tls-{name}={path}" for name, path in flags.items()] if role in _GRPC_ROLES else []
    return [*server, *_client_flags(spec, role)]


def _client_flags(spec: ThanosSpec, role: ThanosRole) -> list[str]:
    if role is ThanosRole.QUERY:
        return [f"--endpoint.sd-config={json.dumps(_endpoints(spec))}"]
    if role is ThanosRole.RECEIVE_ROUTER:
        names = {"cert_file": "tls-cert", "key_file": "tls-key", "ca_file": "tls-ca"}
        files = [f"--remote-write.client-{names[name]}={path}" for name, path in client_files(spec).items()]
        host = _host(spec, _STORES[ThanosRole.RECEIVE_INGESTOR])
        return ["--remote-write.client-tls-secure", *files, f"--remote-write.client-server-name={host}"]
    return []


def client_files(spec: ThanosSpec) -> dict[str, str]:
    """Return the files of the TLS of a client, by the names that Prometheus has for them."""
    own = {"cert_file": f"{CERTIFICATES}/tls.crt", "key_file": f"{CERTIFICATES}/tls.key"}
    return {"ca_file": f"{CERTIFICATES}/ca.crt", **(own if spec.authenticates else {})}


def _endpoints(spec: ThanosSpec) -> dict[str, Any]:
    """Return the stores of a querier: it finds pods by their addresses, and checks the name of their Service."""
    stores = [f"dnssrv+_grpc._tcp.{_host(spec, service)}" for role, service in _STORES.items() if role in spec.roles]
    return {
        "default_client_config": {"tls_config": {"enabled": True, **client_files(spec)}},
        "endpoints": [
            {"address": address, "client_config": {"server_name": server_name(address)}}
            for address in (*stores, *spec.endpoints)
        ],
    }


def server_name(endpoint: str) -> str:
    """Return the host of a store's address, of which a prefix says how it is resolved."""
    name = re.sub(r"^(_[^.]+\.)+", "", endpoint.rpartition("+")[2])
    return re.sub(r":\d+$", "", name).strip("[]")


def nginx_data(spec: ThanosSpec) -> dict[str, str]:
    """Return the data of the ConfigMap: the configuration of nginx, and the script that reads the DNS servers."""
    upstreams = {"frontend": "query-frontend", **({"router": "receive-router"} if spec.receive else {})}
    receive = f"location = {REMOTE_WRITE_PATH} {{ proxy_pass http://$router:{REMOTE_WRITE_PORT}; }}"
    locations = [
        *(f'set ${name} "{_host(spec, service)}";' for name, service in upstreams.items()),
        *([receive] if spec.receive else []),
        f"location /api/ {{ proxy_pass http://$frontend:{HTTP_PORT}; }}",
    ]
    config = gateway_config(spec, GATEWAY_PORT, locations, [INCLUDED_RESOLVER])
    return {CONFIG_KEY: config, _SCRIPT_KEY: RESOLVER_SCRIPT}


def gateway_labels(spec: ThanosSpec) -> Mapping[str, str]:
    """Return the labels of the pods of nginx."""
    return {"app.kubernetes.io/name": "thanos", INSTANCE: spec.release_name, COMPONENT: GATEWAY}


def deployment_spec(spec: ThanosSpec) -> dict[str, Any]:
    """Return the Deployment of nginx."""
    container = gateway_container(spec, GATEWAY_PORT)
    script = {"name": "gateway-config", "mountPath": RESOLVER_SCRIPT_PATH, "subPath": _SCRIPT_KEY}
    config, *others = gateway_volumes(spec, gateway_name(spec.release_name))
    labels = dict(gateway_labels(spec))
    term = {"labelSelector": {"matchLabels": labels}, "topologyKey": HOSTNAME_LABEL}
    preferred = [{"weight": 100, "podAffinityTerm": term}]
    return {
        "replicas": spec.replicas,
        "selector": {"matchLabels": labels},
        "template": {
            "metadata": {
                "labels": {**MANAGED_BY, **labels},
                "annotations": checksum("".join(nginx_data(spec).values())),
            },
            "spec": {
                **pod_fields(spec),
                "automountServiceAccountToken": False,
                "securityContext": non_root(_USER),
                "affinity": {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": preferred}},
                "containers": [{**container, "volumeMounts": [*container["volumeMounts"], script]}],
                "volumes": [{**config, "configMap": {**config["configMap"], "defaultMode": EXECUTABLE}}, *others],
            },
        },
    }


def service_port(spec: ThanosSpec) -> int:
    """Return the port of nginx for clients, which its scheme implies."""
    return 443 if spec.tls_secret else 80


def service_spec(spec: ThanosSpec) -> dict[str, Any]:
    """Return the Service of nginx."""
    port = {"name": spec.scheme, "port": service_port(spec), "targetPort": CONTAINER, "protocol": "TCP"}
    return {"selector": dict(gateway_labels(spec)), "ports": [port]}


def pods_policy(spec: ThanosSpec) -> dict[str, Any]:
    """Return the NetworkPolicy of the pods of Thanos; Prometheus and its sidecars are in the same namespace.

    With authentication nginx is the only way in, but for the metrics, which are at the port of queries.
    """
    if spec.authenticates:
        return ingress_policy(spec.release_name, [spec.namespace], metrics_ports=[HTTP_PORT])
    return clients_policy({INSTANCE: spec.release_name}, sorted({spec.namespace, *spec.client_namespaces}))


def gateway_policy(spec: ThanosSpec) -> dict[str, Any]:
    """Return the NetworkPolicy of the pods of nginx."""
    clients = sorted({spec.namespace, *spec.client_namespaces})
    return clients_policy(gateway_labels(spec), clients, [GATEWAY_PORT])
