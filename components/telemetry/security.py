"""How the collectors prove who they are, whom they believe, and what they ask of those who send to them.

Files are those of two Secrets, mounted into the pod: nothing secret stands in the configuration, and what is renewed is
read again without a restart.
"""

from typing import Any

from ..alloy import Block, Ref, Value
from .spec import TelemetrySpec

TLS_DIRECTORY = "/etc/alloy-tls"
LOGIN_DIRECTORY = "/etc/alloy-login"
_RELOAD = "10m"
_CA = {"ca_file": f"{TLS_DIRECTORY}/ca.crt"}
_OWN = {"cert_file": f"{TLS_DIRECTORY}/tls.crt", "key_file": f"{TLS_DIRECTORY}/tls.key"}


def login_files(spec: TelemetrySpec) -> list[Block]:
    """Read name and password, and offer both to the exporters; nothing where there is no login."""
    if not spec.login_secret:
        return []
    name = Block("local.file", "login_username", {"filename": f"{LOGIN_DIRECTORY}/username"})
    password = Block("local.file", "login_password", {"filename": f"{LOGIN_DIRECTORY}/password", "is_secret": True})
    # The newer block client_auth says the same; the older of the supported versions does not have it.
    handler = Block("otelcol.auth.basic", "login", _login())
    return [name, password, handler]


def _login() -> dict[str, Value]:
    return {key: Ref(f"local.file.login_{key}.content") for key in ("username", "password")}


def push_security(spec: TelemetrySpec) -> list[Block]:
    """Give the blocks of a push to Loki: the login, and whom to believe at an https address."""
    blocks = [Block("basic_auth", attributes=_login())] if spec.login_secret else []
    if spec.tls_secret and spec.logs_push_url.startswith("https://"):
        blocks.append(Block("tls_config", attributes={**_CA, **(_OWN if spec.client_certificates else {})}))
    return blocks


def exporter_login(spec: TelemetrySpec) -> dict[str, Value]:
    """Give the attribute of an exporter's client that logs it in."""
    return {"auth": Ref("otelcol.auth.basic.login.handler")} if spec.login_secret else {}


def exporter_tls(spec: TelemetrySpec) -> list[Block]:
    """Give the block of an exporter's client that believes the servers of the Secret's authority."""
    if not spec.tls_secret:
        return []
    own = _OWN if spec.client_certificates else {}
    return [Block("tls", attributes={**_CA, **own, "reload_interval": _RELOAD})]


def foreign_tls(spec: TelemetrySpec) -> list[Block]:
    """Give the same for a server of somebody else: the public authorities are believed too, nothing is shown."""
    if not spec.tls_secret:
        return []
    return [Block("tls", attributes={**_CA, "include_system_ca_certs_pool": True, "reload_interval": _RELOAD})]


def receiver_tls(spec: TelemetrySpec) -> list[Block]:
    """Give the block of a receiver that speaks TLS, and asks senders for certificates where collectors show theirs."""
    if not spec.receiver_tls:
        return []
    asked = {"client_ca_file": _CA["ca_file"]} if spec.client_certificates else {}
    return [Block("tls", attributes={**_OWN, **asked, "reload_interval": _RELOAD})]


def mounted_secrets(spec: TelemetrySpec) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Give the volumes and the mounts of the Secrets."""
    found = {
        "tls": (spec.tls_secret, TLS_DIRECTORY),
        "login": (spec.login_secret, LOGIN_DIRECTORY),
    }
    volumes = [{"name": name, "secret": {"secretName": secret}} for name, (secret, _) in found.items() if secret]
    mounts = [{"name": name, "mountPath": path, "readOnly": True} for name, (secret, path) in found.items() if secret]
    return volumes, mounts
