"""A small client of the API server: discovery, read, server-side apply, delete."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

from .kinds import Kind
from .kubeconfig import Connection, NoCluster

FIELD_MANAGER: Final = "pulumi-kubernetes"
_APPLY: Final = "application/apply-patch+yaml"
_CONNECT_SECONDS: Final = 3.0
_ANSWER_SECONDS: Final = 60.0

Object = dict[str, Any]


class ApiError(Exception):
    """The server refused a request."""

    def __init__(self, status: int, body: Mapping[str, Any], what: str):
        self.status = status
        self.reason = str(body.get("reason") or "")
        self.details = dict(body.get("details") or {})
        self.message = str(body.get("message") or f"the server answered {status}")
        super().__init__(f"{what}: {self.message}")

    @property
    def namespace_is_missing(self) -> bool:
        return self.status == 404 and self.details.get("kind") == "namespaces"


class UnknownKind(Exception):
    """The server has no such kind: its CustomResourceDefinition is not there."""


@dataclass(frozen=True)
class Endpoint:
    """Where the objects of a kind live on the server."""

    kind: Kind
    plural: str
    namespaced: bool

    def path(self, namespace: str | None, name: str) -> str:
        scope = f"/namespaces/{quote(namespace or 'default')}" if self.namespaced else ""
        return f"{self.kind.base_path}{scope}/{self.plural}/{quote(name)}"


class Api:
    def __init__(self, connection: Connection):
        self.connection = connection
        self._local = threading.local()
        self._endpoints: dict[Kind, Endpoint] = {}

    def version(self) -> str:
        """The server's version, such as `v1.36.1`; raises `NoCluster` where nothing answers."""
        return str(self._request("GET", "/version")["gitVersion"])

    def endpoint(self, kind: Kind) -> Endpoint:
        if kind not in self._endpoints:
            try:
                found = self._request("GET", kind.base_path)
            except ApiError as error:
                if error.status != 404:
                    raise
                found = {}
            for entry in found.get("resources") or []:
                if "/" not in entry["name"]:
                    known = Kind(kind.api_version, entry["kind"])
                    self._endpoints[known] = Endpoint(known, entry["name"], entry["namespaced"])
        if kind not in self._endpoints:
            raise UnknownKind(f"the server at {self.connection} has no kind {kind}")
        return self._endpoints[kind]

    def get(self, kind: Kind, namespace: str | None, name: str) -> Object | None:
        try:
            return self._request("GET", self.endpoint(kind).path(namespace, name))
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    def apply(self, kind: Kind, manifest: Object, *, dry_run: bool = False, force: bool = False) -> Object:
        """Server-side apply as this provider's field manager; a field of another manager is a conflict."""
        metadata = manifest["metadata"]
        query = {"fieldManager": FIELD_MANAGER, "fieldValidation": "Strict"}
        query |= {"dryRun": "All"} if dry_run else {}
        query |= {"force": "true"} if force else {}
        path = self.endpoint(kind).path(metadata.get("namespace"), metadata["name"])
        return self._request("PATCH", f"{path}?{urlencode(query)}", manifest, _APPLY)

    def delete(self, kind: Kind, namespace: str | None, name: str) -> bool:
        """Ask for the deletion with everything that the object owns; false when it is already gone."""
        options = {"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Foreground"}
        try:
            self._request("DELETE", self.endpoint(kind).path(namespace, name), options)
        except ApiError as error:
            if error.status == 404:
                return False
            raise
        return True

    def _request(self, method: str, path: str, body: Any = None, content: str = "application/json") -> Object:
        headers = {"Accept": "application/json", "Content-Type": content, **self.connection.headers}
        payload = None if body is None else json.dumps(body)
        status, answer = self._send(method, path, payload, headers)
        try:
            document = json.loads(answer or b"{}")
        except ValueError:
            document = {"message": answer.decode(errors="replace").strip()}
        if status >= 400:
            raise ApiError(status, document, f"{method} {path.partition('?')[0]}")
        return dict(document)

    def _send(self, method: str, path: str, payload: str | None, headers: dict[str, str]) -> tuple[int, bytes]:
        prefix = urlsplit(self.connection.server).path
        for attempt in range(2):
            connection = self._connection()
            try:
                connection.request(method, prefix + path, payload, headers)
                response = connection.getresponse()
                return response.status, response.read()
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                self._local.connection = None
                # A kept connection may have been closed by the server between two requests.
                if attempt or isinstance(error, ConnectionRefusedError | TimeoutError):
                    raise NoCluster(f"no answer from {self.connection}: {error}") from error
        raise AssertionError("the second attempt returns or raises")

    def _connection(self) -> http.client.HTTPConnection:
        connection: http.client.HTTPConnection | None = getattr(self._local, "connection", None)
        if connection is None:
            parts = urlsplit(self.connection.server)
            if not parts.hostname:
                raise NoCluster(f"{self.connection.source} names no server for {self.connection.context}")
            if self.connection.tls is None:
                connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=_CONNECT_SECONDS)
            else:
                connection = http.client.HTTPSConnection(
                    parts.hostname, parts.port, timeout=_CONNECT_SECONDS, context=self.connection.tls
                )
            try:
                connection.connect()
            except OSError as error:
                raise NoCluster(f"no answer from {self.connection}: {error}") from error
            connection.sock.settimeout(_ANSWER_SECONDS)
            self._local.connection = connection
        return connection
