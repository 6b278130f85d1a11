"""TLS between the workloads of Thanos, and the nginx in front of them."""

import json
from typing import Any

import pytest

from components._spec import InvalidArgsError
from components.thanos.gateway import (
    deployment_spec,
    gateway_policy,
    grpc_flags,
    nginx_data,
    pods_policy,
    server_name,
    service_spec,
    tls_hosts,
)
from components.thanos.roles import ThanosRole
from components.thanos.values import thanos_values
from tests.unit.thanos.specs import WHOLE, spec

TLS: dict[str, Any] = {"tls_secret": "thanos-tls"}
MTLS: dict[str, Any] = {**TLS, "client_certificates": True}


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("dnssrv+_grpc._tcp.prometheus-thanos-discovery.monitoring.svc", "prometheus-thanos-discovery.monitoring.svc"),
        ("dns+store.example.org:10901", "store.example.org"),
        ("store.example.org:10901", "store.example.org"),
        ("[fd00::1]:10901", "fd00::1"),
    ],
)
def test_the_certificate_of_a_store_is_of_the_host_in_its_address(address: str, name: str) -> None:
    assert server_name(address) == name


def test_a_querier_checks_each_store_by_a_name_that_its_certificate_has() -> None:
    query = thanos_values(spec(**WHOLE, **MTLS))["query"]
    assert query["enableDnsDiscovery"] is False
    (flag,) = [argument for argument in query["extraArgs"] if argument.startswith("--endpoint.sd-config=")]
    stores = json.loads(flag.partition("=")[2])
    assert stores["default_client_config"]["tls_config"] == {
        "enabled": True,
        "ca_file": "/tls/ca.crt",
        "cert_file": "/tls/tls.crt",
        "key_file": "/tls/tls.key",
    }
    names = [endpoint["client_config"]["server_name"] for endpoint in stores["endpoints"]]
    *own, further = names
    assert len(own) == 3 and set(own) <= set(tls_hosts()) and further.startswith("kube-prometheus-stack-thanos")
    assert thanos_values(spec(**WHOLE, **MTLS))["additionalEndpoints"] == []


def test_receivers_are_written_to_by_tls_under_a_name_of_the_certificate() -> None:
    flags = dict(flag.partition("=")[::2] for flag in grpc_flags(spec(**WHOLE, **MTLS), ThanosRole.RECEIVE_ROUTER))
    assert flags["--remote-write.client-server-name"] in tls_hosts()
    assert flags["--remote-write.client-tls-cert"] == "/tls/tls.crt" and "--remote-write.client-tls-secure" in flags


def test_workloads_ask_each_other_for_certificates_wherever_clients_are_asked_for_anything() -> None:
    asked = "--grpc-server-tls-client-ca=/tls/ca.crt"
    for args, expected in ((TLS, False), (MTLS, True), ({**TLS, "logins_secret": "l"}, True)):
        assert (asked in grpc_flags(spec(**args), ThanosRole.STORE_GATEWAY)) is expected
    assert grpc_flags(spec(logins_secret="l"), ThanosRole.QUERY) == []


def test_only_what_speaks_grpc_has_the_certificate() -> None:
    authority = {"storage_ca": {"secret": "ca", "key": "ca.crt"}}
    values = thanos_values(spec(**WHOLE, **MTLS, **authority))
    names = {
        role: [volume["name"] for volume in values.get(role, {}).get("extraVolumes", ())]
        for role in ("compact", "queryFrontend", "storeGateway", "query")
    }
    assert "tls" not in names["compact"] and names["queryFrontend"] == []
    assert "tls" in names["storeGateway"] and len(names["storeGateway"]) == 2 and names["query"] == ["tls"]


def test_nginx_takes_writes_only_where_there_are_receivers() -> None:
    assert "/api/v1/receive" in nginx_data(spec(receive=True, **MTLS))["nginx.conf"]
    assert "receive" not in nginx_data(spec(**MTLS))["nginx.conf"]


def test_nginx_is_as_available_as_the_rest_and_reads_the_dns_servers_of_its_pod() -> None:
    made = deployment_spec(spec(replicas=2, **MTLS, priority_class="high"))
    assert made["replicas"] == 2 and made["template"]["spec"]["priorityClassName"] == "high"
    (container,) = made["template"]["spec"]["containers"]
    assert "/docker-entrypoint.d/15-resolver.sh" in {mount["mountPath"] for mount in container["volumeMounts"]}
    assert service_spec(spec(**MTLS))["ports"][0]["port"] == 443
    assert service_spec(spec(logins_secret="l"))["ports"][0]["port"] == 80


def test_the_pods_behind_nginx_admit_each_other_and_the_scrapes_of_their_namespace() -> None:
    policy = pods_policy(spec(**MTLS))
    assert policy["podSelector"]["matchExpressions"][0]["operator"] == "NotIn"
    assert [port["port"] for port in policy["ingress"][1]["ports"]] == [10902]
    assert gateway_policy(spec(client_namespaces=["grafana"], **MTLS))["ingress"][0]["ports"][0]["port"] == 8080


@pytest.mark.parametrize("place", ["query.enableDnsDiscovery", "additionalEndpoints", "storeGateway.extraVolumes"])
def test_values_that_would_leave_a_store_without_its_name_or_certificate_are_refused(place: str) -> None:
    part, _, key = place.partition(".")
    values = {part: {key: []} if key else []}
    spec(values=values)
    with pytest.raises(InvalidArgsError, match=f"{place} would replace"):
        spec(values=values, **TLS)


@pytest.mark.parametrize(
    ("role", "flag"),
    [
        ("query", "--endpoint.sd-config={}"),
        ("store-gateway", "--grpc-server-tls-cert=/x"),
        ("query", "--grpc-address=x"),
    ],
)
def test_flags_of_tls_are_those_of_the_arguments(role: str, flag: str) -> None:
    with pytest.raises(InvalidArgsError, match="is set already"):
        spec(workloads={role: {"extra_args": [flag]}})
