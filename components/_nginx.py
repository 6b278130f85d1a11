"""The nginx gateways of the charts, and the DNS server that they resolve their upstreams through.

nginx does not read `/etc/resolv.conf`. A script that the entrypoint of its image runs writes the servers of that file
as a `resolver` line, which the configuration includes.
"""

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Annotated, Any

from pydantic import AfterValidator

from .units import is_label

DEFAULT_DNS_SERVICE = "kube-dns.kube-system"

POD_RESOLVER = "resolv.conf"
RESOLVER_FILE = "/tmp/resolver.conf"
"""The file that the script writes, on the emptyDir of every chart: the root file system is read-only."""

INCLUDED_RESOLVER = f"include {RESOLVER_FILE};"
UNUSED_ADDRESS = "127.0.0.1"
"""The resolver of the http block of a chart, which its server blocks override; an address, so that nginx starts."""

RESERVED_RESOLVER_VALUES = dict.fromkeys(
    (
        "gateway.nginxConfig.file",
        "gateway.nginxConfig.resolver",
        "gateway.nginxConfig.serverSnippet",
        "gateway.extraVolumes",
        "gateway.extraVolumeMounts",
    ),
    "remove it, or set dns_resolver to a Service or an address",
)
"""Chart values that would replace what reads the DNS servers of the pod, each with its fix."""

TIMEOUT_SECONDS = 600
"""Time that a request may take."""

_JOINED_TEXTS = ("httpSnippet", "locationSnippet", "serverSnippet")
_ANNOTATION = "nginx-resolver-script"
_VOLUME = "resolver-script"
EXECUTABLE = 0o555
RESOLVER_SCRIPT_PATH = "/docker-entrypoint.d/15-resolver.sh"
"""Where the entrypoint of the image runs the script that writes `RESOLVER_FILE`."""
RESOLVER_SCRIPT = f"""#!/bin/sh
set -eu
servers=$(awk '$1 == "nameserver" {{ print ($2 ~ ":" ? "[" $2 "]" : $2) }}' "${{1:-/etc/resolv.conf}}")
[ -n "$servers" ] || {{ echo "/etc/resolv.conf names no server" >&2; exit 1; }}
echo "resolver" $servers";" > "${{2:-{RESOLVER_FILE}}}"
"""


def _dns_resolver(text: str) -> str:
    if text == POD_RESOLVER:
        return text
    if address := resolver_address(text):
        if address.is_unspecified or address.is_multicast or address.is_loopback:
            raise ValueError("must be the address of a DNS server that pods reach; correct it")
        return text
    name, namespace, *_ = *text.split("."), ""
    if _is_service(name) and text == f"{name}.{namespace}" and is_label(namespace):
        return text
    service = f"{name}.{namespace or 'kube-system'}" if _is_service(name) else DEFAULT_DNS_SERVICE
    raise ValueError(
        f"must be a Service and its namespace such as {service}, an IP address, or {POD_RESOLVER} for the servers of "
        "the pod; use one of these"
    )


def _is_service(name: str) -> bool:
    return is_label(name) and name[0].isalpha()


DnsResolver = Annotated[str, AfterValidator(_dns_resolver)]
"""A DNS server of nginx: `kube-dns.kube-system`, `10.96.0.10`, `fd00::10` or `resolv.conf`."""


def resolver_address(resolver: str) -> IPv4Address | IPv6Address | None:
    """Return the address of a DNS server; None where `resolver` is no address."""
    try:
        return ip_address(resolver.removeprefix("[").removesuffix("]"))
    except ValueError:
        return None


def resolver_service(resolver: str) -> tuple[str, str] | None:
    """Return the name and namespace of the Service of a DNS server; None where `resolver` is no Service."""
    if resolver == POD_RESOLVER or resolver_address(resolver):
        return None
    name, _, namespace = resolver.partition(".")
    return name, namespace


