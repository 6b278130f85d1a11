"""What is read from a cluster."""

from __future__ import annotations

from typing import Any

import pytest

from tools.deploy import cluster as module
from tools.deploy.cluster import HelmRelease, helm_releases


def _secret(namespace: str, name: str, status: str, version: int) -> dict[str, Any]:
    labels = {"owner": "helm", "name": name, "status": status, "version": str(version)}
    return {"metadata": {"namespace": namespace, "name": f"sh.helm.release.v1.{name}.v{version}", "labels": labels}}


def test_the_latest_revision_of_each_wanted_release_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    in_cluster = {
        "logging": [
            _secret("logging", "loki", "superseded", 9),
            _secret("logging", "loki", "deployed", 10),
            _secret("logging", "other", "deployed", 1),
        ],
        "tracing": [],
        "telemetry": [_secret("telemetry", "alloy", "uninstalled", 2)],
    }
    asked: list[tuple[str, ...]] = []

    def items(context: str, *arguments: str) -> list[dict[str, Any]]:
        asked.append((context, *arguments))
        return in_cluster[arguments[2]]

    monkeypatch.setattr(module, "items", items)
    found = helm_releases("prod", [("logging", "loki"), ("tracing", "tempo"), ("telemetry", "alloy")])
    assert found == [
        HelmRelease("logging", "loki", "deployed", 10),
        HelmRelease("telemetry", "alloy", "uninstalled", 2),
    ]
    assert asked[0] == ("prod", "secrets", "--namespace", "logging", "--selector=owner=helm")
