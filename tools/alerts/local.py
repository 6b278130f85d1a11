"""A Prometheus and an Alertmanager on this machine that run compiled rules and routes, in scaled time.

Everything of a compiled Alertmanager configuration runs as it is but for what its receivers send to: each posts to a
sink on loopback, under its own name.
"""

import json
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import yaml

from components.alerting.durations import scaled
from components.alerting.rules import Group
from sandbox.commands import HOST, free_ports
from sandbox.processes import Process, start, stop, wait_until_none
from tools.local_sink import posts

SECONDS = 60.0
"""The longest that a program is waited for."""
RULES = "rules.yml"
LOOKBACK = "5m"
RESEND = "1m"
"""Defaults of Prometheus, in real time."""


@dataclass(frozen=True)
class Page:
    """One notification of a receiver."""

    receiver: str
    status: str
    """`firing` or `resolved`."""
    alerts: Sequence[Mapping[str, Any]]
    group: Mapping[str, str]
    """The labels that the alerts are grouped by."""

    @property
    def names(self) -> frozenset[str]:
        """The names of its alerts."""
        return frozenset(str(alert["labels"]["alertname"]) for alert in self.alerts)


class Pages:
    """The notifications that arrived, in their order."""

    def __init__(self) -> None:
        self._arrived: list[Page] = []
        self._changed = threading.Condition()

    def take(self, path: str, body: bytes) -> None:
        """Keep the body that a receiver posted."""
        sent = json.loads(body)
        page = Page(path.strip("/"), sent["status"], tuple(sent["alerts"]), sent.get("groupLabels") or {})
        with self._changed:
            self._arrived.append(page)
            self._changed.notify_all()

    @property
    def all(self) -> list[Page]:
        """Every page so far."""
        with self._changed:
            return list(self._arrived)

    def wait_for(self, holds: Callable[[Page], bool], seconds: float) -> Page | None:
        """Return the first page for which `holds` is true, `None` where none arrives within `seconds`."""
        self.wait_until(lambda arrived: any(map(holds, arrived)), seconds)
        return next(filter(holds, self.all), None)

    def wait_until(self, holds: Callable[[Sequence[Page]], bool], seconds: float) -> bool:
        """Return whether `holds` becomes true of all pages so far within `seconds`."""
        with self._changed:
            return self._changed.wait_for(lambda: holds(self._arrived), seconds)


@dataclass(frozen=True)
class Target:
    """What Prometheus scrapes: `host:port`, and the labels of its series; several may have one job."""

    job: str
    address: str
    labels: Mapping[str, str] | None = None


@dataclass(frozen=True)
class LocalAlerting:
    """The two programs that run."""

    prometheus: str
    """URL of Prometheus."""
    alertmanager: str
    pages: Pages
    processes: tuple[Process, ...]

    def stop_prometheus(self) -> None:
        """End Prometheus, as an outage would."""
        stop([process for process in self.processes if process.name == "prometheus"])


def with_local_receivers(configuration: Mapping[str, Any], sink: str) -> dict[str, Any]:
    """Return a configuration of Alertmanager whose receivers post to `sink`, and that reads no file."""
    local = deepcopy(dict(configuration))
    local["receivers"] = [
        {"name": receiver["name"], **_post(sink, receiver)} for receiver in configuration.get("receivers", ())
    ]
    local["global"] = {key: value for key, value in (local.get("global") or {}).items() if key == "resolve_timeout"}
    local.pop("templates", None)
    return local


def _post(sink: str, receiver: Mapping[str, Any]) -> dict[str, Any]:
    if not any(key.endswith("_configs") for key in receiver):
        return {}
    return {"webhook_configs": [{"url": f"{sink}/{receiver['name']}", "send_resolved": True}]}


