"""The test of receivers: how it finds Alertmanager, and what it makes of its counters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
        alert_test.alert_test(engine({"observability:ingress": {"kind": "traefik", "domain": "acme.org"}}), False)
    assert [line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines()] == [
        ["slack", "delivered"],
        ["pager", "failed: 403 Forbidden"],
    ]


@pytest.mark.parametrize(
    ("areas", "link"),
    [
        ({"ingress": {"domain": "acme.org", "https": False}}, "http://grafana.acme.org/explore"),
        ({"ingress": {"domain": "acme.org"}, "grafana": {"enabled": False}}, "/explore"),
        ({"grafana": {"root_url": "https://g.acme.org/"}, "ingress": {"domain": "acme.org"}}, "https://g.acme.org/explore"),
    ],
)  # fmt: skip
def test_links_are_those_of_the_routes_of_the_stack(
    areas: dict[str, Any], link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def send(_urls: Any, _logs: Any, *, links: Mapping[str, str]) -> list[Outcome]:
        seen.append(links["dashboard_url"])
        return []

    monkeypatch.setattr(alert_test, "send_by_severity", send)
    alerting = {"alertmanager_url": "https://alerts.acme.org"}
    stack = engine({f"observability:{area}": stated for area, stated in {**areas, "alerting": alerting}.items()})
    alert_test.alert_test(stack, False)
    assert seen[0].startswith(f"{link}?")


def test_an_existing_alertmanager_is_reached_through_its_service(
    kubectl: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    script(
        kubectl, f'echo "$*" > {tmp_path}/asked; echo "Forwarding from 127.0.0.1:4711 -> 9093"; exec tail -f /dev/null'
    )
    asked: list[str] = []

    def send(urls: Sequence[str], _logs: Any, *, links: Any) -> list[Outcome]:
        asked.extend(urls)
        return [Outcome("team", State.ROUTED, "not told")]

    monkeypatch.setattr(alert_test, "send_by_severity", send)
    urls = "http://alerts.metrics:9093/alertmanager/,https://alerts.acme.org/"
    alert_test.alert_test(engine({"observability:alerting": {"alertmanager_url": urls}}), False)
    assert asked == ["http://127.0.0.1:4711/alertmanager", "https://alerts.acme.org"]
    assert "--namespace metrics --pod-running-timeout=1s service/alerts :9093" in (tmp_path / "asked").read_text()
    assert capsys.readouterr().out.split(maxsplit=1) == ["team", "routed: not told\n"]


def test_an_existing_alertmanager_that_is_not_to_be_reached_is_an_error_with_a_way_out() -> None:
    secured = {"observability:alerting": {"alertmanager_url": "https://alerts.metrics:9093"}}
    with pytest.raises(UndeliveredError, match=r"address of the cluster with TLS.*ALERTMANAGER="):
        alert_test.alert_test(engine(secured), False)
    with pytest.raises(UndeliveredError, match=r"none of the stack's own.*ALERTMANAGER="):
        alert_test.alert_test(engine({"observability:metrics": {"kind": "external"}}), False)


def test_what_metrics_do_not_tell_of_receivers_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alert_test, "_counts", lambda _: {("notification_requests_total", "", ""): 1})
    monkeypatch.setattr(alert_test, "_send", lambda *_: None)
    monkeypatch.setattr(alert_test, "_get", lambda *_: [{"receivers": [{"name": "team"}]}])
    (outcome,) = alert_test.send_by_severity(["http://a"], str)
    assert outcome.state is State.ROUTED and "receiver-name-in-metrics" in outcome.reason
    monkeypatch.setattr(alert_test, "_get", lambda *_: [])
    with pytest.raises(UndeliveredError, match="sends a test alert to no receiver"):
        alert_test.send_by_severity(["http://a"], str, seconds=0)
