"""Modules of the blackbox exporter: one for each kind of probe, and one more for each set of other options."""

from collections.abc import Mapping
from typing import Any

from .._ip_families import IpFamily
from .._kubernetes import CertificateReference
from ..units import parse_duration
from .spec import DnsRecord, ProbeKind, ProbesSpec, ProbeTarget

BASE_MODULES: Mapping[ProbeKind, str] = {
    ProbeKind.HTTP: "http_2xx",
    ProbeKind.POST: "http_post_json",
    ProbeKind.TCP: "tcp_connect",
    ProbeKind.ICMP: "icmp_ping",
    ProbeKind.DNS: "dns_resolution",
}
"""The module of each kind, without further options."""
CA_FILE = "ca.crt"
_HTTP_VERSIONS = ["HTTP/1.1", "HTTP/2.0"]
_HEALTH_CHECK = '{"healthcheck": true}'
_PROTOCOLS = {IpFamily.IPV4: "ip4", IpFamily.IPV6: "ip6"}


def modules(spec: ProbesSpec) -> dict[str, Any]:
    """Return every module by its name: those of all kinds, and those that targets need beside them."""
    base = {name: _base(spec, kind) for kind, name in BASE_MODULES.items()}
    return base | {module_of(spec, name): _module(spec, target) for name, target in sorted(spec.targets.items())}


def module_of(spec: ProbesSpec, name: str) -> str:
    """Return the module that a target is probed with: one of its own is named after the first target with it."""
    kind = spec.targets[name].kind
    base, wanted = BASE_MODULES[kind], _module(spec, spec.targets[name])
    if wanted == _base(spec, kind):
        return base
    same = (other for other, target in spec.targets.items() if target.kind is kind and _module(spec, target) == wanted)
    return f"{base}_{min(same)}"


def ca_directories(spec: ProbesSpec) -> dict[str, CertificateReference]:
    """Return the certificates that targets name, each once, by the directory of the pod that they are in."""
    found = []
    for _, target in sorted(spec.targets.items()):
        if target.tls is not None and target.tls.ca is not None and target.tls.ca not in found:
            found.append(target.tls.ca)
    return {f"/etc/probe-ca/{index}": reference for index, reference in enumerate(found)}


def _base(spec: ProbesSpec, kind: ProbeKind) -> dict[str, Any]:
    name = f"kubernetes.default.svc.{spec.cluster_domain}" if kind is ProbeKind.DNS else ""
    return _module(spec, ProbeTarget.model_construct(kind=kind, address="", query_name=name))


def _module(spec: ProbesSpec, target: ProbeTarget) -> dict[str, Any]:
    seconds = parse_duration(spec.timeout_of(target)).total_seconds()
    prober = ProbeKind.HTTP if target.kind is ProbeKind.POST else target.kind
    return {
        "prober": prober.value,
        "timeout": f"{seconds:g}s",
        prober.value: {**_ip_protocol(spec, target), **_prober(spec, target)},
    }


def _prober(spec: ProbesSpec, target: ProbeTarget) -> dict[str, Any]:
    match target.kind:
        case ProbeKind.HTTP:
            return _http(spec, target)
        case ProbeKind.POST:
            headers = {"Content-Type": "application/json"}
            return {"method": "POST", "headers": headers, "body": target.body or _HEALTH_CHECK, **_http(spec, target)}
        case ProbeKind.TCP:
            return {} if target.tls is None else {"tls": True, **_tls(spec, target)}
        case ProbeKind.DNS:
            default = DnsRecord.AAAA if _family(spec, target) is IpFamily.IPV6 else DnsRecord.A
            record = target.query_type or default
            return {"query_name": target.query_name, "query_type": record.value, "valid_rcodes": ["NOERROR"]}
        case ProbeKind.ICMP:
            return {}


def _http(spec: ProbesSpec, target: ProbeTarget) -> dict[str, Any]:
    codes = {"valid_status_codes": sorted(target.accepted_codes)} if target.accepted_codes else {}
    return {
        "valid_http_versions": _HTTP_VERSIONS,
        "follow_redirects": target.follow_redirects,
        **codes,
        **_tls(spec, target),
    }


def _tls(spec: ProbesSpec, target: ProbeTarget) -> dict[str, Any]:
    if target.tls is None:
        return {}
    files = {f"{path}/{CA_FILE}": reference for path, reference in ca_directories(spec).items()}
    config = {
        "ca_file": next((file for file, reference in files.items() if reference == target.tls.ca), ""),
        "insecure_skip_verify": target.tls.insecure,
        "server_name": target.tls.server_name,
    }
    stated = {name: value for name, value in config.items() if value}
    return {"tls_config": stated} if stated else {}


def _family(spec: ProbesSpec, target: ProbeTarget) -> IpFamily:
    return target.ip_family or next(iter(spec.ip_families), IpFamily.IPV4)


def _ip_protocol(spec: ProbesSpec, target: ProbeTarget) -> dict[str, Any]:
    """Return the preferred IP family; the exporter takes the other one only where none is asked for."""
    preferred = {"preferred_ip_protocol": _PROTOCOLS[_family(spec, target)]}
    return preferred if target.ip_family is None else {**preferred, "ip_protocol_fallback": False}
