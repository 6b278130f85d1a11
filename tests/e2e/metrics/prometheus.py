"""Prometheus as its clients see it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.e2e.metrics.programs import Program

Labels = dict[str, str]
Vector = list[tuple[Labels, float]]


class Prometheus:
    """What answers the HTTP API of Prometheus: itself, or a part of Thanos."""

    def __init__(self, program: Program) -> None:
        self.program = program

    def query(self, expression: str, **asked: Any) -> Vector:
        """Return what an expression is at one time, by default now."""
        found = self._data("query", query=expression, **asked)["result"]
        return [(each["metric"], float(each["value"][1])) for each in found]

    def query_range(self, expression: str, start: float, end: float, step: float, **asked: Any) -> list[Any]:
        """Return the series of an expression between two times, each with its values."""
        data = self._data("query_range", query=expression, start=start, end=end, step=step, **asked)
        return list(data["result"])

    def one(self, expression: str, **asked: Any) -> tuple[Labels, float]:
        """Return the only series of an expression, once there is one."""
        self.wait_until(lambda: self.query(expression, **asked), expression)
        (found,) = self.query(expression, **asked)
        return found

    def exemplars(self, expression: str, start: float, end: float) -> list[Any]:
        """Return the exemplars of the series of an expression."""
        return list(self._data("query_exemplars", query=expression, start=start, end=end))

    def targets(self) -> list[Any]:
        """Return the active targets."""
        return list(self._data("targets", state="active")["activeTargets"])

    def rule_groups(self) -> list[Any]:
        """Return the groups of rules."""
        return list(self._data("rules")["groups"])

    def rules(self) -> list[Any]:
        """Return the rules of all groups."""
        return [rule for group in self.rule_groups() for rule in group["rules"]]

    def stores(self) -> dict[str, int]:
        """Return how many stores of each kind a querier has."""
        return {kind: len(stores) for kind, stores in self._data("stores").items()}

    def configuration(self) -> str:
        """Return the configuration that it runs."""
        return str(self._data("status/config")["yaml"])

    def wait_until(self, holds: Callable[[], object], awaited: str) -> None:
        """Wait until a condition holds; fail with what was awaited where it never does."""
        self.program.wait_until(holds, awaited)

    def _data(self, path: str, **asked: Any) -> Any:
        return json.loads(self.program.get(f"/api/v1/{path}", **asked).content)["data"]
