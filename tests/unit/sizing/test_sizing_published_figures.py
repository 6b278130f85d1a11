"""The plan gives back the figures that it is built on."""

from importlib import import_module

import pytest

from components.logging.modes import LokiRole
from components.logging.workloads import DEFAULT_RESOURCES
from components.sizing import Load, Plan, Prices, Retention, Size, Topology, cost, size
from components.telemetry.spec import TelemetrySettings

# The package has functions of these names.
alloy, loki = (import_module(f"components.sizing.{name}") for name in ("alloy", "loki"))


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


def test_collectors_ask_for_what_alloys_docs_estimate() -> None:
    mebibyte_a_second = 2**20 * 86_400 / 1e9
    collectors = plan(Load(logs_gb_per_day=2 * mebibyte_a_second, active_series=1_000_000, collectors=1)).collectors
    assert collectors.workloads["alloy"].cpu == "2400m"
    assert collectors.workloads["alloy"].memory_mib == 11_520


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
    collector = Size(1, alloy.MIN_CPU_MILLIS, alloy.MIN_MEMORY_MIB)
    defaults = (TelemetrySettings.model_fields[name].default for name in ("cpu_request", "memory_request"))
    assert (collector.cpu, collector.memory) == tuple(defaults)
