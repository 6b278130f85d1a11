"""The addresses that pods listen at and advertise, against the IP families of the cluster.

`[::]` takes connections of both families, and stops a server on a node that has IPv6 disabled.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from tools.render import RenderedObject, Rendering

from .finding import Finding
from .pods import Pod, pods_of

IPV4, IPV6 = "IPv4", "IPv6"
EVERY_ADDRESS = {"0.0.0.0/0": IPV4, "::/0": IPV6}

LISTENS_AT_IPV4_BY_DEFAULT = {
    "prometheus/prometheus": "--web.listen-address=",
    "redis_exporter": "REDIS_EXPORTER_WEB_LISTEN_ADDRESS",
}
"""Images whose default address is one of IPv4, each with what sets another."""

SERVES_HEALTH_AT_IPV4 = "kiwigrid/k8s-sidecar"

LISTENS_AT_BOTH_BY_0_0_0_0 = "thanos/thanos"
"""An image whose server takes connections of both families at `0.0.0.0`, as Go does with network `tcp`.

https://pkg.go.dev/net#Listen
"""

RINGS = (
    "backend_worker.ring",
    "compactor.ring",
    "distributor.ring",
    "ingester.lifecycler",
    "live_store.ring",
    "metrics_generator.ring",
)
"""What Tempo configures its rings by, each with `enable_inet6`."""

_IPV4_LISTENER = re.compile(r"(?<![\d.])0\.0\.0\.0(?![\d./])")
_REPEATED_FLAG = re.compile(r"(-[\w.]+)=\S+(?=[\s\S]*\1=)")
_NGINX_LISTENER = re.compile(r"^\s*listen\s+(\[::\]:)?(\d+)(?:\s[^;]*)?;", re.MULTILINE)


def every_pod_uses_the_ip_families_of_the_cluster(rendering: Rendering) -> Iterator[Finding]:
    """Nothing listens or advertises in another family alone; IPv4 is that of a stack that names none."""
    families = rendering.ip_families or (IPV4,)
    for item in rendering.objects:
        found = (*_listeners(item, families), *_rings(item, families), *_service(item, families), *_blocks(item))
        yield from (Finding(str(item), message) for message in found)
        if rendering.ip_families:
            yield from (Finding(str(item), message) for message in _nginx(item, families))
    for pod in pods_of(rendering.objects):
        if IPV6 in families:
            yield from _defaults(pod)


def _texts(item: RenderedObject) -> Iterator[str]:
    """Yield what a server reads: a ConfigMap, and the commands, arguments and variables of containers."""
    if item.kind == "ConfigMap":
        yield from (str(text) for key, text in (item.manifest.get("data") or {}).items() if not key.endswith(".json"))
    for pod in pods_of([item]):
        for container in pod.containers:
            if LISTENS_AT_BOTH_BY_0_0_0_0 not in str(container.get("image")):
                yield "\n".join(map(str, [*(container.get("command") or ()), *(container.get("args") or ())]))
            yield from (str(variable.get("value", "")) for variable in container.get("env") or ())


def _listeners(item: RenderedObject, families: Sequence[str]) -> Iterator[str]:
    for text in _texts(item):
        effective = _REPEATED_FLAG.sub("", text)
        if families[0] == IPV6 and (found := _IPV4_LISTENER.search(effective)):
            around = effective[max(0, found.start() - 24) : found.end() + 6].split("\n")[-1].strip()
            yield f"{around}: listens at IPv4 alone; use [::]"
        if IPV6 not in families and item.kind != "ConfigMap" and "[::]" in effective:
            yield f"{effective}: listens at IPv6, which the cluster does not have; use 0.0.0.0"


def _nginx(item: RenderedObject, families: Sequence[str]) -> Iterator[str]:
    text = str((item.manifest.get("data") or {}).get("nginx.conf", "")) if item.kind == "ConfigMap" else ""
    listeners = _NGINX_LISTENER.findall(text)
    ports = {by: {port for host, port in listeners if bool(host) == (by == IPV6)} for by in (IPV4, IPV6)}
    for port in sorted(ports[IPV4] - ports[IPV6]) if IPV6 in families else ():
        yield f"nginx listens on port {port} at IPv4 alone; add listen [::]:{port}"
    for port in sorted(ports[IPV6]) if IPV6 not in families else ():
        yield f"nginx listens at [::]:{port}, and the cluster has no IPv6; remove it"


def _rings(item: RenderedObject, families: Sequence[str]) -> Iterator[str]:
    """Yield the rings of Loki's or Tempo's configuration that advertise an address of another family."""
    if item.kind != "ConfigMap":
        return
    by_ipv6 = families[0] == IPV6
    for name, text in (item.manifest.get("data") or {}).items():
        config = _mapping(str(text)) if name in ("config.yaml", "tempo.yaml") else {}
        if "memberlist" not in config:
            continue
        addresses = ["::"] if by_ipv6 else []
        if (config["memberlist"].get("bind_addr") or []) != addresses:
            yield f"memberlist.bind_addr of {name} must be {addresses}, for {families[0]}"
        if name == "tempo.yaml":
            switches = [f"{ring}.enable_inet6" for ring in RINGS if ring.partition(".")[0] in config]
        else:
            switches = ["common.ring.instance_enable_ipv6", "frontend.instance_enable_ipv6"]
        for switch in switches:
            if bool(_at(config, switch)) != by_ipv6:
                yield f"{switch} of {name} must be {str(by_ipv6).lower()}, for {families[0]}"


def _mapping(text: str) -> Mapping[str, Any]:
    loaded = yaml.safe_load(text)
    return loaded if isinstance(loaded, Mapping) else {}


def _at(config: Mapping[str, Any], path: str) -> Any:
    value: Any = config
    for key in path.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _service(item: RenderedObject, families: Sequence[str]) -> Iterator[str]:
    named = item.manifest["spec"].get("ipFamilies") or [] if item.kind == "Service" else []
    if foreign := sorted(set(named) - set(families)):
        yield f"its ipFamilies are {named}, and the cluster has no {', '.join(foreign)}"


def _blocks(item: RenderedObject) -> Iterator[str]:
    rules = item.manifest["spec"] if item.kind == "NetworkPolicy" else {}
    for direction, peers in (("ingress", "from"), ("egress", "to")):
        for rule in rules.get(direction) or ():
            blocks = {(peer.get("ipBlock") or {}).get("cidr") for peer in rule.get(peers) or ()}
            if len(every := blocks & set(EVERY_ADDRESS)) == 1:
                yield f"{direction} allows {every.pop()} alone; allow {' and '.join(EVERY_ADDRESS)}"


def _defaults(pod: Pod) -> Iterator[Finding]:
    for container in pod.containers:
        image = str(container.get("image"))
        settings = str([container.get("args"), container.get("env")])
        for name, setting in LISTENS_AT_IPV4_BY_DEFAULT.items():
            if name in image and setting not in settings:
                yield Finding(pod.reference(container), f"listens at IPv4 alone by default; set {setting.strip('-=')}")
        probes = [kind for kind in ("startupProbe", "livenessProbe", "readinessProbe") if kind in container]
        for kind in probes if SERVES_HEALTH_AT_IPV4 in image else ():
            if "exec" not in container[kind]:
                yield Finding(pod.reference(container), f"{kind}: its health is served at IPv4 alone; use exec")
