"""What follows from the arguments of a component, beside its settings."""

from typing import Any

import pytest

from components.tracing.spec import TracingSpec
from tests.unit.tracing.specs import KAFKA, LAPTOP, ON_PREMISES
from tools.settings.derived import derived


def sizes(base: dict[str, Any], **args: Any) -> dict[str, Any]:
    spec = TracingSpec.check("Tracing", {"namespace": "tracing", **base, **args})
    return {one.setting: one.value for one in derived("tracing", spec) if "workloads" in one.setting}


def test_the_size_of_every_part_of_distributed_tempo_is_shown() -> None:
    shown = sizes(ON_PREMISES, workloads={"querier": {"replicas": 4, "cpu": "2"}})
    assert shown["tracing.workloads.querier"] == "4 with 2 CPU and 1Gi each"
    assert shown["tracing.workloads.ingester"] == "2 with 200m CPU and 1Gi each"
    assert "tracing.workloads.live-store" not in shown
    assert sizes(LAPTOP) == {}


@pytest.mark.parametrize(
    ("args", "part"),
    [({"gateway": True}, "gateway"), ({"tls_secret": "tempo-tls"}, "gateway"), ({}, "metrics-generator")],
)
def test_a_part_is_shown_where_it_runs(args: dict[str, Any], part: str) -> None:
    assert f"tracing.workloads.{part}" in sizes(KAFKA, **args)
    assert f"tracing.workloads.{part}" not in sizes(KAFKA, remote_write_url="")
