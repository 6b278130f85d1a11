"""The alerting of a stack file as it runs: compiled, in scaled time, on a real Prometheus and Alertmanager."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import requests

from components.alerting.compile import configuration
from components.alerting.durations import scaled, scaled_group
from components.alerting.rules import Group, Language
from components.alerting.spec import AlertingSpec
from components.units import parse_duration
from sandbox.processes import wait_until_none
from tests import shop_alerting
from tests.e2e.metrics.exposition import Exposition
from tools.alerts.local import SECONDS, LocalAlerting, Page, Target, local_alerting
from tools.program.stacks import with_settings
from wiring.planned_components import planned_alerting

SCRAPE_INTERVAL = "30s"
"""Of `observability:metrics` by default."""
HEALTHY = "10m"
"""How long a stack is looked at that pages nobody."""
DEV: Mapping[str, Any] = {
    "observability:cluster": {"name": "dev"},
    "observability:demo": {"enabled": True},
    "observability:retention": {"metrics": "31d"},
    "observability:alerting": shop_alerting.SETTINGS,
}
"""The stack `dev` with the alerting of a shop."""


def alerting_of(config: Mapping[str, Any]) -> AlertingSpec:
    """Return the alerting of a stack that is configured as a stack file would say it."""
    spec = with_settings(config, "dev", lambda settings, _: planned_alerting(settings))
    assert spec is not None
    return spec


@dataclass(frozen=True)
class Running:
    """The compiled alerting as it runs."""

    programs: LocalAlerting
    scale: Fraction

    def page(self, receiver: str, alert: str, status: str = "firing", **labels: str) -> Page:
        """Return the first page of an alert with these labels at a receiver; fail where none arrives."""

        def holds(page: Page) -> bool:
            return (
                page.receiver == receiver
                and page.status == status
                and any({"alertname": alert, **labels}.items() <= one["labels"].items() for one in page.alerts)
            )

        found = self.programs.pages.wait_for(holds, SECONDS)
        assert found, f"no page of {alert} at {receiver}; there were {self.paged}"
        return found

    @property
    def paged(self) -> set[tuple[str, str, str]]:
        """Receiver, alert and severity of all pages so far."""
        return {
            (page.receiver, alert["labels"]["alertname"], alert["labels"].get("severity", ""))
            for page in self.programs.pages.all
            for alert in page.alerts
        }

    def query(self, expression: str) -> list[dict[str, Any]]:
        """Return the series of an expression."""
        asked = {"query": expression}
        answer = _session().get(f"{self.programs.prometheus}/api/v1/query", params=asked, timeout=SECONDS).json()
        return list(answer["data"]["result"])

    def muted(self, alert: str, **labels: str) -> list[str]:
        """Return the names of the alerts that mute an alert with these labels now."""
        found = _session().get(f"{self.programs.alertmanager}/api/v2/alerts", timeout=SECONDS).json()
        names = {one["fingerprint"]: one["labels"]["alertname"] for one in found}
        return [
            names[source]
            for one in found
            if {"alertname": alert, **labels}.items() <= one["labels"].items()
            for source in one["status"]["inhibitedBy"]
            if source in names
        ]

    def muted_notifications(self) -> float:
        """Return how many alerts Alertmanager has left out of notifications, as others mute them."""
        return self.metrics("alertmanager").total("alertmanager_notifications_suppressed_total", reason="inhibition")

    def metrics(self, program: str) -> Exposition:
        """Return what one of the two programs exposes."""
        url = {"prometheus": self.programs.prometheus, "alertmanager": self.programs.alertmanager}[program]
        return Exposition(_session().get(f"{url}/metrics", timeout=SECONDS).text)

    def wait_until(self, holds: Callable[[], object], awaited: str) -> None:
        """Wait until a condition holds; fail with what was awaited where it never does, or a program ends first."""
        wait_until_none(lambda: [] if holds() else [awaited], self.programs.processes, SECONDS)


def short_of(stack: Running, groups: Sequence[Group]) -> set[str]:
    """Return the groups that were not evaluated as often as they are in the time of `HEALTHY`."""
    times = {
        sample.labels["rule_group"].rpartition(";")[2]: sample.value
        for sample in stack.metrics("prometheus").find("prometheus_rule_group_iterations_total")
    }
    wanted = {
        group.name: parse_duration(HEALTHY) / parse_duration(group.interval or SCRAPE_INTERVAL) for group in groups
    }
    return {name for name, number in wanted.items() if times.get(name, 0) < number}


@contextmanager
def running(
    spec: AlertingSpec,
    targets: Sequence[Target],
    scale: Fraction,
    ports: Sequence[int] = (),
    groups: Sequence[Group] | None = None,
) -> Iterator[Running]:
    """Run rules on metrics, those of the stack by default, and its routes, every duration multiplied by `scale`."""
    rules = [group for group in spec.compiled.groups if group.language is Language.PROMQL] if groups is None else groups
    with local_alerting(
        [scaled_group(group, scale) for group in rules],
        configuration(spec.stated, spec.compiled, scale),
        targets,
        scale=scale,
        scrape_interval=scaled(SCRAPE_INTERVAL, scale),
        external_labels=spec.external_labels,
        ports=ports,
    ) as programs:
        yield Running(programs, scale)


def _session() -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    return session