@contextmanager
def local_alerting(
    groups: Sequence[Group],
    alertmanager: Mapping[str, Any],
    targets: Sequence[Target],
    *,
    scale: Fraction,
    scrape_interval: str,
    external_labels: Mapping[str, str] | None = None,
    ports: Sequence[int] = (),
) -> Iterator[LocalAlerting]:
    """Run Prometheus and Alertmanager; `groups` and `alertmanager` are scaled already, `scrape_interval` is too.

    `ports` are those of the two, so that one of `targets` may be one of them; free ones by default.
    """
    directory = Path(tempfile.mkdtemp(prefix="alerting-"))
    pages = Pages()
    processes: list[Process] = []
    prometheus_port, alertmanager_port = ports or free_ports(2)
    try:
        with posts(pages.take) as sink:
            configuration = with_local_receivers(alertmanager, sink)
            (directory / "alertmanager.yml").write_text(yaml.safe_dump(configuration, sort_keys=False))
            processes.append(_alertmanager(directory, alertmanager_port))
            (directory / "prometheus.yml").write_text(
                yaml.safe_dump(_prometheus_config(alertmanager_port, targets, scrape_interval, external_labels or {}))
            )
            processes.append(_prometheus(directory, prometheus_port, scale))
            running = LocalAlerting(
                f"http://{HOST}:{prometheus_port}", f"http://{HOST}:{alertmanager_port}", pages, tuple(processes)
            )
            wait_until_none(lambda: _not_ready(running), processes, SECONDS)
            # Starting takes minutes of scaled time, which rules must not see as minutes without a scrape.
            wait_until_none(lambda: _not_scraped(running.prometheus, len(targets)), processes, SECONDS)
            rules = {"groups": [group.rendered() for group in groups]}
            (directory / RULES).write_text(yaml.safe_dump(rules, sort_keys=False))
            os.kill(processes[-1].pid, signal.SIGHUP)
            yield running
            stop(processes)
    finally:
        stop(processes)
        shutil.rmtree(directory, ignore_errors=True)


def _prometheus_config(
    alertmanager: int, targets: Sequence[Target], interval: str, external_labels: Mapping[str, str]
) -> dict[str, Any]:
    intervals = {"scrape_interval": interval, "scrape_timeout": interval, "evaluation_interval": interval}
    return {
        "global": {**intervals, "external_labels": dict(external_labels)},
        "rule_files": [RULES],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": [f"{HOST}:{alertmanager}"]}]}]},
        "scrape_configs": [
            {
                "job_name": f"{target.job}/{number}",
                "honor_labels": True,
                "static_configs": [
                    {"targets": [target.address], "labels": {"job": target.job, **(target.labels or {})}}
                ],
            }
            for number, target in enumerate(targets)
        ],
    }


def _prometheus(directory: Path, port: int, scale: Fraction) -> Process:
    flags = {
        "config.file": directory / "prometheus.yml",
        "storage.tsdb.path": directory / "prometheus",
        "web.listen-address": f"{HOST}:{port}",
        "query.lookback-delta": scaled(LOOKBACK, scale),
        "rules.alert.resend-delay": scaled(RESEND, scale),
        "log.level": "warn",
    }
    return start("prometheus", _command("prometheus", flags), directory / "prometheus.log", {})


def _alertmanager(directory: Path, port: int) -> Process:
    flags = {
        "config.file": directory / "alertmanager.yml",
        "storage.path": directory / "alertmanager",
        "web.listen-address": f"{HOST}:{port}",
        "cluster.listen-address": "",
        "log.level": "warn",
    }
    return start("alertmanager", _command("alertmanager", flags), directory / "alertmanager.log", {})


def _command(program: str, flags: Mapping[str, object]) -> list[str]:
    return [shutil.which(program) or program, *(f"--{name}={value}" for name, value in flags.items())]


def _not_ready(running: LocalAlerting) -> list[str]:
    return [url for url in (running.prometheus, running.alertmanager) if not _answers(f"{url}/-/ready")]


def _not_scraped(prometheus: str, count: int) -> list[str]:
    """Return the targets of Prometheus, `count` altogether, that it has not scraped yet."""
    address = f"{prometheus}/api/v1/targets?state=active"
    with build_opener(ProxyHandler({})).open(address, timeout=SECONDS) as answer:
        targets = json.load(answer)["data"]["activeTargets"]
    waiting = [target["scrapeUrl"] for target in targets if target["health"] == "unknown"]
    return waiting if len(targets) == count else ["the discovery of targets"]


def _answers(url: str) -> bool:
    try:
        with build_opener(ProxyHandler({})).open(url, timeout=SECONDS):
            return True
    except (URLError, ConnectionError):
        return False
