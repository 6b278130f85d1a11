"""A control plane on which the objects of a namespace are, and the rights that its service accounts have there."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox import controlplane, credentials
from sandbox.crds import DEFINITIONS_VARIABLE
from sandbox.documents import DUMPER
from sandbox.handle import Sandbox
from sandbox.kinds import Kind, is_namespaced
from sandbox.processes import wait_until_none
from tests.e2e.metrics.programs import SECONDS
from tests.e2e.metrics.stack import NAMESPACE, definitions_beside
from tests.e2e.metrics.workloads import Object

DEFINITION = "CustomResourceDefinition"
_FIRST = (DEFINITION, "Namespace", "ServiceAccount", "ClusterRole", "Service")
"""Kinds that others refer to."""


class Cluster:
    """The control plane, as an administrator and as each service account of a namespace sees it."""

    def __init__(self, sandbox: Sandbox, directory: Path, namespace: str = NAMESPACE) -> None:
        self.sandbox = sandbox
        self._directory = directory
        self._namespace = namespace

    def apply(self, manifests: Iterable[Object]) -> None:
        """Create or change objects and their namespaces; without one they are in that of the service accounts."""
        placed = [self._placed(manifest) for manifest in manifests]
        names = {each["metadata"].get("namespace") for each in placed} - {None}
        namespaces = [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in sorted(names)]
        order = {kind: place for place, kind in enumerate(_FIRST)}
        for manifest in sorted([*namespaces, *placed], key=lambda each: order.get(each["kind"], len(order))):
            self.sandbox.api.apply(manifest)

    def _placed(self, manifest: Object) -> Object:
        namespaced = is_namespaced(Kind(manifest["apiVersion"], manifest["kind"]))
        default = {"namespace": self._namespace} if namespaced else {}
        return {**manifest, "metadata": {**default, **manifest["metadata"]}}

    def find(self, path: str) -> Mapping[str, Any] | None:
        """Return the object at a path of the API, `None` where there is none."""
        return self.sandbox.api.find(path)

    def list(self, path: str) -> Sequence[Mapping[str, Any]]:
        """Return the objects of a list of the API."""
        found = self.sandbox.get(path)
        return [{"kind": found["kind"].removesuffix("List"), **item} for item in found["items"]]

    def config_map(self, name: str) -> Mapping[str, str]:
        """Return the data of a ConfigMap of the namespace; empty where there is none."""
        found = self.find(f"/api/v1/namespaces/{self._namespace}/configmaps/{name}") or {}
        return dict(found.get("data") or {})

    def secret(self, name: str) -> Mapping[str, bytes]:
        """Return the data of a Secret of the namespace; empty where there is none."""
        found = self.find(f"/api/v1/namespaces/{self._namespace}/secrets/{name}") or {}
        return {key: base64.b64decode(text) for key, text in (found.get("data") or {}).items()}

    def wait_until(self, holds: Callable[[], object], awaited: str) -> None:
        """Wait until a condition holds; fail with what was awaited where it never does."""
        processes = [process for process, _ in controlplane.status(self.sandbox.layout.root)]
        wait_until_none(lambda: [] if holds() else [awaited], processes, SECONDS)

    def account_files(self, account: str) -> Mapping[str, bytes]:
        """Return what a pod of a service account mounts: the token, and the certificate of the API."""
        name = f"{account}-token"
        secret = {
            "apiVersion": "v1",
            "kind": "Secret",
            "type": "kubernetes.io/service-account-token",
            "metadata": {"name": name, "annotations": {"kubernetes.io/service-account.name": account}},
        }
        self.apply([secret])
        self.wait_until(lambda: "token" in self.secret(name), f"the token of {account}")
        return self.secret(name)

    def kubeconfig(self, account: str) -> Path:
        """Write the kubeconfig of a service account, for a program that runs outside of a pod."""
        files = self.account_files(account)
        server = self.sandbox.api.connection.server
        config = credentials.kubeconfig(server, files["ca.crt"], files["token"].decode())
        file = self._directory / f"{account}.kubeconfig"
        file.write_text(yaml.safe_dump(config))
        return file


@contextmanager
def running(manifests: Sequence[Object], directory: Path) -> Iterator[Cluster]:
    """Run a control plane of its own with objects, and the published definitions where none are among them."""
    definitions = directory / "definitions"
    definitions.mkdir()
    for manifest in [each for each in manifests if each["kind"] == DEFINITION] or definitions_beside():
        (definitions / f"{manifest['metadata']['name']}.yaml").write_text(yaml.dump(manifest, Dumper=DUMPER))
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(DEFINITIONS_VARIABLE, str(definitions))
            sandbox = controlplane.up(directory)
        cluster = Cluster(sandbox, directory)
        cluster.apply(each for each in manifests if each["kind"] != DEFINITION)
        yield cluster
    finally:
        controlplane.down(directory)
