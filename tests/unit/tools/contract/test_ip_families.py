"""Listeners, rings, Services and network policies of the other IP family are found."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import yaml

from tools.contract.ip_families import RINGS, every_pod_uses_the_ip_families_of_the_cluster
from tools.render import Rendering

from .conftest import container, manifest, workload

Make = Callable[..., Rendering]
ON_IPV4, ON_IPV6, BOTH = ("IPv4",), ("IPv6",), ("IPv6", "IPv4")


def found(rendering: Rendering, families: tuple[str, ...]) -> list[str]:
    named = replace(rendering, ip_families=families)
    return [str(finding) for finding in every_pod_uses_the_ip_families_of_the_cluster(named)]


def config_map(file: str, content: Any) -> dict[str, Any]:
    text = content if isinstance(content, str) else yaml.safe_dump(content)
    return manifest("ConfigMap", "web", data={file: text})


def ring(**advertised: Any) -> dict[str, Any]:
    return {"memberlist": {"bind_addr": ["::"]}, **advertised}


LOKI_ON_IPV6 = ring(common={"ring": {"instance_enable_ipv6": True}}, frontend={"instance_enable_ipv6": True})
TEMPO_ON_IPV6 = ring(
    compactor={"ring": {"enable_inet6": True}},
    ingester={"lifecycler": {"enable_inet6": True}},
)


@pytest.mark.parametrize(
    ("made", "families", "message"),
    [
        (workload(containers=[container(args=["--listen=0.0.0.0:80"])]), ON_IPV6, "0.0.0.0:80: listens at IPv4 alone"),
        (workload(containers=[container(args=["--listen=[::]:80"])]), ON_IPV4, "listens at IPv6"),
        (workload(containers=[container(image="quay.io/prometheus/prometheus:v3")]), BOTH, "set web.listen-address"),
        (
            workload(
                containers=[
                    container(
                        image="quay.io/kiwigrid/k8s-sidecar:2.1.2",
                        startupProbe={"httpGet": {"path": "/healthz", "port": 8080}},
                    )
                ]
            ),
            ON_IPV6,
            "startupProbe: its health is served at IPv4 alone; use exec",
        ),
        (config_map("nginx.conf", "server {\n  listen 8080;\n}\n"), BOTH, "nginx listens on port 8080 at IPv4 alone"),
        (config_map("nginx.conf", "server {\n  listen [::]:8080;\n}\n"), ON_IPV4, "nginx listens at [::]:8080"),
        (manifest("Service", "web", spec={"ipFamilies": ["IPv4"]}), ON_IPV6, "the cluster has no IPv4"),
        (
            manifest("NetworkPolicy", "web", spec={"egress": [{"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}]}),
            ON_IPV6,
            "egress allows 0.0.0.0/0 alone",
        ),
        (config_map("config.yaml", {**LOKI_ON_IPV6, "frontend": {}}), ON_IPV6, "frontend.instance_enable_ipv6"),
        (config_map("config.yaml", LOKI_ON_IPV6 | {"memberlist": {"x": 1}}), ON_IPV6, "bind_addr of config.yaml"),
        (config_map("tempo.yaml", TEMPO_ON_IPV6 | {"compactor": {}}), ON_IPV6, "compactor.ring.enable_inet6"),
    ],
)
def test_a_listener_or_a_ring_of_the_other_family_is_found(
    rendering: Make, made: dict[str, Any], families: tuple[str, ...], message: str
) -> None:
    (finding,) = found(rendering(made), families)
    assert message in finding


@pytest.mark.parametrize(
    ("made", "families"),
    [
        (workload(containers=[container(args=["--listen=0.0.0.0:80", "--listen=[::]:80"])]), ON_IPV6),
        (workload(containers=[container(args=["--allow=0.0.0.0/0", "--listen=:80"])]), ON_IPV6),
        (workload(containers=[container(image="quay.io/thanos/thanos:v1", args=["--listen=0.0.0.0:80"])]), ON_IPV6),
        (config_map("nginx.conf", "server {\n  listen 80;\n  listen [::]:80 ssl;\n}\n"), BOTH),
        (config_map("nginx.conf", "server {\n  listen 80;\n}\n"), ON_IPV4),
        (config_map("config.yaml", LOKI_ON_IPV6), ON_IPV6),
        (config_map("tempo.yaml", TEMPO_ON_IPV6), BOTH),
        (config_map("tempo.yaml", {"memberlist": {}, "compactor": {}}), ("IPv4", "IPv6")),
        (manifest("Service", "web", spec={}), ON_IPV6),
    ],
)
def test_what_both_families_reach_is_no_finding(
    rendering: Make, made: dict[str, Any], families: tuple[str, ...]
) -> None:
    assert found(rendering(made), families) == []


def test_every_ring_of_tempo_is_one_of_a_section() -> None:
    assert {name.count(".") for name in RINGS} == {1}
