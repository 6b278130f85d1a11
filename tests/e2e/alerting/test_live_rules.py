"""What the real rulers answer of their rules, against the groups that they were given."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from components.alerting.rule_objects import rule_objects
from components.alerting.rules import Alert, Group, Language, Record
from components.logging import Logging, LoggingArgs
from sandbox.commands import HOST, free_ports
from tests import shop_alerting
from tests.e2e.alerting.stack import alerting_of
from tests.e2e.loki.configuration import Renderer, release_of
from tests.e2e.loki.machine import Ports, on_this_machine
from tests.e2e.loki.process import Loki
from tests.e2e.metrics.programs import SECONDS, Programs, command
from tests.e2e.metrics.prometheus import Prometheus
from tools.deploy.live_alerting import NotComparedError, Ruler, settled
from tools.deploy.live_rules import Difference, LiveProblem, live_problems

pytestmark = pytest.mark.e2e

EXTERNAL: Mapping[str, Any] = {
    "observability:cluster": {"name": "dev"},
    "observability:metrics": {
        "kind": "external",
        "remote_write_url": "https://metrics.example.org/api/v1/write",
        "query_url": "https://metrics.example.org",
    },
}
RULES = Group(
    "shop",
    [
        Record("job:up:min", "min by( job )(up)", {"team": "shop"}),
        Record(
            "job:up:rate", "sum without(instance) (\n  rate(up[1h30m] offset 5m)\n) / on(job) group_left job:up:min"
        ),
        Alert(
            "Down",
            'job:up:min{job=~"a|b", team!="x"} < 0.50 and on() (vector(1) > bool 0.010) # a reason',
            "90s",
            {"severity": "critical"},
            {"summary": "{{ $labels.job }} is down"},
        ),
    ],
    "rules/shop.yaml",
    interval="1s",
)
AMBIGUOUS = Group("wrong", [Record("a:b:c", "two * on (x) two")], "rules/wrong.yaml", interval="1s")
LOG_RULES = Group(
    "logs",
    [Alert("Errors", 'sum by(app)(count_over_time({app="shop"}|="error"|json [5m]))>0', "1m")],
    "rules/logs.yaml",
    interval="1s",
    language=Language.LOGQL,
)
PREPARED = Group("two", [Record("two", "label_replace(vector(1), 'y', '1', '', '') or vector(2)")], "", interval="1s")


def test_the_rules_that_prometheus_evaluates(programs: Programs, tmp_path: Path) -> None:
    (port,) = free_ports(1)
    rules, file = tmp_path / "rules.yaml", tmp_path / "prometheus.yaml"
    live = [RULES, PREPARED, AMBIGUOUS]
    rules.write_text(yaml.safe_dump({"groups": [group.rendered() for group in live]}))
    file.write_text(yaml.safe_dump({"rule_files": [str(rules)]}))
    flags = [f"--config.file={file}", f"--storage.tsdb.path={tmp_path / 'samples'}"]
    prometheus = Prometheus(programs.start("prometheus", [*flags, f"--web.listen-address={HOST}:{port}"], port))

    def answer() -> dict[str, Any]:
        return {"data": {"groups": prometheus.rule_groups()}}

    prometheus.wait_until(lambda: "err" in {rule["health"] for rule in prometheus.rules()}, "an evaluation that fails")
    prometheus.wait_until(lambda: "unknown" not in {rule["health"] for rule in prometheus.rules()}, "every evaluation")
    (failing,) = live_problems("Prometheus", answer(), live)
    assert (failing.difference, failing.rule) == (Difference.FAILING, "record a:b:c")
    assert "many-to-many" in failing.detail
    found = [(each.group, each.difference) for each in live_problems("Prometheus", answer(), [RULES, PREPARED])]
    assert found == [("wrong", Difference.ORPHAN)]


def test_an_existing_prometheus_loads_the_rule_files(programs: Programs, tmp_path: Path) -> None:
    spec = alerting_of({**EXTERNAL, "observability:alerting": shop_alerting.SETTINGS})
    (port,) = free_ports(1)
    rules, file = tmp_path / "rules", tmp_path / "prometheus.yaml"
    rules.mkdir()
    (rules / "others.yaml").write_text(yaml.safe_dump({"groups": [PREPARED.rendered()]}))
    file.write_text(yaml.safe_dump({"rule_files": [f"{rules}/*.yaml"]}))
    flags = [f"--config.file={file}", f"--storage.tsdb.path={tmp_path / 'samples'}", "--web.enable-lifecycle"]
    prometheus = Prometheus(programs.start("prometheus", [*flags, f"--web.listen-address={HOST}:{port}"], port))
    ruler = Ruler("Prometheus", "", "", 0, "", spec.compiled.groups, has_others=True)

    def differences() -> list[LiveProblem]:
        return settled(ruler, lambda: {"data": {"groups": prometheus.rule_groups()}}, SECONDS)

    with pytest.raises(NotComparedError, match="it evaluates none of the"):
        differences()
    for item in rule_objects(spec.compiled.groups, 20_000):
        for name, text in item.files.items():
            (rules / name).write_text(text)
    with requests.Session() as session:
        session.trust_env = False
        session.post(f"http://{HOST}:{port}/-/reload", timeout=SECONDS).raise_for_status()
    assert differences() == []
    assert len(list(rules.iterdir())) > 2, "several objects"


def test_the_rules_that_loki_evaluates(tmp_path: Path) -> None:
    (closed,) = free_ports(1)
    args: LoggingArgs = {
        "namespace": "logging",
        "store": "filesystem",
        "ruler": True,
        "alertmanager_url": f"http://{HOST}:{closed}",
        "chunks_cache_mib": 0,
        "results_cache_mib": 0,
    }
    rendered = Renderer(tmp_path / "charts")(release_of(lambda: {"url": Logging("logs", args).query_url}))
    ports, rules = Ports.free(), tmp_path / "log-rules"
    configuration = on_this_machine(rendered, ports, tmp_path, "")
    (rules / "fake").mkdir(parents=True)
    (rules / "fake" / "rules.yaml").write_text(yaml.safe_dump({"groups": [LOG_RULES.rendered()]}))
    storage = {"type": "local", "local": {"directory": str(rules)}}
    intervals = {"evaluation_interval": "1s", "poll_interval": "1s"}
    configuration["ruler"] |= {"storage": storage, "rule_path": str(tmp_path / "rules-in-use"), **intervals}
    loki = Loki(command("loki"), configuration, ports, tmp_path, {})
    url = f"http://{HOST}:{ports.http}/prometheus/api/v1/rules"

    def answer() -> dict[str, Any]:
        with requests.Session() as session:
            session.trust_env = False
            return dict(session.get(url, timeout=SECONDS).json())

    try:
        loki.wait_until(lambda: _health(answer()) == {"ok"}, "an evaluation")
        assert list(live_problems("Loki", answer(), [LOG_RULES])) == []
    finally:
        loki.kill()


def _health(answer: dict[str, Any]) -> set[str]:
    return {rule["health"] for group in answer["data"]["groups"] for rule in group["rules"]}
