"""A real Alertmanager that runs a configuration as it is, with its templates."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

import yaml

from components.alerting.templates import FILE, template_file
from components.metrics.alertmanager import FEATURES
from sandbox.commands import HOST, free_ports
from sandbox.processes import Process, start, stop, wait_until_none
from tests.installed_tools import require


@dataclass(frozen=True)
class Alertmanager:
    """An Alertmanager that runs."""

    url: str
    process: Process

    def logs(self) -> str:
        """Return what it has logged."""
        return Path(self.process.log).read_text(encoding="utf-8")

    def alerts(self) -> list[dict[str, Any]]:
        """Return the alerts that it has."""
        with _open(f"{self.url}/api/v2/alerts") as answer:
            return list(json.load(answer))

    def silence(self, receiver: str) -> None:
        """Silence the test alerts of a receiver for a day."""
        matcher = {"name": "receiver", "value": receiver, "isRegex": False, "isEqual": True}
        times = {"startsAt": "2020-01-01T00:00:00Z", "endsAt": "2099-01-01T00:00:00Z"}
        body = {"matchers": [matcher], **times, "createdBy": "test", "comment": "test"}
        headers = {"Content-Type": "application/json"}
        with _open(Request(f"{self.url}/api/v2/silences", json.dumps(body).encode(), headers)):
            pass


@contextmanager
def running_alertmanager(config: Mapping[str, Any], directory: Path) -> Iterator[Alertmanager]:
    """Run Alertmanager with a configuration, its files in `directory`."""
    require("alertmanager")
    here = {**config, "templates": [f"{directory}/*.tmpl"]}
    (directory / FILE).write_text(template_file(), encoding="utf-8")
    (directory / "alertmanager.yml").write_text(yaml.safe_dump(here, sort_keys=False), encoding="utf-8")
    (port,) = free_ports(1)
    command = [
        *("alertmanager", f"--config.file={directory}/alertmanager.yml", f"--storage.path={directory}/data"),
        *(f"--web.listen-address={HOST}:{port}", "--cluster.listen-address=", f"--enable-feature={','.join(FEATURES)}"),
    ]
    environment = {"PATH": os.environ["PATH"], "no_proxy": "*"}
    running = Alertmanager(
        f"http://{HOST}:{port}", start("alertmanager", command, directory / "alertmanager.log", environment)
    )
    try:
        wait_until_none(lambda: [] if _answers(f"{running.url}/-/ready") else ["alertmanager"], [running.process], 60)
        yield running
    finally:
        stop([running.process])


def _open(request: str | Request) -> Any:
    return build_opener(ProxyHandler({})).open(request, timeout=60)


def _answers(url: str) -> bool:
    try:
        with _open(url):
            return True
    except OSError:
        return False
