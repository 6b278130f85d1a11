"""A small client of the Kubernetes API: read, server-side apply, delete; errors in the server's own words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests

FIELD_MANAGER = "observability-sandbox"
Object = dict[str, Any]


class ApiError(Exception):
    """The API server refused a request, with this HTTP status, or did not answer: status 0."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Api:
    """The API server that a kubeconfig's current context names."""

    def __init__(self, server: str, token: str, ca_certificate: Path) -> None:
        self.server = server
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = str(ca_certificate)
        self._session.headers["Authorization"] = f"Bearer {token}"
        self._resources: dict[str, dict[str, Object]] = {}

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

    def apply(self, manifest: Mapping[str, Any], subresource: str = "") -> Object:
        """Create or change the object by server-side apply, taking over fields in conflict."""
        path = self.path_of(manifest) + (f"/{subresource}" if subresource else "")
        return self._request(
            "PATCH",
            f"{path}?fieldManager={FIELD_MANAGER}&force=true",
            data=json.dumps(manifest),
            content_type="application/apply-patch+yaml",
        )

    def delete(self, path: str) -> Object:
        """Delete the object at `path`, what it owns in the background."""
        return self._request("DELETE", f"{path}?propagationPolicy=Background")

    def path_of(self, manifest: Mapping[str, Any]) -> str:
        """Return the path of the object, from what the server says about its kind."""
        version, kind, metadata = manifest["apiVersion"], manifest["kind"], manifest["metadata"]
        prefix = f"/apis/{version}" if "/" in version else f"/api/{version}"
        resource = self._resource(prefix, kind)
        scope = f"/namespaces/{metadata.get('namespace', 'default')}" if resource["namespaced"] else ""
        return f"{prefix}{scope}/{resource['name']}/{metadata['name']}"

    def _resource(self, prefix: str, kind: str) -> Object:
        if kind not in self._resources.get(prefix, {}):
            listed = self.get(prefix)["resources"]
            self._resources[prefix] = {entry["kind"]: entry for entry in listed if "/" not in entry["name"]}
        if kind not in self._resources[prefix]:
            raise ApiError(404, f"the API server at {self.server} knows no kind {kind} in {prefix}")
        return self._resources[prefix][kind]

    def _request(
        self, method: str, path: str, data: str | None = None, content_type: str = "application/json"
    ) -> Object:
        try:
            answer = self._session.request(
                method, self.server + path, data=data, headers={"Content-Type": content_type}, timeout=30
            )
        except requests.RequestException as error:
            raise ApiError(0, f"{method} {self.server}{path}: no answer, {error}") from error
        try:
            body = answer.json()
        except requests.JSONDecodeError:
            body = {"message": answer.text}
        if not answer.ok:
            raise ApiError(answer.status_code, f"{method} {path}: {body.get('message', answer.reason)}")
        return dict(body)
