"""Settings win over the plan, the plan over the components' defaults, and without a load there is no plan."""

import re
from typing import Any

import pytest

from components.logging.spec import LoggingSpec
from components.metrics.spec import MetricsSpec
from components.telemetry.spec import TelemetrySpec
from components.tracing.roles import OF_A_TOPIC, OF_INGESTERS, SMALLEST, Role
from components.tracing.spec import TracingSpec
from components.tracing.workloads import workload
from components.units import parse_quantity
from config import Settings, load
from tests.unit.config.stacks import AWS, source
from wiring import arguments, sizing

LOAD = {"logs_gb_per_day": 200, "spans_per_second": 5_000, "active_series": 500_000}
BUCKET = {"bucket": "acme", "region": "eu-west-1"}


def settings(**areas: Any) -> Settings:
    return load(source(**areas))


def test_without_a_load_no_component_is_told_a_size() -> None:
    bare = settings()
    assert "workloads" not in arguments.logging(bare)
    for told in (arguments.logging(bare), arguments.tracing(bare), arguments.telemetry(bare)):
        assert not {"replicas", "cpu", "memory", "volume_size", "cpu_request", "chunks_cache_mib"} & set(told)
    assert "volume_size" not in arguments.metrics(bare)


@pytest.mark.parametrize("figure", ["logs_gb_per_day", "spans_per_second", "active_series"])
def test_a_load_of_one_signal_leaves_the_backends_of_the_others_as_they_are(figure: str) -> None:
    bare, sized = settings(), settings(load={figure: LOAD[figure]})
    changed = {
        "logs_gb_per_day": arguments.logging,
        "spans_per_second": arguments.tracing,
        "active_series": arguments.metrics,
    }
    for of, build in changed.items():
        assert (build(sized) != build(bare)) == (of == figure)


@pytest.mark.parametrize("mode", ["monolithic", "simple-scalable", "distributed"])
@pytest.mark.parametrize("logs", [1, 200, 2_000, 5_000])
def test_the_component_takes_the_plan_in_every_mode(mode: str, logs: float) -> None:
    told = arguments.logging(
        settings(load={"logs_gb_per_day": logs}, logging={"mode": mode}), namespace="logs", **BUCKET
    )
    spec = LoggingSpec.check("Logging", told)
    assert spec.ingesters >= spec.copies == 3


def test_every_role_that_distributed_loki_runs_has_its_size_by_the_plan() -> None:
    distributed = {"mode": "distributed", "ruler": True, "alertmanager_url": "http://alertmanager.monitoring:9093"}
    told = arguments.logging(settings(load=LOAD, logging=distributed), namespace="logs", **BUCKET)
    spec = LoggingSpec.check("Logging", told)
    assert {role.value for role in spec.roles(spec.mode)} == set(told["workloads"])
    assert "ruler" not in arguments.logging(settings(load=LOAD, logging={"mode": "distributed"}))["workloads"]


def test_ingesters_in_zones_are_planned_in_threes() -> None:
    zones = {"mode": "distributed", "ingester_zones": ["a", "b", "c"]}
    told = arguments.logging(settings(load={"logs_gb_per_day": 2_000}, logging=zones), namespace="logs", **BUCKET)
    assert LoggingSpec.check("Logging", told).ingesters == 6


def test_replicas_of_all_of_loki_are_told_as_the_component_spreads_them() -> None:
    sized = settings(load=LOAD, logging={"mode": "distributed", "replicas": 4})
    pods = {words[-5]: words[-4] for line in sizing.report(sized).splitlines() if (words := line.split())[-5:-4]}
    spec = LoggingSpec.check("Logging", arguments.logging(sized, namespace="logs", **BUCKET))
    for role in spec.roles(spec.mode):
        assert pods[f"{role.value}*"] == str(spec.workload(role).replicas)


@pytest.mark.parametrize("mode", ["monolithic", "distributed"])
def test_tempo_takes_the_plan_in_every_mode(mode: str) -> None:
    sized = settings(load={"spans_per_second": 50_000}, tracing={"mode": mode})
    spec = TracingSpec.check("Tracing", arguments.tracing(sized, namespace="traces", **BUCKET))
    assert spec.replicas == (1 if mode == "monolithic" else 6)