def nginx_resolver(resolver: str, cluster_domain: str) -> str:
    """Return the line of the configuration of nginx that names its DNS server."""
    if resolver == POD_RESOLVER:
        return INCLUDED_RESOLVER
    return f"resolver {_nginx_address(resolver) or f'{resolver}.svc.{cluster_domain}'};"


def resolver_globals(resolver: str, cluster_domain: str) -> dict[str, str]:
    """Return the section `global` of a chart with a gateway: its domain, and the Service of its DNS."""
    service = resolver_service(resolver)
    names = {"dnsService": service[0], "dnsNamespace": service[1]} if service else {}
    return {**names, "clusterDomain": cluster_domain}


def chart_resolver(resolver: str) -> dict[str, Any]:
    """Return the section `gateway` of a chart that configures nginx itself, for other servers than a Service."""
    if resolver == POD_RESOLVER:
        config = {"resolver": UNUSED_ADDRESS, "serverSnippet": INCLUDED_RESOLVER}
        return {"nginxConfig": config, **pod_resolver(resolver)}
    address = _nginx_address(resolver)
    return {"nginxConfig": {"resolver": address}} if address else {}


def pod_resolver(resolver: str) -> dict[str, Any]:
    """Return the section `gateway` that writes the servers of the pod to `RESOLVER_FILE`; nothing for others.

    The charts mount an emptyDir over the entrypoint's own scripts, of which nginx's image has one for this.
    """
    if resolver != POD_RESOLVER:
        return {}
    item = {"path": _VOLUME, "fieldRef": {"fieldPath": f"metadata.annotations['{_ANNOTATION}']"}}
    mount = {"mountPath": RESOLVER_SCRIPT_PATH, "subPath": _VOLUME, "readOnly": True}
    return {
        "podAnnotations": {_ANNOTATION: RESOLVER_SCRIPT},
        "extraVolumes": [{"name": _VOLUME, "downwardAPI": {"defaultMode": EXECUTABLE, "items": [item]}}],
        "extraVolumeMounts": [{"name": _VOLUME, **mount}],
    }


def _nginx_address(resolver: str) -> str:
    address = resolver_address(resolver)
    return "" if address is None else f"[{address}]" if address.version == 6 else str(address)


def merge_gateway(*parts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the sections `gateway` of all parts as one: maps are merged, lists and snippets of nginx joined."""
    merged: dict[str, Any] = {}
    for part in parts:
        for key, value in part.items():
            present = merged.get(key)
            if isinstance(value, Mapping):
                merged[key] = merge_gateway(present or {}, value)
            elif isinstance(value, list):
                merged[key] = [*(present or ()), *value]
            elif key in _JOINED_TEXTS and present:
                merged[key] = f"{present}\n{value}"
            else:
                merged[key] = value
    return merged


def nginx_file(http: Iterable[str], max_body_mib: int) -> str:
    """Return the configuration of an nginx with a read-only root file system; `http` are the lines of its servers."""
    lines = [
        *(f"{kind}_temp_path /tmp/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")),
        "default_type application/octet-stream;",
        "log_format main '$remote_addr - $remote_user [$time_local] $status \"$request\" $body_bytes_sent';",
        "map $status $failed { default 1; ~^[23] 0; }",
        "access_log /dev/stderr main if=$failed;",
        f"client_max_body_size {max_body_mib}m;",
        "proxy_http_version 1.1;",
        *(
            f"{module}_{direction}_timeout {TIMEOUT_SECONDS}s;"
            for module in ("proxy", "grpc")
            for direction in ("read", "send")
        ),
        *http,
    ]
    return "\n".join(
        [
            "worker_processes 5;",
            "worker_rlimit_nofile 8192;",
            "error_log /dev/stderr;",
            "pid /tmp/nginx.pid;",
            "events { worker_connections 4096; }",
            "http {",
            *(f"  {line}" for line in lines),
            "}",
            "",
        ]
    )
