"""Updates of applied collectors that are refused: those that lose how far each log file was read."""

from typing import Any

import pytest

from components.telemetry.alloy.values import alloy_values
from components.telemetry.spec import GuardedChange, TelemetrySpec
from components.telemetry.update_guard import update_problems

ARGS: dict[str, Any] = {
    "namespace": "telemetry",
    "logs_push_url": "http://loki-gateway.logging/loki/api/v1/push",
    "logs_otlp_url": "http://loki-gateway.logging/otlp",
}
EARLIER = {"storage_host_path": "/var/lib/alloy"}


def changed(old: dict[str, Any], new: dict[str, Any], *allowed: GuardedChange) -> list[str]:
    before, after = (alloy_values(TelemetrySpec.check('Telemetry "t"', {**ARGS, **fields})) for fields in (old, new))
    return update_problems(before, after, allowed=allowed)


def test_running_collectors_keep_the_directory_that_all_stacks_had() -> None:
    (problem,) = changed(EARLIER, {})
    assert problem.startswith('storage_host_path = "/var/lib/alloy.telemetry": must not change from "/var/lib/alloy" ')
    assert 'set storage_host_path "/var/lib/alloy" to keep it; or' in problem
    assert 'allow_changes ["positions"]' in problem
    assert changed(EARLIER, EARLIER) == []
    assert changed(EARLIER, {}, GuardedChange.POSITIONS) == []


def test_positions_cannot_be_left_behind_for_those_that_go_with_the_pod() -> None:
    (problem,) = changed({}, {"storage_host_path": ""})
    assert problem.startswith('storage_host_path = "": must not change from "/var/lib/alloy.telemetry" ')


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"storage_host_path": ""}, {}),
        ({"log_source": "api"}, {}),
        (EARLIER, {"log_source": "api"}),
        (EARLIER, {**EARLIER, "memory_limit": "1Gi"}),
    ],
)
def test_what_has_no_positions_to_lose_may_change(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert changed(old, new) == []
