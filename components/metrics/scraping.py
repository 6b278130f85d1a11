"""Scraping by annotations: the ScrapeConfigs for pods that no monitor selects."""

from collections.abc import Iterator, Mapping
from typing import Any

from .spec import MetricsSpec

NAME = "annotated-pods"
_ANNOTATION = "__meta_kubernetes_pod_annotation_prometheus_io"
_APP = "__meta_kubernetes_pod_label_app_kubernetes_io_name"


def scrape_configs(spec: MetricsSpec) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the name and the specification of each ScrapeConfig: one for each namespace with limits, one for the rest.

    `prometheus.io/scrape: "true"` selects a pod, `prometheus.io/port` its port (default: each port that its containers
    declare), `prometheus.io/path` the path (`/metrics`) and `prometheus.io/scheme` the scheme (`http`).
    """
    if not spec.annotation_scraping:
        return
    limited = "|".join(sorted(spec.namespace_limits))
    others = [_rule("drop", ["__meta_kubernetes_namespace"], limited)] if limited else []
    yield NAME, {**_specification(spec, others), "kubernetesSDConfigs": [{"role": "Pod"}]}
    for namespace, limits in spec.namespace_limits.items():
        yield (
            f"{NAME}-{namespace}",
            {
                **_specification(spec, []),
                **limits.of_monitors,
                "kubernetesSDConfigs": [{"role": "Pod", "namespaces": {"names": [namespace]}}],
            },
        )


def _specification(spec: MetricsSpec, first: list[dict[str, Any]]) -> dict[str, Any]:
    return {"scrapeInterval": spec.scrape_interval, "relabelings": [*first, *_RELABELINGS]}


def _rule(action: str, sources: list[str], regex: str, target: str = "", replacement: str = "") -> dict[str, Any]:
    rule: dict[str, Any] = {"action": action, "sourceLabels": sources, "regex": regex}
    rule |= {"targetLabel": target} if target else {}
    return rule | ({"replacement": replacement} if replacement else {})


def _copy(source: str, target: str) -> dict[str, Any]:
    return _rule("replace", [source], "(.+)", target)


_RELABELINGS = (
    _rule("keep", [f"{_ANNOTATION}_scrape"], "true"),
    _rule("drop", ["__meta_kubernetes_pod_phase"], "Pending|Succeeded|Failed|Completed"),
    _rule("drop", ["__meta_kubernetes_pod_container_init"], "true"),
    _copy(f"{_ANNOTATION}_scheme", "__scheme__"),
    _copy(f"{_ANNOTATION}_path", "__metrics_path__"),
    # The address of the pod with that port, in brackets where it is one of IPv6.
    _rule("replace", [f"{_ANNOTATION}_port", "__meta_kubernetes_pod_ip"], r"(\d+);([\d.]+)", "__address__", "$2:$1"),
    _rule(
        "replace",
        [f"{_ANNOTATION}_port", "__meta_kubernetes_pod_ip"],
        r"(\d+);([0-9A-Fa-f]*:[0-9A-Fa-f:.]+)",
        "__address__",
        "[$2]:$1",
    ),
    _copy("__meta_kubernetes_namespace", "namespace"),
    _copy("__meta_kubernetes_pod_name", "pod"),
    _copy("__meta_kubernetes_pod_node_name", "node"),
    _rule("replace", ["__meta_kubernetes_namespace", "__meta_kubernetes_pod_name"], "(.+);(.+)", "job", "$1/$2"),
    _rule("replace", ["__meta_kubernetes_namespace", _APP], "(.+);(.+)", "job", "$1/$2"),
)
"""Which pods are scraped, at which address, and their labels; no container, as several may share a port."""
