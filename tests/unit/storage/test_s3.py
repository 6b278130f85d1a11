import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.storage.s3 import Endpoint, aws_name_problem, bucket_endpoint, name_problem, parse_endpoint

HOSTS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?(\.[a-z][a-z0-9]{0,9}){0,3}", fullmatch=True)


@given(st.from_regex(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]", fullmatch=True))
def test_letters_digits_and_dashes_make_a_bucket_name(name: str) -> None:
    reserved = name.startswith(("xn--", "sthree-", "amzn-s3-demo-")) or name.endswith(
        ("-s3alias", "--ol-s3", "--x-s3", "--table-s3")
    )
    assert (name_problem(name) is not None) is reserved


@pytest.mark.parametrize(
    "name",
    ["ab", "a" * 64, "Logs", "a_b", "-abc", "abc-", "a..b", "10.0.0.1", "xn--abc", "abc-s3alias", "abc.mrap", ""],
)
def test_what_s3_refuses_is_no_bucket_name(name: str) -> None:
    assert name_problem(name)


@pytest.mark.parametrize("name", ["chunk", "chunks", "ruler", "admin", "acme.loki"])
def test_on_aws_names_of_others_and_names_with_dots_are_refused(name: str) -> None:
    assert name_problem(name) is None
    assert aws_name_problem(name)


@given(scheme=st.sampled_from(["http", "https"]), host=HOSTS, port=st.none() | st.integers(1, 65535))
def test_an_endpoint_is_the_same_in_every_notation(scheme: str, host: str, port: int | None) -> None:
    address = host if port is None else f"{host}:{port}"
    endpoint = parse_endpoint(f"{scheme}://{address}/")
    assert endpoint.url == f"{scheme}://{address}"
    assert endpoint.host_port == address
    assert endpoint.insecure is (scheme == "http")
    assert parse_endpoint(endpoint.url) == endpoint


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("s3.example.org", "must be a URL"),
        ("ftp://s3.example.org", "must be a URL"),
        ("https://", "must be a URL"),
        ("https://s3.example.org:70000", "must be a URL"),
        ("https://s3.example.org/bucket", "the bucket by name"),
        ("https://s3.example.org?x=1", "query"),
        ("https://key:word@s3.example.org", "credentials"),
    ],
)
def test_what_is_no_plain_address_is_refused_with_the_reason(url: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_endpoint(url)


def test_credentials_in_an_address_are_not_repeated() -> None:
    with pytest.raises(ValueError) as refused:
        parse_endpoint("https://key:topsecret@s3.example.org")
    assert "topsecret" not in str(refused.value)


def test_no_endpoint_is_the_s3_of_the_region() -> None:
    assert bucket_endpoint("", "eu-west-1") == Endpoint(host_port="s3.eu-west-1.amazonaws.com", insecure=False)
    assert bucket_endpoint("", "cn-north-1").host_port == "s3.cn-north-1.amazonaws.com.cn"
    assert bucket_endpoint("http://seaweedfs:8333", "us-east-1").insecure
