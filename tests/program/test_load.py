"""A stack with a load: its plan is told once, at the preview, and its workloads are of the planned size."""

from pathlib import Path
from typing import Any

import pulumi
import pytest

from tools.program import Recording, record
from tools.program.stacks import configured_program

ROOT = Path(__file__).parents[2]
LOAD = {"logs_gb_per_day": 200, "spans_per_second": 5_000, "active_series": 500_000}


def run(monkeypatch: pytest.MonkeyPatch, *, preview: bool, **config: Any) -> tuple[Recording, list[str]]:
    told: list[str] = []
    monkeypatch.setattr(pulumi.log, "info", lambda message, *_, **__: told.append(message))
    recording = record(configured_program(ROOT, config), preview=preview, stack="sized")
    return recording, [message for message in told if message.startswith("Sizes for")]


def test_a_preview_tells_the_plan_as_one_message_and_makes_what_it_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    recording, told = run(monkeypatch, preview=True, load=LOAD)
    assert len(told) == 1
    assert "Cost a month" in told[0]
    values = {resource.name: resource.plain()["values"] for resource in recording.of_type("helm.sh/v3:Release")}
    loki = values["logging-loki"]["singleBinary"]
    assert loki["replicas"] == 3
    assert loki["resources"]["requests"] == {"cpu": "1", "memory": "4864Mi"}
    assert values["logging-loki"]["chunksCache"]["allocatedMemory"] == 3200


def test_an_update_tells_no_plan_again(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, preview=False, load=LOAD)[1] == []


def test_a_stack_without_a_load_tells_no_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, preview=True)[1] == []


def test_the_largest_load_that_is_taken_is_one_that_distributed_components_take(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    largest = {"logs_gb_per_day": 300_000, "spans_per_second": 3_000_000, "active_series": 1_000_000_000}
    distributed = {"mode": "distributed"}
    assert len(run(monkeypatch, preview=True, load=largest, logging=distributed, tracing=distributed)[1]) == 1
