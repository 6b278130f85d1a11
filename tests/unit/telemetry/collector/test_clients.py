"""The clients of exporters: which logins, headers and TLS a destination gets, and that each secret is a file."""

from typing import Any

import pytest

from components.telemetry.collector.clients import Client, destination_client, metrics_store_client, store_client
from components.telemetry.model import PipelineDestination
from tests.unit.telemetry.collector.examples import collector_spec, config_of, secret
from tests.unit.telemetry.examples import VARIANTS

FILES = "/etc/collector-destinations/central"


def central(url: str = "https://central.example.org", **client: Any) -> Client:
    destination = PipelineDestination.model_validate({"kind": "otlp", "url": url, "client": client})
    return destination_client("central", destination)


@pytest.mark.parametrize(
    ("client", "extension", "expected"),
    [
        (
            {"basic_auth": {"username": "shop", "password": secret("password")}},
            "basicauth/central",
            {"client_auth": {"username": "shop", "password_file": f"{FILES}/password"}},
        ),
        ({"bearer_token": secret("token")}, "bearertokenauth/central", {"filename": f"{FILES}/token"}),
        (
            {"sigv4": {"region": "eu-west-1", "role_arn": "arn:aws:iam::123456789012:role/amp"}},
            "sigv4auth/central",
            {"region": "eu-west-1", "service": "aps", "assume_role": {"arn": "arn:aws:iam::123456789012:role/amp"}},
        ),
    ],
)
def test_a_login_is_an_extension_that_reads_a_file(client: dict[str, Any], extension: str, expected: Any) -> None:
    found = central(**client)
    assert found.settings["auth"] == {"authenticator": extension}
    assert found.extensions == {extension: expected}


def test_secret_headers_and_a_login_are_sent_together() -> None:
    found = central(headers={"X-Api-Key": secret("api-key")}, bearer_token=secret("token"), tenant="acme")
    assert found.settings["headers"] == {"X-Scope-OrgID": "acme"}
    assert found.settings["auth"] == {"authenticator": "headers_setter/central"}
    assert found.extensions["headers_setter/central"] == {
        "headers": [{"action": "upsert", "key": "X-Api-Key", "value_file": f"{FILES}/header-x-api-key"}],
        "additional_auth": "bearertokenauth/central",
    }


def test_the_tls_of_a_destination_is_files_that_are_read_again() -> None:
    tls = {key: secret(key) for key in ("ca", "certificate", "key")}
    assert central(tls={**tls, "server_name": "other.example.org"}).settings["tls"] == {
        "ca_file": f"{FILES}/ca.crt",
        "cert_file": f"{FILES}/tls.crt",
        "key_file": f"{FILES}/tls.key",
        "server_name_override": "other.example.org",
        "reload_interval": "10m",
    }


@pytest.mark.parametrize(
    ("url", "client", "plain"),
    [
        ("collector.other:4317", {}, True),
        ("collector.other:4317", {"tenant": "acme"}, True),
        ("collector.other:4317", {"bearer_token": secret("token")}, False),
        ("collector.other:4317", {"headers": {"X-Api-Key": secret("api-key")}}, False),
        ("https://collector.other", {}, False),
        ("http://collector.other", {}, False),
    ],
)
def test_grpc_is_in_plain_text_only_where_nothing_secret_is_sent(url: str, client: dict[str, Any], plain: bool) -> None:
    assert (central(url, **client).settings.get("tls") == {"insecure": True}) is plain


def test_stores_of_the_stack_are_reached_with_its_login_and_authority() -> None:
    spec = collector_spec(**VARIANTS["secured"])
    loki = store_client(spec, spec.logs_otlp_url, "acme")
    assert loki.settings["headers"] == {"X-Scope-OrgID": "acme"}
    assert loki.settings["auth"] == {"authenticator": "basicauth/login"}
    assert loki.settings["tls"]["ca_file"] == "/etc/collector-tls/ca.crt"
    assert loki.settings["tls"]["cert_file"] == "/etc/collector-tls/tls.crt"
    assert "tls" not in store_client(spec, "http://loki/otlp").settings
    assert store_client(collector_spec(), "tempo:4317").settings["tls"] == {"insecure": True}


def test_public_authorities_are_trusted_for_the_metrics_store_beside_that_of_the_stack() -> None:
    url = "https://metrics.example.org/otlp"
    own = collector_spec(**VARIANTS["metrics-login"], tls_secret="tls")
    assert "include_system_ca_certs_pool" not in metrics_store_client(own, url).settings["tls"]
    stack = collector_spec(metrics_otlp_url=url, tls_secret="tls")
    assert metrics_store_client(stack, url).settings["tls"]["include_system_ca_certs_pool"] is True
    assert "tls" not in metrics_store_client(collector_spec(metrics_otlp_url=url), url).settings


def test_receivers_ask_for_certificates_where_the_collectors_present_theirs() -> None:
    tls = config_of(**VARIANTS["secured"])["receivers"]["otlp"]["protocols"]["grpc"]["tls"]
    assert tls["cert_file"] == "/etc/collector-tls/tls.crt"
    assert tls["client_ca_file"] == "/etc/collector-tls/ca.crt"
    one_way = {**VARIANTS["secured"], "client_certificates": False}
    assert "client_ca_file" not in config_of(**one_way)["receivers"]["otlp"]["protocols"]["http"]["tls"]
