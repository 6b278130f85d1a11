"""`make rehearse` with the real programs: an alert of `dev` fires in scaled time, and its page says what is wrong."""

from __future__ import annotations

import re

import pytest

from tests.checkout import ROOT
from tests.installed_tools import require
from tools.alerts import __main__ as command

pytestmark = pytest.mark.e2e


def test_a_node_that_is_down_pages_within_the_scaled_time(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _rehearsed(monkeypatch, "dev", "NodeDown") == 0
    printed = capsys.readouterr()
    assert "firing NodeDown → logs  (instance=10.0.0.1:9100, job=node-exporter," in printed.out
    for annotation in ("summary", "description", "impact", "runbook_url", "dashboard_url"):
        assert f"  {annotation:<13}  " in printed.out
    assert "Traceback" not in printed.err


def test_an_objective_pages_by_its_own_query(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _rehearsed(monkeypatch, "microservices", "SLOErrorBudgetBurn") == 0
    printed = capsys.readouterr().out
    assert '  http_request_duration_seconds_count{service="payment-api",method="GET"}' in printed
    assert "slo:requests:rate5m{" not in printed, "it is recorded of these"
    # Which of its windows is the first depends on how fast this machine is.
    page = r"firing SLOErrorBudgetBurn → (pagerduty|slack)-\w+ .*slo=latency, window=\d+[hd]"
    assert re.search(page, printed), printed


def _rehearsed(monkeypatch: pytest.MonkeyPatch, stack: str, alert: str) -> int:
    require(*command.PROGRAMS)
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("sys.argv", ["tools.alerts", "--stack", stack, "--alert", alert, "--seconds", "5"])
    return command.main()
