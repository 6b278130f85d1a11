"""What every Tempo pod has in common: security, requests, credentials, spreading."""

import json
from decimal import Decimal
from typing import Any

from ..units import parse_quantity
from .spec import TracingSpec

GO_MEMORY_SHARE = Decimal("0.85")

POD_SECURITY = {"seccompProfile": {"type": "RuntimeDefault"}, "fsGroupChangePolicy": "OnRootMismatch"}
CONTAINER_SECURITY = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
}


def reserved(cpu: str, memory: str) -> dict[str, Any]:
    """Ask for resources and be held to the memory: no pod is evicted, or ends others, for what another one takes."""
    return {"requests": {"cpu": cpu, "memory": memory}, "limits": {"memory": memory}}


def go_memory_limit(memory: str) -> dict[str, str]:
    """Let the Go runtime collect garbage before the memory limit is reached."""
    mebibytes = int(parse_quantity(memory) * GO_MEMORY_SHARE / 2**20)
    return {"name": "GOMEMLIMIT", "value": f"{mebibytes}MiB"}


def credentials(spec: TracingSpec) -> list[dict[str, Any]]:
    """Give the keys of the bucket as environment; none where the pod has an identity of its own.

    Tempo's S3 client takes these variables as they are, so that nothing of them stands in its configuration.
    """
    if not spec.credentials_secret:
        return []
    return [
        {"name": key, "valueFrom": {"secretKeyRef": {"name": spec.credentials_secret, "key": key}}}
        for key in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    ]


def credentials_annotation(spec: TracingSpec) -> dict[str, str]:
    """Roll the pods that read the credentials when these change."""
    return {"checksum/credentials": spec.credentials_checksum} if spec.credentials_checksum else {}


def spread(release: str, component: str) -> str:
    """Prefer a node of its own for each replica, without keeping any pending on a small cluster.

    The chart takes text. Its own default demands another node, so that a rollout on a single node never ends.
    """
    labels = {"app.kubernetes.io/instance": release, "app.kubernetes.io/component": component}
    term = {"labelSelector": {"matchLabels": labels}, "topologyKey": "kubernetes.io/hostname"}
    preferred = [{"weight": 100, "podAffinityTerm": term}]
    return json.dumps({"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": preferred}})
