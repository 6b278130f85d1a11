"""What the expected load needs beside what a stack deploys: needed settings, the report of sizes, and its cost."""

import re
from typing import Any

import pytest

from components.tracing.modes import TEMPO_3_VERSIONS, TempoRole
from components.tracing.workloads import DEFAULT_RESOURCES
from components.units import parse_quantity
from config import Settings, load
from tests.unit.config.stacks import AWS, COLLECTORS_ONLY, EXTERNAL_METRICS, SAMPLED, source
from wiring.load import plan, recommended, report
from wiring.needs import Need

LOAD = {"logs_gb_per_day": 200, "spans_per_second": 5_000, "active_series": 500_000}
KAFKA = {"mode": "distributed", "chart_version": TEMPO_3_VERSIONS[0], "kafka_address": "kafka.messaging:9092"}
MINIO = {"kind": "minio", "mode": "distributed"}


def settings(**areas: Any) -> Settings:
    return load(source(**areas))


def needs(**areas: Any) -> dict[str, Need]:
    return {".".join(path): need for path, need in recommended(settings(**areas)).items()}


def values(**areas: Any) -> dict[str, float | str]:
    return {path: need.value for path, need in needs(**areas).items()}


def table(**areas: Any) -> dict[str, list[str]]:
    """Read the pods, CPU, memory and volume of each workload from the report."""
    lines = report(settings(**areas)).splitlines()
    return {words[-5]: words[-4:] for line in lines if len(words := line.split()) >= 5}


def cost(part: str, **areas: Any) -> int:
    found = re.search(rf"{part} ([\d,]+)[,)]", report(settings(**areas)))
    assert found
    return int(found[1].replace(",", ""))


def test_the_needs_of_a_load_are_those_of_the_tables() -> None:
    assert values(load=LOAD) == {
        "logging.replicas": 3,
        "logging.cpu": "1",
        "logging.memory": "4864Mi",
        "logging.volume_size": "10Gi",
        "logging.chunks_cache_mib": 3_200,
        "logging.results_cache_mib": 800,
        "logging.limits.max_global_streams_per_user": 20_000,
        "logging.limits.ingestion_rate_mb": 7,
        "logging.limits.ingestion_burst_size_mb": 11,
        "tracing.cpu": "2450m",
        "tracing.memory": "5Gi",
        "tracing.volume_size": "11Gi",
        "tracing.limits.max_traces_per_user": 23_000,
        "metrics.cpu": "2350m",
        "metrics.memory": "8000Mi",
        "metrics.volume_size": "54Gi",
        "telemetry.cpu_request": "1",
        "telemetry.memory_request": "256Mi",
        "telemetry.memory_limit": "512Mi",
    }


@pytest.mark.parametrize(
    ("figure", "areas"),
    [
        ("logs_gb_per_day", {"logging", "telemetry"}),
        ("spans_per_second", {"tracing", "telemetry"}),
        ("active_series", {"metrics", "telemetry"}),
    ],
)
def test_a_signal_needs_settings_of_its_own_backend(figure: str, areas: set[str]) -> None:
    assert {path.partition(".")[0] for path in needs(load={figure: LOAD[figure]})} == areas


def test_a_figure_is_below_its_need_only_where_less_is_deployed() -> None:
    deployed = {"replicas": 3, "cpu": "2", "memory": "1Gi", "volume_size": "40Gi"}
    found = needs(load=LOAD, logging=deployed)
    assert found["logging.memory"] == Need("4864Mi", "1Gi", True, "200 GB of logs a day")
    assert not found["logging.cpu"].below and found["logging.cpu"].value == "1"
    assert found["logging.volume_size"].value == "40Gi", "a volume cannot shrink"


def test_a_figure_of_one_workload_is_compared_where_it_is_set() -> None:
    found = needs(load=LOAD, logging={"memory": "9Gi", "workloads": {"loki": {"memory": "1Gi"}}})
    assert found["logging.workloads.loki.memory"].below
    assert "logging.memory" not in found


