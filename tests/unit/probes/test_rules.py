"""The recording rules, evaluated by hand and, where there is a promtool, by Prometheus."""

import subprocess
from pathlib import Path

import yaml

from components.probes.rules import AVAILABILITY, DAYS_LEFT, STEP, rule_groups
from components.units import parse_duration
from tests.installed_tools import require

SERIES = '{job="blackbox-http",instance="https://shop.example.org",probe="shop"}'


def test_each_step_is_read_once() -> None:
    steps, _ = rule_groups()
    assert steps["interval"] == STEP
    assert all(f"[{STEP}]" in rule["expr"] for rule in steps["rules"])
    days = parse_duration("30d") // parse_duration(STEP)
    assert days == 8640, "a tenth of the 86,400 samples of a probe every 30 seconds"


def test_only_ranges_read_the_steps_that_an_instant_query_may_miss() -> None:
    steps, results = rule_groups()
    (availability,) = (rule["expr"] for rule in results["rules"] if rule["record"] == AVAILABILITY)
    assert all(f"{rule['record']}[30d]" in availability for rule in steps["rules"])
    assert parse_duration(results["interval"]) * 2 < parse_duration("5m")


def test_prometheus_computes_the_availability_and_the_days_left(tmp_path: Path) -> None:
    require("promtool")
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump({"groups": rule_groups()}))
    values = "1x119 0x119 1x240"
    test = {
        "rule_files": ["rules.yaml"],
        # promtool evaluates every group at this interval.
        "evaluation_interval": STEP,
        "group_eval_order": [group["name"] for group in rule_groups()],
        "tests": [
            {
                "interval": "30s",
                "input_series": [
                    {"series": f"probe_success{SERIES}", "values": values},
                    {"series": f"probe_ssl_earliest_cert_expiry{SERIES}", "values": "864000x480"},
                ],
                "promql_expr_test": [
                    {
                        "expr": f"round({AVAILABILITY}, 0.0001)",
                        "eval_time": "4h",
                        "exp_samples": [{"labels": SERIES, "value": round(361 / 481, 4)}],
                    },
                    {
                        "expr": f"round({DAYS_LEFT}, 0.01)",
                        "eval_time": "4h",
                        "exp_samples": [{"labels": SERIES, "value": 9.83}],
                    },
                ],
            }
        ],
    }
    (tmp_path / "test.yaml").write_text(yaml.safe_dump(test))
    for command in (["check", "rules", "--lint=all", "--lint-fatal", "rules.yaml"], ["test", "rules", "test.yaml"]):
        done = subprocess.run(["promtool", *command], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
