"""The test of receivers: how it finds Alertmanager, and what it makes of its counters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from components.alerting.rules import Language
from components.alerting.shapes import Links
from tests.unit.tools.deploy.fakes import engine
from tools.deploy import alert_test
from tools.deploy.alert_test import Outcome, State, UndeliveredError
from tools.deploy.kubectl import UnreachableClusterError, forwarded_port


def script(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


@pytest.fixture
def kubectl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return tmp_path / "kubectl"


def test_a_port_is_forwarded_until_it_is_no_longer_needed(kubectl: Path, tmp_path: Path) -> None:
    script(
        kubectl, f'echo "$*" > {tmp_path}/asked; echo "Forwarding from 127.0.0.1:4711 -> 9093"; exec tail -f /dev/null'
    )
    with forwarded_port("prod", "monitoring", "pod/alertmanager-prometheus-0", 9093) as url:
        assert url == "http://127.0.0.1:4711"
    asked = (tmp_path / "asked").read_text()
    assert asked == "--context=prod port-forward --namespace monitoring pod/alertmanager-prometheus-0 :9093\n"


def test_a_pod_that_is_not_to_be_reached_is_an_error_with_its_reason(kubectl: Path) -> None:
    script(kubectl, "echo 'error: unable to forward port because pod is not running' >&2; exit 1")
    with (
        pytest.raises(UnreachableClusterError, match="pod is not running"),
        forwarded_port("", "monitoring", "pod/alertmanager-prometheus-0", 9093),
    ):
        pass


def test_a_cluster_that_is_silent_is_an_error_after_a_while(kubectl: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(kubectl, "exec tail -f /dev/null")
    monkeypatch.setattr("tools.deploy.kubectl.REQUEST_SECONDS", 0.1)
    with pytest.raises(UnreachableClusterError, match="port-forward"), forwarded_port("", "monitoring", "pod/a", 9093):
        pass


def test_a_stack_without_alertmanager_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def none(*arguments: Any) -> list[Any]:
        asked.extend(arguments)
        return []

    monkeypatch.setattr(alert_test, "items", none)
    with pytest.raises(UndeliveredError, match="deploy the stack with receivers"):
        alert_test.alert_test(engine({"observability:metrics": {"namespace": "metrics"}}), False)
    assert "metrics" in asked, "the namespace is that of the stack"


def test_receivers_that_do_not_take_an_alert_are_an_error_behind_the_report(
    kubectl: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    script(kubectl, 'echo "Forwarding from 127.0.0.1:4711 -> 9093"; exec tail -f /dev/null')
    sent = {
        "dashboard_url": Links("https://grafana.acme.org", "").dashboard("cluster", "up == 0", Language.PROMQL, ()),
        "runbook_url": "docs/runbooks/AlertTest.md",
    }
    outcomes = [Outcome("slack", State.DELIVERED), Outcome("pager", State.FAILED, "403 Forbidden")]
    monkeypatch.setattr(alert_test, "items", lambda *_: [{"metadata": {"name": "alertmanager-prometheus-0"}}])
    monkeypatch.setattr(alert_test, "send_tests", lambda *_, links: outcomes if links == sent else [])
    with pytest.raises(UndeliveredError, match="receivers = pager: must take a test alert"):
        alert_test.alert_test(engine({"observability:ingress": {"domain": "acme.org"}}), False)
    assert [line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines()] == [
        ["slack", "delivered"],
        ["pager", "failed: 403 Forbidden"],
    ]
