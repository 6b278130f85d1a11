"""Collectors on this machine, run from what is rendered for their role."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path

import requests
import yaml

from components._collector_roles import Role
from tests.e2e.collection.node import ROOTS
from tests.e2e.collection.rendered import Rendered
from tests.e2e.metrics.exposition import Exposition
from tests.e2e.metrics.programs import SECONDS, Program, Programs
from tools.local_collector import HEALTH, OWN_METRICS, LocalCollector, directories_of_storage


class Collector:
    """A pod of collectors: it can be killed, and started again with the disk and the addresses that it had."""

    def __init__(
        self,
        name: str,
        rendered: Rendered,
        role: Role,
        programs: Programs,
        *,
        node: Path | None = None,
        gateways: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._name = name
        self._programs = programs
        self._starts = count()
        directory = programs.directory / name
        (directory / "storage").mkdir(parents=True)
        configuration = rendered.configuration(role)
        storage = {path: str(directory / "storage") for path in directories_of_storage(configuration)}
        logs = {path: f"{node or directory}{path}" for path in ROOTS}
        self._machine = LocalCollector({**storage, **logs}, gateways)
        file = directory / "config.yaml"
        file.write_text(yaml.safe_dump(self._machine.configuration(configuration)))
        self._arguments = [f"--config={file}", *rendered.arguments(role)]
        self._environment = dict(environment or {})
        self.restart()

    def restart(self) -> None:
        """Start it, again after its end."""
        self.program: Program = self._programs.start(
            "otelcol-contrib",
            self._arguments,
            self._machine.port(HEALTH),
            label=f"{self._name}/{next(self._starts)}",
            ready="/",
            environment=self._environment,
        )

    def kill(self) -> None:
        """End it at once, as a node that fails."""
        self.program.kill()

    def address(self, port: int) -> str:
        """Return the address on this machine for a port of the container."""
        return self._machine.address(port)

    def metrics(self) -> Exposition:
        """Return the metrics of the Collector itself."""
        with requests.Session() as session:
            session.trust_env = False
            answer = session.get(f"http://{self.address(OWN_METRICS)}/metrics", timeout=SECONDS)
        assert answer.ok, answer.text
        return Exposition(answer.text)

    def log(self) -> str:
        """Return what it has logged since it was started the last time."""
        return Path(self.program.process.log).read_text()
