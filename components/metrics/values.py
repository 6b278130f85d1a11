"""The chart values of the Prometheus operator, of Prometheus and of the exporters."""

from typing import Any
from urllib.parse import urlsplit

from .._bucket import ca_mounts, ca_volumes, key_environment
from .._merge import deep_merge
from .._metrics_gateway import checksum, gateway_container, gateway_name, gateway_volumes
from .._pods import pod_values, pull_secrets
from .._workload import NO_PRIVILEGES, SECCOMP_PROFILE, resources, scheduling, spread_over_zones
from . import alertmanager
from .alertmanager import FEATURES, pod_labels, retention_hours
from .gateway import (
    GATEWAY_PORT,
    PORT,
    alertmanager_gateway,
    alertmanager_gateway_name,
    alertmanager_nginx_config,
    client_tls,
    gossip_tls,
    nginx_config,
    sidecar_tls,
)
from .spec import ALERT_RULES, OBJSTORE_KEY, ControlPlanePart, MetricsSpec, OperatorCrdsSpec

EXEMPLARS = 100_000
"""Number of exemplars that Prometheus keeps in memory, about 100 bytes each."""
CONTROL_PLANE = {
    ControlPlanePart.COREDNS: "coreDns",
    ControlPlanePart.KUBE_DNS: "kubeDns",
    ControlPlanePart.ETCD: "kubeEtcd",
    ControlPlanePart.SCHEDULER: "kubeScheduler",
    ControlPlanePart.CONTROLLER_MANAGER: "kubeControllerManager",
    ControlPlanePart.PROXY: "kubeProxy",
}
"""The section of the chart for each part of the control plane."""
SELECTORS = ("rule", "serviceMonitor", "podMonitor", "probe", "scrapeConfig")
CONFIG_LABEL = "observability/alertmanager"
"""Label of an AlertmanagerConfig that is merged into the configuration: the name of the release."""
_NODE_NAME = {"action": "replace", "sourceLabels": ["__meta_kubernetes_pod_node_name"], "targetLabel": "node"}
REVISION = "observability/objstore-revision"
"""Annotation that restarts the pods when the Secret with the object store changes."""


def operator_crds_values(_: OperatorCrdsSpec) -> dict[str, Any]:
    """Return the values of the chart `prometheus-operator-crds`: a destroy leaves the definitions and all objects."""
    return {"crds": {"annotations": {"helm.sh/resource-policy": "keep"}}}


def metrics_values(spec: MetricsSpec) -> dict[str, Any]:
    """Return the values of the chart `kube-prometheus-stack`: no Grafana and no alerts of the chart."""
    values: dict[str, Any] = {
        "fullnameOverride": spec.release_name,
        # The StatefulSet is called `prometheus-<release>`, not `prometheus-<release>-prometheus`.
        "cleanPrometheusOperatorObjectNames": True,
        "crds": {"enabled": False},
        "grafana": {"enabled": False},
        "alertmanager": _alertmanager(spec),
        "defaultRules": {"rules": dict.fromkeys(ALERT_RULES, False)},
        **{section: {"enabled": part in spec.control_plane} for part, section in CONTROL_PLANE.items()},
        "kubelet": {"serviceMonitor": {"cAdvisorInterval": spec.scrape_interval}},
        "prometheusOperator": _operator(spec),
        "prometheus": _prometheus(spec),
        "kubeStateMetrics": {"enabled": spec.kube_state_metrics},
        "nodeExporter": {"enabled": spec.node_exporter},
    }
    if spec.kube_state_metrics:
        values["kube-state-metrics"] = _kube_state_metrics(spec)
    if spec.node_exporter:
        values["prometheus-node-exporter"] = _node_exporter(spec)
    return deep_merge(deep_merge(values, spec.rule_values), _pods(spec))


def _operator(spec: MetricsSpec) -> dict[str, Any]:
    return {
        "enabled": spec.install_operator,
        # A webhook needs a certificate, which the chart makes in Jobs with rights on the whole cluster.
        "admissionWebhooks": {"enabled": False},
        "tls": {"enabled": False},
        "kubeletEndpointsEnabled": False,
        "kubeletEndpointSliceEnabled": True,
        "clusterDomain": spec.cluster_domain,
        "prometheusConfigReloader": {"resources": resources("10m", "64Mi")},
        "resources": resources("20m", spec.operator_memory),
        **scheduling(spec.node_selector, spec.tolerations),
    }


def _prometheus(spec: MetricsSpec) -> dict[str, Any]:
    values: dict[str, Any] = {"prometheusSpec": _prometheus_spec(spec)}
    if spec.replicas > 1:
        values["podDisruptionBudget"] = {"enabled": True, "minAvailable": spec.replicas - 1}
    if spec.service_account_annotations:
        values["serviceAccount"] = {"annotations": dict(spec.service_account_annotations)}
    if spec.has_sidecar:
        values |= {"thanosService": {"enabled": True}, "thanosServiceMonitor": {"enabled": True}}
    if spec.secured:
        values["service"] = {"targetPort": GATEWAY_PORT}
    if spec.tls_secret:
        values["serviceMonitor"] = {"selfMonitor": False}
    return values


