"""What many objectives cost: their compilation beside Sloth's of the same, and their evaluation by Prometheus.

As a command it compiles the files of a directory and prints the seconds and the most memory in MiB that it took. The
rest of alerting is compiled with them, and everything is checked, as in a program; Sloth checks nothing. A program
imports Pulumi anyway, so that imports are left out.
"""

import os
import resource
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from components.alerting.compile import Compiled
from components.alerting.objective_rules import ERRORS, REQUESTS, STEP
from components.alerting.rule_objects import rule_objects
from components.alerting.spec import AlertingSpec
from components.units import parse_duration
from tools.alerts.replay import target
from tools.bench.measure import Budget, Command, CommandFailedError, Measured, Run
from tools.bench.running import Running, running

SERVICES = 200
NAMES = ("availability", "reads", "writes")
"""The objectives of a service."""
COMPILED = f"{SERVICES} services with {len(NAMES)} objectives each, compiled"
BY_SLOTH = "the same by sloth generate"
BUDGET = Budget(2.0)
HEAD = ["objectives in Prometheus", "groups/s", "missed", "cores", "budget", ""]

_ARGS: Mapping[str, Any] = {
    "namespace": "monitoring",
    "receivers": {"on-call": {"kind": "webhook", "url": "http://pager.example.org"}},
    "application_metrics": {
        "http_requests_total": {"type": "counter", "labels": {"service": [], "operation": [], "status": []}}
    },
    "local_retention": "31d",
    "grafana_url": "https://grafana.example.org",
    "runbook_url": "https://runbooks.example.org/{alert}.md",
}
_PODS = 5
_SCRAPE_SECONDS = 30
_RAW_HOURS = 6
_PERIOD_DAYS = 30
_SETTLE_SECONDS, _MEASURE_SECONDS = 60, 120
_MOST_SECONDS = 900.0
_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def compile_files(directory: Path) -> Compiled:
    """Return everything that follows from the files of OpenSLO of a directory; raise `InvalidArgsError`."""
    files = {path.name: path.read_text(encoding="utf-8") for path in sorted(directory.glob("*.yaml"))}
    return AlertingSpec.check('Alerting "bench"', {**_ARGS, "objectives": files}).compiled


def write_objectives(directory: Path) -> None:
    """Write the objectives as files of OpenSLO, one a service."""
    directory.mkdir()
    for number in range(SERVICES):
        _write(directory / f"{number}.yaml", list(_openslo(f"service-{number}")))


def measure_compilation(root: Path, directory: Path, *, runs: int) -> Measured:
    """Compile the files of a directory `runs` times, each in a process of its own; raise `CommandFailedError`."""
    return Measured(COMPILED, [_compiled(root, directory) for _ in range(runs)], BUDGET)


