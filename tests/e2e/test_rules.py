"""Rules on logs in the bucket, through the real engine: a Job for each set of rules, and none of the one before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.handle import Sandbox
from tests.e2e.platform import LITTLE_ELSE, Platform

pytestmark = pytest.mark.e2e


def rules(expression: str) -> dict[str, Any]:
    return {"errors.yaml": {"groups": [{"name": "errors", "rules": [{"alert": "Errors", "expr": expression}]}]}}


def logging(**settings: Any) -> dict[str, Any]:
    ruler = {"ruler": True, "alertmanager_url": "http://alertmanager.monitoring:9093"}
    return {"observability:logging": {**ruler, **settings}}


IN_BUCKET = {"rule_source": "bucket", "lokitool_image": "registry.example.org/lokitool:3.7.7"}
IN_CONFIG_MAPS = {"rule_source": "config-maps", "lokitool_image": ""}


@pytest.fixture
def laptop(tmp_path: Path, empty_sandbox: Sandbox) -> Iterator[Platform]:
    """The stack `dev` with Loki and little else."""
    platform = Platform(tmp_path, empty_sandbox, "dev")
    platform.checkout.configure("dev", LITTLE_ELSE)
    yield platform
    platform.end()


def test_each_set_of_rules_has_its_job_and_the_way_may_change(laptop: Platform) -> None:
    laptop.checkout.configure("dev", logging(**IN_BUCKET, rules=rules("vector(1)")))
    laptop.up()
    (first,) = _of(laptop, "/apis/batch/v1", "jobs")
    assert {condition["type"] for condition in first["status"]["conditions"]} >= {"Complete"}
    assert laptop.checkout.changes("dev") == set()

    laptop.checkout.configure("dev", logging(**IN_BUCKET, rules=rules("vector(2)")))
    laptop.up()
    (second,) = _of(laptop, "/apis/batch/v1", "jobs")
    (kept,) = _of(laptop, "/api/v1", "configmaps")
    assert first["metadata"]["name"] != second["metadata"]["name"]
    assert "vector(2)" in kept["data"]["errors.yaml"]

    laptop.checkout.configure("dev", logging(**IN_CONFIG_MAPS, rules=rules("vector(2)")))
    laptop.up()
    assert _of(laptop, "/apis/batch/v1", "jobs") == []
    (watched,) = _of(laptop, "/api/v1", "configmaps")
    assert watched["metadata"]["labels"]["loki_rule"] == ""


def _of(platform: Platform, api: str, kind: str) -> list[dict[str, Any]]:
    """Return the objects of the rules alone."""
    selector = "labelSelector=app.kubernetes.io%2Fname%3Dloki-rules"
    return list(platform.sandbox.get(f"{api}/namespaces/logging/{kind}?{selector}")["items"])