def test_every_role_that_distributed_loki_runs_has_sizes() -> None:
    ruler = {"mode": "distributed", "ruler": True, "alertmanager_url": "http://alertmanager.monitoring:9093"}
    roles = {path.split(".")[2] for path in needs(load=LOAD, logging=ruler) if ".workloads." in path}
    assert roles == {
        *("distributor", "ingester", "querier", "query-frontend", "query-scheduler", "index-gateway"),
        *("compactor", "ruler"),
    }
    assert not any("ruler" in path for path in needs(load=LOAD, logging={"mode": "distributed"}))


def test_ingesters_in_zones_are_sized_in_threes() -> None:
    zones = {"mode": "distributed", "ingester_zones": ["a", "b", "c"], "replicas": 3}
    assert values(load={"logs_gb_per_day": 2_000}, logging=zones)["logging.workloads.ingester.replicas"] == 6


@pytest.mark.parametrize(("replicas", "copies"), [(None, 3), (1, 1), (2, 2), (5, 3)])
def test_copies_of_logs_are_those_of_the_replicas_that_are_set(replicas: int | None, copies: int) -> None:
    chosen = {"replicas": replicas} if replicas else {}
    assert values(load={"logs_gb_per_day": 5}, logging=chosen)["logging.replicas"] == copies


def test_more_writers_hold_more_copies() -> None:
    assert values(load={"logs_gb_per_day": 600}, logging={"replicas": 1})["logging.replicas"] == 7
    single = {"replicas": 1, "replication_factor": 1}
    assert values(load={"logs_gb_per_day": 600}, logging=single)["logging.replicas"] == 3


def test_a_loki_that_only_one_pod_can_run_needs_no_replicas() -> None:
    assert "logging.replicas" not in needs(load=LOAD, storage={"kind": "filesystem"})


@pytest.mark.parametrize(
    ("tempo", "path", "replicas"),
    [({"mode": "distributed"}, "tracing.replicas", 12), (KAFKA, "tracing.partitions", 6)],
)
def test_the_pods_that_hold_spans_are_counted_by_tempos_own_setting(
    tempo: dict[str, Any], path: str, replicas: int
) -> None:
    found = values(load={"spans_per_second": 100_000}, tracing=tempo)
    assert found[path] == replicas
    assert not any(
        path.endswith(("ingester.replicas", "block-builder.replicas", "scheduler.replicas")) for path in found
    )


def test_no_part_of_tempo_is_sized_smaller_than_it_is_without_a_load() -> None:
    topologies = plan(settings()).traces.topologies
    for mode in ("distributed", "distributed-kafka"):
        for role, size in topologies[mode].workloads.items():
            cpu, memory = DEFAULT_RESOURCES[TempoRole(role)]
            assert size.cpu_millis == parse_quantity(cpu) * 1000, role
            assert size.memory_mib == parse_quantity(memory) / 2**20, role


def test_there_is_no_generator_to_size_where_its_metrics_have_nowhere_to_go() -> None:
    traces = {"load": {"spans_per_second": 5_000}, "tracing": {"mode": "distributed"}}
    assert "tracing.workloads.metrics-generator.memory" in needs(**traces)
    assert "tracing.workloads.metrics-generator.memory" not in needs(**traces, metrics={"kind": "none"})


def test_an_external_prometheus_is_not_sized() -> None:
    external = {"metrics": EXTERNAL_METRICS, "grafana": {"namespace": "grafana"}}
    assert not any(path.startswith("metrics") for path in needs(load=LOAD, **external))


def test_collectors_that_read_the_api_share_the_work_of_all_nodes() -> None:
    api: dict[str, Any] = {"load": {**LOAD, "nodes": 20}, "telemetry": {"log_source": "api"}}
    assert values(**api)["telemetry.cpu_request"] == "1500m"
    assert table(**api)["agents"][0] == "2"
    api["telemetry"]["replicas"] = 5
    assert values(**api)["telemetry.cpu_request"] == "600m"
    assert table(**api)["agents"][0] == "5"


