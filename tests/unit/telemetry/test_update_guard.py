"""Updates of applied collectors that are refused: those that lose how far each log file was read."""

from typing import Any

import pytest

from components._collector_roles import Role
from components.telemetry.alloy.values import alloy_values
from components.telemetry.collector.values import collector_values
from components.telemetry.engines import Engine
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
    return update_problems(values_of(old), values_of(new), allowed=allowed)


def values_of(fields: dict[str, Any]) -> dict[str, Any]:
    spec = TelemetrySpec.check('Telemetry "t"', {**ARGS, **fields})
    return (alloy_values if spec.engine is Engine.ALLOY else collector_values)(spec, Role.AGENTS)


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


BY_API = {"kind": "containers", "log_source": "api"}


def by_api(*namespaces: str, exclude: tuple[str, ...] | None = None) -> dict[str, Any]:
    """Return collectors that read namespaces through the API server, and those not left out from files."""
    left_out = namespaces if exclude is None else exclude
    return {
        "sources": {
            "containers": {"kind": "containers", "exclude_namespaces": list(left_out)},
            **({"some": {**BY_API, "namespaces": list(namespaces)}} if namespaces else {}),
        },
        "pipelines": {"containers": {"sources": ["containers", *(["some"] if namespaces else [])]}},
    }


@pytest.mark.parametrize(
    ("old", "new", "field", "sources"),
    [
        ({}, by_api("vault"), "log_source of vault", ("files", "api")),
        (by_api("vault", "kms"), {}, "log_source of kms, vault", ("api", "files")),
        (by_api("vault"), by_api("vault", "kms"), "log_source of kms", ("files", "api")),
        (by_api("vault"), {"log_source": "api"}, "log_source", ("files", "api")),
        (by_api("vault"), {"engine": "otel-collector"}, "log_source of vault", ("api", "files")),
        (
            by_api("vault"),
            {
                "sources": {
                    "containers": {"kind": "containers", "namespaces": ["vault"]},
                    "rest": {**BY_API, "exclude_namespaces": ["vault"]},
                },
                "pipelines": {"containers": {"sources": ["containers", "rest"]}},
            },
            "log_source",
            ("files", "api"),
        ),
    ],
)
def test_running_collectors_keep_the_source_of_a_namespace(
    old: dict[str, Any], new: dict[str, Any], field: str, sources: tuple[str, str]
) -> None:
    problem = next(problem for problem in changed(old, new) if problem.startswith(f"{field} = "))
    was, now = sources
    assert problem.startswith(f'{field} = "{now}": must not change from "{was}" in one update')
    assert f"log_source {was}" in problem and 'allow_changes ["log_source"]' in problem
    assert not [other for other in changed(old, new, GuardedChange.LOG_SOURCE) if "log_source" in other]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (by_api(exclude=("vault",)), by_api("vault")),
        (by_api("vault"), by_api(exclude=("vault",))),
        (by_api("vault"), {**by_api("vault"), "memory_limit": "1Gi"}),
        ({"pipelines": {"containers": {"enabled": False}}}, {"log_source": "api"}),
    ],
)
def test_a_namespace_that_was_or_will_be_read_from_nowhere_may_change(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert changed(old, new) == []


def test_a_namespace_that_moves_does_not_hide_positions_that_are_left_behind() -> None:
    problems = changed(EARLIER, by_api("vault"))
    assert [problem.partition(" =")[0] for problem in problems] == ["log_source of vault", "storage_host_path"]


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
    (problem,) = changed({**engine, **EARLIER}, engine)
    assert problem.startswith('storage_host_path = "/var/lib/otel-collector.telemetry": must not change from ')
