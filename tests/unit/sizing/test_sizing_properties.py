"""Properties of every plan: more load never gives less of anything, and never less than high availability needs."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from components.sizing import (
    Choice,
    CollectorOptions,
    Load,
    Plan,
    Prices,
    Retention,
    Sampling,
    Topology,
    Tuning,
    collectors,
    cost,
    raised_limits,
    size,
)

daily = st.floats(0, 100_000)
loads = st.builds(
    Load,
    logs_gb_per_day=daily,
    active_streams=st.none() | st.floats(0, 1e6),
    spans_per_second=st.floats(0, 1e6),
    active_series=st.floats(0, 5e7),
    scrape_interval_seconds=st.floats(1, 300),
    query_factor=st.floats(0.1, 20),
    collectors=st.integers(1, 200),
)
retentions = st.builds(
    Retention,
    logs=st.floats(1, 4000),
    traces=st.floats(1, 400),
    metrics=st.floats(1, 400),
)
tunings = st.builds(
    Tuning,
    replication_factor=st.integers(1, 3),
    trace_replication_factor=st.integers(1, 3),
    ingester_zones=st.sampled_from([1, 3]),
)
options_of_collectors = st.builds(
    CollectorOptions,
    engine=st.sampled_from(["alloy", "otel-collector"]),
    remote_writes=st.integers(0, 3),
    sampling=st.builds(tuple, st.lists(st.builds(Sampling, decision_wait_seconds=st.floats(0, 600)), max_size=2)),
    scraped_targets=st.integers(0, 1_000),
)
growing = st.sampled_from(["logs_gb_per_day", "active_streams", "spans_per_second", "active_series", "query_factor"])
PRICES = Prices()


def topologies(plan: Plan) -> list[Topology]:
    return [
        *plan.logs.topologies.values(),
        *plan.traces.topologies.values(),
        plan.metrics,
    ]


def figures(topology: Topology) -> dict[str, float]:
    found: dict[str, float] = {
        f"{name}.{figure}": getattr(item, figure)
        for name, item in topology.all.items()
        for figure in ("replicas", "cpu_millis", "memory_mib", "volume_gib")
    }
    return found | {
        "chunks": topology.chunks_cache_mib,
        "results": topology.results_cache_mib,
        "gb": topology.objects.gb,
        "writes": topology.objects.writes,
        "reads": topology.objects.reads,
        "cost": cost([topology], PRICES).total,
    }


def assert_nothing_shrinks(smaller: Plan, larger: Plan, options: CollectorOptions | None = None) -> None:
    before_and_after = zip(topologies(smaller), topologies(larger), strict=True)
    collected = [collectors(plan.load, options) for plan in (smaller, larger)]
    for before, after in [*before_and_after, collected]:
        grown = figures(after)
        for name, value in figures(before).items():
            assert grown[name] >= value * (1 - 1e-12), f"{before.mode} {name}: {value} became {grown[name]}"


@given(loads, retentions, tunings, options_of_collectors, growing, st.floats(1, 100))
def test_more_load_never_gives_less_of_anything(
    load: Load, retention: Retention, tuning: Tuning, options: CollectorOptions, name: str, factor: float
) -> None:
    value: Any = getattr(load, name)
    if value is None:
        value = load.streams
        load = replace(load, active_streams=value)
    more = replace(load, **{name: value * factor})
    smaller, larger = (size(each, retention, PRICES, tuning) for each in (load, more))
    assert_nothing_shrinks(smaller, larger, options)


@given(loads, retentions, tunings, options_of_collectors, st.floats(1, 10))
def test_more_samples_never_give_less_of_anything(
    load: Load, retention: Retention, tuning: Tuning, options: CollectorOptions, factor: float
) -> None:
    denser = replace(load, scrape_interval_seconds=load.scrape_interval_seconds / factor)
    smaller, larger = (size(each, retention, PRICES, tuning) for each in (load, denser))
    assert_nothing_shrinks(smaller, larger, options)


@given(loads, retentions, tunings, st.sampled_from(["logs", "traces", "metrics"]), st.floats(1, 10))
def test_a_longer_retention_never_gives_less_of_anything(
    load: Load, retention: Retention, tuning: Tuning, name: str, factor: float
) -> None:
    longer = replace(retention, **{name: getattr(retention, name) * factor})
    assert_nothing_shrinks(size(load, retention, PRICES, tuning), size(load, longer, PRICES, tuning))


@given(daily, daily, st.floats(0, 1e6), st.floats(0, 1e6))
def test_more_load_never_makes_the_recommended_platform_cheaper(
    logs: float, more_logs: float, spans: float, more_spans: float
) -> None:
    def recommended(logs_gb: float, spans_per_second: float) -> float:
        plan = size(Load(logs_gb_per_day=logs_gb, spans_per_second=spans_per_second), Retention(), PRICES)
        return cost([choice.topologies[choice.recommended] for choice in (plan.logs, plan.traces)], PRICES).total

    low, high = sorted((logs, more_logs)), sorted((spans, more_spans))
    assert recommended(low[0], high[0]) <= recommended(low[1], high[1]) * (1 + 1e-12)


@given(loads, retentions, tunings)
def test_no_mode_has_fewer_replicas_than_copies_or_than_high_availability_needs(
    load: Load, retention: Retention, tuning: Tuning
) -> None:
    plan = size(load, retention, PRICES, tuning)
    for mode, writer in (("monolithic", "loki"), ("simple-scalable", "write"), ("distributed", "ingester")):
        assert plan.logs.topologies[mode].workloads[writer].replicas >= tuning.replication_factor
    assert plan.traces.topologies["distributed"].workloads["ingester"].replicas >= tuning.trace_replication_factor
    assert_at_least_two(plan.logs, "distributed", {"ingester", "compactor"})
    assert_at_least_two(plan.traces, "distributed", {"ingester", "compactor", "metrics-generator"})
    assert_at_least_two(plan.traces, "distributed-kafka", {"backend-scheduler", "backend-worker", "metrics-generator"})
    assert plan.traces.topologies["distributed-kafka"].workloads["backend-scheduler"].replicas == 1
    assert plan.logs.topologies["distributed"].workloads["compactor"].replicas == 1
    assert plan.traces.topologies["monolithic"].workloads["tempo"].replicas == 1


def assert_at_least_two(choice: Choice, mode: str, singles: set[str]) -> None:
    for role, item in choice.topologies[mode].workloads.items():
        assert item.replicas >= 2 or role in singles, role


@given(loads, tunings)
def test_every_zone_has_as_many_ingesters(load: Load, tuning: Tuning) -> None:
    workloads = size(load, Retention(), PRICES, tuning).logs.topologies["distributed"].workloads
    assert workloads["ingester"].replicas % tuning.ingester_zones == 0


@given(loads)
def test_every_kafka_partition_has_a_builder_and_a_store(load: Load) -> None:
    workloads = size(load, Retention(), PRICES).traces.topologies["distributed-kafka"].workloads
    assert workloads["block-builder"].replicas == workloads["live-store"].replicas


@given(loads)
def test_a_single_process_is_recommended_for_traces_exactly_up_to_25_mb_a_second(load: Load) -> None:
    single = size(load, Retention(), PRICES).traces.recommended == "monolithic"
    assert single == (load.spans_per_second * 450 / 1e6 <= 25)


@given(load=loads, more=st.floats(1, 50))
def test_limits_are_above_the_load_and_never_fall_with_it(load: Load, more: float) -> None:
    larger = replace(load, logs_gb_per_day=load.logs_gb_per_day * more)
    raised, grown = raised_limits(load), raised_limits(larger)
    assert all(grown[name].value >= limit.value for name, limit in raised.items())
    rate = raised["ingestion_rate_mb"].value if "ingestion_rate_mb" in raised else 4
    streams = raised["max_global_streams_per_user"].value if "max_global_streams_per_user" in raised else 5_000
    assert rate >= load.logs_gb_per_day / 86.4 and streams >= load.streams
