"""The plan gives back the figures that it is built on."""

from dataclasses import replace
from importlib import import_module
from typing import Any

import pytest

from components._collector_roles import Role
from components.logging.modes import LokiRole
from components.logging.workloads import DEFAULT_RESOURCES
from components.sizing import (
    CollectorOptions,
    Load,
    Plan,
    Prices,
    Retention,
    Sampling,
    Size,
    Topology,
    collectors,
    cost,
    needed_traces,
    size,
)
from components.telemetry.engines import Engine
from components.telemetry.model import GatewaySettings, PipelineProcessor, SingletonSettings
from components.telemetry.spans import decision_cache_size
from components.telemetry.spec import TelemetrySettings
from components.units import parse_duration

# The package has functions of these names.
sizes, loki = (import_module(f"components.sizing.{name}") for name in ("collectors", "loki"))
MEBIBYTE_A_SECOND = 2**20 * 86_400 / 1e9
MEGABYTE_A_SECOND = 86.4
"""Both in GB a day."""


def plan(load: Load) -> Plan:
    return size(load, Retention(logs=30, traces=14, metrics=7), Prices())


def cores_and_gib(topology: Topology) -> tuple[float, float]:
    sizes = topology.workloads.values()
    return (
        sum(item.replicas * item.cpu_millis for item in sizes) / 1000,
        sum(item.replicas * item.memory_mib for item in sizes) / 1024,
    )


@pytest.mark.parametrize(
    ("gb_per_day", "cores", "gib"),
    [(3_000, 38, 59), (30_000, 431, 857), (20, 19, 34), (100, 19, 34), (1_000, 21, 36)],
)
def test_distributed_loki_adds_up_to_the_tables_of_lokis_docs(gb_per_day: float, cores: float, gib: float) -> None:
    assert cores_and_gib(plan(Load(logs_gb_per_day=gb_per_day)).logs.topologies["distributed"]) == (cores, gib)


def test_at_3_tb_a_day_every_role_has_the_replicas_of_lokis_docs() -> None:
    workloads = plan(Load(logs_gb_per_day=3_000)).logs.topologies["distributed"].workloads
    assert {role: item.replicas for role, item in workloads.items()} == {
        "ingester": 6,
        "distributor": 4,
        "index-gateway": 4,
        "querier": 10,
        "query-frontend": 2,
        "query-scheduler": 2,
        "compactor": 1,
    }


def test_old_chunks_of_many_streams_set_the_bill_of_the_bucket() -> None:
    bucket = plan(Load(logs_gb_per_day=100, active_streams=5_000)).logs.topologies["distributed"].objects
    assert bucket.gb == pytest.approx(600)
    assert bucket.writes == pytest.approx(5_000 * 12 * 30 + (3 * 96 + 432) * 30)


def test_a_month_of_chunks_costs_what_s3_asks() -> None:
    topology = plan(Load(logs_gb_per_day=1_000, active_streams=5_000)).logs.topologies["distributed"]
    only_storage = Prices(write_thousand=0, read_thousand=0)
    assert cost([topology], only_storage).object_store == pytest.approx(138)


@pytest.mark.parametrize(("spans_per_second", "gb"), [(500, 0.225 * 86.4 * 0.15 * 14), (5_000, 408), (30_000, 2_449)])
def test_blocks_of_traces_are_a_seventh_of_the_spans(spans_per_second: float, gb: float) -> None:
    topology = plan(Load(spans_per_second=spans_per_second)).traces.topologies["monolithic"]
    assert topology.objects.gb == pytest.approx(gb, rel=1e-3)


@pytest.mark.parametrize(
    ("series", "volume_gib", "memory_gb"), [(100_000, 8, 1.7), (500_000, 26, 8.3), (3_000_000, 152, 50)]
)
def test_prometheus_follows_its_formulas(series: float, volume_gib: int, memory_gb: float) -> None:
    prometheus = plan(Load(active_series=series)).metrics.workloads["prometheus"]
    assert prometheus.volume_gib == volume_gib
    assert prometheus.memory_mib * 2**20 / 1e9 == pytest.approx(memory_gb, rel=0.1)


def collected(load: Load, role: Role = Role.AGENTS, **options: Any) -> tuple[int, int, int]:
    """Return the replicas, millicores and MiB of a workload of collectors, of which there is one on one node."""
    found = collectors(replace(load, collectors=1), CollectorOptions(**options)).workloads[role.value]
    return found.replicas, found.cpu_millis, found.memory_mib


def test_agents_of_alloy_ask_for_what_its_docs_estimate() -> None:
    assert collected(Load(logs_gb_per_day=4 * MEBIBYTE_A_SECOND)) == (1, 4_000, 512)
    series = Load(active_series=1_000_000, scrape_interval_seconds=60)
    assert collected(series, remote_writes=1) == (1, 400, 11 * 1024)
    assert collected(series, remote_writes=2) == (1, 400, 22 * 1024), "each store has a copy of its own"
    assert collected(series) == (1, 400, 256), "what goes on by OTLP is kept in no series"


