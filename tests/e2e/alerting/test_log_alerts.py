"""Errors in the logs of a real Loki, through its ruler, to Alertmanager, and from there into its logs again."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.alerting.compile import configuration
from components.alerting.durations import scaled, scaled_group
from components.alerting.library.logs import QUERIES
from components.alerting.rule_files import read_groups
from components.alerting.rules import Group, Language
from components.alerting.spec import LOG_RULES_FILE, AlertingSpec
from sandbox.commands import HOST
from tests import shop_alerting
from tests.e2e.alerting.alertmanager import Alertmanager, running_alertmanager
from tests.e2e.alerting.shop import Shop, serving
from tests.e2e.alerting.stack import DEV, alerting_of, running
from tests.e2e.loki.configuration import Renderer, release_of_stack
from tests.e2e.loki.machine import TENANT, Ports, on_this_machine
from tests.e2e.loki.process import Line, Loki
from tests.installed_tools import require
from tools.alerts.local import SECONDS, Page, Pages
from tools.local_sink import posts

pytestmark = pytest.mark.e2e

SCALE = Fraction(1, 60)
EVALUATION_INTERVAL = "1m"
"""Of Loki's ruler by default."""
NAMESPACES = ("berlin", "oslo", "rome")
USERS_FILE = "payments.yaml"
NOTIFICATIONS: Mapping[str, Any] = {
    "default_receiver": "team",
    "routes": {
        "logs": {"receiver": "logs", "matchers": ['severity =~ "critical|warning"'], "continue_matching": True},
        "team-warning": {"receiver": "team", "matchers": ["severity = warning"], "group_wait": "1m"},
    },
}
OF_SERVICES: Mapping[str, Any] = {
    **{name: shop_alerting.SETTINGS[name] for name in ("objectives", "application_metrics")},
    "receivers": {"team": {"kind": "webhook", "url": "http://team.example.org"}},
    "default_receiver": "team",
    "routes": {
        "services": {
            "receiver": "team",
            "matchers": ['severity =~ "critical|warning"'],
            "group_by": ["cluster", "service"],
        }
    },
}


@dataclass(frozen=True)
class Stack:
    """Loki with rules on logs, and the Alertmanager that its ruler sends to."""

    loki: Loki
    alertmanager: Alertmanager
    pages: Pages

    def log(self, text: str, *, at: int, namespace: str, service: str, lines: int) -> None:
        """Write lines of pods at a time in nanoseconds, as the collectors label them."""
        labels = {"cluster": "dev", "namespace": namespace, "service_name": service}
        self.loki.push((Line(at, f"pod-{number}", f"{text} {number}") for number in range(lines)), labels)

    def page(self, alert: str, status: str) -> Page:
        """Return the first page of an alert; fail where none arrives."""
        found = self.pages.wait_for(lambda page: alert in page.names and page.status == status, SECONDS)
        assert found, f"no page of {alert}; there were {self.pages.all}"
        return found

    def written(self, alert: str) -> list[dict[str, Any]]:
        """Return what Alertmanager has written of an alert into Loki."""
        now, hour = time.time_ns(), 3600 * 10**9
        lines = self.loki.texts('{service_name="alertmanager"}', now - hour, now + hour)
        return [found for line in lines if (found := json.loads(line))["labels"]["alertname"] == alert]


def stack_file(sink: str, loki: str) -> Mapping[str, Any]:
    """Return the stack `dev` on a disk, with a receiver that lists pages and one that writes alerts into Loki."""
    receivers = {"team": {"kind": "webhook", "url": f"{sink}/team"}, "logs": {"kind": "loki", "url": loki}}
    return {
        **DEV,
        "observability:storage": {"kind": "filesystem"},
        "observability:logging": {
            "chunks_cache_mib": 0,
            "results_cache_mib": 0,
            "rules": {USERS_FILE: shop_alerting.LOG_RULES},
        },
        "observability:alerting": {"receivers": receivers, **NOTIFICATIONS},
    }


