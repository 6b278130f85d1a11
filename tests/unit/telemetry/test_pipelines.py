"""The parts of the pipelines that each workload runs."""

from typing import Any

import pytest

from components._collector_roles import Role
from components.telemetry.collector.config import collector_config
from components.telemetry.pipelines import GATEWAY, flows_of, roles
from components.telemetry.workload import storage_volume

from .alloy.examples import BY_NAMESPACE
from .examples import telemetry_spec

CENTRAL = {"central": {"kind": "otlp", "url": "https://otlp.example.org:4318"}}
SCRAPED = {
    "sources": {"shop": {"kind": "prometheus", "targets": ["shop.shop:9464"]}},
    "pipelines": {"scrape": {"signal": "metrics", "sources": ["shop"]}},
}


def test_agents_send_a_trace_to_the_gateway_once_whatever_number_of_pipelines_it_has() -> None:
    second = {"second": {"signal": "traces", "sources": ["otlp"], "destinations": ["central"]}}
    spec = telemetry_spec(gateway={"replicas": 2}, destinations=CENTRAL, pipelines=second)
    assert [flow.name for flow in flows_of(spec, Role.AGENTS) if GATEWAY in flow.destinations] == ["second"]
    assert [flow.name for flow in flows_of(spec, Role.GATEWAY)] == ["second", "traces"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, [Role.AGENTS]),
        ({"events": True}, [Role.AGENTS, Role.SINGLETON]),
        ({"events": True, "pipelines": {"events": {"enabled": False}}}, [Role.AGENTS]),
        (SCRAPED, [Role.AGENTS, Role.SINGLETON]),
        ({"gateway": {"replicas": 2}}, [Role.AGENTS, Role.GATEWAY]),
    ],
)
def test_there_is_a_workload_for_what_runs(changes: dict[str, Any], expected: list[Role]) -> None:
    assert roles(telemetry_spec(**changes)) == expected


@pytest.mark.parametrize(
    ("changes", "agents", "singleton"),
    [
        (
            {"sources": SCRAPED["sources"], "pipelines": {"metrics": {"sources": ["otlp", "shop"]}}},
            {"containers": ["containers"], "logs": ["otlp"], "metrics": ["otlp"], "traces": ["otlp"]},
            {"metrics": ["shop"]},
        ),
        (
            BY_NAMESPACE,
            {"containers": ["containers"], "logs": ["otlp"], "metrics": ["otlp"], "traces": ["otlp"]},
            {"containers": ["restricted"]},
        ),
        (
            {**BY_NAMESPACE, "log_source": "api"},
            {"containers": ["containers", "restricted"], "logs": ["otlp"], "metrics": ["otlp"], "traces": ["otlp"]},
            {},
        ),
    ],
)
def test_each_workload_has_the_sources_of_a_pipeline_that_it_reads(
    changes: dict[str, Any], agents: dict[str, list[str]], singleton: dict[str, list[str]]
) -> None:
    spec = telemetry_spec(**changes)
    for role, expected in ((Role.AGENTS, agents), (Role.SINGLETON, singleton)):
        assert {flow.name: [*flow.sources] for flow in flows_of(spec, role)} == expected


def test_a_singleton_of_scrapes_asks_the_api_for_nothing() -> None:
    spec = telemetry_spec(engine="otel-collector", **SCRAPED)
    processors = collector_config(spec, Role.SINGLETON)["processors"]
    assert not [name for name in processors if name.startswith("k8s_attributes")]


def test_a_volume_of_the_pod_holds_its_full_queues() -> None:
    spec = telemetry_spec(engine="otel-collector", queue_size="2Gi", events=True)
    assert storage_volume(spec, Role.SINGLETON)["emptyDir"] == {"sizeLimit": "5Gi"}
    assert "hostPath" in storage_volume(spec, Role.AGENTS)


def test_extensions_of_the_user_are_added_to_those_of_the_collector() -> None:
    raw = "extensions: {pprof: {}}\nservice: {extensions: [pprof]}"
    config = collector_config(telemetry_spec(engine="otel-collector", raw_config=raw), Role.AGENTS)
    assert config["service"]["extensions"] == ["health_check", "file_storage", "pprof"]
