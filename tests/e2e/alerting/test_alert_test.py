"""`make alert-test` against a real Alertmanager with the configuration of a stack, and services that answer for it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from components.alerting.alertmanager_config import alertmanager_config
from components.alerting.notifications import NotificationSettings
from components.alerting.rules import Language
from components.alerting.shapes import Links
from sandbox.commands import HOST, free_ports
from tests.e2e.alerting.alertmanager import Alertmanager, running_alertmanager
from tests.e2e.alerting.mailbox import mailbox
from tests.unit.tools.deploy.fakes import engine
from tools.deploy.alert_test import Outcome, State, alert_test, send_by_severity, send_tests
from tools.local_sink import QuietServer, running

pytestmark = pytest.mark.e2e
ANSWERS = {
    "/refusing": (403, b"wrong token"),
    "/slack": (200, b"ok"),
    "/pager": (202, b'{"status": "success", "message": "Event processed"}'),
}
SECRET = "receivers"
"""The Secret of all receivers."""
GRAFANA = "https://grafana.example.org"
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

    with QuietServer((HOST, 0), Handler) as server, running(server):
        found.url = f"http://{HOST}:{server.server_port}"
        yield found


@contextmanager
def alertmanager(
    receivers: Mapping[str, Any],
    secrets: Mapping[str, str],
    directory: Path,
    *,
    smtp: Mapping[str, Any] | None = None,
    pagerduty_url: str = "",
) -> Iterator[Alertmanager]:
    """Run Alertmanager with the configuration of these receivers; `secrets` are what the Secret has, by key.

    PagerDuty has one address for everybody, and a server of e-mail has TLS: both are changed in the configuration.
    """
    (directory / SECRET).mkdir()
    for key, text in secrets.items():
        (directory / SECRET / key).write_text(f"{text}\n")
    names = [*receivers]
    routes = {name: {"receiver": name, "matchers": [f"team={name}"]} for name in names[1:]}
    stated = {"receivers": receivers, "default_receiver": names[0], "routes": routes, "smtp": smtp}
    config = alertmanager_config(NotificationSettings.model_validate(stated), {}, secrets=str(directory))
    if smtp:
        config["global"]["smtp_require_tls"] = False
    if pagerduty_url:
        config["global"]["pagerduty_url"] = pagerduty_url
    with running_alertmanager(config, directory) as running:
        yield running


def of_secret(key: str) -> dict[str, str]:
    return {"secret": SECRET, "key": key}


class Hrefs(HTMLParser):
    """The addresses of the links of a document, by their text."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.found: dict[str, str | None] = {}
        self._href: str | None = None
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._href = dict(attrs)["href"]

    def handle_data(self, data: str) -> None:
        if self.lasttag == "a" and data.strip():
            self.found.setdefault(data, self._href)


def states(outcomes: Sequence[Outcome]) -> dict[str, State]:
    return {outcome.receiver: outcome.state for outcome in outcomes}


def test_what_arrives_and_what_is_refused_is_told_apart(tmp_path: Path) -> None:
    with services() as found:
        receivers = {
            "slack": {"kind": "slack", "url_secret": of_secret("slack"), "channel": "#alerts"},
            "teams": {"kind": "teams", "url_secret": of_secret("teams")},
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


def test_a_page_and_an_e_mail_say_what_is_tested_and_where_to_look(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    areas = {"grafana": {"root_url": GRAFANA}, "alerting": {"runbook_url": "https://docs.example.org/{alert}.md"}}
    stack = engine({f"observability:{area}": stated for area, stated in areas.items()})
    with services() as found, mailbox() as post:
        receivers = {
            "pager": {"kind": "pagerduty", "routing_key": of_secret("routing-key")},
            "mail": {"kind": "email", "to": ["on-call@example.org", "lead@example.org"]},
        }
        login = {"username": "alerts", "password": of_secret("password")}
        smtp = {"smarthost": post.smarthost, "sender": "alerts@example.org", **login}
        secrets = {"routing-key": "R0UT1NG", "password": "of mail"}
        with alertmanager(receivers, secrets, tmp_path, smtp=smtp, pagerduty_url=f"{found.url}/pager") as running:
            alert_test(replace(stack, extra=(running.url,)), False)

    reported = [line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines()]
    assert reported == [["pager", "delivered"], ["mail", "delivered"]]
    dashboard = Links(GRAFANA, "").dashboard("cluster", "up == 0", Language.PROMQL, ())
    runbook = "https://docs.example.org/AlertTest.md"
    description = "This is a test by `make alert-test`; nothing is to be done."

    event = found.sent["/pager"]
    assert (event["routing_key"], event["event_action"]) == ("R0UT1NG", "trigger")
    assert event["links"] == [{"href": dashboard, "text": "Dashboard"}, {"href": runbook, "text": "Runbook"}]
    page = event["payload"]
    assert (page["summary"], page["severity"]) == (f"AlertTest: {description}", "critical")
    assert "Test of the receiver pager" in page["custom_details"]["alerts"]

    (mail,) = post.mails
    assert (mail.login, mail.sender) == (("alerts", "of mail"), "alerts@example.org")
    assert mail.recipients == ("on-call@example.org", "lead@example.org")
    assert mail.message["Subject"] == "[FIRING] AlertTest"
    text, html = (part.get_content() for part in mail.message.iter_parts() if isinstance(part, EmailMessage))
    assert text.splitlines()[:5] == [
        "FIRING AlertTest (none)",
        "Test of the receiver mail",
        description,
        f"Dashboard: {dashboard}",
        f"Runbook: {runbook}",
    ]
    assert "<h3>AlertTest (firing)</h3>" in html and "<b>Test of the receiver mail</b>" in html
    assert Hrefs(html).found == {"📊 Dashboard": dashboard, "📖 Runbook": runbook}


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
            "unreadable": {"kind": "slack", "url_secret": of_secret("missing")},
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
