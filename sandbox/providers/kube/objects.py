"""Every kind of Kubernetes object, through one path: check, dry run, server-side apply, read, delete."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final, TypeVar

from sandbox import validation
from sandbox.api import ApiError, Object, UnknownKind
from sandbox.kinds import Kind, is_immutable, kind_of
from sandbox.kubeconfig import NoCluster

from ..differences import Difference, compare
from ..plugin import CheckFailed, Found, InitializationFailed, Log, ProviderError, Resource, Severity
from ..values import UNKNOWN, Properties, Unknown, has_unknown, plain, without_nulls
from . import live, readiness
from .cluster import Cluster
from .manifests import id_of, outputs_of, place_of, place_of_id, sealed

_T = TypeVar("_T")

PATCH_FORCE: Final = "pulumi.com/patchForce"
_GIVEN_BY_SERVER: Final = ("uid", "resourceVersion", "creationTimestamp", "generation")
_KIND_APPEARS_WITHIN: Final = 15.0


class Objects:
    def __init__(self, cluster: Cluster, log: Log):
        self._cluster = cluster
        self._log = log
        self._replaced: set[str] = set()

    def check(self, resource: Resource, olds: Properties, news: Properties) -> Properties:
        kind = kind_of(resource.type)
        inputs: Properties = {"apiVersion": kind.api_version, "kind": kind.kind, **news}
        metadata = plain(inputs.get("metadata")) or {}
        if not isinstance(metadata, Unknown) and metadata.get("name") is None:
            raise CheckFailed(
                [("metadata.name", f"the stand-in Kubernetes provider generates no names; set it ({kind})")]
            )
        if kind.kind == "Secret":
            inputs |= {key: sealed(inputs[key]) for key in ("data", "stringData") if key in inputs}
        failed = validation.failures(plain(inputs), self._cluster.version)
        if failed:
            raise CheckFailed([(path, f"{reason} ({kind})") for path, reason in failed])
        return inputs

    def diff(self, resource: Resource, old_inputs: Properties, old_outputs: Properties, news: Properties) -> Difference:
        old, new = without_nulls(plain(old_inputs)), without_nulls(plain(news))
        kind, mutable = str(new.get("kind")), self._cluster.settings.mutable
        same_place = place_of(old) == place_of(new)
        difference = compare(
            old,
            new,
            lambda path: is_immutable(kind, path, mutable),
            delete_before_replace=same_place,
        )
        if difference.delete_before_replace:
            self._replaced.add(resource.urn)
        return difference

    def create(self, resource: Resource, inputs: Properties) -> tuple[str, Properties]:
        kind, manifest = kind_of(resource.type), without_nulls(plain(inputs))
        if resource.preview:
            return "", self._preview(resource, kind, manifest, inputs, creating=True)
        self._await_kind(kind)
        if self._exists(kind, manifest):
            raise ProviderError(f"{kind.kind} {id_of(manifest)} already exists; import it, or delete it")
        return self._apply(resource, kind, manifest, inputs)

    def update(
        self, resource: Resource, old_inputs: Properties, old_outputs: Properties, news: Properties
    ) -> Properties:
        kind, manifest = kind_of(resource.type), without_nulls(plain(news))
        if resource.preview:
            return self._preview(resource, kind, manifest, news, creating=False)
        return self._apply(resource, kind, manifest, news)[1]

    def read(self, resource: Resource, inputs: Properties, outputs: Properties) -> Found | None:
        kind = kind_of(resource.type)
        namespace, name = place_of_id(resource.id)
        try:
            found = _asking(lambda: self._find(kind, namespace, name))
        except UnknownKind:
            return None
        if found is None:
            return None
        identity = {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": {"name": name}}
        known = inputs or identity | ({"spec": found["spec"]} if "spec" in found else {})
        return Found(id_of(found), outputs_of(found, known), live.inputs_of(found, known))

    def delete(self, resource: Resource, inputs: Properties, outputs: Properties) -> None:
        kind = kind_of(resource.type)
        namespace, name = place_of_id(resource.id)
        try:
            if not _asking(lambda: self._delete(kind, namespace, name)):
                return
        except UnknownKind:
            return
        patience = readiness.seconds(plain(inputs), resource.timeout)

        def remains() -> str | None:
            found = _asking(lambda: self._find(kind, namespace, name))
            if found is None:
                return None
            finalizers = ", ".join(found["metadata"].get("finalizers") or []) or "none"
            return f"it is still there (finalizers: {finalizers})"

        if reason := self._wait(remains, patience):
            raise ProviderError(f"{kind.kind} {resource.id} was not deleted within {patience:g} s: {reason}")

    def _preview(
        self, resource: Resource, kind: Kind, manifest: Object, inputs: Properties, *, creating: bool
    ) -> Properties:
        """Return what the server answers to a dry run, or the inputs where it cannot be asked yet."""
        outputs = inputs
        if self._cluster.reachable and not has_unknown(manifest):
            in_the_way = creating and self._exists(kind, manifest)
            if in_the_way and resource.urn not in self._replaced:
                text = f"{kind.kind} {id_of(manifest)} already exists: unless it is deleted first, up will fail"
                self._log(Severity.WARNING, text, resource.urn)
            if not in_the_way:
                with suppress(UnknownKind, _NamespaceMissing):
                    outputs = outputs_of(self._patch(kind, manifest, dry_run=True), inputs)
        if creating and isinstance(outputs.get("metadata"), dict):
            given = dict.fromkeys(_GIVEN_BY_SERVER, UNKNOWN)
            return {**outputs, "metadata": {**outputs["metadata"], **given}}
        return outputs

    def _apply(self, resource: Resource, kind: Kind, manifest: Object, inputs: Properties) -> tuple[str, Properties]:
        applied = self._patch(kind, manifest)
        metadata = applied["metadata"]
        if not readiness.is_awaited(manifest):
            return id_of(applied), outputs_of(applied, inputs)
        latest = applied

        def missing() -> str | None:
            nonlocal latest
            found = self._find(kind, metadata.get("namespace"), metadata["name"])
            latest = found or latest
            return readiness.missing(latest) if found else "it was deleted meanwhile"

        patience = readiness.seconds(manifest, resource.timeout)
        try:
            reason = _asking(lambda: self._wait(missing, patience))
        except readiness.NeverReady as failed:
            reason = str(failed)
        if reason:
            text = f"{kind.kind} {id_of(latest)} did not become ready within {patience:g} s: {reason}"
            raise InitializationFailed(id_of(latest), outputs_of(latest, inputs), [text], inputs)
        return id_of(latest), outputs_of(latest, inputs)

    def _patch(self, kind: Kind, manifest: Object, *, dry_run: bool = False) -> Object:
        force = self._cluster.settings.patch_force or readiness.annotations_of(manifest).get(PATCH_FORCE) == "true"
        options = {"fieldValidation": "Strict", "force": "true" if force else "false"}
        options |= {"dryRun": "All"} if dry_run else {}
        try:
            return self._cluster.api.apply(manifest, **options)
        except ApiError as error:
            if dry_run and error.namespace_is_missing:
                raise _NamespaceMissing from error
            hint = ""
            if error.status == 409 and error.reason == "Conflict":
                hint = f"; to take these fields over, set the annotation {PATCH_FORCE}: 'true'"
            raise ProviderError(f"{kind.kind} {id_of(manifest)}: {error.message}{hint}") from error
        except NoCluster as error:
            raise ProviderError(str(error)) from error

    def _exists(self, kind: Kind, manifest: Object) -> bool:
        namespace, name = place_of(manifest)
        try:
            return _asking(lambda: self._find(kind, namespace, name)) is not None
        except UnknownKind:
            return False

    def _find(self, kind: Kind, namespace: str | None, name: str) -> Object | None:
        api = self._cluster.api
        return api.find(api.path(kind.api_version, kind.kind, namespace, name))

    def _delete(self, kind: Kind, namespace: str | None, name: str) -> bool:
        api = self._cluster.api
        return api.delete(api.path(kind.api_version, kind.kind, namespace, name), "Foreground")

    def _await_kind(self, kind: Kind) -> None:
        """Wait for a kind whose CustomResourceDefinition was made a moment ago."""

        def absent() -> str | None:
            try:
                self._cluster.api.resource(kind.api_version, kind.kind)
            except UnknownKind as error:
                return str(error)
            return None

        if reason := _asking(lambda: self._wait(absent, _KIND_APPEARS_WITHIN)):
            raise ProviderError(f"{reason}; its CustomResourceDefinition must be installed first")

    def _wait(self, missing: Callable[[], str | None], patience: float) -> str | None:
        deadline, pause = time.monotonic() + patience, 0.1
        while (reason := missing()) is not None:
            if time.monotonic() >= deadline:
                return reason
            if self._cluster.cancelled.wait(pause):
                return f"cancelled while {reason}"
            pause = min(pause * 1.5, 2.0)
        return None


class _NamespaceMissing(Exception):
    """A dry run in a namespace that the same deployment will make."""


def _asking(call: Callable[[], _T]) -> _T:
    try:
        return call()
    except (ApiError, NoCluster) as error:
        raise ProviderError(str(error)) from error
