"""Addresses of probes: what each kind takes, and the right form of an address of another kind."""

from urllib.parse import urlsplit

from .._model import placeholder
from ..units import http_url_with_query, is_host
from ..urls import is_host_and_port

_HTTP = ("http", "post")
_PLAIN_TEXT_PORTS = (80, 8080)
_DEFAULT_PORTS = {"http": 80, "https": 443}


def problem_of_address(kind: str, address: str) -> str | None:
    """Return the rule that an address violates, `None` where it is right for its kind of probe."""
    if kind in _HTTP:
        return _problem_of_url(kind, address)
    if kind == "tcp" and not is_host_and_port(address):
        return "must be host:port with kind tcp; add the port, such as shop.example.org:443"
    if kind == "icmp" and not is_host(address):
        return "must be a host with kind icmp; set a DNS name or an IP address, without scheme, port and path"
    if kind == "dns" and not (is_host(address) or is_host_and_port(address)):
        return "must be a DNS server with kind dns; set host or host:port, such as 10.96.0.10:53"
    return None


def _problem_of_url(kind: str, address: str) -> str | None:
    if "://" not in address:
        return f"must be a URL with kind {kind}, and has no scheme; begin it with https:// or http://"
    try:
        http_url_with_query(address)
    except ValueError as error:
        return str(error)
    return None


def right_address(kind: str, address: str) -> str:
    """Return what was probably meant by an address that is wrong for its kind; a placeholder where that is unknown."""
    try:
        parts = urlsplit(address if "://" in address else f"//{address}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    if not is_host(host):
        return placeholder("address")
    shown = f"[{host}]" if ":" in host else host
    port = port or _DEFAULT_PORTS.get(parts.scheme)
    right = {
        "tcp": f"{shown}:{port or 443}",
        "icmp": host,
        "dns": f"{shown}:{port}" if port and not parts.scheme else host,
    }.get(kind, f"{'http' if port in _PLAIN_TEXT_PORTS else 'https'}://{address.rpartition('://')[2]}")
    return placeholder("address") if problem_of_address(kind, right) else right
