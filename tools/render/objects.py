"""What a rendering is made of."""

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from components.alerting.spec import AlertingSpec
from sandbox.kinds import Kind, is_namespaced
from sandbox.validation import KUBE_VERSION

CLUSTER = "_cluster"
"""Stands for the namespace of what is in none."""


class RenderError(Exception):
    """The stack cannot be rendered; the message has the reason and the fix."""


@dataclass(frozen=True)
class RenderedObject:
    """One Kubernetes object that the stack would create."""

    manifest: Mapping[str, Any]
    """The object itself, with its secrets: mask it before showing it."""
    origin: str
    """Who makes it: `release logging/loki`, or the Pulumi name of a resource."""
    hook: str = ""
    """When Helm creates it, such as `pre-install`; empty for what is there all the time."""
    retained: bool = False
    """Whether it outlives what made it: kept by Helm, or retained or protected by Pulumi."""

    @property
    def kind(self) -> str:
        return str(self.manifest["kind"])

    @property
    def name(self) -> str:
        return str(self.manifest["metadata"]["name"])

    @property
    def namespace(self) -> str:
        """Its namespace; `_cluster` where it is in none."""
        if not is_namespaced(Kind(str(self.manifest["apiVersion"]), self.kind)):
            return CLUSTER
        return str(self.manifest["metadata"].get("namespace") or "default")

    @property
    def key(self) -> tuple[str, str, str]:
        """What no two objects may share."""
        return self.namespace, self.kind.lower(), self.name

    @property
    def path(self) -> Path:
        """Where it is written, below the output directory."""
        return Path(self.namespace) / f"{self.kind.lower()}-{file_name(self.name)}.yaml"

    def text_of(self, key: str) -> str:
        """Return what a Secret has under a key; empty where there is nothing."""
        plain, encoded = (self.manifest.get(field) or {} for field in ("stringData", "data"))
        return str(plain[key]) if key in plain else b64decode(str(encoded.get(key, ""))).decode()

    def __str__(self) -> str:
        place = "" if self.namespace == CLUSTER else f"{self.namespace}/"
        return f"{self.kind} {place}{self.name}"


@dataclass(frozen=True)
class ReleaseSummary:
    """One Helm release: its chart, where that came from, and what it was given."""

    name: str
    namespace: str
    chart: str
    version: str
    chart_path: Path
    source: str
    """Where the chart came from, as a word for the user."""
    stand_in: bool
    values: Mapping[str, Any]
    objects: int

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


@dataclass(frozen=True)
class AwsResource:
    """One AWS resource that the stack would create."""

    type: str
    name: str
    inputs: Mapping[str, Any]

    @property
    def path(self) -> Path:
        """Where it is written: `aws:s3/bucket:Bucket` named logs is `_aws/s3-bucket-logs.yaml`."""
        _, module, kind = self.type.split(":")
        return Path("_aws") / f"{module.partition('/')[0]}-{kind.lower()}-{file_name(self.name)}.yaml"


@dataclass(frozen=True)
class Rendering:
    """Everything one stack would create."""

    stack: str
    objects: tuple[RenderedObject, ...]
    releases: tuple[ReleaseSummary, ...]
    aws: tuple[AwsResource, ...]
    secrets: frozenset[str]
    """Every value that the program treats as secret."""
    exports: Mapping[str, Any] = field(default_factory=dict)
    """What the stack exports in the clear."""
    warnings: tuple[str, ...] = ()
    ip_families: tuple[str, ...] = ()
    """The IP families that the stack names."""
    kubernetes_version: str = KUBE_VERSION
    """The version of the cluster that the charts were rendered for."""
    alerting: AlertingSpec | None = None
    """What the stack states of alerting, the order of its routes lost as the engine has none in maps; `None` where it
    states nothing."""


def file_name(name: str) -> str:
    """Return `name` in letters that every file system takes: `system:auth` is `system_auth`."""
    return "".join(letter if letter.isalnum() or letter in "-._" else "_" for letter in name)
