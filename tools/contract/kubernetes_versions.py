"""What objects use of Kubernetes, and the version from which a cluster has it by default.

The schema of an earlier version does not have the field of a later one. It has a field whose feature gate is off by
default, which the cluster ignores. https://kubernetes.io/docs/reference/command-line-tools-reference/feature-gates/
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tools.render import RenderedObject

from .finding import Finding
from .pods import pods_of

_ANY = "*"


@dataclass(frozen=True)
class Feature:
    """A feature that is on by default from a version on."""

    name: str
    since: int
    """The minor version of Kubernetes 1."""
    path: tuple[str, ...]
    """The field in the object, or for `Pod` in the specification of a pod; `*` for every item of a list."""
    kind: str = "Pod"
    value: str = ""
    """The value that uses the feature; any if empty."""


FEATURES = (
    Feature("a sidecar that starts first", 29, ("initContainers", _ANY, "restartPolicy"), value="Always"),
    Feature("an image as a volume", 35, ("volumes", _ANY, "image")),
    Feature("minDomains", 27, ("topologySpreadConstraints", _ANY, "minDomains")),
    Feature("matchLabelKeys", 27, ("topologySpreadConstraints", _ANY, "matchLabelKeys")),
    Feature("nodeAffinityPolicy", 26, ("topologySpreadConstraints", _ANY, "nodeAffinityPolicy")),
    Feature("nodeTaintsPolicy", 26, ("topologySpreadConstraints", _ANY, "nodeTaintsPolicy")),
    Feature("a user namespace", 33, ("hostUsers",)),
    Feature("an AppArmor profile", 30, ("securityContext", "appArmorProfile")),
    Feature("an AppArmor profile", 30, ("containers", _ANY, "securityContext", "appArmorProfile")),
    Feature("resources of a pod", 34, ("resources",)),
    Feature("unhealthyPodEvictionPolicy", 27, ("spec", "unhealthyPodEvictionPolicy"), "PodDisruptionBudget"),
    Feature("trafficDistribution", 31, ("spec", "trafficDistribution"), "Service"),
    Feature("the retention of claims", 27, ("spec", "persistentVolumeClaimRetentionPolicy"), "StatefulSet"),
    Feature("maxUnavailable", 35, ("spec", "updateStrategy", "rollingUpdate", "maxUnavailable"), "StatefulSet"),
    Feature("podFailurePolicy", 26, ("spec", "podFailurePolicy"), "Job"),
    Feature("an admission policy", 30, ("spec",), "ValidatingAdmissionPolicy"),
)
"""The features whose field an earlier schema has."""


def minor_version(version: str) -> str:
    """Return `1.28` of `v1.28.5-eks-1` or `1.28`."""
    return ".".join(re.findall(r"\d+", version)[:2])


def missing_features(objects: Iterable[RenderedObject], version: str) -> Iterator[Finding]:
    """Yield the features that `objects` use and a cluster of `version` does not have."""
    minor = int(minor_version(version).partition(".")[2])
    items = tuple(objects)
    places: list[tuple[str, RenderedObject, Any]] = [(item.kind, item, item.manifest) for item in items]
    places += [("Pod", pod.owner, pod.spec) for pod in pods_of(items)]
    for kind, item, content in places:
        for feature in FEATURES:
            if feature.kind != kind or minor >= feature.since:
                continue
            if any(feature.value in ("", value) for value in _values(content, feature.path)):
                yield Finding(
                    f"{item} ({item.origin})",
                    f"{'.'.join(feature.path)}: {feature.name} requires Kubernetes 1.{feature.since}, not 1.{minor}",
                )


def _values(content: Any, path: tuple[str, ...]) -> Iterator[Any]:
    if not path:
        yield content
    elif path[0] == _ANY:
        for item in content if isinstance(content, list) else ():
            yield from _values(item, path[1:])
    elif isinstance(content, dict) and content.get(path[0]) is not None:
        yield from _values(content[path[0]], path[1:])
