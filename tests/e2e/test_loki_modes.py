"""Loki from one mode to the next on a real API server: its volumes are there until, and after, the old pods are not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.handle import Sandbox
from tests.e2e.platform import LITTLE_ELSE, Platform

pytestmark = pytest.mark.e2e

IN_PLACE = {("update", "logging"), ("update", "logging-loki")}

SETS = "/apis/apps/v1/namespaces/logging/statefulsets"
CLAIMS = "/api/v1/namespaces/logging/persistentvolumeclaims"
OLD = {f"data-loki-{role}-{number}" for role in ("write", "backend") for number in range(3)}


@pytest.fixture
def platform(tmp_path: Path, empty_sandbox: Sandbox) -> Iterator[Platform]:
    """The stack `dev` with simple-scalable Loki and little else, deployed."""
    platform = Platform(tmp_path, empty_sandbox, "dev")
    platform.checkout.configure("dev", LITTLE_ELSE | {"observability:logging": {"mode": "simple-scalable"}})
    try:
        platform.up()
        yield platform
    finally:
        platform.end()


def test_loki_goes_from_simple_scalable_to_distributed_and_keeps_its_volumes(platform: Platform) -> None:
    before, claims = _sets_with_a_volume(platform), _uids(platform, CLAIMS)
    assert set(before) == {"loki-write", "loki-backend"} and set(claims) == OLD

    _ask_for(platform, "distributed")
    refused = platform.checkout.deploy("preview", "dev")
    assert refused.exit_code != 0
    assert 'set mode "distributed" with migrate_from "simple-scalable" and apply' in refused.output

    _ask_for(platform, "distributed", migrate_from="simple-scalable")
    assert platform.checkout.changes("dev") == IN_PLACE
    platform.up()
    between = _sets_with_a_volume(platform)
    assert between.items() >= before.items(), "no StatefulSet was replaced"
    assert set(between) - set(before) == {"loki-ingester", "loki-index-gateway", "loki-compactor"}
    assert _uids(platform, CLAIMS).items() > claims.items()

    _ask_for(platform, "distributed", migrate_from=None)
    assert platform.checkout.changes("dev") == IN_PLACE
    platform.up()
    after = _sets_with_a_volume(platform)
    assert after == {name: uid for name, uid in between.items() if name not in before}, "the new ones were not replaced"
    assert _uids(platform, CLAIMS).items() >= claims.items(), "the claims of the old pods are left to their owner"


def _ask_for(platform: Platform, mode: str, **stage: str | None) -> None:
    platform.checkout.configure("dev", {"observability:logging": {"mode": mode, **stage}})


def _sets_with_a_volume(platform: Platform) -> dict[str, str]:
    found = platform.sandbox.get(SETS)["items"]
    return {item["metadata"]["name"]: item["metadata"]["uid"] for item in found if _claimed(item["spec"])}


def _claimed(spec: dict[str, object]) -> bool:
    return bool(spec.get("volumeClaimTemplates"))


def _uids(platform: Platform, path: str) -> dict[str, str]:
    return {item["metadata"]["name"]: item["metadata"]["uid"] for item in platform.sandbox.get(path)["items"]}
