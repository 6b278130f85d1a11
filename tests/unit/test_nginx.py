"""The DNS server of the gateways: what the setting takes, and what a script writes for nginx."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from components._nginx import merge_gateway, nginx_resolver, pod_resolver, resolver_globals, resolver_service
from components._spec import InvalidArgsError
from components.logging.spec import LoggingSpec
from components.tracing.spec import TracingSpec

SCRIPT = pod_resolver("resolv.conf")["podAnnotations"]["nginx-resolver-script"]


def logging(**args: Any) -> LoggingSpec:
    return LoggingSpec.check("Logging", {"namespace": "logging", "store": "filesystem", **args})


@pytest.mark.parametrize(
    ("resolver", "line"),
    [
        ("kube-dns.kube-system", "resolver kube-dns.kube-system.svc.acme.lan;"),
        ("172.20.0.10", "resolver 172.20.0.10;"),
        ("fd00:10:96::a", "resolver [fd00:10:96::a];"),
        ("[fd00:10:96::a]", "resolver [fd00:10:96::a];"),
        ("resolv.conf", "include /tmp/resolver.conf;"),
    ],
)
def test_nginx_takes_a_service_by_its_full_name_and_an_ipv6_address_in_brackets(resolver: str, line: str) -> None:
    assert nginx_resolver(logging(dns_resolver=resolver).dns_resolver, "acme.lan") == line


def test_only_a_service_is_named_to_the_chart_and_checked_in_the_cluster() -> None:
    assert resolver_globals("coredns.dns", "acme.lan") == {
        "dnsService": "coredns",
        "dnsNamespace": "dns",
        "clusterDomain": "acme.lan",
    }
    for other in ("10.0.0.10", "fd00::a", "resolv.conf"):
        assert resolver_service(other) is None
        assert resolver_globals(other, "acme.lan") == {"clusterDomain": "acme.lan"}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("coredns", "such as coredns.kube-system, an IP address, or resolv.conf"),
        ("coredns.dns.svc.cluster.local", "such as coredns.dns, an IP address, or resolv.conf"),
        ("10.96.0", "such as kube-dns.kube-system, an IP address, or resolv.conf"),
        ("10.96", "such as kube-dns.kube-system, an IP address, or resolv.conf"),
        ("10.0.0.10:53", "such as kube-dns.kube-system, an IP address, or resolv.conf"),
        ("", "such as kube-dns.kube-system, an IP address, or resolv.conf"),
        ("0.0.0.0", "the address of a DNS server that pods reach"),
        ("::1", "the address of a DNS server that pods reach"),
    ],
)
def test_anything_else_is_refused_with_the_three_forms(wrong: str, message: str) -> None:
    with pytest.raises(InvalidArgsError) as refused:
        logging(dns_resolver=wrong)
    [problem] = refused.value.problems
    assert problem.field == "dns_resolver" and message in problem.message


@pytest.mark.parametrize(
    ("servers", "line"),
    [
        (["172.20.0.10"], "resolver 172.20.0.10;\n"),
        (["169.254.20.10", "fd00:10:96::a"], "resolver 169.254.20.10 [fd00:10:96::a];\n"),
    ],
)
def test_the_script_writes_every_server_of_the_pod(servers: list[str], line: str, tmp_path: Path) -> None:
    file = "".join(
        ["search a.svc.cluster.local\n", *(f"nameserver {server}\n" for server in servers), "options ndots:5\n"]
    )
    (tmp_path / "resolv.conf").write_text(file)
    arguments = [tmp_path / "resolv.conf", tmp_path / "resolver.conf"]
    subprocess.run(["sh", "-c", SCRIPT, "sh", *arguments], check=True)
    assert (tmp_path / "resolver.conf").read_text() == line


def test_the_script_fails_where_the_pod_has_no_server(tmp_path: Path) -> None:
    (tmp_path / "resolv.conf").write_text("search a.svc.cluster.local\n")
    command = ["sh", "-c", SCRIPT, "sh", tmp_path / "resolv.conf", tmp_path / "resolver.conf"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "names no server" in done.stderr
    assert not (tmp_path / "resolver.conf").exists()


def test_volumes_and_snippets_of_several_parts_are_joined() -> None:
    one = {"extraVolumes": [{"name": "tls"}], "nginxConfig": {"serverSnippet": "a;", "ssl": True}}
    two = {"extraVolumes": [{"name": "script"}], "nginxConfig": {"serverSnippet": "b;"}}
    assert merge_gateway(one, two) == {
        "extraVolumes": [{"name": "tls"}, {"name": "script"}],
        "nginxConfig": {"serverSnippet": "a;\nb;", "ssl": True},
    }


@pytest.mark.parametrize("place", ["nginxConfig.resolver", "nginxConfig.serverSnippet", "extraVolumes"])
@pytest.mark.parametrize(
    ("spec", "args"),
    [
        (LoggingSpec, {"store": "filesystem"}),
        (TracingSpec, {"mode": "distributed", "bucket": "b", "gateway": True}),
    ],
)
def test_chart_values_must_not_replace_what_reads_the_servers_of_the_pod(spec: Any, args: Any, place: str) -> None:
    values: dict[str, Any] = {}
    inner = values
    for key in ("gateway", *place.split(".")[:-1]):
        inner = inner.setdefault(key, {})
    inner[place.split(".")[-1]] = "x"
    base = {"namespace": "a", **args, "values": values}
    at = f"values.gateway.{place}"
    assert at not in [problem.field for problem in spec.find_problems(base)]
    found = spec.find_problems({**base, "dns_resolver": "resolv.conf"})
    assert [problem.message for problem in found if problem.field == at] == [
        f"gateway.{place} would replace the DNS servers of the pod; remove it, or set dns_resolver to a Service or an "
        "address"
    ]
