"""The chart values of the in-stack Prometheus."""

from typing import Any

from .._merge import deep_merge
from .._pods import pod_values, pull_secrets
from .._workload import CONTAINER_SECURITY_CONTEXT, SECCOMP_PROFILE, resources, scheduling
from ..units import parse_quantity
from .spec import MetricsSpec

FLAGS = (
    "web.enable-lifecycle",
    "web.enable-remote-write-receiver",
    "web.enable-otlp-receiver",
    "enable-feature=exemplar-storage",
)
REPOSITORY = "prometheus/prometheus"
RELOADER_REPOSITORY = "prometheus-operator/prometheus-config-reloader"
"""The repositories of the chart's images: it has no value for their registry alone."""
PLATFORM = "alloy|grafana|loki|opentelemetry-collector|tempo"
PLATFORM_PORTS = "http-metrics|metrics|prom-metrics|grafana"
ABSENT_JOBS = ("kubernetes-api-servers", "kubernetes-services", "prometheus-pushgateway")


def prometheus_values(spec: MetricsSpec) -> dict[str, Any]:
    """Return the values of the chart `prometheus`: the server alone, with scraping, remote write and OTLP."""
    claim: dict[str, Any] = {"size": spec.volume_size}
    if spec.storage_class:
        claim["storageClass"] = spec.storage_class
    values: dict[str, Any] = {
        "server": {
            "fullnameOverride": spec.server,
            # The chart names it after the release alone, and two namespaces may have a release of one name.
            "clusterRoleNameOverride": f"{spec.namespace}-{spec.server}",
            "extraFlags": [*FLAGS, *(["web.listen-address=[::]:9090"] if spec.listens_on_ipv6 else [])],
            "global": {"scrape_interval": spec.scrape_interval},
            # What is pushed may arrive late, and from several senders in any order.
            "tsdb": {"out_of_order_time_window": "30m"},
            "exemplars": {"max_exemplars": 100_000},
            "otlp": {"promote_resource_attributes": list(spec.promoted_resource_attributes)},
            "retention": spec.retention,
            "retentionSize": _size_limit(spec.volume_size),
            "persistentVolume": claim,
            **scheduling(spec.node_selector, spec.tolerations),
            "resources": resources(spec.cpu, spec.memory),
            "securityContext": {**SECCOMP_PROFILE, "fsGroupChangePolicy": "OnRootMismatch"},
            "containerSecurityContext": CONTAINER_SECURITY_CONTEXT,
        },
        "configmapReload": {
            "prometheus": {
                "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}},
                "containerSecurityContext": CONTAINER_SECURITY_CONTEXT,
                **(_reloader_on_ipv6() if spec.listens_on_ipv6 else {}),
            }
        },
        "scrapeConfigs": {"platform": _platform_job(), **{job: {"enabled": False} for job in ABSENT_JOBS}},
        "alertmanager": {"enabled": False},
        "kube-state-metrics": {"enabled": False},
        "prometheus-node-exporter": {"enabled": False},
        "prometheus-pushgateway": {"enabled": False},
    }
    reloader = {"prometheus": {"image": {"repository": f"{spec.image_registry}/{RELOADER_REPOSITORY}"}}}
    images = pod_values(
        spec,
        image_registry={
            "server": {"image": {"repository": f"{spec.image_registry}/{REPOSITORY}"}},
            "configmapReload": reloader,
        },
        image_pull_secrets={"imagePullSecrets": pull_secrets(spec)},
        priority_class={"server": {"priorityClassName": spec.priority_class}},
    )
    return deep_merge(values, images)


def _reloader_on_ipv6() -> dict[str, Any]:
    """Return the values of the reloader at its own default address, `:8080`: with a port, the chart sets 0.0.0.0."""
    probe = {"httpGet": {"port": 8080}}
    return {"containerPort": None, "livenessProbe": probe, "readinessProbe": probe}


def _size_limit(volume: str) -> str:
    """Return four fifths of the volume: the rest is for the write-ahead log and compaction.

    A `MB` of Prometheus is 2^20 bytes.
    """
    return f"{int(parse_quantity(volume) * 4 / 5 / 2**20)}MB"


def _platform_job() -> dict[str, Any]:
    """Return the job that scrapes the platform's own pods in every namespace, by their charts' names of ports."""
    label, annotation = (
        "__meta_kubernetes_pod_label_app_kubernetes_io",
        "__meta_kubernetes_pod_annotation_prometheus_io",
    )
    return {
        "kubernetes_sd_configs": [{"role": "pod"}],
        # Pods are scraped by their IP, which no certificate names.
        "tls_config": {"insecure_skip_verify": True},
        "relabel_configs": [
            {"source_labels": [f"{label}_name"], "action": "keep", "regex": PLATFORM},
            {"source_labels": ["__meta_kubernetes_pod_container_port_name"], "action": "keep", "regex": PLATFORM_PORTS},
            {"source_labels": ["__meta_kubernetes_pod_phase"], "action": "keep", "regex": "Running"},
            # Pods with the annotation are scraped by the jobs of annotations, or must not be scraped.
            {"source_labels": [f"{annotation}_scrape"], "action": "drop", "regex": "true|false"},
            # nginx of the gateways serves no metrics at its port http-metrics.
            {"source_labels": ["__meta_kubernetes_pod_container_name"], "action": "drop", "regex": "nginx"},
            {"source_labels": [f"{annotation}_scheme"], "regex": "(https)", "target_label": "__scheme__"},
            {
                "source_labels": ["__meta_kubernetes_namespace", f"{label}_name"],
                "separator": "/",
                "target_label": "job",
            },
            {"source_labels": ["__meta_kubernetes_namespace"], "target_label": "namespace"},
            {"source_labels": ["__meta_kubernetes_pod_name"], "target_label": "pod"},
            {"source_labels": ["__meta_kubernetes_pod_container_name"], "target_label": "container"},
            {"source_labels": [f"{label}_component"], "target_label": "component"},
        ],
    }
