"""The compiled alerting of a stack on a real Prometheus and Alertmanager: who is paged, and who is not.

Every duration is scaled by one factor. Nothing is timed: tests wait for pages, for evaluations, or for what
Alertmanager says that it has muted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import pytest

from components.alerting.durations import scaled
from components.alerting.spec import AlertingSpec
from components.units import parse_duration
from sandbox.commands import HOST, free_ports
from tests.e2e.alerting.shop import Shop, serving
from tests.e2e.alerting.stack import DEV, alerting_of, running, short_of
from tests.e2e.metrics.programs import Programs
from tests.installed_tools import require
from tests.shop_alerting import NODE
from tools.alerts.local import SECONDS, Page, Target

pytestmark = pytest.mark.e2e

FAST = Fraction(1, 150)
"""An hour in 24 s, and a scrape every 200 ms."""
STEADY = Fraction(1, 60)
"""For real exporters, which answer in tens of milliseconds: a scrape every 500 ms."""
PATIENCE = "5m"
"""How long a receiver of the dead man's switch hears nothing before it raises the alarm; a beat is each minute."""
MEASURED = (
    "service:http_errors:ratio5m",
    "slo:sli_error:ratio_rate1h",
    "instance:node_cpu:utilization",
    "instance:node_memory:utilization",
    "job:prometheus_alerts_failed:ratio5m",
    "job:alertmanager_notifications_failed:ratio15m",
)
"""What a healthy stack measures of the real programs and of the service."""


@pytest.fixture(scope="module")
def spec() -> AlertingSpec:
    """The alerting of the stack."""
    require("prometheus", "alertmanager")
    return alerting_of(DEV)


@pytest.fixture
def programs(tmp_path: Path) -> Iterator[Programs]:
    """Programs beside Prometheus and Alertmanager."""
    found = Programs(tmp_path)
    yield found
    found.end()


def test_a_failing_service_pages_the_right_receivers_and_they_hear_of_its_end(spec: AlertingSpec) -> None:
    shop = Shop()
    with serving(shop) as target, running(spec, [target], FAST) as stack:
        shop.change(errors=0.5, seconds=5)
        pages = [stack.page(receiver, "HighErrorRate") for receiver in ("pager", "team")]
        burn = stack.page("pager", "SLOErrorBudgetBurn", slo="availability", severity="critical")
        slow = stack.page("team", "HighLatencyP99")
        for page in (*pages, burn, slow):
            assert_says_what_to_do(page)
        (first, _) = pages
        (alert,) = first.alerts
        assert alert["labels"] | {"owner": "platform", "service": "shop", "cluster": "dev"} == alert["labels"]
        assert "of the requests to shop are answered with 5xx (limit 5%)" in alert["annotations"]["description"]
        assert ("pager", "HighLatencyP99", "warning") not in stack.paged, "a warning wakes nobody up"

        shop.change()
        for receiver in ("pager", "team"):
            stack.page(receiver, "HighErrorRate", "resolved")
        stack.page("pager", "SLOErrorBudgetBurn", "resolved", slo="availability")
        stack.page("team", "HighLatencyP99", "resolved")


def assert_says_what_to_do(page: Page) -> None:
    """Fail where a page lacks what the person on call must know, or where a template failed."""
    for alert in page.alerts:
        texts = alert["annotations"]
        for name in ("summary", "description", "impact", "dashboard_url", "runbook_url"):
            assert texts[name], texts
        assert texts["runbook_url"].endswith(f"/{alert['labels']['alertname']}.md"), texts
        failed = ("{{", "<no value>", "<error expanding template")
        assert not [mark for mark in failed if mark in "".join(texts.values())], texts


def test_what_another_alert_explains_stays_away(spec: AlertingSpec) -> None:
    shop = Shop()
    (closed,) = free_ports(1)
    node = Target("node-exporter", f"{HOST}:{closed}", {"instance": NODE})
    with serving(shop) as target, running(spec, [target, node], FAST) as stack:
        shop.change(queue=1000)
        stack.page("pager", "NodeDown")
        stack.wait_until(lambda: stack.muted("CheckoutQueueLong") == ["NodeDown"], "a queue that NodeDown mutes")
        stack.wait_until(stack.muted_notifications, "a notification that NodeDown mutes")
        assert ("team", "CheckoutQueueLong", "warning") not in stack.paged

        shop.change(errors=0.5)
        burn = {"slo": "availability", "severity": "warning"}
        stack.page("team", "SLOErrorBudgetBurn", slo="availability", severity="critical")
        stack.wait_until(
            lambda: set(stack.muted("SLOErrorBudgetBurn", **burn)) == {"SLOErrorBudgetBurn"}, "a muted warning"
        )
        before = stack.muted_notifications()
        stack.wait_until(lambda: stack.muted_notifications() > before, "a notification that the critical one mutes")
        assert ("team", "SLOErrorBudgetBurn", "critical") in stack.paged
        assert not {page for page in stack.paged if page[2] == "warning"}


def test_a_healthy_stack_pages_nobody(spec: AlertingSpec, programs: Programs) -> None:
    require("node_exporter")
    (node_port, *ports) = free_ports(3)
    programs.start("node_exporter", [f"--web.listen-address={HOST}:{node_port}"], node_port, ready="/")
    names = ("node-exporter", "prometheus-prometheus", "prometheus-alertmanager")
    own = [
        Target(job, f"{HOST}:{port}", {"namespace": "monitoring"})
        for job, port in zip(names, (node_port, *ports), strict=True)
    ]
    with serving(Shop()) as target, running(spec, [target, *own], STEADY, ports) as stack:
        stack.wait_until(lambda: not short_of(stack, spec.compiled.groups), "evaluations of ten minutes")
        for series in MEASURED:
            assert stack.query(series), f"{series} is measured by nothing, so that its alerts prove nothing"
        metrics = stack.metrics("prometheus")
        assert metrics.total("prometheus_rule_evaluation_failures_total") == 0
        assert stack.paged == {("heartbeat", "Watchdog", "none")}


def test_the_absence_of_the_dead_mans_switch_is_seen(spec: AlertingSpec) -> None:
    def beats(pages: Sequence[Page]) -> int:
        return sum(page.receiver == "heartbeat" and page.status == "firing" for page in pages)

    with serving(Shop()) as target, running(spec, [target], FAST) as stack:
        pages = stack.programs.pages

        def is_heard(seconds: float) -> bool:
            before = beats(pages.all)
            return pages.wait_until(lambda arrived: beats(arrived) > before, seconds)

        assert all(is_heard(SECONDS) for _ in range(5)), "it arrives again and again"
        stack.programs.stop_prometheus()
        patience = parse_duration(scaled(PATIENCE, FAST)).total_seconds()
        # Alertmanager repeats what it last heard until that ends.
        assert not all(is_heard(patience) for _ in range(20)), "its receiver raises the alarm"
        assert {receiver for receiver, *_ in stack.paged} == {"heartbeat"}
