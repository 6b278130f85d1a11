"""The login of a store outside of the stack is read from the Secrets that its pods have."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
import trustme

from components._http_client import HttpClientSettings
from components._kubernetes import SecretReference
from tools.deploy import store_client
from tools.deploy.store_client import UnusableLoginError, client_of
from tools.stackfile import StackFile


def _key(name: str) -> dict[str, str]:
    return {"secret": "metrics-client", "key": name}


def _reader(**secrets: str) -> Callable[[SecretReference], str]:
    return lambda reference: secrets[reference.key]


def _headers(stated: dict[str, Any], **secrets: str) -> dict[str, str]:
    return dict(client_of(HttpClientSettings.model_validate(stated), _reader(**secrets)).headers)


def test_each_login_is_a_header() -> None:
    named = {"tenant": "acme", "basic_auth": {"username": "42", "password": _key("password")}}
    basic = base64.b64encode(b"42:p").decode()
    assert _headers(named, password="p") == {"X-Scope-OrgID": "acme", "Authorization": f"Basic {basic}"}
    secret = {"basic_auth": {"username_secret": _key("user"), "password": _key("password")}}
    assert _headers(secret, user="42", password="p") == {"Authorization": f"Basic {basic}"}
    assert _headers({"bearer_token": _key("token")}, token="t\n") == {"Authorization": "Bearer t"}
    assert _headers({"headers": {"X-Api-Key": _key("api")}}, api="k\n") == {"X-Api-Key": "k"}


def test_a_header_of_several_lines_is_refused_without_its_value() -> None:
    with pytest.raises(UnusableLoginError) as refused:
        _headers({"headers": {"X-Api-Key": _key("api")}}, api="first\nsecond")
    assert str(refused.value) == "the value of the header X-Api-Key has several lines"


def test_the_authority_and_the_certificate_of_the_client_are_used() -> None:
    authority = trustme.CA()
    issued = authority.issue_cert("client")
    settings = HttpClientSettings.model_validate(
        {"tls": {"ca": _key("ca"), "certificate": _key("cert"), "key": _key("key")}}
    )
    secrets = {
        "ca": authority.cert_pem.bytes().decode(),
        "cert": "".join(blob.bytes().decode() for blob in issued.cert_chain_pems),
        "key": issued.private_key_pem.bytes().decode(),
    }
    found = client_of(settings, _reader(**secrets))
    assert found.tls is not None
    assert len(found.tls.get_ca_certs()) == 1, "this authority alone is trusted"


@pytest.mark.parametrize(
    "stated", [{"sigv4": {"region": "eu-west-1"}}, {"tls": {"server_name": "metrics.example.org"}}]
)
def test_a_login_that_only_a_pod_has_is_refused(stated: dict[str, Any]) -> None:
    with pytest.raises(UnusableLoginError, match=r"metrics\.client\."):
        _headers(stated)


def test_the_secrets_are_those_of_the_collectors(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, ...]] = []

    def kubectl(_: str, *arguments: str) -> str:
        asked.append(arguments)
        return "" if "missing" in json.dumps(arguments) else base64.b64encode(b"t").decode()

    monkeypatch.setattr(store_client, "kubectl", kubectl)
    config = {"observability:metrics": {"client": {"bearer_token": _key("to.ken")}}}
    found = store_client.store_client(StackFile("prod", {**config, "observability:telemetry": {"namespace": "t"}}), "")
    assert found is not None and found.headers == {"Authorization": "Bearer t"} and "Bearer" not in repr(found)
    assert asked == [
        ("get", "secret", "metrics-client", "--namespace", "t", "-o", r"jsonpath={.data.to\.ken}"),
    ]
    assert store_client.store_client(StackFile("prod", {}), "") is None
    missing = {"observability:metrics": {"client": {"bearer_token": _key("missing")}}}
    with pytest.raises(UnusableLoginError, match="Secret telemetry/metrics-client has no key missing"):
        store_client.store_client(StackFile("prod", missing), "")