def test_agents_of_the_collector_ask_for_what_was_measured() -> None:
    engine: dict[str, Any] = {"engine": "otel-collector"}
    assert collected(Load(logs_gb_per_day=5.4 * MEGABYTE_A_SECOND), **engine) == (1, 750, 256)
    assert collected(Load(logs_gb_per_day=54 * MEGABYTE_A_SECOND), **engine) == (1, 7_250, 320)
    (_, _, memory) = collected(Load(logs_gb_per_day=540 * MEGABYTE_A_SECOND), **engine)
    assert memory == 2_048, "what it takes without any data counts once"
    assert collected(Load(active_series=1_000_000), **engine, remote_writes=1) == (1, 500, 256)


@pytest.mark.parametrize("engine", Engine)
def test_a_core_takes_15_000_spans_a_second(engine: Engine) -> None:
    assert collected(Load(spans_per_second=30_000), engine=engine.value)[1] == 2_000


def test_a_gateway_holds_the_spans_that_wait_and_the_decisions_on_them() -> None:
    sampling = Sampling(decision_wait_seconds=10, traces_in_memory=50_000, decisions_per_trace=0)
    assert collected(Load(spans_per_second=20_000), Role.GATEWAY, sampling=(sampling,)) == (2, 700, 448)
    assert collected(Load(spans_per_second=45_000), Role.GATEWAY, sampling=(sampling,)) == (5, 700, 448)
    remembered = replace(sampling, decisions_per_trace=20)
    assert collected(Load(spans_per_second=20_000), Role.GATEWAY, sampling=(remembered,)) == (2, 700, 768)
    assert collected(Load(spans_per_second=20_000), Role.GATEWAY) == (2, 700, 256), "nothing waits without sampling"
    measured = replace(sampling, decision_wait_seconds=30)
    (_, _, memory) = collected(Load(spans_per_second=8_000), Role.GATEWAY, sampling=(measured,))
    assert memory == pytest.approx(466, rel=0.1), "120,000 spans that wait, as the benchmark has"


def test_a_gateway_holds_the_traces_that_wait_at_peak() -> None:
    waits = Sampling(decision_wait_seconds=60)
    assert needed_traces(Load(spans_per_second=20_000), waits) == 180_000
    assert needed_traces(Load(spans_per_second=200_000), waits) == 180_000, "further replicas take the rest"
    enough = replace(waits, traces_in_memory=180_000)
    load = Load(spans_per_second=20_000)
    memory = [collected(load, Role.GATEWAY, sampling=(each,)) for each in (waits, enough)]
    assert memory[0] == memory[1], "the memory is that of the traces that are needed"


@pytest.mark.parametrize(("engine", "millis", "memory"), [("alloy", 400, 5_632), ("otel-collector", 250, 2_048)])
def test_the_singleton_asks_for_the_series_of_its_targets(engine: str, millis: int, memory: int) -> None:
    load = Load(active_series=1_000_000, scrape_interval_seconds=30)
    asked = collected(load, Role.SINGLETON, engine=engine, scraped_targets=500)
    assert asked == (1, millis, memory)
    assert collected(load, Role.SINGLETON, engine=engine) == (1, 100, 256), "events are few"
    few = replace(load, active_series=1_000)
    assert collected(few, Role.SINGLETON, engine=engine, scraped_targets=500) == (1, 100, 256), "there are no more"


@pytest.mark.parametrize(("spans_per_second", "mode"), [(55_555, "monolithic"), (55_556, "distributed")])
def test_tempo_is_one_process_up_to_25_mb_a_second(spans_per_second: float, mode: str) -> None:
    assert plan(Load(spans_per_second=spans_per_second)).traces.recommended == mode


@pytest.mark.parametrize(("gb_per_day", "mode"), [(20, "monolithic"), (271, "monolithic"), (272, "distributed")])
def test_loki_is_one_process_up_to_3_mib_a_second(gb_per_day: float, mode: str) -> None:
    assert plan(Load(logs_gb_per_day=gb_per_day)).logs.recommended == mode


def test_no_plan_goes_below_the_default_requests_of_the_components() -> None:
    """They are stated again, as the sizes of a load need no component and no SDK."""
    least = loki.DEFAULT_RESOURCES
    for role in (LokiRole.LOKI, LokiRole.WRITE, LokiRole.INGESTER):
        assert (least.cpu, least.memory) == DEFAULT_RESOURCES[role]
    collector = Size(1, sizes.MIN_CPU_MILLIS, sizes.MIN_MEMORY_MIB)
    for settings in (TelemetrySettings, SingletonSettings):
        defaults = (settings.model_fields[name].default for name in ("cpu_request", "memory_request"))
        assert (collector.cpu, collector.memory) == tuple(defaults)
    assert collector.cpu == GatewaySettings.model_fields["cpu_request"].default
    assert GatewaySettings.model_fields["replicas"].default == sizes.MIN_GATEWAYS


def test_names_and_defaults_of_the_component_are_those_of_its_sizes() -> None:
    assert set(collectors(Load()).workloads) == set(Role) and set(sizes.FIGURES) == set(Engine)
    processor = PipelineProcessor(kind="tail_sampling")
    assert Sampling() == Sampling(
        parse_duration(processor.decision_wait).total_seconds(),
        processor.traces_in_memory,
        2 * decision_cache_size(processor) // processor.traces_in_memory,
    )