def test_tempo_on_kafka_takes_a_partition_for_each_live_store_of_the_plan() -> None:
    kafka = {"mode": "distributed", "chart_version": "3.3.0", "kafka_address": "kafka.messaging:9092"}
    sized = settings(load={"spans_per_second": 100_000}, tracing=kafka)
    spec = TracingSpec.check("Tracing", arguments.tracing(sized, namespace="traces", **BUCKET))
    assert spec.partitions == 6
    text = sizing.report(sized)
    assert "live-store" in text
    assert "Tempo: distributed fits, as set" in text


KAFKA = {"mode": "distributed", "chart_version": "3.3.0", "kafka_address": "kafka.messaging:9092"}
METRICS = {"remote_write_url": "http://prometheus.metrics/api/v1/write"}


@pytest.mark.parametrize("tempo", [{"mode": "distributed"}, KAFKA])
@pytest.mark.parametrize("spans", [1, 5_000, 200_000])
def test_every_part_that_distributed_tempo_runs_has_its_size_by_the_plan(tempo: dict[str, Any], spans: float) -> None:
    sized = settings(load={"spans_per_second": spans}, tracing=tempo)
    spec = TracingSpec.check("Tracing", arguments.tracing(sized, namespace="traces", **BUCKET, **METRICS))
    shape = sizing.plan(sized).traces.shapes["distributed-kafka" if tempo is KAFKA else "distributed"]
    for role, size in shape.workloads.items():
        found = workload(spec, Role(role))
        assert (found.replicas, found.cpu, found.memory) == (size.replicas, size.cpu, size.memory), role
    running = OF_A_TOPIC if tempo is KAFKA else OF_INGESTERS
    assert {Role(role) for role in shape.workloads} == set(running) - {Role.GATEWAY}


def test_no_part_of_tempo_is_planned_smaller_than_it_is_without_a_plan() -> None:
    shapes = sizing.plan(settings()).traces.shapes
    for mode in ("distributed", "distributed-kafka"):
        for role, size in shapes[mode].workloads.items():
            cpu, memory = SMALLEST[Role(role)]
            assert size.cpu_millis == parse_quantity(cpu) * 1000, role
            assert size.memory_mib == parse_quantity(memory) / 2**20, role


def test_what_is_said_of_one_part_of_tempo_wins_over_what_is_said_of_it_and_over_the_plan() -> None:
    own = {"querier": {"replicas": 9}, "block-builder": {"memory": "9Gi"}, "live-store": {"cpu": "3"}}
    sized = settings(load={"spans_per_second": 50_000}, tracing={**KAFKA, "memory": "7Gi", "workloads": own})
    spec = TracingSpec.check("Tracing", arguments.tracing(sized, namespace="traces", **BUCKET, **METRICS))
    assert workload(spec, Role.QUERIER).replicas == 9
    assert workload(spec, Role.BLOCK_BUILDER).memory == "9Gi"
    assert (workload(spec, Role.LIVE_STORE).cpu, workload(spec, Role.LIVE_STORE).memory) == ("3", "7Gi")
    assert workload(spec, Role.QUERIER).memory != "7Gi", "the figures of Tempo are of what holds spans"
    marked = {words[-5] for line in sizing.report(sized).splitlines() if (words := line.split())[-5:-4]}
    assert {"querier*", "block-builder*", "live-store*", "distributor"} <= marked


def test_there_is_no_generator_to_size_where_its_metrics_have_nowhere_to_go() -> None:
    sized = settings(load={"spans_per_second": 5_000}, tracing={"mode": "distributed"}, metrics={"kind": "none"})
    assert "metrics-generator" not in arguments.tracing(sized)["workloads"]


def test_a_load_never_changes_a_mode() -> None:
    sized = settings(load={"logs_gb_per_day": 9_000, "spans_per_second": 900_000})
    assert arguments.logging(sized)["mode"] == "monolithic"
    assert arguments.tracing(sized)["mode"] == "monolithic"
    text = sizing.report(sized)
    assert "Loki: distributed is recommended, monolithic is set and stays" in text
    assert "Tempo: distributed is recommended, monolithic is set and stays" in text


def test_a_figure_of_a_workload_wins_and_leaves_the_others_to_the_plan() -> None:
    plan = arguments.logging(settings(load=LOAD))["workloads"]["loki"]
    sized = settings(load=LOAD, logging={"workloads": {"loki": {"cpu": "7"}}, "chunks_cache_mib": 0})
    told = arguments.logging(sized)
    assert told["workloads"]["loki"] == {**plan, "cpu": "7"}
    assert told["chunks_cache_mib"] == 0
    assert told["results_cache_mib"] > 0


