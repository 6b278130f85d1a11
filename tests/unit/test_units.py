"""Durations, quantities, names and addresses: what is valid is read exactly, what is not is refused with a way out."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from components.units import (
    Cidr,
    Hostname,
    HttpUrl,
    MemorySize,
    Name,
    VolumeSize,
    Word,
    hours,
    parse_duration,
    parse_quantity,
)
from components.urls import is_host_and_port

WHOLE = st.integers(min_value=0, max_value=10_000)
LABEL_MIDDLE = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", max_size=61)
LABEL_END = st.sampled_from("abcdefghijklmnopqrstuvwxyz0123456789")


def accepts(kind: Any, text: str) -> bool:
    try:
        TypeAdapter(kind).validate_python(text)
    except ValidationError:
        return False
    return True


@given(WHOLE, WHOLE, WHOLE)
def test_a_duration_is_the_sum_of_its_parts(days: int, whole_hours: int, minutes: int) -> None:
    expected = timedelta(days=days, hours=whole_hours, minutes=minutes)
    assert parse_duration(f"{days}d{whole_hours}h{minutes}m") == expected


@given(WHOLE)
def test_days_and_hours_mean_the_same_whichever_is_written(days: int) -> None:
    assert hours(f"{days}d") == f"{days * 24}h"
    assert parse_duration(hours(f"{days}d")) == parse_duration(f"{days}d")


@pytest.mark.parametrize("text", ["", "30", "d", "1h30", "30m1h", "1.5h", "-1h", "1 h", "1y", "1h1h", " 1h"])
def test_what_is_no_duration_is_refused_with_the_notation(text: str) -> None:
    with pytest.raises(ValueError, match="must be a duration of whole numbers with units"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["99999999999999d", "999999999999999h", "106752d", "9" * 5000 + "s", "106751d1ms"])
def test_a_duration_beyond_that_of_go_is_refused_with_the_longest(text: str) -> None:
    with pytest.raises(ValueError, match=r"must be at most 106751d \(292 years\)"):
        parse_duration(text)


def test_the_longest_duration_is_taken() -> None:
    assert hours("106751d") == "2562024h"


def test_a_duration_that_is_no_whole_number_of_hours_is_refused_with_the_nearest() -> None:
    with pytest.raises(ValueError, match=r"must be a whole number of hours; round it, for example to 2h"):
        hours("100m")


@given(WHOLE, st.sampled_from(["", "k", "M", "G", "T", "P", "E"]))
def test_binary_units_are_larger_than_decimal_ones(number: int, unit: str) -> None:
    decimal = parse_quantity(f"{number}{unit}")
    if unit:
        binary = parse_quantity(f"{number}{unit.upper()}i")
        assert binary >= decimal
    assert parse_quantity(f"{number}m") * 1000 == parse_quantity(str(number))


@pytest.mark.parametrize(
    ("text", "number"),
    [("2Gi", 2 * 1024**3), ("512Mi", 512 * 1024**2), ("500m", "0.5"), ("0.5", "0.5"), (".5Gi", 512 * 1024**2)],
)
def test_a_quantity_is_its_plain_number(text: str, number: int | str) -> None:
    assert parse_quantity(text) == Decimal(number)


@pytest.mark.parametrize("text", ["", "Gi", "2 Gi", "2gb", "2GiB", "-1", "1e3", "2gi", "1.Gi", "1_000"])
def test_what_is_no_quantity_is_refused_with_the_notation(text: str) -> None:
    with pytest.raises(ValueError, match="must be a Kubernetes quantity; use a number with a unit"):
        parse_quantity(text)


@given(LABEL_END, LABEL_MIDDLE, LABEL_END)
def test_every_rfc_1123_label_is_a_name(first: str, middle: str, last: str) -> None:
    assert accepts(Name, first + middle + last)


@given(st.text(max_size=70))
def test_a_name_that_passes_is_a_label(text: str) -> None:
    if accepts(Name, text):
        assert 1 <= len(text) <= 63
        assert text == text.lower()
        assert text[0] != "-" != text[-1]
        assert set(text) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


@pytest.mark.parametrize("text", ["", "a" * 64, "-a", "a-", "A", "a.b", "a_b", "ä", "a\n"])
def test_what_kubernetes_refuses_is_no_name(text: str) -> None:
    assert not accepts(Name, text)


@pytest.mark.parametrize("text", ["", ".", "a..b", "a.b.", "-a.b", "a b", "http://a", "a:80", ".".join(["a" * 63] * 5)])
def test_what_dns_refuses_is_no_host_name(text: str) -> None:
    assert not accepts(Hostname, text)


@pytest.mark.parametrize("text", ["", "10.0.0.0", "10.0.0.1/16", "10.0.0.0/33", "fd00::1/8", "nodes"])
def test_what_a_network_policy_refuses_is_no_range(text: str) -> None:
    assert not accepts(Cidr, text)
    assert accepts(Cidr, "10.0.0.0/16") and accepts(Cidr, "fd00::/8") and accepts(Cidr, "0.0.0.0/0")


@given(st.integers(min_value=1, max_value=65535), st.sampled_from(["http", "https"]), st.sampled_from(["", "/a/b"]))
def test_an_address_with_a_port_and_a_path_passes_unchanged(port: int, scheme: str, path: str) -> None:
    url = f"{scheme}://s3.example.org:{port}{path}"
    assert TypeAdapter(HttpUrl).validate_python(url) == url


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("s3.example.org", "must be a URL; use http:// or https://"),
        ("ftp://s3.example.org", "must be a URL; use http:// or https://"),
        ("http://", "must be a URL; use http:// or https://"),
        ("http://a:99999", "must be a URL"),
        ("http://a:0", "must be a URL"),
        ("http://user:hunter2@a", "must not have credentials; set them as a secret"),
        ("http://a/?x=1", "must not have a query; set the plain address"),
        ("http://a/#x", "must not have a fragment or white space"),
    ],
)
def test_an_address_that_is_none_is_refused_with_the_reason(url: str, reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        TypeAdapter(HttpUrl).validate_python(url)


def test_credentials_in_an_address_are_not_shown_in_the_reason() -> None:
    with pytest.raises(ValidationError) as raised:
        TypeAdapter(HttpUrl).validate_python("http://user:hunter2@a")
    assert "hunter2" not in raised.value.errors()[0]["msg"]


@pytest.mark.parametrize(
    ("host", "valid"),
    [
        *((host, True) for host in ("a", "a-b.c", "10.0.0.1", "s3.example.org.", "1password.example", "A.b")),
        *((host, False) for host in ("a_b", "a!", "${HOST}", "a..b", "-a", "a-", "10.0.0.256", "1.2", "a.1", "é.org")),
        *((host, False) for host in ("a" * 64, "$(HOST)", "{{ host }}", "a,b", "*.example.org", ".a")),
    ],
)
def test_every_address_has_a_host_that_can_be(host: str, valid: bool) -> None:
    assert accepts(HttpUrl, f"http://{host}:80/path") is valid
    assert is_host_and_port(f"{host}:80") is valid


@pytest.mark.parametrize(
    ("host", "valid"), [("fd00::1", True), ("::1", True), ("fe80::1%eth0", False), ("fd00::g", False)]
)
def test_an_address_of_ipv6_stands_in_brackets(host: str, valid: bool) -> None:
    assert accepts(HttpUrl, f"http://[{host}]:80") is valid


@pytest.mark.parametrize(
    ("kind", "least", "most", "beyond"),
    [(MemorySize, "1Mi", "64Ti", "65Ti"), (VolumeSize, "1Gi", "1Pi", "1025Ti")],
)
def test_sizes_have_bounds(kind: Any, least: str, most: str, beyond: str) -> None:
    assert accepts(kind, least) and accepts(kind, most)
    assert not accepts(kind, beyond) and not accepts(kind, "1k")


def test_a_word_has_no_white_space() -> None:
    assert accepts(Word, "k8s.pod.name") and accepts(Word, "é")
    assert not any(accepts(Word, text) for text in ("", " ", "a b", "a\n"))
