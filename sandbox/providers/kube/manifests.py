"""Small readings of Kubernetes objects and of what Helm reports of a release."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.api import Object
from sandbox.documents import load_all

from ..values import Properties, Secret, mark_secrets


def sealed(data: Any) -> Any:
    if not isinstance(data, dict):
        return data if isinstance(data, Secret) else Secret(data)
    return {key: value if isinstance(value, Secret) else Secret(value) for key, value in data.items()}


def outputs_of(found: Object, inputs: Properties) -> Properties:
    metadata = {key: value for key, value in found["metadata"].items() if key != "managedFields"}
    outputs = {**found, "metadata": metadata}
    if found["kind"] == "Secret":
        outputs |= {key: Secret(outputs[key]) for key in ("data", "stringData") if key in outputs}
    return dict(mark_secrets(outputs, inputs))


def place_of(manifest: Object) -> tuple[str | None, str]:
    metadata = manifest.get("metadata") or {}
    return metadata.get("namespace"), metadata.get("name", "")


def id_of(found: Object) -> str:
    namespace, name = place_of(found)
    return f"{namespace}/{name}" if namespace else name


def place_of_id(id: str) -> tuple[str | None, str]:
    namespace, _, name = id.rpartition("/")
    return namespace or None, name


def chart_and_version(entry: Mapping[str, Any]) -> tuple[str, str]:
    """Return both, which `helm list` writes in one word: `prometheus-operator-crds-31.0.1`."""
    words = str(entry["chart"]).split("-")
    first = next(i for i, word in enumerate(words) if i and word[:1].isdigit() and "." in word)
    return "-".join(words[:first]), "-".join(words[first:])


def resource_names(manifest: str) -> dict[str, list[str]]:
    names: dict[str, list[str]] = {}
    for document in load_all(manifest):
        for item in document.get("items") or [document]:
            metadata = item["metadata"]
            place = f"{metadata['namespace']}/" if metadata.get("namespace") else ""
            group = item["apiVersion"].rpartition("/")[0]
            kind = f"{item['kind']}.{group}" if group else item["kind"]
            names.setdefault(f"{kind}/{item['apiVersion']}", []).append(f"{place}{metadata['name']}")
    return {kind: sorted(found) for kind, found in sorted(names.items())}
