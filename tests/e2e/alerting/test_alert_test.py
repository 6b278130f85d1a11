"""`make alert-test` against a real Alertmanager with the configuration of a stack, and services that answer for it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from components.alerting.alertmanager_config import alertmanager_config
from components.alerting.notifications import NotificationSettings
from sandbox.commands import HOST, free_ports
from tests.e2e.alerting.alertmanager import Alertmanager, running_alertmanager
from tools.deploy.alert_test import Outcome, State, send_by_severity, send_tests

pytestmark = pytest.mark.e2e
ANSWERS = {"/refusing": (403, b"wrong token"), "/slack": (200, b"ok")}
RETRIED_SECONDS = 8
"""How long a receiver is waited for that is tried again and again."""


@dataclass
class Services:
    """The services that receivers send to: what each was sent, by path."""

    url: str = ""
    sent: dict[str, Any] = field(default_factory=dict)


@contextmanager
def services() -> Iterator[Services]:
    found = Services()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            found.sent[self.path] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, body = ANSWERS.get(self.path, (200, b""))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Write nothing."""

    server = ThreadingHTTPServer((HOST, 0), Handler)
    found.url = f"http://{HOST}:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def alertmanager(receivers: Mapping[str, Any], secrets: Mapping[str, str], directory: Path) -> Iterator[Alertmanager]:
    """Run Alertmanager with the configuration of these receivers; `secrets` are the URLs in the Secret `urls`."""
    (directory / "urls").mkdir()
    for key, url in secrets.items():
        (directory / "urls" / key).write_text(f"{url}\n")
    names = [*receivers]
    routes = {name: {"receiver": name, "matchers": [f"team={name}"]} for name in names[1:]}
    stated = {"receivers": receivers, "default_receiver": names[0], "routes": routes}
    settings = NotificationSettings.model_validate(stated)
    with running_alertmanager(alertmanager_config(settings, {}, secrets=str(directory)), directory) as running:
        yield running


def states(outcomes: Sequence[Outcome]) -> dict[str, State]:
    return {outcome.receiver: outcome.state for outcome in outcomes}


def test_what_arrives_and_what_is_refused_is_told_apart(tmp_path: Path) -> None:
    with services() as found:
        receivers = {
            "slack": {"kind": "slack", "url_secret": {"secret": "urls", "key": "slack"}, "channel": "#alerts"},
            "teams": {"kind": "teams", "url_secret": {"secret": "urls", "key": "teams"}},
            "hook": {"kind": "webhook", "url": f"{found.url}/hook"},
            "refusing": {"kind": "webhook", "url": f"{found.url}/refusing"},
        }
        urls = {"slack": f"{found.url}/slack", "teams": f"{found.url}/teams"}
        with alertmanager(receivers, urls, tmp_path) as running:
            links = {"dashboard_url": "/explore?left=1", "runbook_url": "https://docs.example.org/AlertTest"}
            outcomes = send_tests([running.url], running.logs, links=links)

    assert states(outcomes) == {
        "slack": State.DELIVERED,
        "teams": State.DELIVERED,
        "hook": State.DELIVERED,
        "refusing": State.FAILED,
    }
    (refused,) = [outcome for outcome in outcomes if outcome.receiver == "refusing"]
    assert "403" in refused.reason, refused.reason
    (alert,) = found.sent["/hook"]["alerts"]
    assert alert["labels"]["receiver"] == "hook", "each receiver gets its own test alert alone"
    (attachment,) = found.sent["/slack"]["attachments"]
    assert found.sent["/slack"]["channel"] == "#alerts" and attachment["title"] == "🔥 AlertTest"
    alerts, runbook = attachment["actions"]
    assert runbook["url"] == "https://docs.example.org/AlertTest"
    assert alerts["text"] == "🔔 Alerts" and alerts["url"].endswith("/#/alerts?receiver=slack")
    assert "Dashboard: /explore?left=1" in attachment["text"], "Slack refuses a button whose URL is a path, or none"
    assert "Test of the receiver teams" not in json.dumps(found.sent["/slack"])


def test_the_routes_of_another_alertmanager_tell_who_is_tested(tmp_path: Path) -> None:
    with services() as found:
        hooks = [
            {"name": name, "webhook_configs": [{"url": f"{found.url}/{path}"}]}
            for name, path in (("pager", "hook"), ("team", "refusing"), ("others", "others"))
        ]
        routes = [{"receiver": "pager", "matchers": ["severity=critical"]}, {"receiver": "team"}]
        waits = {"group_wait": "0s", "group_by": ["severity"]}
        config = {"route": {"receiver": "others", "routes": routes, **waits}, "receivers": hooks}
        with running_alertmanager(config, tmp_path) as running:
            outcomes = send_by_severity([running.url], running.logs)
    assert states(outcomes) == {"pager": State.DELIVERED, "team": State.FAILED}
    assert [alert["labels"]["severity"] for alert in found.sent["/hook"]["alerts"]] == ["critical"]


def test_what_is_tried_again_and_what_is_never_sent_has_its_reason(tmp_path: Path) -> None:
    with services() as found:
        (closed,) = free_ports(1)
        receivers = {
            "away": {"kind": "webhook", "url": f"http://{HOST}:{closed}/"},
            "unreadable": {"kind": "slack", "url_secret": {"secret": "urls", "key": "missing"}},
            "silenced": {"kind": "webhook", "url": f"{found.url}/silenced"},
        }
        with alertmanager(receivers, {}, tmp_path) as running:
            running.silence("silenced")
            outcomes = send_tests([running.url], running.logs, seconds=RETRIED_SECONDS)

    assert states(outcomes) == {"away": State.FAILED, "unreadable": State.FAILED, "silenced": State.NOT_SENT}
    reasons = {outcome.receiver: outcome.reason for outcome in outcomes}
    assert "attempts so far" in reasons["away"] and "connection refused" in reasons["away"], reasons
    assert "no such file or directory" in reasons["unreadable"], reasons
    assert reasons["silenced"].startswith("muted by silence "), reasons
    assert found.sent == {}