def test_every_store_that_agents_write_to_remotely_takes_memory_for_its_series() -> None:
    def memory(metrics: dict[str, Any], *names: str) -> float | str:
        urls = {name: f"http://{name}:9090/api/v1/write" for name in names if name != "prometheus"}
        further = {name: {"kind": "prometheus", "url": url} for name, url in urls.items()}
        sent = {"pipelines": {"metrics": {"destinations": list(names)}}, "destinations": further}
        found = values(load={"active_series": 500_000}, metrics=metrics, telemetry=sent, grafana={"enabled": False})
        return found["telemetry.memory_request"]

    written = {**EXTERNAL_METRICS, "otlp_url": None}
    assert memory({}, "prometheus") == "256Mi", "what goes on by OTLP is kept in no series"
    assert memory({}, "prometheus", "far") == memory(written, "prometheus") == "1920Mi"
    assert memory(written, "prometheus", "far", "near") == "5632Mi"


@pytest.mark.parametrize(
    ("engine", "product", "cpu"), [("alloy", "Alloy", "1"), ("otel-collector", "OpenTelemetry Collector", "300m")]
)
def test_every_workload_of_collectors_has_a_row_and_settings_of_its_own(engine: str, product: str, cpu: str) -> None:
    areas = {"load": LOAD, "telemetry": {**SAMPLED, "engine": engine}}
    rows = table(**areas)
    assert {role: rows[role][0] for role in ("agents", "gateway", "singleton")} == {
        "agents": "3",
        "gateway": "3",
        "singleton": "1",
    }
    assert report(settings(**areas)).count(f"\n  {product}  ") == 3
    found = {path: need for path, need in needs(**areas).items() if path.startswith("telemetry.")}
    assert {path.removeprefix("telemetry."): need.value for path, need in found.items()} == {
        **{"cpu_request": cpu, "memory_request": "256Mi", "memory_limit": "512Mi"},
        **{"gateway.replicas": 2, "gateway.cpu_request": "200m", "gateway.memory_request": "640Mi"},
        "gateway.memory_limit": "1280Mi",
        **{"singleton.cpu_request": "100m", "singleton.memory_request": "256Mi", "singleton.memory_limit": "512Mi"},
    }
    assert {path for path, need in found.items() if need.below} == {
        "telemetry.cpu_request",
        "telemetry.gateway.cpu_request",
        "telemetry.gateway.memory_request",
        "telemetry.gateway.memory_limit",
    }
    assert found["telemetry.gateway.memory_request"].load == "5,000 spans a second"


@pytest.mark.parametrize("engine", ["alloy", "otel-collector"])
def test_the_default_gateway_is_large_enough_for_the_default_sampling(engine: str) -> None:
    sampled = {"engine": engine, "gateway": {}, "pipelines": {"traces": {"processors": ["tail_sampling"]}}}
    small, large = (needs(load={"spans_per_second": spans}, telemetry=sampled) for spans in (1, 8_000))
    assert {path for path in small if path.startswith("telemetry.gateway.")} == {
        f"telemetry.gateway.{name}" for name in ("replicas", "cpu_request", "memory_request", "memory_limit")
    }
    assert not any(need.below for path, need in small.items() if path.startswith("telemetry."))
    assert not any(need.below for path, need in large.items() if "gateway.memory" in path)


def test_traces_that_wait_beyond_what_a_gateway_holds_are_a_limit_to_raise() -> None:
    slow = {**SAMPLED, "processors": {"sampling": {"kind": "tail_sampling", "decision_wait": "2m"}}}
    found = needs(load=LOAD, telemetry=slow)
    path = "telemetry.processors.sampling.traces_in_memory"
    assert found[path] == Need(90_000, 50_000, True, "5,000 spans a second", "traces that wait at peak")
    raised = {**slow, "processors": {"sampling": {**slow["processors"]["sampling"], "traces_in_memory": 90_000}}}
    again = needs(load=LOAD, telemetry=raised)
    assert path not in again
    memory = "telemetry.gateway.memory_request"
    assert again[memory].value == found[memory].value, "a block that is committed is sized as it was printed"


