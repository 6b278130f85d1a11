"""What a real Alertmanager with the compiled configuration of `dev` sends: who is muted, and what Slack gets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import requests

from components.alerting.compile import configuration
from sandbox.processes import wait_until_none
from tests.e2e.alerting.alertmanager import Alertmanager, running_alertmanager
from tests.e2e.alerting.stack import DEV, alerting_of
from tests.e2e.alerting.test_paging import FAST
from tools.alerts.local import SECONDS, Pages
from tools.local_sink import posts

pytestmark = pytest.mark.e2e

FILLING_UP = "KubePersistentVolumeFillingUp"
"""An alert of the chart with a rule of each severity, whose alerts keep the labels of their series."""


def volume(name: str, severity: str) -> dict[str, Any]:
    labels = {"alertname": FILLING_UP, "severity": severity, "owner": "platform", "job": "kubelet"}
    return {"labels": {**labels, "namespace": "shop", "persistentvolumeclaim": name}}


def config_of(receivers: Mapping[str, Any]) -> dict[str, Any]:
    routes = {"all": {"receiver": "team", "matchers": ['severity =~ "critical|warning"'], "group_wait": "1m"}}
    stated = {"receivers": receivers, "default_receiver": "team", "routes": routes}
    spec = alerting_of({**DEV, "observability:alerting": stated})
    return configuration(spec.stated, spec.compiled, FAST)


def session() -> requests.Session:
    found = requests.Session()
    found.trust_env = False
    return found


def send(running: Alertmanager, *alerts: Mapping[str, Any]) -> None:
    session().post(f"{running.url}/api/v2/alerts", json=alerts, timeout=SECONDS).raise_for_status()


def states(running: Alertmanager) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """Return volume and severity of what mutes each alert, by its own volume and severity."""
    found = session().get(f"{running.url}/api/v2/alerts", timeout=SECONDS).json()
    names = {one["fingerprint"]: _named(one) for one in found}
    return {_named(one): [names[source] for source in one["status"]["inhibitedBy"]] for one in found}


def _named(alert: Mapping[str, Any]) -> tuple[str, str]:
    return alert["labels"]["persistentvolumeclaim"], alert["labels"]["severity"]


def test_a_critical_alert_mutes_the_warning_of_its_series_alone(tmp_path: Path) -> None:
    pages = Pages()
    with posts(pages.take) as sink:
        config = config_of({"team": {"kind": "webhook", "url": f"{sink}/team"}})
        with running_alertmanager(config, tmp_path) as running:
            send(running, volume("data-0", "critical"), volume("data-0", "warning"), volume("data-1", "warning"))
            arrived = pages.wait_for(lambda page: ("data-1", "warning") in map(_named, page.alerts), SECONDS)
            assert arrived, running.logs()
            muted = states(running)
            sent = {_named(alert) for page in pages.all for alert in page.alerts}
    assert muted == {
        ("data-0", "critical"): [],
        ("data-0", "warning"): [("data-0", "critical")],
        ("data-1", "warning"): [],
    }
    assert sent == {("data-0", "critical"), ("data-1", "warning")}


def test_slack_gets_no_button_that_leads_nowhere(tmp_path: Path) -> None:
    taken: list[Mapping[str, Any]] = []
    with posts(lambda _, body: taken.append(json.loads(body))) as sink:
        (tmp_path / "slack").mkdir()
        (tmp_path / "slack" / "url").write_text(sink)
        receivers = {"team": {"kind": "slack", "url_secret": {"secret": "slack", "key": "url"}, "channel": "#alerts"}}
        config = config_of(receivers)
        (slack,) = [one for one in config["receivers"] if one["name"] == "team"]
        slack["slack_configs"][0]["api_url_file"] = str(tmp_path / "slack" / "url")
        links = {"dashboard_url": "https://grafana.example.org/d/x", "runbook_url": "https://docs.example.org/y"}
        with running_alertmanager(config, tmp_path) as running:
            send(running, {"labels": {"alertname": "Linked", "severity": "critical"}, "annotations": links})
            send(running, {"labels": {"alertname": "Bare", "severity": "critical", "service": "b"}})
            wait_until_none(lambda: [] if len(taken) >= 2 else ["messages"], [running.process], SECONDS)
    actions = {
        attachment["title"]: [(action["text"], action.get("url")) for action in attachment["actions"]]
        for message in taken
        for attachment in message["attachments"]
    }
    assert actions["🚨 CRITICAL: Linked"] == [
        ("📊 Dashboard", links["dashboard_url"]),
        ("📖 Runbook", links["runbook_url"]),
    ]
    assert [text for text, _ in actions["🚨 CRITICAL: Bare"]] == ["🔔 Alerts", "🔕 Silences"]
    assert all(url and url.startswith("http") for each in actions.values() for _, url in each)
