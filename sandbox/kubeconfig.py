"""The kubeconfig: which file or text, which context, and the connection that it describes."""

from __future__ import annotations

import base64
import os
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml


class NoCluster(Exception):
    """No cluster to talk to, with what was tried."""


@dataclass(frozen=True)
class Connection:
    """One cluster as one user, through one context of one kubeconfig."""

    source: str
    context: str
    server: str
    namespace: str
    kubeconfig: str
    """The kubeconfig's own text, for commands that read one."""
    tls: ssl.SSLContext | None = field(compare=False)
    headers: dict[str, str] = field(default_factory=dict, compare=False)

    def __str__(self) -> str:
        return f"{self.server} (context {self.context} of {self.source})"


def connect(kubeconfig: Any = None, context: str | None = None) -> Connection:
    """Return the connection that a provider's `kubeconfig` (path or contents) and `context` name.

    Without them KUBECONFIG counts, then ~/.kube/config.
    """
    source, text = _read(kubeconfig)
    document = yaml.safe_load(text) or {}
    if not isinstance(document, dict):
        raise NoCluster(f"{source} is not a kubeconfig")
    name = context or document.get("current-context")
    if not name:
        raise NoCluster(f"{source} has no current context; set the provider's context")
    chosen = _named(document, "contexts", "context", name, source)
    cluster = _named(document, "clusters", "cluster", chosen.get("cluster"), source)
    user = _named(document, "users", "user", chosen["user"], source) if chosen.get("user") else {}
    if not user.get("token"):
        raise NoCluster(
            f"context {name!r} of {source} has a user without a token, which is all that the stand-in Kubernetes "
            "provider logs in with; use the real provider for this cluster"
        )
    base = Path(source).parent if Path(source).is_file() else Path()
    server = str(cluster.get("server", ""))
    return Connection(
        source=source,
        context=name,
        server=server.rstrip("/"),
        namespace=chosen.get("namespace") or "default",
        kubeconfig=text,
        tls=_tls(cluster, base) if server.startswith("https:") else None,
        headers={"Authorization": f"Bearer {user['token']}"},
    )


def _read(kubeconfig: Any) -> tuple[str, str]:
    if isinstance(kubeconfig, dict):
        return "the provider's kubeconfig", yaml.safe_dump(kubeconfig)
    if kubeconfig and "\n" in kubeconfig:
        return "the provider's kubeconfig", kubeconfig
    candidates = [kubeconfig] if kubeconfig else os.environ.get("KUBECONFIG", "").split(os.pathsep)
    paths = [Path(candidate).expanduser() for candidate in candidates if candidate]
    paths = paths or [Path("~/.kube/config").expanduser()]
    for path in paths:
        if path.is_file():
            return str(path), path.read_text()
    raise NoCluster(f"there is no kubeconfig at {', '.join(map(str, paths))}")


def _named(document: dict[str, Any], section: str, key: str, name: Any, source: str) -> dict[str, Any]:
    entries = document.get(section) or []
    for entry in entries:
        if entry.get("name") == name:
            return dict(entry.get(key) or {})
    known = ", ".join(str(entry.get("name")) for entry in entries) or "none"
    raise NoCluster(f"{source} has no {key} {name!r} (it has {known})")


def _tls(cluster: dict[str, Any], base: Path) -> ssl.SSLContext:
    if data := cluster.get("certificate-authority-data"):
        return ssl.create_default_context(cadata=base64.b64decode(data).decode())
    file = cluster.get("certificate-authority")
    return ssl.create_default_context(cafile=base / file if file else None)
