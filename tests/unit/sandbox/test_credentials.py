"""The kubeconfig leads to the sandbox alone, and its certificate authority vouches for the API server."""

from __future__ import annotations

import base64
import ssl
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509

from sandbox import credentials
from sandbox.layout import Layout


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path)


def test_the_kubeconfig_has_one_context_and_carries_everything_it_needs() -> None:
    config = credentials.kubeconfig("https://127.0.0.1:1", b"certificate", "secret")
    assert config["current-context"] == "observability-sandbox"
    assert [entry["name"] for entry in config["contexts"]] == ["observability-sandbox"]
    cluster, user = config["clusters"][0], config["users"][0]
    assert config["contexts"][0]["context"] == {"cluster": cluster["name"], "user": user["name"]}
    assert base64.b64decode(cluster["cluster"]["certificate-authority-data"]) == b"certificate"
    assert user["user"] == {"token": "secret"}


def test_the_serving_certificate_is_signed_by_the_authority_for_loopback(layout: Layout) -> None:
    credentials.write(layout)
    authority = x509.load_pem_x509_certificate(layout.ca_certificate.read_bytes())
    serving = x509.load_pem_x509_certificate(layout.serving_certificate.read_bytes())
    serving.verify_directly_issued_by(authority)
    names = serving.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.IPAddress) == [ip_address("127.0.0.1")]
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]


def test_the_keys_fit_their_certificates(layout: Layout) -> None:
    credentials.write(layout)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(layout.ca_certificate))
    context.load_cert_chain(layout.serving_certificate, layout.serving_key)


def test_the_token_is_the_administrators_and_new_at_every_start(layout: Layout) -> None:
    first = credentials.write(layout)
    second = credentials.write(layout)
    assert first != second
    assert layout.tokens.read_text() == f'{second},sandbox-admin,sandbox-admin,"system:masters"\n'


def test_the_credentials_are_readable_by_their_owner_alone(layout: Layout) -> None:
    credentials.write(layout)
    assert layout.credentials.stat().st_mode & 0o077 == 0
