"""`make size`: the block of settings with its reasons, the report after it, and what stops both."""

from pathlib import Path

import pytest
import yaml

from tools.size.__main__ import main, sizes

STACK = """\
config:
  observability:load: {logs_gb_per_day: 200}
  observability:logging: {tenants: [team-a], workloads: {loki: {cpu: "7", node_selector: {pool: logs}}}}
  observability:telemetry: {logs_tenant: team-a}
"""


def written(root: Path, text: str) -> Path:
    (root / "Pulumi.test.yaml").write_text(text)
    return root


def test_the_block_has_every_size_with_its_reason_and_the_other_settings(tmp_path: Path) -> None:
    block, _, report = sizes(written(tmp_path, STACK), "test").partition("\n\n")
    assert block.splitlines() == [
        "# In Pulumi.test.yaml, in place of the same keys under config:",
        "  observability:logging:",
        "    tenants: [team-a]",
        "    workloads:",
        "      loki:",
        "        cpu: '1'",
        "        node_selector: {pool: logs}",
        "    replicas: 3  # 200 GB of logs a day; 1 is deployed",
        "    memory: 4864Mi  # 200 GB of logs a day; 1Gi is deployed",
        "    volume_size: 10Gi",
        "    chunks_cache_mib: 3200  # 200 GB of logs a day; 512 is deployed",
        "    results_cache_mib: 800  # 200 GB of logs a day; 256 is deployed",
        "    limits:",
        "      max_global_streams_per_user: 20000  # 10,000 streams, twice as many at a rollout, exceed Loki's 5,000",
        "      ingestion_rate_mb: 7  # 2.3 MB/s, 3 times as much at peak, exceed Loki's 4",
        "      ingestion_burst_size_mb: 11  # half more than the rate, as by default",
        "  observability:telemetry:",
        "    logs_tenant: team-a",
        "    cpu_request: 750m  # 200 GB of logs a day; 100m is deployed",
        "    memory_request: 256Mi",
        "    memory_limit: 512Mi",
    ]
    assert report.startswith("Sizes once committed, with an expected load of 200 GB of logs a day")
    assert "Loki: monolithic fits, as set" in report
    assert "Cost a month" in report


def test_a_block_that_is_committed_is_printed_again_without_a_reason_to_change(tmp_path: Path) -> None:
    block = sizes(written(tmp_path, STACK), "test").partition("\n\n")[0]
    config = {**yaml.safe_load(STACK)["config"], **yaml.safe_load(block)}
    again = sizes(written(tmp_path, yaml.safe_dump({"config": config}, sort_keys=False)), "test").partition("\n\n")[0]
    assert yaml.safe_load(again) == yaml.safe_load(block)
    assert "is deployed" not in again


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("config: {}", "pulumi config set --path observability:load.logs_gb_per_day 100 --stack test"),
        ("config: {observability:load: {logs_gb_per_day: -1}}", "load.logs_gb_per_day = -1: must be at least 0"),
        (
            "config: {observability:load: {logs_gb_per_day: 300000}}",
            "Loki: distributed is recommended, monolithic is set",
        ),
        ("config: {observability:load: {logs_gb_per_day: 300000}}", "logging.replicas = 3312: must be at most 1000"),
    ],
)
def test_without_a_load_or_a_mode_that_takes_it_there_is_an_error_and_no_block(
    text: str, error: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(written(tmp_path, text))
    monkeypatch.setattr("sys.argv", ["size", "--stack", "test"])
    assert main() == 1
    printed = capsys.readouterr()
    assert printed.out == "" and error in printed.err
