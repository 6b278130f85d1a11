"""The targets that the custom resources of the Prometheus operator select among the objects of a stack.

https://github.com/prometheus-operator/prometheus-operator/blob/v0.93.1/pkg/prometheus/promcfg.go
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tools.contract.pods import Pod, matches, pods_of
from tools.render import RenderedObject

RELOADER_PORT = 8080
DEFAULT_IMAGES = {"thanos-sidecar": "quay.io/thanos/thanos:v0.42.4"}
"""The images of the containers of a Prometheus for which its custom resource states none."""
ANNOTATION = "prometheus.io"


@dataclass(frozen=True)
class Container:
    """A container that runs as long as its pod."""

    pod: Pod
    name: str
    image: str
    ports: Mapping[str, int]
    """Its ports by their names; a port without one by its number."""

    @property
    def program(self) -> str:
        """The last part of its image, such as `loki`."""
        return self.image.rpartition("/")[2].partition(":")[0]

    def __str__(self) -> str:
        return f"{self.pod.owner}: container {self.name}"


@dataclass(frozen=True)
class Target:
    """A port of a container that Prometheus scrapes."""

    container: Container
    port: int
    path: str
    scheme: str
    job: str
    """The label `job` of its series."""
    monitor: str
    """The object that selects it."""
    service: str
    """The label `service` of its series; empty without one."""
    interval: str
    """The time between two scrapes; empty for that of Prometheus."""


def containers_of(objects: Iterable[RenderedObject]) -> Iterator[Container]:
    """Yield every container that keeps running, sidecars among the init containers included."""
    for pod in pods_of(objects):
        if pod.owner.kind in ("Job", "CronJob"):
            continue
        sidecars = [each for each in pod.spec.get("initContainers") or [] if each.get("restartPolicy") == "Always"]
        for container in [*sidecars, *pod.spec["containers"], *_of_the_operator(pod)]:
            ports = container.get("ports") or []
            names = {str(port.get("name") or port["containerPort"]): int(port["containerPort"]) for port in ports}
            yield Container(pod, container["name"], container.get("image") or DEFAULT_IMAGES[container["name"]], names)


def _of_the_operator(pod: Pod) -> Sequence[Mapping[str, Any]]:
    """Return the container that the operator adds to a Prometheus."""
    if pod.owner.kind != "Prometheus":
        return ()
    image = "quay.io/prometheus-operator/prometheus-config-reloader:v0.93.1"
    ports = [{"name": "reloader-web", "containerPort": RELOADER_PORT}]
    return ({"name": "config-reloader", "image": image, "ports": ports},)


def targets_of(objects: Sequence[RenderedObject]) -> list[Target]:
    """Return what is scraped of the objects themselves; kubelets, the API server and DNS are no objects of a stack."""
    containers = list(containers_of(objects))
    found: list[Target] = []
    for item in objects:
        if item.kind == "ServiceMonitor":
            found += _of_service_monitor(item, objects, containers)
        elif item.kind == "PodMonitor":
            found += _of_pod_monitor(item, containers)
        elif item.kind == "ScrapeConfig":
            found += _of_scrape_config(item, containers)
    return found


def _of_service_monitor(
    monitor: RenderedObject, objects: Sequence[RenderedObject], containers: Sequence[Container]
) -> Iterator[Target]:
    spec = monitor.manifest["spec"]
    for service in objects:
        if service.kind != "Service" or not _selects(monitor, spec, service.namespace, _labels(service)):
            continue
        selected = service.manifest["spec"].get("selector") or {}
        job = _labels(service).get(spec.get("jobLabel", ""), service.name)
        for endpoint in spec["endpoints"]:
            if _drops(endpoint, service):
                continue
            for port in service.manifest["spec"].get("ports") or []:
                if endpoint.get("port") not in (None, port.get("name")):
                    continue
                target = port.get("targetPort", port["port"])
                if endpoint.get("targetPort") not in (None, target):
                    continue
                for container in containers:
                    of_service = container.pod.owner.namespace == service.namespace and selected
                    if of_service and selected.items() <= container.pod.labels.items():
                        yield from _at(container, target, endpoint, job, monitor, service.name)


def _of_pod_monitor(monitor: RenderedObject, containers: Sequence[Container]) -> Iterator[Target]:
    spec = monitor.manifest["spec"]
    for container in containers:
        if _selects(monitor, spec, container.pod.owner.namespace, container.pod.labels):
            job = container.pod.labels.get(spec.get("jobLabel", ""), f"{monitor.namespace}/{monitor.name}")
            for endpoint in spec["podMetricsEndpoints"]:
                place = endpoint.get("port") or endpoint.get("portNumber") or endpoint["targetPort"]
                yield from _at(container, place, endpoint, job, monitor)


def _of_scrape_config(config: RenderedObject, containers: Sequence[Container]) -> Iterator[Target]:
    """Yield the pods that ask for it by annotations, which is what the ScrapeConfigs of a stack are for."""
    for container in containers:
        annotations = _annotations(container.pod)
        if annotations.get(f"{ANNOTATION}/scrape") == "true":
            port = annotations.get(f"{ANNOTATION}/port")
            for place in [int(port)] if port else list(container.ports.values()):
                endpoint = {name: annotations.get(f"{ANNOTATION}/{name}") for name in ("path", "scheme")}
                yield from _at(container, place, endpoint, "", config)


def _at(
    container: Container,
    place: str | int,
    endpoint: Mapping[str, Any],
    job: str,
    monitor: RenderedObject,
    service: str = "",
) -> Iterator[Target]:
    ports = container.ports
    # A port by its number need not be declared; whose it is, only a pod of one container tells.
    listens = place in ports.values() or len(container.pod.spec["containers"]) == 1
    port = ports.get(place) if isinstance(place, str) else place if listens else None
    if port is not None:
        path, scheme = endpoint.get("path") or "/metrics", endpoint.get("scheme") or "http"
        interval = endpoint.get("interval") or ""
        yield Target(container, port, path, scheme, _relabelled(job, endpoint), str(monitor), service, interval)


def _relabelled(job: str, endpoint: Mapping[str, Any]) -> str:
    for rule in endpoint.get("relabelings") or []:
        if rule.get("targetLabel") == "job" and rule.get("action", "replace") == "replace":
            assert rule.get("sourceLabels") in (None, ["job"]) and "regex" not in rule
            job = rule["replacement"].replace("$1", job)
    return job


def _drops(endpoint: Mapping[str, Any], service: RenderedObject) -> bool:
    """Whether an endpoint leaves out a Service by its name."""
    rules = [rule for rule in endpoint.get("relabelings") or [] if rule.get("action") == "drop"]
    assert all(rule["sourceLabels"] == ["__meta_kubernetes_service_name"] for rule in rules)
    return any(re.fullmatch(rule["regex"], service.name) for rule in rules)


def _selects(monitor: RenderedObject, spec: Mapping[str, Any], namespace: str, labels: Mapping[str, str]) -> bool:
    within = spec.get("namespaceSelector") or {}
    names = within.get("matchNames") or [monitor.namespace]
    if not within.get("any") and namespace not in names:
        return False
    selector = spec.get("selector") or {}
    wanted = selector.get("matchLabels") or {}
    expressions = selector.get("matchExpressions") or []
    return wanted.items() <= labels.items() and all(matches(expression, labels) for expression in expressions)


def _labels(item: RenderedObject) -> Mapping[str, str]:
    labels: Mapping[str, str] = item.manifest["metadata"].get("labels") or {}
    return labels


def _annotations(pod: Pod) -> Mapping[str, str]:
    template = (pod.owner.manifest.get("spec") or {}).get("template") or {}
    annotations: Mapping[str, str] = (template.get("metadata") or {}).get("annotations") or {}
    return annotations