def _compiled(root: Path, directory: Path) -> Run:
    words = [sys.executable, "-m", "tools.bench.objectives", str(directory)]
    done = subprocess.run(words, cwd=root, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise CommandFailedError(f"{' '.join(words)}: {done.stderr.strip()}")
    seconds, peak_mib = map(float, done.stdout.split())
    return Run(seconds, peak_mib)


def compilation_by_sloth(scratch: Path) -> Command:
    """Write the same objectives for Sloth; return its compilation; raise `CommandFailedError` where it is not there."""
    if shutil.which("sloth") is None:
        raise CommandFailedError("sloth is not on PATH")
    directory = scratch / "sloth"
    directory.mkdir()
    (scratch / "sloth-rules").mkdir()
    for number in range(SERVICES):
        _write(directory / f"{number}.yaml", [_sloth(f"service-{number}")])
    return Command(["sloth", "generate", "--no-log", "-i", ".", "-o", "../sloth-rules"], directory, os.environ)


def _query(service: str, name: str, status: str = "") -> str:
    failed = ',status="500"' if status else ""
    return f'sum(rate(http_requests_total{{service="{service}",operation="{name}"{failed}}}[{{{{.window}}}}]))'


def _openslo(service: str) -> Iterator[dict[str, Any]]:
    yield {"apiVersion": "openslo/v1", "kind": "Service", "metadata": {"name": service}}
    for name in NAMES:
        metrics = {
            part: {"metricSource": {"type": "Prometheus", "spec": {"query": query}}}
            for part, query in (("bad", _query(service, name, "500")), ("total", _query(service, name)))
        }
        spec = {
            "service": service,
            "description": "Requests are answered without an error of the server",
            "indicator": {"spec": {"ratioMetric": {"counter": True, **metrics}}},
            "timeWindow": [{"duration": f"{_PERIOD_DAYS}d", "isRolling": True}],
            "budgetingMethod": "Occurrences",
            "objectives": [{"target": 0.999}],
        }
        yield {"apiVersion": "openslo/v1", "kind": "SLO", "metadata": {"name": name}, "spec": spec}


def _sloth(service: str) -> dict[str, Any]:
    alerting = {"name": "SLOErrorBudgetBurn", "page_alert": {"labels": {}}, "ticket_alert": {"labels": {}}}
    slos = [
        {
            "name": name,
            "objective": 99.9,
            "description": "Requests are answered without an error of the server",
            "sli": {"events": {"error_query": _query(service, name, "500"), "total_query": _query(service, name)}},
            "alerting": alerting,
        }
        for name in NAMES
    ]
    return {"version": "prometheus/v1", "service": service, "slos": slos}


def _write(path: Path, documents: Sequence[Mapping[str, Any]]) -> None:
    path.write_text(yaml.dump_all(documents, Dumper=_Dumper, sort_keys=False), encoding="utf-8")


@dataclass(frozen=True)
class Evaluated:
    """What Prometheus did with the rules in the time that was measured."""

    groups_per_second: float
    missed: float
    """Evaluations of a group that were left out, as the one before was not ready."""
    cores: float


def evaluation_rows(evaluated: Evaluated) -> list[list[str]]:
    """Return the row of the table."""
    cores = f"{evaluated.cores:.2f} of {os.cpu_count()}"
    verdict = "over" if evaluated.missed else "ok"
    return [[COMPILED, f"{evaluated.groups_per_second:.1f}", f"{evaluated.missed:.0f}", cores, "0 missed", verdict]]


def measure_evaluation(compiled: Path, scratch: Path) -> Evaluated:
    """Let Prometheus evaluate the objectives of the directory `compiled`; raise `CommandFailedError`.

    It has 6 hours of 10 series an objective, 30 days of its counts, and a target that goes on with the former.
    """
    for command in ("prometheus", "promtool"):
        if shutil.which(command) is None:
            raise CommandFailedError(f"{command} is not on PATH")
    scratch.mkdir()
    for part in rule_objects(compile_files(compiled).groups):
        for file, text in part.files.items():
            (scratch / file).write_text(text, encoding="utf-8")
    now = int(time.time())
    for name, lines in (("requests", _requests(now)), ("counts", _counts(now))):
        _backfill(scratch, name, lines)
    with target(lambda: _exposition(now)) as applications, _prometheus(scratch, applications) as metrics:
        time.sleep(_SETTLE_SECONDS)
        before = _figures(metrics)
        time.sleep(_MEASURE_SECONDS)
        after = _figures(metrics)
    seconds, iterations, missed, cpu = (late - early for early, late in zip(before, after, strict=True))
    return Evaluated(iterations / seconds, missed, cpu / seconds)


def _series() -> Iterator[tuple[str, int]]:
    """Yield each series of the applications, and how much it increases a second."""
    for number in range(SERVICES):
        for name in NAMES:
            for pod in range(_PODS):
                labels = f'service="service-{number}",operation="{name}",pod="{pod}"'
                yield f'http_requests_total{{{labels},status="200"}}', 2
                yield f'http_requests_total{{{labels},status="500"}}', 0


_BEGIN_SECONDS = _RAW_HOURS * 3600
"""Age of the counters: they begin with the history."""


def _requests(now: int) -> Iterator[str]:
    yield "# TYPE http_requests counter\n"
    times = range(now - _BEGIN_SECONDS, now, _SCRAPE_SECONDS)
    for series, increase in _series():
        yield "".join(f"{series} {increase * (at - now + _BEGIN_SECONDS)} {at}\n" for at in times)


def _counts(now: int) -> Iterator[str]:
    step = int(parse_duration(STEP).total_seconds())
    times = range(now - _PERIOD_DAYS * 86_400, now, step)
    for record, value in ((ERRORS, 0), (REQUESTS, 2 * _PODS)):
        yield f"# TYPE {record} gauge\n"
        for number in range(SERVICES):
            for name in NAMES:
                series = f'{record}{{service="service-{number}",slo="{name}"}} {value}'
                yield "".join(f"{series} {at}\n" for at in times)


def _backfill(scratch: Path, name: str, lines: Iterator[str]) -> None:
    """Write samples as a block of the database; a block for each two hours would be read for the whole of them."""
    file = scratch / name
    with file.open("w", encoding="utf-8") as written:
        written.writelines(lines)
        written.write("# EOF\n")
    words = ["tsdb", "create-blocks-from", "--max-block-duration=64d", "openmetrics", "--quiet", name, "data"]
    done = subprocess.run(["promtool", *words], cwd=scratch, capture_output=True, text=True, check=False)
    file.unlink()
    if done.returncode != 0:
        raise CommandFailedError(f"promtool {' '.join(words)}: {done.stderr.strip()}")


def _exposition(now: int) -> str:
    """Return the series of the applications as they go on from the history."""
    age = int(time.time()) - now + _BEGIN_SECONDS
    return "".join(f"{series} {increase * age}\n" for series, increase in _series())


@contextmanager
def _prometheus(scratch: Path, applications: str) -> Iterator[str]:
    """Run Prometheus with the rules and what it scrapes; yield the address of its own metrics."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    # The series of the history have no label of a target.
    scraped = {"job_name": "applications", "static_configs": [{"targets": [applications]}]}
    scraped["metric_relabel_configs"] = [{"action": "labeldrop", "regex": "instance|job"}]
    every = f"{_SCRAPE_SECONDS}s"
    configuration = {
        "global": {"scrape_interval": every, "evaluation_interval": every},
        "rule_files": ["alerting-rules*.yaml"],
        "scrape_configs": [scraped],
    }
    _write(scratch / "prometheus.yml", [configuration])
    words = ["prometheus", f"--web.listen-address={address}", "--storage.tsdb.path=data"]
    command = Command([*words, "--storage.tsdb.retention.time=60d"], scratch, os.environ)
    with running(command, scratch / "log", _MOST_SECONDS) as program:
        _wait_until_ready(program, f"http://{address}/-/ready")
        yield f"http://{address}/metrics"


def _wait_until_ready(program: Running, url: str) -> None:
    while True:
        program.check()
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(1)


_COUNTERS = (
    "prometheus_rule_group_iterations_total",
    "prometheus_rule_group_iterations_missed_total",
    "process_cpu_seconds_total",
)


def _figures(url: str) -> list[float]:
    """Return the time, and the sums of `_COUNTERS` over all groups."""
    with urllib.request.urlopen(url, timeout=60) as answer:
        lines = answer.read().decode().splitlines()
    sums = dict.fromkeys(_COUNTERS, 0.0)
    for line in lines:
        name = line.partition("{")[0].partition(" ")[0]
        if name in sums:
            sums[name] += float(line.rpartition(" ")[2])
    return [time.monotonic(), *sums.values()]


def main(directory: Path) -> None:
    """Compile the files of a directory, and print what it took."""
    start = time.perf_counter()
    compile_files(directory)
    seconds = time.perf_counter() - start
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
