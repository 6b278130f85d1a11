"""The guards of Thanos in the real engine, on the state that an `up` would leave."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.checkout import Checkout
from tests.engine.test_refusals import apply, planned_resources, refused
from tests.installed_tools import ENGINE, require

pytestmark = pytest.mark.engine

METRICS: dict[str, Any] = {"long_term": {"ruler": True, "volume_size": "10Gi"}}
STORE: dict[str, Any] = {
    "kind": "external",
    "endpoint": "https://s3.example.org",
    "shared_bucket": "acme",
    "credentials": {"logs": "loki-bucket", "traces": "tempo-bucket", "metrics": "thanos-bucket"},
}
MOVED = {**STORE, "prefixes": {"metrics": "blocks"}}


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A copy of the project without a cluster."""
    require(*ENGINE)
    return Checkout(tmp_path)


def test_blocks_do_not_move_and_claims_do_not_change(checkout: Checkout) -> None:
    checkout.configure("dev", {"observability:metrics": METRICS, "observability:storage": STORE})
    apply(checkout, "dev", planned_resources(checkout, "dev"))
    checkout.configure("dev", {"observability:storage": MOVED})
    output = refused(checkout.deploy("preview", "dev"))
    assert "long-term-store-secret: the applied state forbids 1 change" in output
    assert 'bucket = "s3.example.org/acme/blocks": must not change from "s3.example.org/acme/thanos"' in output

    larger = {"long_term": {**METRICS["long_term"], "volume_size": "20Gi", "allow_changes": ["location"]}}
    checkout.configure("dev", {"observability:metrics": larger})
    output = refused(checkout.deploy("preview", "dev"))
    assert "long-term-store-secret: the applied state" not in output
    assert "long-term-thanos: the applied state forbids 3 changes" in output
    assert 'workloads.compact.volume_size = "20Gi"' in output


def test_a_rule_of_the_ruler_of_thanos_that_could_never_fire_is_refused(checkout: Checkout) -> None:
    record = {"record": "job:up:avg30d", "expr": "avg_over_time(upp[30d])"}
    rules = {"months.yaml": {"groups": [{"name": "months", "rules": [record]}]}}
    alerting = {"rules": rules, "long_term_rules": ["months.yaml"]}
    checkout.configure(
        "dev",
        {"observability:metrics": METRICS, "observability:storage": STORE, "observability:alerting": alerting},
    )
    output = refused(checkout.deploy("preview", "dev"))
    assert "months.yaml: group 'months': rule 1 (job:up:avg30d): metric = upp: nothing that the stack deploys" in output
