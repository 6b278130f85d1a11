"""The Collector on this machine, as it is rendered for a role, without the API server: nothing names the pods."""

import os
import re
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import yaml

from components._collector_roles import Role
from components.telemetry.collector.config import collector_config
from components.telemetry.collector.values import collector_values
from components.telemetry.spec import TelemetrySpec
from components.telemetry.workload import memory_limit
from components.units import parse_quantity
from tools.bench.measure import Command, CommandFailedError
from tools.bench.running import Running, running
from tools.local_collector import HEALTH, OWN_METRICS, LocalCollector, directories_of_storage

COMMAND = "otelcol-contrib"
_K8S = "k8s_attributes"
_POLL_SECONDS, _ANSWER_SECONDS = 0.05, 60


class LocalRun:
    """A Collector that is ready, and what it had taken when it became so."""

    def __init__(self, program: Running, machine: LocalCollector) -> None:
        self.program, self.machine = program, machine
        self.idle_mib = program.mib
        self._idle_cpu_seconds = program.cpu_seconds

    @property
    def cpu_seconds(self) -> float:
        """The time of processors that it has used since it was ready."""
        return self.program.cpu_seconds - self._idle_cpu_seconds

    def counted(self, name: str) -> float:
        """Return the sum of its own metric of a name over all labels; 0 for one that it does not have yet."""
        lines = _answer(self.machine.address(OWN_METRICS), "/metrics").splitlines()
        return sum(float(line.rpartition(" ")[2]) for line in lines if re.split(r"[{ ]", line, maxsplit=1)[0] == name)


def require_collector() -> None:
    """Raise `CommandFailedError` where there is no Collector."""
    if shutil.which(COMMAND) is None:
        raise CommandFailedError(f"{COMMAND} is not on PATH")


@contextmanager
def collector(
    args: Mapping[str, Any], role: Role, directory: Path, seconds: float, places: Mapping[str, str] | None = None
) -> Iterator[LocalRun]:
    """Run the Collector of a role of `Telemetry` with these arguments, and yield it when it is ready.

    It runs for `seconds` at most. `places` has the directories of this machine that stand for those of the container.
    Raise `CommandFailedError`.
    """
    spec = TelemetrySpec.check("Telemetry", {"namespace": "telemetry", "engine": "otel-collector", **args})
    storage = directory / "storage"
    storage.mkdir(parents=True)
    rendered = _without_the_api_server(collector_config(spec, role))
    of_storage = {path: str(storage) for path in directories_of_storage(rendered)}
    machine = LocalCollector({**of_storage, **(places or {})})
    file = directory / "config.yaml"
    file.write_text(yaml.safe_dump(machine.configuration(rendered)))
    arguments = collector_values(spec, role)["command"]["extraArgs"]
    # The chart tells Go four fifths of the container's limit.
    environment = {**os.environ, "GOMEMLIMIT": str(int(parse_quantity(memory_limit(spec, role))) * 4 // 5)}
    command = Command([COMMAND, f"--config={file}", *arguments], directory, environment)
    with running(command, directory / "log", seconds) as program:
        _wait_until_ready(program, machine.address(HEALTH))
        yield LocalRun(program, machine)


def _without_the_api_server(rendered: dict[str, Any]) -> dict[str, Any]:
    processors = {name: each for name, each in rendered["processors"].items() if not name.startswith(_K8S)}
    pipelines = {
        name: {**each, "processors": [one for one in each["processors"] if one in processors]}
        for name, each in rendered["service"]["pipelines"].items()
    }
    return {**rendered, "processors": processors, "service": {**rendered["service"], "pipelines": pipelines}}


def _wait_until_ready(program: Running, address: str) -> None:
    while True:
        program.check()
        try:
            _answer(address, "/")
        except (OSError, HTTPException):
            time.sleep(_POLL_SECONDS)
        else:
            return


def _answer(address: str, path: str) -> str:
    """Return what is at a path of a server; raise `HTTPException` where it does not have it."""
    connection = HTTPConnection(address, timeout=_ANSWER_SECONDS)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        if answer.status != HTTPStatus.OK:
            raise HTTPException(f"{address}{path} answers {answer.status}")
        return answer.read().decode()
    finally:
        connection.close()
