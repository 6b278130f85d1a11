"""Who may reach the pods: the nginx of Prometheus with TLS, client certificates and logins, and NetworkPolicies."""

from typing import Any

from .._metrics_gateway import certificate_mount, gateway_config, gateway_name
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


def alertmanager_gateway(spec: MetricsSpec) -> MetricsSpec:
    """Return the arguments that decide about the nginx of Alertmanager: rulers have certificates, and no logins."""
    return spec.model_copy(update={"logins_secret": ""})


def alertmanager_nginx_config(spec: MetricsSpec) -> str:
    """Return the configuration of the nginx of Alertmanager, which passes the API on alone."""
    locations = [f"location /api/ {{ proxy_pass http://127.0.0.1:{alertmanager.PORT}; }}"]
    return gateway_config(alertmanager_gateway(spec), alertmanager.GATEWAY_PORT, locations)


def alertmanager_gateway_name(spec: MetricsSpec) -> str:
    """Return the name of the ConfigMap of that nginx."""
    return gateway_name(alertmanager.service_name(spec.release_name))


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
    of_alertmanager = service_hosts(alertmanager.service_name(release_name), namespace, cluster_domain)
    return [*services, f"{release_name}-thanos-discovery.{domain}", *pods, *of_alertmanager]


def pod_name(release_name: str, index: int) -> str:
    """Return the name of a pod of Prometheus."""
    return f"prometheus-{release_name}-{index}"


def client_tls(spec: MetricsSpec, server_name: str) -> dict[str, Any]:
    """Return the TLS of Prometheus as a client, as the operator has it."""
    own = _certificate(spec) if spec.client_certificates else {}
    return {"ca": {"secret": _key(spec, "ca.crt")}, "serverName": server_name, **own}


def gossip_tls(spec: MetricsSpec) -> dict[str, Any]:
    """Return the TLS between pods of Alertmanager, which have one certificate, and so always present it."""
    asked = {"client_ca": {"secret": _key(spec, "ca.crt")}, "clientAuthType": "RequireAndVerifyClientCert"}
    name = alertmanager.server_name(spec.release_name, spec.namespace)
    client = {"ca": {"secret": _key(spec, "ca.crt")}, "serverName": name}
    return {"server": {**_certificate(spec), **asked}, "client": {**client, **_certificate(spec)}}


def _certificate(spec: MetricsSpec) -> dict[str, Any]:
    return {"cert": {"secret": _key(spec, "tls.crt")}, "keySecret": _key(spec, "tls.key")}


def _key(spec: MetricsSpec, name: str) -> dict[str, str]:
    return {"name": spec.tls_secret, "key": name}


def monitor_spec(spec: MetricsSpec) -> dict[str, Any]:
    """Return the ServiceMonitor of Prometheus, in place of that of the chart, which takes one TLS for all ports."""
    tls = client_tls(spec, f"{spec.server}.{spec.namespace}.svc")
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


def alertmanager_policy_spec(own: Alertmanager, release_name: str, namespace: str, *, tls: bool) -> dict[str, Any]:
    """Return the policy of the pods of Alertmanager: clients reach API and metrics, pods reach each other.

    With TLS, clients of other namespaces reach nginx alone. Receivers may be anywhere, so egress is open.
    """
    pods = alertmanager.pod_labels(release_name)
    plain = sorted({namespace, *own.ui_namespaces, *(() if tls else own.client_namespaces)})
    policy = clients_policy(pods, plain, [alertmanager.PORT, alertmanager.RELOADER_PORT])
    if tls:
        clients = sorted({namespace, *own.client_namespaces})
        policy["ingress"] += clients_policy(pods, clients, [alertmanager.GATEWAY_PORT])["ingress"]
    ranges = [{"ipBlock": {"cidr": each}} for each in own.client_ranges]
    if ranges:
        policy["ingress"].append({"from": ranges, "ports": [{"port": alertmanager.PORT, "protocol": "TCP"}]})
    gossip = [{"port": alertmanager.GOSSIP_PORT, "protocol": protocol} for protocol in ("TCP", "UDP")]
    policy["ingress"].append({"from": [{"podSelector": {"matchLabels": pods}}], "ports": gossip})
    return policy
