"""The values of Grafana's chart."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from .._http_client import AMAZON_PROMETHEUS, DIRECTORY, LOGS_DIRECTORY, TRACES_DIRECTORY, VOLUME, secret_volume
from .._ip_families import sidecar_probe
from .._merge import deep_merge
from .._pods import pod_values, pull_secrets
from .._workload import CONTAINER_SECURITY_CONTEXT, SECCOMP_PROFILE, resources, scheduling
from .spec import GrafanaSpec

PORT = 80
TLS_DIRECTORY = "/etc/grafana-tls"
"""Directory of the pod with `ca.crt`, `tls.crt` and `tls.key` of `tls_secret`."""
LOGIN_DIRECTORY = "/etc/grafana-login"
"""Directory of the pod with `username` and `password` of `login_secret`."""
_TOKEN = "kubernetes-api"
_TOKEN_PATH = "/var/run/secrets/kubernetes.io/serviceaccount"
_SIDECAR_RESOURCES = resources("20m", "128Mi")
_NATIVE_SIDECAR = {
    # Grafana reads its datasources when it starts, so they are loaded before. `initDatasources` alone would never
    # end, as the container goes on watching (https://github.com/grafana-community/helm-charts/issues/126).
    "initDatasources": True,
    "restartPolicy": "Always",
}
_HEALTH_PORT = 8082
_STARTUP_PROBE = {"initialDelaySeconds": 2, "periodSeconds": 2, "failureThreshold": 60}
_SECURITY_CONTEXT = {**CONTAINER_SECURITY_CONTEXT, **SECCOMP_PROFILE, "privileged": False}


def grafana_values(spec: GrafanaSpec) -> dict[str, Any]:
    """Return the values of the chart: a password from a Secret, datasources and dashboards from ConfigMaps."""
    values = {
        "fullnameOverride": spec.release_name,
        "rbac": {"create": False},
        "testFramework": {"enabled": False},
        "service": {"port": PORT},
        "resources": resources(spec.cpu, spec.memory),
        "containerSecurityContext": _SECURITY_CONTEXT,
        "extraEmptyDirMounts": [{"name": "tmp", "mountPath": "/tmp"}],
        **scheduling(spec.node_selector, spec.tolerations),
        **_secret_mounts(spec),
        **_plugins(spec),
        **_admin(spec),
        **_storage(spec),
        **_sidecars(spec),
        "grafana.ini": _settings(spec),
    }
    images = pod_values(
        spec,
        image_registry={"global": {"imageRegistry": spec.image_registry}},
        image_pull_secrets={"global": {"imagePullSecrets": pull_secrets(spec)}},
        priority_class={"priorityClassName": spec.priority_class},
    )
    return deep_merge(values, images)


def _secret_mounts(spec: GrafanaSpec) -> dict[str, Any]:
    """Return the mounts of the Secrets that datasources present, and the annotation that reloads them."""
    secrets = (
        ("datasource-tls", spec.tls_secret, TLS_DIRECTORY),
        ("datasource-login", spec.login_secret, LOGIN_DIRECTORY),
    )
    mounts: list[dict[str, Any]] = [
        {"name": name, "secretName": secret, "mountPath": directory, "readOnly": True, "defaultMode": 0o440}
        for name, secret, directory in secrets
        if secret
    ]
    names = [mount["secretName"] for mount in mounts]
    clients = (
        (VOLUME, DIRECTORY, spec.metrics_client),
        ("logs-client", LOGS_DIRECTORY, spec.logs_client),
        ("traces-client", TRACES_DIRECTORY, spec.traces_client),
    )
    for name, directory, client in clients:
        if source := secret_volume(client):
            projected = {"defaultMode": 0o440, **source}
            mounts.append({"name": name, "projected": projected, "mountPath": directory, "readOnly": True})
            names += [part["secret"]["name"] for part in source["sources"]]
    if not mounts:
        return {}
    return {
        "extraSecretMounts": mounts,
        "annotations": {"secret.reloader.stakater.com/reload": ",".join(dict.fromkeys(names))},
    }


def _plugins(spec: GrafanaSpec) -> dict[str, Any]:
    """Return the plugin of a metrics store whose requests are signed, which Grafana installs when it starts."""
    signs = spec.metrics_client is not None and spec.metrics_client.sigv4 is not None
    return {"plugins": [AMAZON_PROMETHEUS]} if signs else {}


def _admin(spec: GrafanaSpec) -> dict[str, Any]:
    return {
        # The user name is not secret: the Secret needs only the key of the password.
        "env": {"GF_SECURITY_ADMIN_USER": spec.admin_user},
        "admin": {"existingSecret": spec.password_secret, "passwordKey": spec.password_key},
    }


def _storage(spec: GrafanaSpec) -> dict[str, Any]:
    return {
        # A new pod cannot mount the volume while the old one, on another node, still has it.
        "deploymentStrategy": {"type": "Recreate"},
        "initChownData": {"enabled": False},
        "persistence": {
            "enabled": spec.persistence,
            "size": spec.volume_size,
            **({"storageClassName": spec.storage_class} if spec.storage_class else {}),
        },
    }


def _sidecars(spec: GrafanaSpec) -> dict[str, Any]:
    """Return the sidecars that load labelled ConfigMaps; only they have a token of the Kubernetes API."""
    reload = f"http://localhost:3000{spec.path}/api/admin/provisioning"
    sidecar: Mapping[str, Any] = {
        "enabled": True,
        "searchNamespace": "ALL",
        "resource": "configmap",
        "env": {"REQ_USERNAME": spec.admin_user},
        "extraMounts": [{"name": _TOKEN, "mountPath": _TOKEN_PATH, "readOnly": True}],
    }
    return {
        "automountServiceAccountToken": False,
        "extraContainerVolumes": [{"name": _TOKEN, "projected": {"sources": _token_sources()}}],
        "sidecar": {
            "resources": _SIDECAR_RESOURCES,
            "securityContext": _SECURITY_CONTEXT,
            "enableUniqueFilenames": True,
            "datasources": {
                **sidecar,
                **(_native_sidecar(spec) if spec.native_sidecars else {}),
                "searchNamespace": list(spec.datasource_namespaces) or "ALL",
                "reloadURL": f"{reload}/datasources/reload",
            },
            "dashboards": {
                **sidecar,
                "reloadURL": f"{reload}/dashboards/reload",
                "folderAnnotation": "grafana_folder",
                "provider": {"foldersFromFilesStructure": True},
            },
        },
    }


def _native_sidecar(spec: GrafanaSpec) -> dict[str, Any]:
    """Return the sidecar that starts before Grafana, with a probe of its health."""
    return {**_NATIVE_SIDECAR, "startupProbe": {**sidecar_probe(spec, _HEALTH_PORT), **_STARTUP_PROBE}}


def _token_sources() -> list[dict[str, Any]]:
    """Return what the kubelet mounts into a pod with a service account token."""
    namespace = {"path": "namespace", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}}
    return [
        {"serviceAccountToken": {"path": "token", "expirationSeconds": 3607}},
        {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
        {"downwardAPI": {"items": [namespace]}},
    ]


def _settings(spec: GrafanaSpec) -> dict[str, Any]:
    server = {
        "root_url": spec.root_url,
        "domain": urlsplit(spec.root_url).hostname,
        "serve_from_sub_path": spec.path != "",
    }
    return {
        "analytics": {"reporting_enabled": False, "check_for_updates": False, "check_for_plugin_updates": False},
        "auth.anonymous": {"enabled": False},
        "security": {"disable_gravatar": True, "cookie_secure": spec.root_url.startswith("https://")},
        "unified_alerting": {"enabled": True},
        "users": {"allow_sign_up": False},
        **({"server": server} if spec.root_url else {}),
        **({"auth": {"sigv4_auth_enabled": True}} if _plugins(spec) else {}),
    }


def service_monitor_spec(spec: GrafanaSpec) -> dict[str, Any]:
    """Return the ServiceMonitor of the metrics of Grafana itself."""
    labels = {"app.kubernetes.io/name": "grafana", "app.kubernetes.io/instance": spec.release_name}
    return {
        "selector": {"matchLabels": labels},
        "endpoints": [{"port": "service", "path": "/metrics", "honorLabels": True}],
    }