def test_a_singleton_that_scrapes_nothing_has_no_load() -> None:
    assert not any(".singleton." in path for path in needs(load=LOAD, telemetry={"events": True}))
    scrapes = needs(load=LOAD, telemetry=SAMPLED)
    assert scrapes["telemetry.singleton.memory_request"].load == "500,000 series"


def test_a_signal_is_no_load_of_collectors_that_have_no_part_of_it() -> None:
    areas = {path.split(".")[1] for path in needs(load={"logs_gb_per_day": 200}, telemetry=SAMPLED)}
    assert not areas & {"gateway", "singleton"}


def test_a_valkey_needs_the_memory_of_both_caches_of_loki() -> None:
    found = values(load=LOAD, caching={"kind": "valkey"})
    assert found["caching.size_mib"] == 4_000
    assert "logging.chunks_cache_mib" not in found


def test_a_cache_that_is_switched_off_stays_so() -> None:
    assert "logging.chunks_cache_mib" not in needs(load=LOAD, logging={"chunks_cache_mib": 0})


def test_limits_that_the_load_exceeds_are_raised_and_higher_ones_stay() -> None:
    crowded = {"logs_gb_per_day": 400, "active_streams": 20_000}
    raised = needs(load=crowded)
    assert raised["logging.limits.max_global_streams_per_user"].value == 40_000
    assert raised["logging.limits.max_global_streams_per_user"].load == "20,000 streams"
    assert raised["logging.limits.ingestion_rate_mb"].value == 14
    assert raised["logging.limits.ingestion_burst_size_mb"].value == 21
    own = {"limits": {"ingestion_rate_mb": 30, "ingestion_burst_size_mb": 40, "max_global_streams_per_user": 50_000}}
    higher = {path: need for path, need in needs(load=crowded, logging=own).items() if ".limits." in path}
    assert not any(need.below for need in higher.values())
    assert higher["logging.limits.ingestion_rate_mb"].value == 30
    assert not any(".limits." in path for path in needs(load={"logs_gb_per_day": 50}))


def test_limits_of_tempo_that_the_load_exceeds_are_raised_and_higher_ones_stay() -> None:
    def limits(**tracing: Any) -> dict[str, tuple[Any, Any]]:
        found = needs(load={"spans_per_second": 30_000}, tracing=tracing)
        prefix = "tracing.limits."
        return {path.removeprefix(prefix): need[:2] for path, need in found.items() if path.startswith(prefix)}

    by_default = {
        "ingestion_rate_limit_bytes": (41_000_000, 15_000_000),
        "ingestion_burst_size_bytes": (55_000_000, 20_000_000),
        "max_traces_per_user": (135_000, 10_000),
    }
    assert limits() == by_default
    higher = {"max_traces_per_user": 200_000, "ingestion_burst_size_bytes": 60_000_000}
    own = {"max_traces_per_user": (200_000, 200_000), "ingestion_burst_size_bytes": (60_000_000, 60_000_000)}
    assert limits(limits=higher) == {**by_default, **own}
    assert not any(".limits." in path for path in needs(load={"spans_per_second": 2_000}))


def test_the_report_shows_what_is_deployed_whatever_the_load() -> None:
    own = {"workloads": {"loki": {"replicas": 5, "cpu": "1500m"}}}
    assert table(load=LOAD, logging=own)["loki"] == ["5", "1500m", "1Gi", "10Gi"]
    assert table(load={"active_series": 1}, logging=own)["loki"] == ["5", "1500m", "1Gi", "10Gi"]