def rule_files(spec: AlertingSpec) -> dict[str, str]:
    """Return the rules on logs of the library and of the user, in scaled time."""

    def file(groups: list[Group]) -> str:
        return yaml.safe_dump({"groups": [scaled_group(group, SCALE).rendered() for group in groups]})

    users = read_groups(spec.log_rules, Language.LOGQL)
    return {LOG_RULES_FILE: file([*spec.compiled.log_groups]), USERS_FILE: file(users)}


@contextmanager
def running_loki(configuration: Any, ports: Ports, rules: Mapping[str, str], directory: Path) -> Iterator[Loki]:
    """Run Loki with these rules."""
    folder = directory / "rules" / TENANT
    folder.mkdir(parents=True)
    for name, text in rules.items():
        (folder / name).write_text(text)
    running = Loki(shutil.which("loki") or "loki", configuration, ports, directory, {})
    try:
        yield running
    finally:
        running.kill()


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    """The stack `dev` with rules on logs."""
    require("loki", "helm", "alertmanager")
    renderer = Renderer(tmp_path / "charts")
    pages, ports = Pages(), Ports.free()
    with posts(pages.take) as sink:
        config = stack_file(sink, f"http://{HOST}:{ports.http}")
        spec = alerting_of(config)
        (tmp_path / "alertmanager").mkdir()
        notifying = configuration(spec.stated, spec.compiled, SCALE)
        with running_alertmanager(notifying, tmp_path / "alertmanager") as alertmanager:
            here = on_this_machine(renderer(release_of_stack(config)), ports, tmp_path / "loki", cache="")
            interval = scaled(EVALUATION_INTERVAL, SCALE)
            here["ruler"] |= {"alertmanager_url": alertmanager.url, "evaluation_interval": interval}
            with running_loki(here, ports, rule_files(spec), tmp_path / "loki") as running:
                yield Stack(running, alertmanager, pages)


def test_errors_in_logs_arrive_as_one_notification_and_are_written_back(stack: Stack) -> None:
    # In the future, so that the ruler sees all of them at once.
    at = time.time_ns() + 2 * 10**9
    for namespace in NAMESPACES:
        stack.log("java.lang.OutOfMemoryError: heap", at=at, namespace=namespace, service="checkout", lines=20)
    stack.log("payment refused: card expired", at=at, namespace="shop", service="payment", lines=5)

    page = stack.page("OutOfMemoryInLogs", "firing")
    assert {alert["labels"]["namespace"] for alert in page.alerts} == set(NAMESPACES)
    assert page.group["service"] == "checkout"
    for alert in page.alerts:
        described = f"20 lines of {alert['labels']['namespace']}/checkout in 5 minutes are about memory"
        assert alert["annotations"]["description"].startswith(described)
        assert alert["annotations"]["runbook_url"].endswith("OutOfMemoryInLogs.md")
    (payment,) = stack.page("PaymentsRefused", "firing").alerts
    assert payment["annotations"]["description"] == "5 payments of payment were refused in 5 minutes."
    assert payment["labels"]["service"] == "payment"
    assert payment["labels"]["cluster"] == "dev", "its expression leaves the label out, and the ruler adds it"
    stack.page("OutOfMemoryInLogs", "resolved")

    def is_written() -> bool:
        written = stack.written("OutOfMemoryInLogs")
        return {alert["status"] for alert in written} == {"firing", "resolved"} and bool(
            stack.written("PaymentsRefused")
        )

    stack.loki.wait_until(is_written, "lines of the alerts that fire and of their end")
    firing = [alert for alert in stack.written("OutOfMemoryInLogs") if alert["status"] == "firing"]
    assert {alert["labels"]["namespace"] for alert in firing} == set(NAMESPACES)
    assert {alert["annotations"]["impact"] for alert in firing} == {page.alerts[0]["annotations"]["impact"]}
    firings = [found for found in stack.pages.all if found.status == "firing"]
    assert len([found for found in firings if "OutOfMemoryInLogs" in found.names]) == 1, firings


