"""Whether Grafana finds the datasources that the stack makes for it."""

from collections.abc import Iterator

from tools.render import Rendering

from .finding import Finding
from .pods import pods_of

LABEL = "grafana_datasource"


def every_datasource_is_read(rendering: Rendering) -> Iterator[Finding]:
    """A ConfigMap in a namespace that no sidecar looks in is a datasource that Grafana does not have."""
    searched = set(_searched(rendering))
    if not searched or "ALL" in searched:
        return
    for item in rendering.objects:
        labelled = LABEL in (item.manifest["metadata"].get("labels") or {})
        if item.kind == "ConfigMap" and labelled and item.namespace not in searched:
            places = ", ".join(sorted(searched))
            yield Finding(str(item), f"Grafana looks for datasources in {places} alone; name this one too")


def _searched(rendering: Rendering) -> Iterator[str]:
    for pod in pods_of(rendering.objects):
        for container in pod.containers:
            environment = {each["name"]: each.get("value") for each in container.get("env") or []}
            if environment.get("LABEL") == LABEL:
                yield from (environment.get("NAMESPACE") or pod.owner.namespace).split(",")
