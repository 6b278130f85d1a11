"""Objects against the schemas of Kubernetes: an unknown field or a wrong type is an error that names its path."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from packaging.version import Version

from sandbox.providers.differences import render
from sandbox.providers.values import Unknown, without_nulls

KUBE_VERSION: Final = "1.36.1"
"""The version that charts are rendered for and that objects are checked against where no cluster answers."""


def failures(manifest: dict[str, Any], version: str = KUBE_VERSION) -> list[tuple[str, str]]:
    """Return every place where the object breaks its schema, as a path and a reason; unknown values fit anywhere.

    A kind without a schema, such as a custom resource, has no failures: the API server validates those.
    """
    import jsonschema
    from referencing import Registry, Resource

    document = without_nulls(manifest)
    minor = ".".join(version.removeprefix("v").split(".")[:2])
    folder = f"kubernetes-json-schema/v{_schema_version(minor)}-local-strict"
    api = re.sub(r"^([^./]*)(?:\.[^/]*)?/", r"\1-", document["apiVersion"])
    try:
        schema = _schema(f"{folder}/{document['kind'].lower()}-{api}.json", minor)
    except FileNotFoundError:
        return []
    definitions = Resource.from_contents(_schema(f"{folder}/_definitions.json", minor))
    registry: Any = definitions @ (Resource.from_contents(schema) @ Registry())
    validator = jsonschema.Draft202012Validator(schema, registry=registry)
    return sorted({failure for error in validator.iter_errors(document) for failure in _failures_of(error)})


@cache
def _schema(file: str, minor: str) -> Any:
    """Return a schema of the installed package; reading the definitions takes 10 ms, once a process."""
    from kubernetes_validate import utils

    return utils.schema_contents(file, minor)


@cache
def _schema_version(minor: str) -> str:
    """Return the newest version with schemas that is not newer than `minor`, else the oldest."""
    from kubernetes_validate import utils

    known: list[str] = utils.all_versions()
    fitting = [version for version in known if Version(utils.major_minor(version)) <= Version(minor)]
    return fitting[-1] if fitting else known[0]


def _failures_of(error: Any) -> Iterator[tuple[str, str]]:
    if isinstance(error.instance, Unknown):
        return
    path = tuple(error.absolute_path)
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        for name in error.instance:
            if name not in known:
                yield render((*path, name)), "this field does not exist"
    else:
        yield render(path) or "(the object)", str(error.message)