def test_a_figure_of_all_of_loki_wins_over_the_plan_of_a_workload() -> None:
    sized = settings(load=LOAD, logging={"mode": "simple-scalable", "memory": "3Gi"})
    spec = LoggingSpec.check("Logging", arguments.logging(sized, namespace="logs", **BUCKET))
    assert {spec.workload(role).memory for role in spec.mode.roles} == {"3Gi"}


def test_fewer_replicas_than_copies_are_never_planned_for_what_the_user_sets() -> None:
    sized = settings(load={"logs_gb_per_day": 5}, logging={"replicas": 1})
    spec = LoggingSpec.check("Logging", arguments.logging(sized, namespace="logs", **BUCKET))
    assert (spec.ingesters, spec.copies) == (1, 1)


def test_the_volume_of_prometheus_is_planned_unless_it_is_set() -> None:
    planned = arguments.metrics(settings(load=LOAD), namespace="metrics")
    assert MetricsSpec.check("Metrics", planned).volume_size == "54Gi"
    assert arguments.metrics(settings(load=LOAD, metrics={"volume_size": "8Gi"}))["volume_size"] == "8Gi"
    assert arguments.metrics(settings(load=LOAD, metrics={"memory": "9Gi"}))["memory"] == "9Gi"


@pytest.mark.parametrize("said", [{}, {"memory_limit": "600Mi"}, {"memory_request": "8Gi"}, {"cpu_request": "50m"}])
def test_what_collectors_ask_for_stays_within_their_limit(said: dict[str, str]) -> None:
    told = arguments.telemetry(
        settings(load=LOAD, telemetry=said),
        namespace="telemetry",
        logs_push_url="http://loki.logging/loki/api/v1/push",
        logs_otlp_url="http://loki.logging/otlp",
    )
    spec = TelemetrySpec.check("Telemetry", told)
    for name, value in said.items():
        assert getattr(spec, name) == value


def test_the_report_shows_what_will_run_with_the_users_own_figures() -> None:
    sized = settings(
        load=LOAD, logging={"workloads": {"loki": {"replicas": 5, "cpu": "1500m"}}}, storage=AWS, region="eu"
    )
    line = next(line for line in sizing.report(sized).splitlines() if "loki*" in line)
    assert line.split() == ["Loki", "monolithic", "loki*", "5", "1500m", "4864Mi", "10Gi"]


def test_the_cost_says_what_it_leaves_out_in_the_same_line() -> None:
    line = sizing.report(settings(load=LOAD)).splitlines()[-1]
    assert "Cost a month" in line and "object store" in line
    for part in ("cross-zone traffic", "NAT", "data transfer", "support"):
        assert part in line


def test_prices_are_the_users_and_an_external_prometheus_costs_nothing() -> None:
    free = dict.fromkeys(("object_gb_month", "write_thousand", "read_thousand", "disk_gib_month", "cpu_month"), 0)
    sized = settings(load={**LOAD, "prices": {**free, "memory_gib_month": 0, "currency": "EUR"}})
    assert "0 EUR (object store 0, disks 0, compute 0)" in sizing.report(sized)


def test_objects_in_the_cluster_are_priced_as_the_disks_they_lie_on() -> None:
    shape = {"logs_gb_per_day": 1, "prices": {"disk_gib_month": 1, "cpu_month": 0, "memory_gib_month": 0}}
    line = sizing.report(settings(load=shape)).splitlines()[-1]
    assert "object store 6, disks 30" in line


@pytest.mark.parametrize(
    ("storage", "cost"),
    [
        ({"replicas": 3}, 12),
        ({"replicas": 4, "copies": 3}, 19),
        ({"kind": "minio", "mode": "distributed"}, 12),
    ],
)
def test_every_copy_of_an_object_in_the_cluster_has_its_price(storage: dict[str, Any], cost: int) -> None:
    shape = {"logs_gb_per_day": 1, "prices": {"disk_gib_month": 1, "cpu_month": 0, "memory_gib_month": 0}}
    assert f"object store {cost}, disks" in sizing.report(settings(load=shape, storage=storage)).splitlines()[-1]


