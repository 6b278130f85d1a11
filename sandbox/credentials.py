"""The keys, certificates, token and kubeconfig of one run of the sandbox; made anew at every start."""

from __future__ import annotations

import base64
import secrets
from typing import Any

import trustme

from sandbox.layout import CONTEXT, Layout


def write(layout: Layout) -> str:
    """Write all credentials below `layout.credentials` and return the administrator's token."""
    layout.credentials.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority = trustme.CA(organization_name="observability-sandbox")
    serving = authority.issue_cert("localhost", "127.0.0.1")
    authority.cert_pem.write_to_path(layout.ca_certificate)
    serving.cert_chain_pems[0].write_to_path(layout.serving_certificate)
    serving.private_key_pem.write_to_path(layout.serving_key)
    token = secrets.token_urlsafe(32)
    layout.tokens.write_text(f'{token},sandbox-admin,sandbox-admin,"system:masters"\n')
    return token


def kubeconfig(server: str, ca_certificate: bytes, token: str) -> dict[str, Any]:
    """Return a kubeconfig with one cluster, one user and the context `observability-sandbox`, all embedded."""
    authority = base64.b64encode(ca_certificate).decode()
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": CONTEXT,
        "clusters": [{"name": CONTEXT, "cluster": {"server": server, "certificate-authority-data": authority}}],
        "users": [{"name": CONTEXT, "user": {"token": token}}],
        "contexts": [{"name": CONTEXT, "context": {"cluster": CONTEXT, "user": CONTEXT}}],
    }