def test_another_mode_is_recommended_in_the_report() -> None:
    text = report(settings(load={"logs_gb_per_day": 9_000, "spans_per_second": 900_000}))
    assert "Loki: distributed is recommended, monolithic is set: 9000 GB a day is more than" in text
    assert "Tempo: distributed is recommended, monolithic is set" in text
    assert "Tempo: distributed fits, as set" in report(settings(load={"spans_per_second": 100_000}, tracing=KAFKA))


def test_the_cost_and_what_it_leaves_out_are_one_line() -> None:
    line = report(settings(load=LOAD)).splitlines()[-1]
    assert "Cost a month" in line and "object store" in line
    for part in ("cross-zone traffic", "NAT", "data transfer", "support"):
        assert part in line


def test_prices_are_those_of_the_settings() -> None:
    free = dict.fromkeys(("object_gb_month", "write_thousand", "read_thousand", "disk_gib_month", "cpu_month"), 0)
    priced = settings(load={**LOAD, "prices": {**free, "memory_gib_month": 0, "currency": "EUR"}})
    assert "0 EUR (object store 0, disks 0, compute 0)" in report(priced)


@pytest.mark.parametrize(
    ("storage", "money"),
    [
        ({}, 6),
        ({"replicas": 3}, 12),
        ({"replicas": 4, "replication_factor": 3}, 19),
        ({"kind": "minio", "mode": "distributed"}, 12),
    ],
)
def test_every_copy_of_an_object_in_the_cluster_costs_the_disk_that_it_is_on(
    storage: dict[str, Any], money: int
) -> None:
    topology = {"logs_gb_per_day": 1, "prices": {"disk_gib_month": 1, "cpu_month": 0, "memory_gib_month": 0}}
    assert cost("object store", load=topology, storage=storage) == money


def test_the_object_store_and_the_cache_of_the_cluster_have_rows_and_a_price() -> None:
    expected = {"logs_gb_per_day": 100}
    valkey = {"kind": "valkey", "size_mib": 8_192}
    rows = table(load=expected, storage=MINIO, caching=valkey)
    assert rows["minio"] == ["4", "100m", "1Gi", "-"]
    assert rows["valkey"] == ["1", "50m", "9862Mi", "-"]
    # 4 x (0.1 cores + 1 GiB) of MinIO, then 0.05 cores and 9862 MiB of Valkey in place of two memcached.
    off = {"chunks_cache_mib": 0, "results_cache_mib": 0}
    without = cost("compute", load=expected, storage=AWS, region="eu", logging=off)
    assert cost("compute", load=expected, storage=MINIO, caching=valkey) - without == pytest.approx(24.8 + 32.7, abs=1)


def test_the_pods_of_a_seaweedfs_have_rows_in_either_topology() -> None:
    assert table(load=LOAD)["seaweedfs"] == ["1", "100m", "1Gi", "-"]
    several = table(load=LOAD, storage={"replicas": 4, "volume_size": "200Gi"})
    assert several["master"] == ["3", "50m", "256Mi", "1Gi"]
    assert several["volume"] == ["4", "100m", "1Gi", "-"], "its disks are in the price of the objects"
    assert several["filer"] == ["2", "100m", "1Gi", "20Gi"]


def test_a_store_outside_the_cluster_has_no_row() -> None:
    assert not {"seaweedfs", "minio", "valkey"} & table(load=LOAD, storage=AWS, region="eu").keys()


@pytest.mark.parametrize(
    ("areas", "named"),
    [
        ({}, "Grafana, the Prometheus operator and its exporters, gateways, sidecars"),
        ({"grafana": {"enabled": False}, "metrics": {"kind": "none"}}, "gateways, sidecars"),
        ({"demo": {"enabled": True}}, "Grafana, the demo, the Prometheus operator"),
        ({"tracing": {"mode": "distributed"}}, "Grafana, the memcached of Tempo, the Prometheus operator"),
    ],
)
def test_the_cost_names_the_workloads_of_the_stack_that_it_leaves_out(areas: dict[str, Any], named: str) -> None:
    assert f"it leaves out workloads without a row above ({named}" in report(settings(load=LOAD, **areas))


