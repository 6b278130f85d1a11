"""Objects against the schemas of Kubernetes, custom resources against their definitions."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import jsonschema

from sandbox.documents import load_all
from sandbox.validation import failures
from tools.render import RenderedObject

from .finding import Finding

_BUILT_IN = (".k8s.io", "apps", "batch", "autoscaling", "policy")


def built_in(item: RenderedObject) -> bool:
    """Whether Kubernetes itself has the kind."""
    group = str(item.manifest["apiVersion"]).rpartition("/")[0]
    return group in ("", *_BUILT_IN) or group.endswith(_BUILT_IN[0])


def violations(objects: Iterable[RenderedObject], version: str) -> Iterator[Finding]:
    """Yield where objects of Kubernetes' own kinds break their schema in `version`: an unknown field, a wrong type."""
    for item in objects:
        if built_in(item):
            for path, reason in failures(dict(item.manifest), version):
                yield Finding(f"{item} ({item.origin})", f"{path}: {reason}")


@dataclass(frozen=True)
class Definitions:
    """The definitions of the custom resources among `rendered`: from a directory, and from the stack itself."""

    directory: Path | None
    rendered: tuple[RenderedObject, ...]

    @cached_property
    def schemas(self) -> Mapping[tuple[str, str], Any]:
        """Validators by apiVersion and kind."""
        documents = [item.manifest for item in self.rendered if item.kind == "CustomResourceDefinition"]
        wanted = {re.escape(item.kind) for item in self.rendered if not built_in(item)}
        needed = re.compile(rf"\bkind: (?:{'|'.join(sorted(wanted))})\b")
        files = sorted(self.directory.glob("**/*.yaml")) if self.directory else []
        for text in (file.read_text() for file in files):
            documents += load_all(text) if wanted and needed.search(text) else ()
        return {
            (f"{spec['group']}/{version['name']}", spec["names"]["kind"]): jsonschema.Draft202012Validator(
                _closed(version["schema"]["openAPIV3Schema"])
            )
            for spec in (document["spec"] for document in documents)
            for version in spec["versions"]
            if (version.get("schema") or {}).get("openAPIV3Schema")
        }

    def violations(self) -> Iterator[Finding]:
        """Yield where custom resources break their definition."""
        for item in self.rendered:
            validator = self._of(item)
            for error in validator.iter_errors(dict(item.manifest)) if validator else ():
                path = ".".join(str(part) for part in error.absolute_path)
                yield Finding(f"{item} ({item.origin})", f"{path or '(the object)'}: {error.message[:300]}")

    def unchecked(self) -> set[str]:
        """Name the kinds of custom resources that no definition is at hand for."""
        return {
            f"{item.manifest['apiVersion']} {item.kind}"
            for item in self.rendered
            if not built_in(item) and self._of(item) is None
        }

    def _of(self, item: RenderedObject) -> Any:
        if built_in(item):
            return None
        return self.schemas.get((str(item.manifest["apiVersion"]), item.kind))


def _closed(schema: Any, *, top: bool = True) -> Any:
    """Refuse unknown fields, which the API server would drop without a word."""
    if isinstance(schema, list):
        return [_closed(item, top=False) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    closed = {key: _closed(item, top=False) if key != "properties" else item for key, item in schema.items()}
    if isinstance(schema.get("properties"), Mapping):
        closed["properties"] = {name: _closed(item, top=False) for name, item in schema["properties"].items()}
        if top:
            text = {"type": "string"}
            closed["properties"] |= {"apiVersion": text, "kind": text, "metadata": {"type": "object"}}
        if "additionalProperties" not in schema and not schema.get("x-kubernetes-preserve-unknown-fields"):
            closed["additionalProperties"] = False
    if schema.get("x-kubernetes-int-or-string"):
        closed = {"type": ["integer", "string"]}
    if schema.get("nullable") and isinstance(closed.get("type"), str):
        closed["type"] = [closed["type"], "null"]
    return closed
