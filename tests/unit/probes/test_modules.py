"""Modules of the blackbox exporter: those of every kind, and those for further options."""

from typing import Any

import pytest

from components.probes.modules import ca_directories, module_of, modules
from components.probes.spec import ProbesSpec

URL = "https://shop.example.org"
CA = {"config_map": "own-ca", "key": "bundle.pem"}


def spec(targets: dict[str, Any] | None = None, **args: Any) -> ProbesSpec:
    return ProbesSpec.check("Probes", {"namespace": "monitoring", "targets": targets or {}, **args})


def test_there_is_a_module_of_every_kind_also_without_targets() -> None:
    found = modules(spec())
    assert set(found) == {"http_2xx", "http_post_json", "tcp_connect", "icmp_ping", "dns_resolution"}
    assert {module["timeout"] for module in found.values()} == {"5s"}
    assert {module[module["prober"]]["preferred_ip_protocol"] for module in found.values()} == {"ip4"}
    post = found["http_post_json"]["http"]
    assert (post["method"], post["headers"]) == ("POST", {"Content-Type": "application/json"})
    assert post["body"] == '{"healthcheck": true}'
    assert found["http_2xx"]["http"]["follow_redirects"] is True
    assert found["dns_resolution"]["dns"]["query_name"] == "kubernetes.default.svc.cluster.local", (
        "the exporter starts with no module that asks for no name"
    )


def test_a_target_without_options_uses_the_module_of_its_kind() -> None:
    found = spec(
        {
            "shop": {"address": URL},
            "api": {"kind": "post", "address": URL},
            "db": {"kind": "tcp", "address": "db.example.org:5432"},
            "router": {"kind": "icmp", "address": "192.0.2.1"},
        }
    )
    assert {name: module_of(found, name) for name in found.targets} == {
        "shop": "http_2xx",
        "api": "http_post_json",
        "db": "tcp_connect",
        "router": "icmp_ping",
    }
    assert len(modules(found)) == 5


def test_targets_with_the_same_options_share_a_module_named_after_the_first() -> None:
    codes = {"accepted_codes": [200, 301]}
    found = spec(
        {
            "b": {"address": URL, **codes},
            "a": {"address": f"{URL}/a", "accepted_codes": [301, 200], "interval": "15s", "labels": {"team": "x"}},
            "c": {"address": URL, **codes, "follow_redirects": False},
        }
    )
    assert [module_of(found, name) for name in "abc"] == ["http_2xx_a", "http_2xx_a", "http_2xx_c"]
    assert modules(found)["http_2xx_a"]["http"]["valid_status_codes"] == [200, 301]
    assert modules(found)["http_2xx_c"]["http"]["follow_redirects"] is False


@pytest.mark.parametrize(
    ("families", "protocol", "record"), [([], "ip4", "A"), (["IPv4", "IPv6"], "ip4", "A"), (["IPv6"], "ip6", "AAAA")]
)
def test_the_first_ip_family_of_the_cluster_is_preferred(families: list[str], protocol: str, record: str) -> None:
    found = modules(spec(ip_families=families))
    assert {module[module["prober"]]["preferred_ip_protocol"] for module in found.values()} == {protocol}
    assert found["dns_resolution"]["dns"]["query_type"] == record
    assert not any("ip_protocol_fallback" in module[module["prober"]] for module in found.values())


def test_an_ip_family_that_is_asked_for_is_the_only_one() -> None:
    found = modules(spec({"shop": {"address": URL, "ip_family": "IPv6"}}))["http_2xx_shop"]["http"]
    assert (found["preferred_ip_protocol"], found["ip_protocol_fallback"]) == ("ip6", False)


def test_timeouts_are_written_in_the_notation_of_go() -> None:
    found = modules(spec({"shop": {"address": URL, "timeout": "1m"}}, timeout="2s500ms", interval="1m"))
    assert found["http_2xx"]["timeout"] == "2.5s"
    assert found["http_2xx_shop"]["timeout"] == "60s"


def test_a_tcp_connection_uses_tls_where_trust_is_stated() -> None:
    targets = {
        "plain": {"kind": "tcp", "address": "a.example.org:25"},
        "tls": {"kind": "tcp", "address": "a.example.org:465", "tls": {}},
        "own": {"kind": "tcp", "address": "10.0.0.1:465", "tls": {"server_name": "mail", "insecure": True}},
    }
    found = modules(spec(targets))
    assert "tls" not in found["tcp_connect"]["tcp"]
    assert found["tcp_connect_tls"]["tcp"]["tls"] is True and "tls_config" not in found["tcp_connect_tls"]["tcp"]
    assert found["tcp_connect_own"]["tcp"]["tls_config"] == {"insecure_skip_verify": True, "server_name": "mail"}


def test_each_authority_is_mounted_once() -> None:
    found = spec(
        {
            "a": {"address": URL, "tls": {"ca": CA}},
            "b": {"address": f"{URL}/b", "tls": {"ca": CA}},
            "c": {"address": URL, "tls": {"ca": {"secret": "c", "key": "ca.crt"}}},
        }
    )
    assert [reference.key for reference in ca_directories(found).values()] == ["bundle.pem", "ca.crt"]
    tls = {
        name: module["http"]["tls_config"] for name, module in modules(found).items() if name.startswith("http_2xx_")
    }
    assert tls == {
        "http_2xx_a": {"ca_file": "/etc/probe-ca/0/ca.crt"},
        "http_2xx_c": {"ca_file": "/etc/probe-ca/1/ca.crt"},
    }


def test_a_dns_query_asks_for_the_name_and_the_record() -> None:
    target = {"kind": "dns", "address": "192.0.2.53", "query_name": "example.org", "query_type": "MX"}
    found = modules(spec({"dns": target}))["dns_resolution_dns"]
    assert found["dns"] == {
        "preferred_ip_protocol": "ip4",
        "query_name": "example.org",
        "query_type": "MX",
        "valid_rcodes": ["NOERROR"],
    }
