"""Every line arrives, and Loki counts it once: while the Collector or Loki is away, and while files are rotated."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable

import pytest

from tests.e2e.collection.agent import Agent
from tests.e2e.collection.node import ContainerLog
from tests.e2e.collection.reading import Reader
from tests.e2e.collection.sending import Sender
from tests.e2e.collection.stack import LokiPod
from tools.local_collector import OTLP_HTTP

pytestmark = pytest.mark.e2e

REFUSED_SENDS = 3
AWAY = 60
"""Seconds without Loki."""
RETRY = "Exporting failed. Will retry the request after interval."
"""What the exporter logs when a send was refused."""


class Numbered:
    """A container that writes numbered lines."""

    def __init__(self, agent: Agent, logs: Reader, pod: str) -> None:
        self.log: ContainerLog = agent.log_of(agent.run_pod("shop", pod))
        self.selector = f'{{pod="{pod}"}}'
        self._logs = logs
        self._written = 0

    def write(self, count: int = 20) -> None:
        """Write the next lines."""
        numbers = range(self._written, self._written + count)
        self.log.write(*(f"line {number} of many, as long as most of them are" for number in numbers))
        self._written += count

    def write_until_more_is_stored(self) -> None:
        """Write lines until Loki has more of them than now."""
        stored = self.stored()
        self.write_until(lambda: self.stored() > stored, "a line that arrives")

    def write_until(self, holds: Callable[[], object], otherwise: str) -> None:
        """Write lines until a condition holds."""

        def written() -> object:
            self.write()
            return holds()

        self._logs.wait_until(written, lambda: otherwise)

    def stored(self) -> int:
        """Return how many lines Loki counts."""
        return self._logs.count(self.selector)

    def assert_once(self) -> None:
        """Wait until as many lines are counted as were written, and fail where one of them is missing or twice."""
        self._logs.wait_until(
            lambda: self.stored() >= self._written, lambda: f"{self._written} lines, Loki has {self.stored()}"
        )
        assert self.stored() == self._written
        expected = Counter(f"line {number} of many, as long as most of them are" for number in range(self._written))
        assert self._logs.texts(self.selector) == expected


def test_a_killed_collector_loses_and_repeats_no_line(agent: Agent, logs: Reader) -> None:
    numbered = Numbered(agent, logs, "killed")
    for _ in range(3):
        numbered.write_until_more_is_stored()
        numbered.write()
        agent.collector.kill()
        numbered.write()
        agent.collector.restart()
    numbered.assert_once()


def test_rotated_files_are_read_to_their_end(agent: Agent, logs: Reader) -> None:
    numbered = Numbered(agent, logs, "rotated")
    for _ in range(2):
        numbered.write_until_more_is_stored()
        numbered.write()
        numbered.log.rotate()
        numbered.write()
    numbered.assert_once()


def test_a_file_that_is_rotated_and_compressed_while_the_collector_is_away_is_read(agent: Agent, logs: Reader) -> None:
    numbered = Numbered(agent, logs, "rotated-meanwhile")
    numbered.write_until_more_is_stored()
    agent.collector.kill()
    for _ in range(2):
        numbered.write()
        numbered.log.rotate()
    numbered.write()
    agent.collector.restart()
    numbered.assert_once()


def test_lines_wait_while_loki_is_away_even_if_the_collector_is_killed(
    agent: Agent, logs: Reader, loki_pod: LokiPod
) -> None:
    numbered = Numbered(agent, logs, "patient")
    sender = Sender(agent.collector.address(OTLP_HTTP), {"service.name": "patient"})
    numbered.write_until_more_is_stored()
    loki_pod.end()
    away = time.monotonic()
    sent = [f"sent {number}" for number in range(50)]
    sender.log(*sent)
    numbered.write_until(lambda: agent.collector.log().count(RETRY) >= REFUSED_SENDS, f"{REFUSED_SENDS} refused sends")
    agent.collector.kill()
    agent.collector.restart()
    numbered.write_until(lambda: RETRY in agent.collector.log(), "a refused send after the restart")
    logs.wait_until(lambda: time.monotonic() - away >= AWAY, lambda: "the end of the outage")
    loki_pod.start()
    numbered.assert_once()
    logs.wait_for('{service_name="patient"}', len(sent))
    assert logs.texts('{service_name="patient"}') == Counter(sent)
    sender.close()