def _prometheus_spec(spec: MetricsSpec) -> dict[str, Any]:
    limits = spec.limits
    values: dict[str, Any] = {
        "replicas": spec.replicas,
        "externalLabels": dict(spec.external_labels),
        "scrapeInterval": spec.scrape_interval,
        "evaluationInterval": spec.scrape_interval,
        "retention": spec.retention,
        # A `MB` of Prometheus is 2^20 bytes.
        "retentionSize": f"{spec.size_limit_bytes // 2**20}MB",
        "storageSpec": {"volumeClaimTemplate": {"spec": _claim(spec.volume_size, spec.storage_class)}},
        "resources": resources(spec.cpu, spec.memory),
        **scheduling(spec.node_selector, spec.tolerations),
        "enableRemoteWriteReceiver": True,
        "enableOTLPReceiver": True,
        "otlp": {
            "promoteResourceAttributes": list(spec.promoted_resource_attributes),
            "translationStrategy": spec.translation_strategy.value,
        },
        "tsdb": {"outOfOrderTimeWindow": spec.out_of_order_window},
        "enableFeatures": ["exemplar-storage"],
        "exemplars": {"maxSize": EXEMPLARS},
        "scrapeNativeHistograms": spec.native_histograms,
        # Dashboards and rules of today ask for the classic ones.
        "scrapeClassicHistograms": spec.native_histograms,
        "serviceDiscoveryRole": "EndpointSlice",
        **{f"{kind}SelectorNilUsesHelmValues": False for kind in SELECTORS},
        "enforcedSampleLimit": limits.samples_per_target,
        "enforcedTargetLimit": limits.targets_per_job,
        "enforcedLabelLimit": limits.labels_per_sample,
        "enforcedLabelNameLengthLimit": limits.label_name_length,
        "enforcedLabelValueLengthLimit": limits.label_value_length,
        "enforcedBodySizeLimit": f"{limits.body_mib}MB",
    }
    if spec.alertmanager_urls:
        values["additionalAlertManagerConfigs"] = [_external_alertmanager(url) for url in spec.alertmanager_urls]
    if spec.alertmanager is not None and spec.tls_secret:
        values["alertingEndpoints"] = [_secured_alertmanager(spec)]
    if spec.listens_on_ipv6:
        values["additionalArgs"] = [{"name": "web.listen-address", "value": f"{spec.any_address}:{PORT}"}]
    if spec.has_sidecar:
        values["thanos"] = _sidecar(spec)
    pod = {
        "podMetadata": {"annotations": _annotations(spec)},
        "containers": _containers(spec),
        "volumes": _volumes(spec),
    }
    return values | {name: value for name, value in pod.items() if value not in ([], {"annotations": {}})}


def _alertmanager(spec: MetricsSpec) -> dict[str, Any]:
    own = spec.alertmanager
    if own is None:
        return {"enabled": False}
    values: dict[str, Any] = {
        "enabled": True,
        "enableFeatures": list(FEATURES),
        "serviceAccount": {"automountServiceAccountToken": False},
        "alertmanagerSpec": {
            "useExistingSecret": True,
            "configSecret": own.config_secret,
            "secrets": list(own.secrets),
            "replicas": own.replicas,
            "retention": retention_hours(own),
            "storage": {"volumeClaimTemplate": {"spec": _claim(own.volume_size, own.storage_class)}},
            "resources": resources(own.cpu, own.memory),
            **scheduling(spec.node_selector, spec.tolerations),
            "automountServiceAccountToken": False,
            # Any AlertmanagerConfig would change routes that were checked: only one with this label is merged.
            "alertmanagerConfigSelector": {"matchLabels": {CONFIG_LABEL: spec.release_name}},
            **({"externalUrl": own.external_url} if own.external_url else {}),
        },
    }
    if spec.tls_secret:
        secured, port = alertmanager_gateway(spec), alertmanager.GATEWAY_PORT
        values["alertmanagerSpec"] |= {
            "containers": [gateway_container(secured, port)],
            "volumes": gateway_volumes(secured, alertmanager_gateway_name(spec)),
            "podMetadata": {"annotations": checksum(alertmanager_nginx_config(spec))},
        }
        added = {"name": alertmanager.GATEWAY_PORT_NAME, "port": port, "targetPort": port, "protocol": "TCP"}
        values["service"] = {"additionalPorts": [added]}
    if own.replicas > 1 and spec.tls_secret:
        values["alertmanagerSpec"]["clusterTLS"] = gossip_tls(spec)
    if own.replicas > 1:
        values["podDisruptionBudget"] = {"enabled": True, "minAvailable": own.replicas - 1}
        # Over hosts the chart spreads them by itself.
        values["alertmanagerSpec"]["topologySpreadConstraints"] = spread_over_zones(pod_labels(spec.release_name))
    return values