def test_alerts_on_metrics_and_on_logs_of_a_service_arrive_together(tmp_path: Path) -> None:
    """Prometheus and Loki's ruler send to one Alertmanager, with the labels that it groups by."""
    require("loki", "helm", "prometheus", "alertmanager")
    config = {**stack_file("http://team.example.org", "http://loki.example.org"), "observability:alerting": OF_SERVICES}
    spec, renderer, ports = alerting_of(config), Renderer(tmp_path / "charts"), Ports.free()
    here = on_this_machine(renderer(release_of_stack(config)), ports, tmp_path / "loki", cache="")
    shop = Shop(errors=0.5)
    with serving(shop) as target, running(spec, [target], SCALE) as metrics:
        interval = scaled(EVALUATION_INTERVAL, SCALE)
        here["ruler"] |= {"alertmanager_url": metrics.programs.alertmanager, "evaluation_interval": interval}
        with running_loki(here, ports, rule_files(spec), tmp_path / "loki") as loki:
            metrics.page("team", "HighErrorRate")
            labels = {"cluster": "dev", "namespace": "shop", "service_name": "shop"}
            begin, half_a_second = time.time_ns(), 10**9 // 2
            loki.push((Line(begin + n * half_a_second, "a", f"payment refused {n}") for n in range(120)), labels)
            together = {"HighErrorRate", "PaymentsRefused"}
            found = metrics.programs.pages.wait_for(lambda page: together <= firing_in(page), SECONDS)
    assert found, metrics.paged
    assert (found.receiver, found.group) == ("team", {"cluster": "dev", "service": "shop"})


def firing_in(page: Page) -> set[str]:
    """Return the names of the alerts of a page that fire."""
    return {alert["labels"]["alertname"] for alert in page.alerts if alert["status"] == "firing"}


PAYMENTS = {
    "info": '{"level": "info", "message": "paid", "duration_ms": %d}',
    "error": '{"level": "error", "message": "card expired", "duration_ms": 900}',
    "text": "java.lang.OutOfMemoryError: heap",
}


def test_the_queries_of_the_library_say_what_their_names_say(tmp_path: Path) -> None:
    """Of 100 payments that take 1 to 100 ms, 3 that fail and a line about memory; and of a service that writes text."""
    require("loki", "helm")
    renderer, ports = Renderer(tmp_path / "charts"), Ports.free()
    here = on_this_machine(
        renderer(release_of_stack(stack_file("http://team.example.org", "http://loki.example.org"))),
        ports,
        tmp_path / "loki",
        cache="",
    )
    lines = [*(PAYMENTS["info"] % number for number in range(1, 101)), *[PAYMENTS["error"]] * 3, PAYMENTS["text"]]
    labels = {"cluster": "dev", "namespace": "shop"}
    at = time.time_ns() - 10 * 10**9
    with running_loki(here, ports, {}, tmp_path / "loki") as loki:
        loki.push([Line(at + index, "a", text) for index, text in enumerate(lines)], labels | {"service_name": "pay"})
        loki.push([Line(at, "a", "started")], labels | {"service_name": "web"})

        def found(name: str) -> dict[tuple[str, ...], float]:
            return {
                tuple(series["metric"].get(label, "") for label in ("service_name", "message")): float(
                    series["value"][1]
                )
                for series in loki.instant(QUERIES[name])
            }

        loki.wait_until(lambda: found("bytes by service").keys() == {("pay", ""), ("web", "")}, "both services")
        assert found("errors by service") == {("pay", ""): 3}
        assert found("bytes by service") == {("pay", ""): sum(map(len, lines)), ("web", ""): len("started")}
        assert found("lines per second by service") == {
            ("pay", ""): pytest.approx(len(lines) / 300),
            ("web", ""): pytest.approx(1 / 300),
        }
        assert found("the five most frequent errors") == {("pay", "card expired"): 3}
        (slow,) = found("99th percentile of durations in structured lines").items()
        assert slow == (("pay", ""), 900), "3 of 103 payments took that long"
        assert found("lines about memory that ran out") == {("pay", ""): 1}