def test_no_memcached_is_planned_beside_a_valkey() -> None:
    assert "caches of" in sizing.report(settings(load=LOAD))
    assert "caches of" not in sizing.report(settings(load=LOAD, caching={"kind": "valkey"}))


def test_a_load_beyond_the_limits_of_loki_raises_them_and_what_is_said_wins() -> None:
    crowded = {"logs_gb_per_day": 400, "active_streams": 20_000}
    told = arguments.logging(settings(load=crowded))["limits"]
    assert told == {"max_global_streams_per_user": 40_000, "ingestion_rate_mb": 14, "ingestion_burst_size_mb": 21}
    own = {"limits": {"ingestion_rate_mb": 30, "max_global_streams_per_user": 50_000, "max_query_series": 900}}
    assert arguments.logging(settings(load=crowded, logging=own))["limits"] == own["limits"], (
        "rate and burst belong together"
    )
    assert "limits" not in arguments.logging(settings(load={"logs_gb_per_day": 50}))


def test_the_report_says_which_limits_it_raises() -> None:
    said = sizing.report(settings(load={"logs_gb_per_day": 400, "active_streams": 20_000}))
    assert "20,000 streams, twice as many at a rollout, exceed Loki's 5,000" in said
    assert "ingestion_rate_mb is 14" in said


def table(**areas: Any) -> dict[str, list[str]]:
    """Read the pods, CPU, memory and volume of each workload from the report."""
    lines = sizing.report(settings(**areas)).splitlines()
    return {words[-5]: words[-4:] for line in lines if len(words := line.split()) >= 5}


def compute(**areas: Any) -> int:
    found = re.search(r"compute ([\d,]+)\)", sizing.report(settings(**areas)))
    assert found
    return int(found[1].replace(",", ""))


MINIO = {"kind": "minio", "mode": "distributed"}


def test_the_object_store_and_the_cache_of_the_cluster_have_rows_and_a_price() -> None:
    load = {"logs_gb_per_day": 100}
    valkey = {"kind": "valkey", "size_mib": 8_192}
    told = table(load=load, storage=MINIO, caching=valkey)
    assert told["minio"] == ["4", "100m", "1Gi", "-"]
    assert told["valkey"] == ["1", "50m", "9862Mi", "-"]
    # 4 x (0.1 cores + 1 GiB) of MinIO, then 0.05 cores and 9862 MiB of Valkey in place of two memcached.
    without = compute(load=load, storage=AWS, region="eu", logging={"chunks_cache_mib": 0, "results_cache_mib": 0})
    assert compute(load=load, storage=MINIO, caching=valkey) - without == pytest.approx(24.8 + 32.7, abs=1)


def test_the_pods_of_a_seaweedfs_are_told_in_either_shape() -> None:
    load = {"logs_gb_per_day": 100}
    assert table(load=load)["seaweedfs"] == ["1", "100m", "1Gi", "-"]
    several = table(load=load, storage={"replicas": 4, "volume_size": "200Gi"})
    assert several["master"] == ["3", "50m", "256Mi", "1Gi"]
    assert several["volume"] == ["4", "100m", "1Gi", "-"], "its disks are in the price of the objects"
    assert several["filer"] == ["2", "100m", "1Gi", "20Gi"]


def test_a_store_outside_the_cluster_and_the_caches_of_the_charts_have_no_such_row() -> None:
    assert not {"seaweedfs", "minio", "valkey"} & table(load=LOAD, storage=AWS, region="eu").keys()


@pytest.mark.parametrize(
    ("areas", "named"),
    [
        ({"load": LOAD}, "Grafana, gateways, sidecars"),
        ({"load": LOAD, "grafana": {"enabled": False}}, "gateways, sidecars"),
        ({"load": {"logs_gb_per_day": 9}}, "Tempo, Prometheus, Grafana, gateways, sidecars"),
        ({"load": {"spans_per_second": 9}, "demo": {"enabled": True}}, "Loki, Prometheus, Alloy, Grafana, the demo,"),
        ({"load": LOAD, "tracing": {"mode": "distributed"}}, "Grafana, the memcached of Tempo, gateways, sidecars"),
        ({"load": LOAD, "metrics": {"kind": "none"}}, "Grafana, gateways"),
    ],
)
def test_the_cost_names_the_workloads_of_the_stack_that_it_leaves_out(areas: dict[str, Any], named: str) -> None:
    assert f"it leaves out workloads without a row above ({named}" in sizing.report(settings(**areas))
