"""Groups of rules held by promtool: their expressions, templates and cases.

Each group is tested alone, on the series of its cases; a group that reads records of another one is given them as
series. Rules are evaluated at the interval of the samples. Annotations are checked (templates, syntax) but not
compared.
"""

import subprocess
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml

from components.alerting.rules import Case, Firing, Group

_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def failures(directory: Path, groups: Sequence[Group]) -> str:
    """Return what promtool says of rules that it refuses and of cases that do not hold; empty if there are none.

    Files are written to `directory`.
    """
    if problems := _run(directory, "check", "rules", "--lint=all", "--lint-fatal", *_rule_files(directory, groups)):
        return problems
    tests = list(_test_files(directory, groups))
    return _run(directory, "test", "rules", *tests) if tests else ""


def _rule_files(directory: Path, groups: Sequence[Group]) -> Iterator[str]:
    for number, group in enumerate(groups):
        yield _write(directory / f"rules-{number}.yaml", {"groups": [group.rendered()]})


def _test_files(directory: Path, groups: Sequence[Group]) -> Iterator[str]:
    for number, group in enumerate(groups):
        rules = [{key: value for key, value in rule.rendered().items() if key != "annotations"} for rule in group.rules]
        rule_file = _write(directory / f"tested-{number}.yaml", {"groups": [{**group.rendered(), "rules": rules}]})
        by_interval = groupby(sorted(group.cases, key=_interval), _interval)
        for interval, cases in by_interval:
            tests = {
                "rule_files": [rule_file],
                # promtool evaluates every group at this interval, whatever the group states.
                "evaluation_interval": interval,
                "tests": [_test(case) for case in cases],
            }
            yield _write(directory / f"test-{number}-{interval}.yaml", tests)


def _interval(case: Case) -> str:
    return case.interval


def _test(case: Case) -> dict[str, Any]:
    return {
        "name": case.name,
        "interval": case.interval,
        "input_series": [
            {"series": series, "values": values} for series, values in {**case.series, **case.recorded}.items()
        ],
        "alert_rule_test": [_alert_test(firing) for firing in case.firings],
        "promql_expr_test": [dict(sample) for sample in case.samples],
    }


def _alert_test(firing: Firing) -> dict[str, Any]:
    alerts = [{"exp_labels": dict(labels)} for labels in firing.labels]
    return {"eval_time": firing.at, "alertname": firing.alert, "exp_alerts": alerts}


def _write(path: Path, content: Any) -> str:
    path.write_text(yaml.dump(content, Dumper=_Dumper, sort_keys=False))
    return path.name


def _run(directory: Path, *words: str) -> str:
    done = subprocess.run(["promtool", *words], cwd=directory, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr if done.returncode else ""