def _secured_alertmanager(spec: MetricsSpec) -> dict[str, Any]:
    return {
        "namespace": spec.namespace,
        "name": alertmanager.service_name(spec.release_name),
        "port": alertmanager.GATEWAY_PORT_NAME,
        "scheme": "https",
        "tlsConfig": client_tls(spec, alertmanager.server_name(spec.release_name, spec.namespace)),
        "apiVersion": "v2",
    }


def _external_alertmanager(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    path = {"path_prefix": parts.path} if parts.path.strip("/") else {}
    return {"scheme": parts.scheme, **path, "static_configs": [{"targets": [parts.netloc]}]}


def _claim(size: str, storage_class: str) -> dict[str, Any]:
    claim: dict[str, Any] = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}}
    return claim | ({"storageClassName": storage_class} if storage_class else {})


def _sidecar(spec: MetricsSpec) -> dict[str, Any]:
    """Return the sidecar, which uploads blocks to the object store in a Secret."""
    tls = sidecar_tls(spec)
    mounts = [*ca_mounts(spec.storage_ca), *tls.pop("volumeMounts", ())]
    return {
        "objectStorageConfig": {"existingSecret": {"name": spec.objstore_secret, "key": OBJSTORE_KEY}},
        "resources": resources("50m", "256Mi"),
        **tls,
        **({"volumeMounts": mounts} if mounts else {}),
    }


def _annotations(spec: MetricsSpec) -> dict[str, str]:
    """Return the annotations that restart the pods with what they read at their start."""
    objstore = {REVISION: spec.objstore_revision} if spec.has_sidecar else {}
    return objstore | (checksum(nginx_config(spec)) if spec.secured else {})


def _containers(spec: MetricsSpec) -> list[dict[str, Any]]:
    """Return the containers that the operator adds, or merges into those that it makes itself."""
    environment = key_environment(spec.objstore_credentials_secret) if spec.has_sidecar else []
    sidecar = [{"name": "thanos-sidecar", "env": environment}] if environment else []
    return [*sidecar, *([gateway_container(spec, GATEWAY_PORT)] if spec.secured else [])]


def _volumes(spec: MetricsSpec) -> list[dict[str, Any]]:
    authority = ca_volumes(spec.storage_ca) if spec.has_sidecar else []
    return [*authority, *(gateway_volumes(spec, gateway_name(spec.release_name)) if spec.secured else [])]


def _kube_state_metrics(spec: MetricsSpec) -> dict[str, Any]:
    values = {
        "fullnameOverride": f"{spec.release_name}-kube-state-metrics",
        "resources": resources("20m", spec.kube_state_metrics_memory),
        **scheduling(spec.node_selector, spec.tolerations),
    }
    # It listens at `::`, which nodes with IPv6 disabled do not have.
    hosts = ["--host=0.0.0.0", "--telemetry-host=0.0.0.0"]
    return values | ({"extraArgs": hosts} if spec.ip_families and not spec.listens_on_ipv6 else {})


def _node_exporter(spec: MetricsSpec) -> dict[str, Any]:
    return {
        "fullnameOverride": f"{spec.release_name}-node-exporter",
        "namespaceOverride": spec.node_exporter_namespace or "",
        # It shares the network of the node, and listens at the node's address alone, of either IP family.
        "service": {"listenOnAllInterfaces": False},
        "resources": resources("20m", "64Mi"),
        "securityContext": SECCOMP_PROFILE,
        "containerSecurityContext": NO_PRIVILEGES,
        # The name by which kube-state-metrics and the kubelet know the node.
        "prometheus": {"monitor": {"relabelings": [_NODE_NAME]}},
    }


def _pods(spec: MetricsSpec) -> dict[str, Any]:
    """Return the values of registry, pull secrets and priority class; the first two are global in the chart."""
    priority = {"priorityClassName": spec.priority_class}
    exporters = {
        **({"kube-state-metrics": priority} if spec.kube_state_metrics else {}),
        **({"prometheus-node-exporter": priority} if spec.node_exporter else {}),
        **({"alertmanager": {"alertmanagerSpec": priority}} if spec.alertmanager is not None else {}),
    }
    return pod_values(
        spec,
        image_registry={"global": {"imageRegistry": spec.image_registry}},
        image_pull_secrets={"global": {"imagePullSecrets": pull_secrets(spec)}},
        priority_class={"prometheus": {"prometheusSpec": priority}, "prometheusOperator": priority, **exporters},
    )
