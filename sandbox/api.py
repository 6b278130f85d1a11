"""A small client of the Kubernetes API: discovery, read, server-side apply, delete."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode

import urllib3

from sandbox.kubeconfig import Connection, NoCluster

_TIMEOUT: Final = urllib3.Timeout(connect=3.0, read=60.0)
_CONNECTIONS: Final = 32

Object = dict[str, Any]


class ApiError(Exception):
    """The server refused a request."""

    def __init__(self, status: int, body: Mapping[str, Any], request: str) -> None:
        self.status = status
        self.reason = str(body.get("reason") or "")
        self.details = dict(body.get("details") or {})
        self.message = str(body.get("message") or f"the server answered {status}")
        super().__init__(f"{request}: {self.message}")

    @property
    def namespace_is_missing(self) -> bool:
        """Whether the request names a namespace that does not exist."""
        return self.status == 404 and self.details.get("kind") == "namespaces"


class UnknownKind(Exception):
    """The server has no such kind: its CustomResourceDefinition is not there."""


class Api:
    """The API server of one connection; threads may share it."""

    def __init__(self, connection: Connection, field_manager: str) -> None:
        self.connection = connection
        self._field_manager = field_manager
        self._pool = urllib3.PoolManager(
            ssl_context=connection.tls, timeout=_TIMEOUT, retries=False, maxsize=_CONNECTIONS
        )
        self._resources: dict[tuple[str, str], Object] = {}

    def version(self) -> str:
        """Return the server's version, such as `v1.36.1`; raise `NoCluster` where nothing answers."""
        return str(self.get("/version")["gitVersion"])

    def get(self, path: str) -> Object:
        """Return the object or list at `path`, for example `/api/v1/nodes`."""
        return self._request("GET", path)

    def find(self, path: str) -> Object | None:
        """Return the object at `path`, or None when there is none."""
        try:
            return self.get(path)
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    def apply(self, manifest: Mapping[str, Any], subresource: str = "", **options: str) -> Object:
        """Create or change the object by server-side apply; the `options` of the request replace `force=true`."""
        path = self.path_of(manifest) + (f"/{subresource}" if subresource else "")
        query = urlencode({"fieldManager": self._field_manager, "force": "true", **options})
        return self._request("PATCH", f"{path}?{query}", manifest, "application/apply-patch+yaml")

    def delete(self, path: str, propagation: str = "Background") -> bool:
        """Delete the object at `path` with what it owns; return whether it was there."""
        try:
            self._request("DELETE", f"{path}?propagationPolicy={propagation}")
        except ApiError as error:
            if error.status == 404:
                return False
            raise
        return True

    def path_of(self, manifest: Mapping[str, Any]) -> str:
        """Return the path of the object, from what the server states of its kind."""
        metadata = manifest["metadata"]
        return self.path(manifest["apiVersion"], manifest["kind"], metadata.get("namespace"), metadata["name"])

    def path(self, api_version: str, kind: str, namespace: str | None, name: str) -> str:
        """Return the path of an object by its kind and name; raise `UnknownKind`."""
        resource = self.resource(api_version, kind)
        scope = f"/namespaces/{quote(namespace or 'default')}" if resource["namespaced"] else ""
        return f"{_prefix(api_version)}{scope}/{resource['name']}/{quote(name)}"

    def resource(self, api_version: str, kind: str) -> Object:
        """Return what the server states of a kind; raise `UnknownKind`."""
        if (api_version, kind) not in self._resources:
            found = self.find(_prefix(api_version)) or {"resources": []}
            whole = (entry for entry in found["resources"] if "/" not in entry["name"])
            self._resources |= {(api_version, entry["kind"]): entry for entry in whole}
        if (api_version, kind) not in self._resources:
            raise UnknownKind(f"the server at {self.connection} has no kind {api_version}/{kind}")
        return self._resources[api_version, kind]

    def _request(self, method: str, path: str, body: Any = None, content_type: str = "application/json") -> Object:
        headers = {"Accept": "application/json", "Content-Type": content_type, **self.connection.headers}
        # Of an apply it is read as YAML, which has no pairs of escapes for one character.
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        try:
            answer = self._pool.request(method, self.connection.server + path, body=data, headers=headers)
        except urllib3.exceptions.HTTPError as error:
            raise NoCluster(f"no answer from {self.connection}: {error}") from error
        try:
            document = json.loads(answer.data or b"{}")
        except ValueError:
            document = {"message": answer.data.decode(errors="replace").strip()}
        if answer.status >= 400:
            raise ApiError(answer.status, document, f"{method} {path.partition('?')[0]}")
        return dict(document)


def _prefix(api_version: str) -> str:
    return f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