@pytest.mark.parametrize(
    ("old", "new"),
    [("monolithic", "simple-scalable"), ("simple-scalable", "distributed"), ("distributed", "simple-scalable")],
)
def test_both_modes_have_rows_needs_and_a_price_while_both_run(old: str, new: str) -> None:
    expected = {"logs_gb_per_day": 50}
    before, after = {"load": expected, "logging": {"mode": old}}, {"load": expected, "logging": {"mode": new}}
    both = {"load": expected, "logging": {"mode": new, "migrate_from": old}}
    assert table(**both).keys() == table(**before).keys() | table(**after).keys()
    assert cost("compute", **both) > max(cost("compute", **before), cost("compute", **after))
    text = report(settings(**both))
    assert text.count("GB in the bucket") == text.count("caches of") == 1
    roles = {path.split(".")[2] for path in needs(**both) if ".workloads." in path}
    assert roles >= {"write", "read", "backend"}
    assert roles > {"loki"} if old == "monolithic" else "ingester" in roles


LONG_TERM: dict[str, Any] = {"replicas": 2, "long_term": {"replicas": 2, "receive": True, "ruler": True}}


def test_every_part_of_thanos_has_a_row_and_a_size() -> None:
    load = {"active_series": 5_000_000}
    rows = table(load=load, metrics=LONG_TERM, retention={"metrics": "395d"})
    assert rows["compact"][0] == "1" and rows["receive-ingestor"][0] == "3"
    assert rows["prometheus"][0] == "2"
    found = values(load=load, metrics=LONG_TERM, retention={"metrics": "395d"})
    assert "metrics.long_term.workloads.compact.memory" in found
    assert not [path for path in found if path.startswith("metrics.long_term.") and path.endswith(".replicas")]


def test_the_volume_of_prometheus_holds_what_is_not_in_the_bucket_alone() -> None:
    load = {"active_series": 1_000_000}
    alone = values(load=load, retention={"metrics": "395d"})["metrics.volume_size"]
    with_bucket = values(load=load, metrics={"long_term": {}}, retention={"metrics": "395d"})["metrics.volume_size"]
    assert int(str(with_bucket).removesuffix("Gi")) < int(str(alone).removesuffix("Gi")) / 50


def test_the_bucket_of_metrics_costs() -> None:
    expected = {"active_series": 1_000_000}
    short, year = (
        cost("object store", load=expected, metrics={"long_term": {}}, storage=MINIO, retention={"metrics": kept})
        for kept in ("30d", "395d")
    )
    assert year > 5 * short


def test_the_exporter_of_probes_is_a_row_of_the_report() -> None:
    probes = {"targets": {"shop": {"address": "https://shop.example.org"}}, "replicas": 2}
    cluster = {"name": "test", "service_monitors": True}
    metrics = {**EXTERNAL_METRICS, "remote_write_url": "http://m.prometheus:9090/api/v1/write"}
    metrics |= {"otlp_url": "http://m.prometheus:9090/api/v1/otlp", "query_url": "http://m.prometheus:9090"}
    found = table(load=LOAD, cluster=cluster, metrics=metrics, probes=probes)
    assert found["blackbox-exporter"][:3] == ["2", "10m", "48Mi"]


def test_the_report_leaves_out_how_long_external_stores_keep_what_they_get() -> None:
    own = report(settings(load=LOAD)).splitlines()[0]
    assert own.endswith(
        "about 10,000 streams for 31 days; 5,000 spans/s for 14 days; 500,000 series every 30 s for 15 days"
    )
    external = report(settings(load=LOAD, **COLLECTORS_ONLY)).splitlines()[0]
    assert external.endswith("about 10,000 streams; 5,000 spans/s; 500,000 series every 30 s")
