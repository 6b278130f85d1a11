"""Whether the Pod Security Standards admit a pod, decided without an API server.

https://kubernetes.io/docs/concepts/security/pod-security-standards/
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from .pods import Level, Pod

_BASELINE_CAPABILITIES: Final = {
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
}
_RESTRICTED_VOLUMES: Final = {
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
    "secret",
}
_SAFE_SYSCTLS: Final = {
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.tcp_wmem",
}
_SELINUX_TYPES: Final = {"", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"}
_PROFILES: Final = {"RuntimeDefault", "Localhost"}


def violations(pod: Pod, level: Level) -> list[str]:
    """Return why `level` does not admit the pod; nothing where it does."""
    if level is Level.PRIVILEGED:
        return []
    found = [*_baseline_of_pod(pod.spec), *_in_containers(pod, _baseline_of_container)]
    if level is Level.RESTRICTED:
        found += [*_restricted_of_pod(pod.spec), *_in_containers(pod, _restricted_of_container)]
    return found


def _in_containers(pod: Pod, rule: Any) -> Iterator[str]:
    context = pod.spec.get("securityContext") or {}
    for container in pod.containers:
        for message in rule(container, container.get("securityContext") or {}, context):
            yield f"container {container['name']} {message}"


def _baseline_of_pod(spec: Mapping[str, Any]) -> Iterator[str]:
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(field):
            yield f"uses {field}"
    for volume in spec.get("volumes") or []:
        if "hostPath" in volume:
            yield f"mounts the host's {volume['hostPath'].get('path')} (volume {volume['name']})"
    context = spec.get("securityContext") or {}
    for sysctl in context.get("sysctls") or []:
        if sysctl["name"] not in _SAFE_SYSCTLS:
            yield f"sets the sysctl {sysctl['name']}"
    yield from _profiles(context)


def _baseline_of_container(
    container: Mapping[str, Any], context: Mapping[str, Any], _pod: Mapping[str, Any]
) -> Iterator[str]:
    if context.get("privileged"):
        yield "is privileged"
    added = set((context.get("capabilities") or {}).get("add") or [])
    if beyond := added - _BASELINE_CAPABILITIES:
        yield f"adds the capabilities {', '.join(sorted(beyond))}"
    for port in container.get("ports") or []:
        if port.get("hostPort"):
            yield f"takes the host's port {port['hostPort']}"
    if context.get("procMount", "Default") != "Default":
        yield f"has procMount {context['procMount']}"
    yield from _profiles(context)


def _profiles(context: Mapping[str, Any]) -> Iterator[str]:
    if (context.get("seccompProfile") or {}).get("type") == "Unconfined":
        yield "has no seccomp profile (Unconfined)"
    if (context.get("appArmorProfile") or {}).get("type") == "Unconfined":
        yield "has no AppArmor profile (Unconfined)"
    if (context.get("windowsOptions") or {}).get("hostProcess"):
        yield "is a host process"
    selinux = context.get("seLinuxOptions") or {}
    if selinux.get("type", "") not in _SELINUX_TYPES or selinux.get("user") or selinux.get("role"):
        yield "sets its own SELinux type, user or role"


def _restricted_of_pod(spec: Mapping[str, Any]) -> Iterator[str]:
    for volume in spec.get("volumes") or []:
        kinds = set(volume) - {"name"} - _RESTRICTED_VOLUMES - {"hostPath"}
        if kinds:
            yield f"has volume {volume['name']} of kind {', '.join(sorted(kinds))}"
    if (spec.get("securityContext") or {}).get("runAsUser") == 0:
        yield "runs as user 0"


def _restricted_of_container(
    _container: Mapping[str, Any], context: Mapping[str, Any], pod: Mapping[str, Any]
) -> Iterator[str]:
    if context.get("allowPrivilegeEscalation") is not False:
        yield "lacks allowPrivilegeEscalation: false"
    if context.get("runAsNonRoot", pod.get("runAsNonRoot")) is not True:
        yield "lacks runAsNonRoot: true"
    if context.get("runAsUser") == 0:
        yield "runs as user 0"
    profile = (context.get("seccompProfile") or pod.get("seccompProfile") or {}).get("type")
    if profile not in _PROFILES:
        yield "lacks a seccompProfile (RuntimeDefault)"
    capabilities = context.get("capabilities") or {}
    if "ALL" not in (capabilities.get("drop") or []):
        yield "does not drop ALL capabilities"
    added = set(capabilities.get("add") or []) & _BASELINE_CAPABILITIES
    if beyond := added - {"NET_BIND_SERVICE"}:
        yield f"adds the capabilities {', '.join(sorted(beyond))}"
