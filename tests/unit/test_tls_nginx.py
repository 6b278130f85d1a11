"""What the gateways' nginx does with the lines that it is given: a real one, where there is one on PATH."""

import os
import socket
import ssl
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from components._tls import CERTIFICATES, refusal_lines, tls_lines
from tests.installed_tools import require


class Pair(NamedTuple):
    """A certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def made(subject: str, issuer: Pair | None = None) -> Pair:
    """Issue a certificate, of an authority where nobody issues it."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
    start = datetime.now(UTC) - timedelta(hours=1)
    built = x509.CertificateBuilder().subject_name(name).issuer_name(issuer.certificate.subject if issuer else name)
    built = built.public_key(key.public_key()).serial_number(x509.random_serial_number())
    built = built.not_valid_before(start).not_valid_after(start + timedelta(days=1))
    built = built.add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
    return Pair(built.sign(issuer.key if issuer else key, hashes.SHA256()), key)


def written(pair: Pair, certificate: Path, key: Path) -> None:
    certificate.write_bytes(pair.certificate.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    key.write_bytes(pair.key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))


class Gateway(NamedTuple):
    """An nginx that listens, and the authority of its clients."""

    place: Path
    authority: Pair

    def asked(self, path: str, client: Pair | None = None) -> tuple[int, str]:
        """Ask for a path; give the status of the answer and the name in the server's certificate."""
        context = ssl.create_default_context()
        # A self-made server certificate is read off the connection, not trusted.
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        if client is not None:
            written(client, self.place / "client.crt", self.place / "client.key")
            context.load_cert_chain(self.place / "client.crt", self.place / "client.key")
        with socket.socket(socket.AF_UNIX) as plain:
            plain.connect(str(self.place / "socket"))
            with context.wrap_socket(plain, server_hostname="gateway") as secured:
                shown = x509.load_der_x509_certificate(secured.getpeercert(binary_form=True) or b"")
                secured.sendall(f"GET {path} HTTP/1.0\r\nHost: gateway\r\n\r\n".encode())
                status = int(secured.recv(4096).split()[1])
        return status, str(shown.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Gateway]:
    require("nginx")
    authority = made("authority")
    written(authority, tmp_path / "ca.crt", tmp_path / "ca.key")
    written(made("first"), tmp_path / "tls.crt", tmp_path / "tls.key")
    http = [line.replace(f" {CERTIFICATES}", f" {tmp_path}") for line in tls_lines(client_certificates=True)]
    lines = [
        # Started by root, its workers would be somebody who may not read the directory.
        *(["user root;"] if os.geteuid() == 0 else []),
        f"pid {tmp_path}/pid;",
        f"error_log {tmp_path}/error.log;",
        "events {}",
        "http {",
        "access_log off;",
        *(f"{kind}_temp_path {tmp_path}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")),
        *http,
        "server {",
        f"listen unix:{tmp_path}/socket ssl;",
        *refusal_lines(client_certificates=True),
        "location / { return 204; }",
        "}",
        "}",
    ]
    (tmp_path / "nginx.conf").write_text("\n".join(lines))
    command = ["nginx", "-e", f"{tmp_path}/error.log", "-c", str(tmp_path / "nginx.conf")]
    # As a daemon it comes back once it listens.
    subprocess.run(command, check=True, timeout=30)
    yield Gateway(tmp_path, authority)
    subprocess.run([*command, "-s", "stop"], check=True, timeout=30)


def test_a_client_is_known_by_a_certificate_of_the_authority_alone(gateway: Gateway) -> None:
    assert gateway.asked("/loki/api/v1/push", made("client", gateway.authority))[0] == 204
    assert gateway.asked("/loki/api/v1/push", made("stranger", made("another authority")))[0] == 400
    assert gateway.asked("/loki/api/v1/push")[0] == 403


def test_a_probe_needs_no_certificate_and_gets_no_further(gateway: Gateway) -> None:
    assert gateway.asked("/")[0] == 204
    assert gateway.asked("//loki/api/v1/push")[0] == gateway.asked("/%2e/ready")[0] == 403


def test_a_renewed_certificate_is_shown_at_the_next_handshake(gateway: Gateway) -> None:
    assert gateway.asked("/")[1] == "first"
    written(made("renewed"), gateway.place / "tls.crt", gateway.place / "tls.key")
    assert gateway.asked("/")[1] == "renewed"
