"""The chart values of the blackbox exporter, and the `Probe` of each target."""

from typing import Any

from .._merge import deep_merge
from .._network_policy import INSTANCE, clients_policy
from .._pods import pod_values
from .._workload import HOSTNAME_LABEL, SECCOMP_PROFILE, go_memory_limit, resources, scheduling
from ..units import parse_quantity
from .modules import CA_FILE, ca_directories, module_of, modules
from .spec import PORT, ProbesSpec

ANY_GROUP = "0 2147483647"
"""All groups may send ICMP echo requests, which then takes no capability (icmp(7))."""


def exporter_values(spec: ProbesSpec) -> dict[str, Any]:
    """Return the values of the chart: the exporter with its modules, and its own ServiceMonitor."""
    authorities = list(enumerate(ca_directories(spec).items()))
    values = {
        "fullnameOverride": spec.release_name,
        "config": {"modules": modules(spec)},
        "replicas": spec.replicas,
        "podSecurityContext": {
            **SECCOMP_PROFILE,
            "sysctls": [{"name": "net.ipv4.ping_group_range", "value": ANY_GROUP}],
        },
        "resources": resources(spec.cpu, spec.memory),
        "extraEnv": [{"name": "GOMEMLIMIT", "value": go_memory_limit(parse_quantity(spec.memory) / 2**20)}],
        "extraVolumes": [reference.volume(f"ca-{index}", CA_FILE) for index, (_, reference) in authorities],
        "extraVolumeMounts": [
            {"name": f"ca-{index}", "mountPath": path, "readOnly": True} for index, (path, _) in authorities
        ],
        "serviceMonitor": {
            "selfMonitor": {"enabled": True, "port": "http", "labels": dict(spec.service_monitor_labels)}
        },
        **scheduling(spec.node_selector, spec.tolerations),
        **(_several(spec) if spec.replicas > 1 else {}),
    }
    images = pod_values(
        spec,
        image_registry={"global": {"imageRegistry": spec.image_registry}},
        image_pull_secrets={"image": {"pullSecrets": list(spec.image_pull_secrets)}},
        priority_class={"priorityClassName": spec.priority_class},
    )
    return deep_merge(values, images)


def _several(spec: ProbesSpec) -> dict[str, Any]:
    """Return how several pods are spread, and how many of them may be evicted at once."""
    labels = {INSTANCE: spec.release_name}
    spread = {"maxSkew": 1, "topologyKey": HOSTNAME_LABEL, "whenUnsatisfiable": "ScheduleAnyway"}
    return {
        "topologySpreadConstraints": [{**spread, "labelSelector": {"matchLabels": labels}}],
        "podDisruptionBudget": {"maxUnavailable": 1},
    }


def exporter_policy(spec: ProbesSpec) -> dict[str, Any]:
    """Return the NetworkPolicy of the exporter: the pods of `client_namespaces` reach it, and it reaches anything."""
    return clients_policy({INSTANCE: spec.release_name}, spec.client_namespaces, [PORT])


def probe_spec(spec: ProbesSpec, name: str) -> dict[str, Any]:
    """Return the `Probe` of a target; its series have the labels `job`, `instance` and `probe`."""
    target = spec.targets[name]
    interval = spec.interval_of(target)
    return {
        "jobName": f"blackbox-{target.kind.value}",
        "prober": {"url": spec.prober},
        "module": module_of(spec, name),
        "interval": interval,
        # The exporter ends a probe half a second before this, or at its own timeout.
        "scrapeTimeout": interval,
        "targets": {"staticConfig": {"static": [target.address], "labels": {**target.labels, "probe": name}}},
    }
