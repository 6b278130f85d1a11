"""Who may reach the pods: the nginx of Prometheus with TLS, client certificates and logins, and NetworkPolicies."""

from typing import Any

from .._metrics_gateway import certificate_mount, gateway_config
from .._network_policy import authenticated_policy, clients_policy
from .._tls import CERTIFICATES, service_hosts
from . import alertmanager
from .alertmanager import Alertmanager
from .spec import MAX_REPLICAS, MetricsSpec

PORT = 9090
GATEWAY_PORT = 9091
GRPC_PORT = 10901
_UPSTREAM = f"http://127.0.0.1:{PORT}"


def nginx_config(spec: MetricsSpec) -> str:
    """Return the configuration of nginx; the metrics of Prometheus itself need no login."""
    return gateway_config(
        spec,
        GATEWAY_PORT,
        [
            f"location = /metrics {{ auth_basic off; proxy_pass {_UPSTREAM}; }}",
            f"location = /federate {{ proxy_pass {_UPSTREAM}; }}",
            f"location /api/ {{ proxy_pass {_UPSTREAM}; }}",
        ],
    )


def sidecar_tls(spec: MetricsSpec) -> dict[str, Any]:
    """Return the TLS of the sidecar, whose clients are queriers of Thanos alone: they have certificates, not logins."""
    if not spec.tls_secret:
        return {}
    tls = {"certFile": f"{CERTIFICATES}/tls.crt", "keyFile": f"{CERTIFICATES}/tls.key"}
    asked = {"caFile": f"{CERTIFICATES}/ca.crt"} if spec.authenticates else {}
    return {"grpcServerTlsConfig": {**tls, **asked}, "volumeMounts": [certificate_mount()]}


def tls_hosts(
    release_name: str = "prometheus", namespace: str = "monitoring", cluster_domain: str = "cluster.local"
) -> list[str]:
    """Return the names that the certificate in `tls_secret` must be valid for: of Services, and of both of a pair."""
    domain = f"{namespace}.svc.{cluster_domain}"
    pods = [f"{pod_name(release_name, index)}.prometheus-operated.{domain}" for index in range(MAX_REPLICAS)]
    services = service_hosts(f"{release_name}-prometheus", namespace, cluster_domain)
    return [*services, f"{release_name}-thanos-discovery.{domain}", *pods]


def pod_name(release_name: str, index: int) -> str:
    """Return the name of a pod of Prometheus."""
    return f"prometheus-{release_name}-{index}"


def monitor_spec(spec: MetricsSpec) -> dict[str, Any]:
    """Return the ServiceMonitor of Prometheus, in place of that of the chart, which takes one TLS for all ports."""

    def key(name: str) -> dict[str, str]:
        return {"name": spec.tls_secret, "key": name}

    tls = {
        "ca": {"secret": key("ca.crt")},
        "serverName": f"{spec.server}.{spec.namespace}.svc",
        **({"cert": {"secret": key("tls.crt")}, "keySecret": key("tls.key")} if spec.client_certificates else {}),
    }
    return {
        "selector": {"matchLabels": {"app": f"{spec.chart.name}-prometheus", "release": spec.release_name}},
        "endpoints": [{"port": "http-web", "scheme": "https", "tlsConfig": tls}, {"port": "reloader-web"}],
    }


def network_policy_spec(spec: MetricsSpec) -> dict[str, Any]:
    """Return the policy of the pods of Prometheus; what they scrape may be anywhere, so egress is open.

    With authentication, clients reach nginx, and the sidecar where it asks for a certificate or they are of the same
    namespace. Prometheus reaches every port, to scrape.
    """
    pods = {"operator.prometheus.io/name": spec.release_name}
    if not spec.authenticates:
        return clients_policy(pods, sorted({spec.namespace, *spec.client_namespaces}))
    asking, open_ports = ([GATEWAY_PORT, GRPC_PORT], []) if spec.tls_secret else ([GATEWAY_PORT], [GRPC_PORT])
    return authenticated_policy(pods, spec.namespace, open_ports, spec.client_namespaces, asking)


def alertmanager_policy_spec(own: Alertmanager, release_name: str, namespace: str) -> dict[str, Any]:
    """Return the policy of the pods of Alertmanager: clients reach API and metrics, pods reach each other.

    Receivers may be anywhere, so egress is open.
    """
    pods = alertmanager.pod_labels(release_name)
    clients = sorted({namespace, *own.client_namespaces})
    policy = clients_policy(pods, clients, [alertmanager.PORT, alertmanager.RELOADER_PORT])
    ranges = [{"ipBlock": {"cidr": each}} for each in own.client_ranges]
    if ranges:
        policy["ingress"].append({"from": ranges, "ports": [{"port": alertmanager.PORT, "protocol": "TCP"}]})
    gossip = [{"port": alertmanager.GOSSIP_PORT, "protocol": protocol} for protocol in ("TCP", "UDP")]
    policy["ingress"].append({"from": [{"podSelector": {"matchLabels": pods}}], "ports": gossip})
    return policy
