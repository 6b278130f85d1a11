"""What the arguments of `Probes` refuse, with the fix of each."""

from typing import Any

import pytest

from components.probes.spec import ProbesSpec
from tests.fixes import fix_of

URL = "https://shop.example.org"
DNS = {"kind": "dns", "address": "192.0.2.53", "query_name": "example.org"}


def problems(target: dict[str, Any], **args: Any) -> dict[str, tuple[str, Any]]:
    """Return the problems of a target by field: the message, and the value of the fix."""
    found = ProbesSpec.find_problems({"namespace": "monitoring", "targets": {"shop": target}, **args})
    return {problem.field: (problem.message, (fix_of(problem) or {}).get(problem.field)) for problem in found}


@pytest.mark.parametrize(
    ("target", "rule", "fix"),
    [
        ({"address": "shop.example.org/health"}, "has no scheme", "https://shop.example.org/health"),
        ({"address": "shop.shop:8080"}, "has no scheme", "http://shop.shop:8080"),
        ({"kind": "post", "address": "shop.example.org"}, "must be a URL with kind post", "https://shop.example.org"),
        ({"address": "ftp://shop.example.org"}, "use http:// or https://", "https://shop.example.org"),
        ({"address": "https://shop_1.example.org:99999"}, "must be a URL", "<address>"),
        ({"address": "https://a:hunter2@shop.example.org"}, "must not have credentials", None),
        ({"kind": "tcp", "address": "db.example.org"}, "must be host:port", "db.example.org:443"),
        ({"kind": "tcp", "address": "http://db.example.org"}, "must be host:port", "db.example.org:80"),
        ({"kind": "tcp", "address": "2001:db8::1"}, "must be host:port", None),
        ({"kind": "icmp", "address": "https://db.example.org:8443/x"}, "must be a host", "db.example.org"),
        ({"kind": "icmp", "address": "db.example.org:443"}, "must be a host", "db.example.org"),
        ({**DNS, "address": "https://dns.example.org/dns-query"}, "must be a DNS server", "dns.example.org"),
    ],
)
def test_an_address_is_of_its_kind(target: dict[str, Any], rule: str, fix: str | None) -> None:
    message, value = problems(target)["targets.shop.address"]
    assert rule in message
    if fix is not None:
        assert value == fix
        assert fix == "<address>" or not problems({**target, "address": fix})


@pytest.mark.parametrize(
    "target",
    [
        {"address": "http://[2001:db8::1]:8080/x?y=1"},
        {"kind": "tcp", "address": "[2001:db8::1]:443"},
        {"kind": "icmp", "address": "2001:db8::1"},
        {**DNS, "address": "dns.example.org:5353"},
        {**DNS, "query_name": "."},
        {**DNS, "query_name": "_sip._tcp.example.org."},
    ],
)
def test_every_form_of_an_address_is_taken(target: dict[str, Any]) -> None:
    assert problems(target) == {}


def test_a_secret_in_an_address_is_not_shown() -> None:
    target = {"address": "https://shop.example.org/?token=hunter2"}
    (problem,) = ProbesSpec.find_problems({"namespace": "monitoring", "targets": {"shop": target}})
    assert "hunter2" not in f"{problem.shown}{problem.message}{problem.fix}"


def test_a_dns_query_requires_a_name() -> None:
    message, fix = problems({"kind": "dns", "address": "192.0.2.53"})["targets.shop.query_name"]
    assert "is missing: kind dns requires" in message and fix == "<query_name>"


@pytest.mark.parametrize(
    ("target", "args", "field", "fix"),
    [
        ({"address": URL, "timeout": "40s"}, {}, "targets.shop.timeout", "30s"),
        ({"address": URL, "interval": "3s"}, {}, "targets.shop.interval", "5s"),
        ({"address": URL, "interval": "3s", "timeout": "4s"}, {}, "targets.shop.timeout", "3s"),
        ({"address": URL}, {"timeout": "31s"}, "timeout", "30s"),
        ({"address": URL, "interval": "1m"}, {"timeout": "31s"}, "timeout", "30s"),
    ],
)
def test_a_timeout_is_at_most_the_interval(target: dict[str, Any], args: Any, field: str, fix: str) -> None:
    found = problems(target, **args)
    assert set(found) == {field}
    assert found[field][1] == fix


@pytest.mark.parametrize("interval", ["500ms", "2m1s", "1h"])
def test_an_interval_leaves_no_gaps_between_samples(interval: str) -> None:
    assert "must be 1s to 2m" in problems({"address": URL, "interval": interval})["targets.shop.interval"][0]


@pytest.mark.parametrize(
    ("target", "option"),
    [
        ({"kind": "tcp", "address": "db:1", "accepted_codes": [200]}, "accepted_codes"),
        ({"kind": "icmp", "address": "db", "tls": {}}, "tls"),
        ({"address": URL, "body": "{}"}, "body"),
        ({"address": URL, "query_name": "a"}, "query_name"),
        ({"kind": "dns", "address": "a", "query_name": "a", "follow_redirects": False}, "follow_redirects"),
    ],
)
def test_an_option_of_another_kind_is_refused(target: dict[str, Any], option: str) -> None:
    assert f"and the kind is {target.get('kind', 'http')}" in problems(target)[f"targets.shop.{option}"][0]


def test_nothing_is_probed_twice_in_the_same_way() -> None:
    twice = {"a": {"address": URL}, "b": {"address": URL, "interval": "15s", "labels": {"team": "x"}}}
    (problem,) = ProbesSpec.find_problems({"namespace": "monitoring", "targets": twice})
    assert (problem.field, "target a is the same" in problem.message) == ("targets.b.address", True)
    both = {"a": {"address": URL}, "b": {"address": URL, "ip_family": "IPv6"}}
    assert not ProbesSpec.find_problems({"namespace": "monitoring", "targets": both})


@pytest.mark.parametrize("label", ["job", "instance", "probe", "__address__", "9a", "a-b"])
def test_a_label_is_of_prometheus_and_not_one_that_every_probe_has(label: str) -> None:
    assert problems({"address": URL, "labels": {label: "x"}})


@pytest.mark.parametrize(
    ("tls", "place", "rule"),
    [
        ({"ca": {"key": "ca.crt"}}, "tls.ca", "has none"),
        ({"ca": {"secret": "a", "config_map": "b", "key": "c"}}, "tls.ca", "has both"),
        ({"ca": {"secret": "a", "key": "c"}, "insecure": True}, "tls.ca", "must not be set with insecure"),
    ],
)
def test_the_trust_in_a_certificate_has_one_source(tls: dict[str, Any], place: str, rule: str) -> None:
    assert rule in problems({"address": URL, "tls": tls})[f"targets.shop.{place}"][0]


def test_tls_requires_an_https_address() -> None:
    assert "requires an https address" in problems({"address": "http://a.b", "tls": {}})["targets.shop.tls"][0]


def test_a_secret_in_a_body_is_refused() -> None:
    found = problems({"kind": "post", "address": URL, "body": "Authorization: Bearer abcdef123456="})
    assert "secret in plain text" in found["targets.shop.body"][0]


@pytest.mark.parametrize("name", ["Shop", "a b", "shop.example.org", ""])
def test_the_name_of_a_target_is_that_of_an_object(name: str) -> None:
    assert ProbesSpec.find_problems({"namespace": "monitoring", "targets": {name: {"address": URL}}})
