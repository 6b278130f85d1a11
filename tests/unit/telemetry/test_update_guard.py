"""Updates of applied collectors that are refused: those that lose how far each log file was read."""

from typing import Any

import pytest

from components.telemetry.alloy.values import alloy_values
from components.telemetry.collector.values import collector_values
from components.telemetry.engines import Engine
from components.telemetry.pipelines import Role
from components.telemetry.spec import GuardedChange, TelemetrySpec
from components.telemetry.update_guard import engine_problems, update_problems
from components.telemetry.workload import CONFIG_KEYS, config_map_name

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
        (EARLIER, {**EARLIER, "memory_limit": "1Gi"}),
    ],
)
def test_what_has_no_positions_to_lose_may_change(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert changed(old, new) == []


@pytest.mark.parametrize(("old", "new"), [("files", "api"), ("api", "files")])
def test_running_collectors_keep_their_source_of_logs(old: str, new: str) -> None:
    (problem,) = changed({"log_source": old}, {"log_source": new})
    assert problem.startswith(f'log_source = "{new}": must not change from "{old}" ')
    assert f"set log_source {old} to keep it" in problem and 'allow_changes ["log_source"]' in problem
    assert changed({"log_source": old}, {"log_source": new}, GuardedChange.LOG_SOURCE) == []


@pytest.mark.parametrize(("old", "new"), [("alloy", "otel-collector"), ("otel-collector", "alloy")])
def test_running_collectors_keep_their_engine(old: str, new: str) -> None:
    before, after = ({CONFIG_KEYS[Engine(engine)]: "text"} for engine in (old, new))
    (problem,) = engine_problems(before, after)
    assert problem.startswith(f'engine = "{new}": must not change from "{old}"')
    assert engine_problems(before, after, allowed=[GuardedChange.ENGINE]) == []
    assert engine_problems(before, {**before, CONFIG_KEYS[Engine(old)]: "other"}) == []


def test_the_configuration_has_one_name_for_both_engines() -> None:
    specs = [TelemetrySpec.check('Telemetry "t"', {**ARGS, "engine": engine.value}) for engine in Engine]
    assert {config_map_name(spec, Role.AGENTS) for spec in specs} == {"collectors-config"}
    named = TelemetrySpec.check('Telemetry "t"', {**ARGS, "release_name": "edge"})
    assert config_map_name(named, Role.GATEWAY) == "edge-gateway-config"


def test_the_directory_of_the_collector_is_guarded_too() -> None:
    engine = {"engine": "otel-collector"}
    old, new = (
        collector_values(TelemetrySpec.check('Telemetry "t"', {**ARGS, **engine, **fields}), Role.AGENTS)
        for fields in (EARLIER, {})
    )
    (problem,) = update_problems(old, new)
    assert problem.startswith('storage_host_path = "/var/lib/otel-collector.telemetry": must not change from ')
