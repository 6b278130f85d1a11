"""A stack with a load: it deploys what it deploys without; a preview reports the cost and what is below the load."""

from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

from components.tracing.modes import TEMPO_3_VERSIONS
from tests.program.programs import record_stack
from tests.unit.config.stacks import SAMPLED
from tools.program import Recording
from tools.program.stacks import with_settings
from tools.size.__main__ import sizes
from wiring.load import announce

LOAD = {"logs_gb_per_day": 200, "spans_per_second": 5_000, "active_series": 500_000}
LARGE = {"logs_gb_per_day": 4_000, "active_streams": 90_000, "spans_per_second": 200_000, "active_series": 5_000_000}
SMALL = {"logs_gb_per_day": 1, "spans_per_second": 10, "active_series": 1_000}
KAFKA = {"mode": "distributed", "chart_version": TEMPO_3_VERSIONS[0], "kafka_address": "kafka.messaging:9092"}
MODES: dict[str, dict[str, Any]] = {
    "nothing set": {},
    "one replica": {"logging": {"replicas": 1}, "tracing": {"replicas": 1}},
    "simple-scalable": {"logging": {"mode": "simple-scalable", "replicas": 2}},
    "distributed": {
        "logging": {"mode": "distributed", "ruler": True, "alertmanager_url": "http://alertmanager.monitoring:9093"},
        "tracing": {"mode": "distributed", "replicas": 2, "workloads": {"ingester": {"memory": "1Gi"}}},
        "metrics": {"kind": "none"},
    },
    "zones": {"logging": {"mode": "distributed", "replicas": 3, "ingester_zones": ["a", "b", "c"]}},
    "kafka and valkey": {"tracing": KAFKA, "caching": {"kind": "valkey"}, "logging": {"mode": "distributed"}},
    "api collectors": {
        "telemetry": {"log_source": "api", "memory_request": "64Mi"},
        "logging": {"limits": {"ingestion_rate_mb": 5, "ingestion_burst_size_mb": 90}, "chunks_cache_mib": 0},
    },
    "gateway and singleton": {"telemetry": SAMPLED},
    "gateway of long traces": {
        "telemetry": {
            "engine": "otel-collector",
            "gateway": {"replicas": 2, "memory_limit": "600Mi"},
            "processors": {"slow": {"kind": "tail_sampling", "decision_wait": "10m"}},
            "pipelines": {"traces": {"processors": ["slow"]}},
        }
    },
    "one pod": {"storage": {"kind": "filesystem"}, "logging": {"volume_size": "200Gi"}},
    "migration": {"logging": {"mode": "simple-scalable", "migrate_from": "monolithic"}},
}


class Log:
    """What a run of the program logs."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.infos: list[str] = []
        self.warnings: list[str] = []
        monkeypatch.setattr(pulumi.log, "info", lambda message, *_, **__: self.infos.append(message))
        monkeypatch.setattr(pulumi.log, "warn", lambda message, *_, **__: self.warnings.append(message))

    @property
    def reports(self) -> list[str]:
        return [message for message in self.infos if message.startswith("Sizes as deployed")]

    @property
    def below(self) -> list[str]:
        return [message for message in self.warnings if "run make size" in message]


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Log:
    return Log(monkeypatch)


def run(config: dict[str, Any], *, preview: bool = True) -> Recording:
    return record_stack(config, name="sized", preview=preview)


def registered(recording: Recording) -> dict[str, Any]:
    """Return what is registered below the stack, which the first run of a process alone registers itself."""
    return {one.urn: (one.type, one.parent, one.inputs) for one in recording.resources if one.parent}


@pytest.mark.parametrize("mode", ["nothing set", "distributed", "kafka and valkey"])
def test_a_load_changes_nothing_that_is_deployed(mode: str, log: Log) -> None:
    with_load, without = run({**MODES[mode], "load": LARGE}), run(MODES[mode])
    assert registered(with_load) == registered(without)
    assert with_load.outputs.keys() == without.outputs.keys()


def test_a_preview_reports_the_cost_and_warns_of_each_figure_below_the_load(log: Log) -> None:
    run({"load": LOAD, "logging": {"memory": "1Gi", "cpu": "2"}, "tracing": {"memory": "9Gi"}})
    assert len(log.reports) == 1 and "Cost a month" in log.reports[0]
    assert (
        "observability:logging.memory = 1Gi: below the 4864Mi that 200 GB of logs a day need; run make size STACK=sized"
    ) in log.below
    figures = [message.partition(" = ")[0].removeprefix("observability:") for message in log.below]
    assert sorted(figures) == [
        *("logging.chunks_cache_mib", "logging.limits.ingestion_burst_size_mb", "logging.limits.ingestion_rate_mb"),
        *("logging.limits.max_global_streams_per_user", "logging.memory", "logging.replicas"),
        *("logging.results_cache_mib", "metrics.cpu", "metrics.memory", "metrics.volume_size"),
        *("telemetry.cpu_request", "tracing.cpu"),
        *("tracing.limits.max_traces_per_user", "tracing.volume_size"),
    ]


def test_an_update_and_a_stack_without_a_load_say_nothing(log: Log) -> None:
    run({"load": LOAD}, preview=False)
    run({})
    assert (log.reports, log.below) == ([], [])


def test_the_largest_load_that_is_taken_is_one_that_distributed_components_take(tmp_path: Path, log: Log) -> None:
    largest = {"logs_gb_per_day": 300_000, "spans_per_second": 3_000_000, "active_series": 1_000_000_000}
    distributed = {"mode": "distributed"}
    committed(tmp_path, {"load": largest, "logging": distributed, "tracing": distributed})


@pytest.mark.parametrize(
    "load", [SMALL, LOAD, LARGE, {"spans_per_second": 30_000}], ids=["small", "mid", "large", "spans"]
)
@pytest.mark.parametrize("mode", MODES)
def test_the_block_that_is_printed_validates_and_leaves_no_warning(
    mode: str, load: dict[str, Any], tmp_path: Path, log: Log
) -> None:
    with_settings(committed(tmp_path, {**MODES[mode], "load": load}), "sized", lambda settings, _: announce(settings))
    assert len(log.reports) == 1
    assert log.below == []


def committed(root: Path, areas: dict[str, Any]) -> dict[str, Any]:
    """Return the settings with the block of `make size` in place of the same keys."""
    config = {f"observability:{area}": value for area, value in areas.items()}
    (root / "Pulumi.sized.yaml").write_text(yaml.safe_dump({"config": config}))
    block, _, report = sizes(root, "sized").partition("\n\n")
    assert "Cost a month" in report
    printed: dict[str, Any] = yaml.safe_load(block)
    return {**config, **printed}
