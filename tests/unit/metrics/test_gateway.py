"""TLS, certificates and logins of Prometheus: its sidecar, its monitor and what chart values must not replace."""

from typing import Any

import pytest

from components._spec import InvalidArgsError
from components.metrics.gateway import monitor_spec, network_policy_spec, tls_hosts
from components.metrics.spec import MetricsSpec
from components.metrics.values import metrics_values

TLS: dict[str, Any] = {"tls_secret": "prometheus-tls"}
MTLS: dict[str, Any] = {**TLS, "client_certificates": True}


def spec(**args: Any) -> MetricsSpec:
    return MetricsSpec.check('Metrics "m"', {"namespace": "monitoring", **args})


def server(**args: Any) -> Any:
    return metrics_values(spec(objstore_secret="thanos-objstore", **args))["prometheus"]["prometheusSpec"]


def test_without_the_arguments_there_is_no_nginx() -> None:
    values = metrics_values(spec())["prometheus"]
    assert "service" not in values and "serviceMonitor" not in values
    assert not {"containers", "volumes", "podMetadata"} & values["prometheusSpec"].keys()


def test_the_sidecar_asks_queriers_for_certificates_wherever_clients_are_asked_for_anything() -> None:
    own = {"certFile": "/tls/tls.crt", "keyFile": "/tls/tls.key"}
    asked = {**own, "caFile": "/tls/ca.crt"}
    assert server(**TLS)["thanos"]["grpcServerTlsConfig"] == own
    assert server(**MTLS)["thanos"]["grpcServerTlsConfig"] == asked
    assert server(**TLS, logins_secret="l")["thanos"]["grpcServerTlsConfig"] == asked
    assert "grpcServerTlsConfig" not in server(logins_secret="l")["thanos"], "gRPC has certificates alone"


def test_the_containers_and_volumes_of_the_bucket_stay() -> None:
    bucket = {"objstore_credentials_secret": "keys", "storage_ca": {"secret": "ca", "key": "ca.crt"}}
    found = server(**MTLS, **bucket)
    assert [container["name"] for container in found["containers"]] == ["thanos-sidecar", "gateway"]
    assert {"tls", "gateway-config"} < {volume["name"] for volume in found["volumes"]}
    assert len(found["thanos"]["volumeMounts"]) == 2 and len(found["podMetadata"]["annotations"]) == 2


def test_the_names_of_the_certificate_are_those_of_a_pair_and_of_what_the_monitor_checks() -> None:
    hosts = tls_hosts("prometheus", "monitoring", "example.local")
    assert "prometheus-prometheus-1.prometheus-operated.monitoring.svc.example.local" in hosts
    assert "prometheus-thanos-discovery.monitoring.svc.example.local" in hosts
    web, reloader = monitor_spec(spec(**MTLS))["endpoints"]
    assert web["tlsConfig"]["serverName"] in hosts
    assert web["tlsConfig"]["keySecret"] == {"name": "prometheus-tls", "key": "tls.key"}
    assert reloader == {"port": "reloader-web"}, "the reloader has no TLS"
    assert "keySecret" not in monitor_spec(spec(**TLS))["endpoints"][0]["tlsConfig"]


def test_clients_of_the_policy_reach_what_asks_them_alone() -> None:
    def ports(**args: Any) -> list[set[int]]:
        ingress = network_policy_spec(spec(client_namespaces=["grafana"], **args))["ingress"]
        return [{port["port"] for port in rule.get("ports", ())} for rule in ingress]

    assert ports(**MTLS) == [set(), {9091, 10901}, {9091, 10901}]
    assert ports(logins_secret="l") == [set(), {9091, 10901}, {9091}], "plain gRPC is for the own namespace"
    assert ports() == [set()], "without authentication the namespaces decide"


def test_without_namespaces_nginx_is_open_to_all() -> None:
    *_, clients = network_policy_spec(spec(**MTLS))["ingress"]
    assert "from" not in clients


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ({"service": {"targetPort": 9090}}, "prometheus.service.targetPort"),
        ({"prometheusSpec": {"containers": []}}, "prometheus.prometheusSpec.containers"),
        ({"prometheusSpec": {"web": {"tlsConfig": {}}}}, "prometheus.prometheusSpec.web"),
    ],
)
def test_values_that_would_replace_nginx_are_refused(values: dict[str, Any], place: str) -> None:
    spec(values={"prometheus": values})
    with pytest.raises(InvalidArgsError, match=f"{place} would replace the configuration of TLS and logins"):
        spec(values={"prometheus": values}, **MTLS)
