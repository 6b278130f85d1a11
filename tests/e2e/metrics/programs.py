"""The real programs of these tests, each one process on loopback that is ended by its id."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from sandbox.commands import HOST
from sandbox.processes import POLL_SECONDS, Process, start, stop, wait_until_none
from tests.e2e.metrics.exposition import Exposition

SECONDS = 60.0
"""The longest that any one thing is waited for."""


def command(name: str) -> str:
    """Return the path of a program."""
    found = shutil.which(name)
    assert found, f"{name} is not on PATH; `make e2e` fetches or builds it"
    return found


@dataclass(frozen=True)
class ClientTls:
    """What a client of TLS has: the authority that it trusts, and its certificate with the key in one file."""

    authority: Path
    certificate: Path | None = None


class Program:
    """One running program, as its clients see it; it is ready once it answers `ready`."""

    def __init__(
        self,
        name: str,
        arguments: Sequence[str],
        port: int,
        directory: Path,
        *,
        ready: str = "/-/ready",
        environment: Mapping[str, str] | None = None,
        tls: ClientTls | None = None,
    ) -> None:
        self.address = f"{HOST}:{port}"
        self.url = f"{'https' if tls else 'http'}://{self.address}"
        self._ready = ready
        self._session = requests.Session()
        self._session.trust_env = False
        if tls:
            self._session.verify = str(tls.authority)
            self._session.cert = str(tls.certificate) if tls.certificate else None
        self.process: Process = start(name, [command(name), *arguments], directory / f"{name}.log", environment or {})

    def wait_until_ready(self) -> None:
        """Wait until it answers; end it and fail where it does not."""
        try:
            self.wait_until(self._is_ready, f"an answer of {self._ready}")
        except BaseException:
            self.kill()
            raise

    def get(self, path: str, **asked: Any) -> requests.Response:
        """Return the answer to a GET; fail where it is not a good one."""
        answer = self._session.get(f"{self.url}{path}", params=asked, timeout=SECONDS)
        assert answer.ok, f"{path}: {answer.status_code} {answer.text}"
        return answer

    def post(self, path: str, body: bytes, content_type: str) -> None:
        """Send a body; fail where it is not taken."""
        headers = {"Content-Type": content_type}
        answer = self._session.post(f"{self.url}{path}", data=body, headers=headers, timeout=SECONDS)
        assert answer.ok, f"{path}: {answer.status_code} {answer.text}"

    def metrics(self, path: str = "/metrics", **asked: Any) -> Exposition:
        """Return what it exposes."""
        return Exposition(self.get(path, **asked).text)

    def wait_until(self, holds: Callable[[], object], awaited: str) -> None:
        """Wait until a condition holds; fail with what was awaited where it never does, or the program ends first."""
        wait_until_none(lambda: [] if holds() else [awaited], [self.process], SECONDS)

    def end(self) -> None:
        """Ask it to end as a pod is asked, and wait until it has."""
        os.kill(self.process.pid, signal.SIGTERM)
        deadline = time.monotonic() + SECONDS
        while self.process.is_running():
            assert time.monotonic() < deadline, f"{self.process.name} does not end:\n{self.process.last_lines()}"
            time.sleep(POLL_SECONDS)
        self._session.close()

    def kill(self) -> None:
        """End it at once, if it still runs."""
        stop([self.process])
        self._session.close()

    def _is_ready(self) -> bool:
        try:
            return self._session.get(f"{self.url}{self._ready}", timeout=SECONDS).ok
        except requests.ConnectionError:
            return False


class Programs:
    """Starts programs and ends all that were started, the last one first."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._started: list[Program] = []

    def start(
        self,
        name: str,
        arguments: Sequence[str],
        port: int,
        *,
        label: str = "",
        ready: str = "/-/ready",
        environment: Mapping[str, str] | None = None,
        tls: ClientTls | None = None,
    ) -> Program:
        """Start a program and return it once it is ready; the `label` tells apart several of one name."""
        directory = self.directory / (label or name)
        directory.mkdir(parents=True, exist_ok=True)
        program = Program(name, arguments, port, directory, ready=ready, environment=environment, tls=tls)
        self._started.append(program)
        program.wait_until_ready()
        return program

    def end(self) -> None:
        """Leave nothing running."""
        for program in reversed(self._started):
            program.kill()
