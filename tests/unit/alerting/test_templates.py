"""Every text of a notification renders: for several alerts, and where labels and annotations are missing."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from components.alerting import templates
from components.alerting.receivers import MessageText
from tests.installed_tools import require
from tests.unit.alerting.amtool import notification, rendered

PAYMENT: dict[str, Any] = {
    "labels": {"alertname": "HighErrorRate", "severity": "critical", "service": "payment", "owner": "shop"},
    "annotations": {
        "summary": "payment fails",
        "description": "rate is > 5 %",
        "impact": "Users see errors.",
        "dashboard_url": "https://grafana.example.org/d/red?var-service=payment",
        "runbook_url": "https://docs.example.org/runbooks/high-error-rate",
    },
}
CART: dict[str, Any] = {
    "labels": {"alertname": "HighErrorRate", "severity": "critical", "service": "cart", "instance": "10.0.0.1:80"},
    "annotations": {"description": "rate is > 9 %"},
    "resolved": True,
}
BARE: dict[str, Any] = {"labels": {"alertname": "Bare"}}


def texts(options: Any) -> Iterator[str]:
    """Yield every template of the options of a receiver."""
    if isinstance(options, Mapping):
        for value in options.values():
            yield from texts(value)
    elif isinstance(options, list):
        for value in options:
            yield from texts(value)
    elif isinstance(options, str) and "{{" in options:
        yield options


def every_text() -> list[str]:
    options = [
        *(templates.slack(text.value, "") for text in MessageText),
        *(templates.teams(text.value, "📊") for text in MessageText),
        templates.pagerduty(),
        templates.email(),
    ]
    return list(dict.fromkeys(text for one in options for text in texts(one)))


@pytest.mark.parametrize("text", every_text())
def test_no_text_fails_or_shows_what_is_missing(text: str, tmp_path: Path) -> None:
    require("amtool")
    for alerts in ([BARE], [PAYMENT, CART], [PAYMENT] * 12):
        shown = rendered(tmp_path, text, notification(alerts))
        assert "no value" not in shown and "{{" not in shown


def test_a_page_of_slack_is_that_of_the_document(tmp_path: Path) -> None:
    require("amtool")
    data = notification([PAYMENT, CART])
    options = templates.slack("full", "")

    assert rendered(tmp_path, options["title"], data) == "🚨 CRITICAL: HighErrorRate"
    assert rendered(tmp_path, options["color"], data) == "danger"
    assert rendered(tmp_path, options["text"], data).splitlines() == [
        "*CRITICAL* - payment",
        "rate is &gt; 5 %",
        "*Impact:* Users see errors.",
        "✅ *CRITICAL* - cart",
        "rate is &gt; 9 %",
        "Instance: `10.0.0.1:80`",
    ]
    assert rendered(tmp_path, templates.slack("impact", "")["text"], data).splitlines() == [
        "*Service:* payment",
        "*Description:* rate is &gt; 5 %",
        "*Impact:* Users see errors.",
        "*Runbook:* https://docs.example.org/runbooks/high-error-rate",
        "*Service:* cart",
        "*Description:* rate is &gt; 9 %",
    ]
    lines = rendered(tmp_path, templates.slack("description", "")["text"], data).splitlines()
    assert lines == ["rate is &gt; 5 %", "rate is &gt; 9 %"]


PLACES: dict[str, Any] = {
    "labels": {"alertname": "Down"},
    "annotations": {"dashboard_url": "/explore?left=1", "runbook_url": "docs/runbooks/Down.md"},
}


def test_a_place_that_is_no_url_is_text_and_no_link(tmp_path: Path) -> None:
    require("amtool")
    buttons, links = templates.slack("full", "")["actions"], templates.pagerduty()["links"]
    assert [rendered(tmp_path, link["href"], notification([PLACES])) for link in links] == [""] * 2
    alertmanager = "http://alertmanager.example.org/#/"
    for alert in (PLACES, BARE):
        addresses = [rendered(tmp_path, button["url"], notification([alert])) for button in buttons]
        assert addresses == [f"{alertmanager}alerts?receiver=slack", f"{alertmanager}silences"], (
            "no button leads nowhere"
        )
        named = [rendered(tmp_path, button["text"], notification([alert])) for button in buttons]
        assert named == ["🔔 Alerts", "🔕 Silences"]
    assert [rendered(tmp_path, button["text"], notification([PAYMENT])) for button in buttons] == [
        "📊 Dashboard",
        "📖 Runbook",
    ]
    urls = [*(button["url"] for button in buttons), *(link["href"] for link in links)]
    of_payment = {rendered(tmp_path, url, notification([PAYMENT])) for url in urls}
    assert of_payment == {PAYMENT["annotations"][name] for name in ("dashboard_url", "runbook_url")}
    for options in (*(kind(text.value, "") for text in MessageText for kind in (templates.slack, templates.teams)),):
        shown = rendered(tmp_path, options["text"], notification([PLACES]))
        assert "Dashboard: /explore?left=1" in shown and "Runbook:" in shown and "docs/runbooks/Down.md" in shown
        assert shown.count("docs/runbooks/Down.md") == 1 and "](" not in shown
    mail = rendered(tmp_path, templates.email()["html"], notification([PLACES]), html=True)
    assert "Runbook: docs/runbooks/Down.md" in mail and "<a " not in mail


@pytest.mark.parametrize(
    ("severity", "resolved", "icon", "title"),
    [
        ("critical", False, "", "🚨 CRITICAL: A"),
        ("warning", False, "", "⚠️ A"),
        ("none", False, "", "🔥 A"),
        ("warning", False, "📊", "📊 A"),
        ("critical", True, "📊", "✅ A"),
    ],
)
def test_a_title_begins_with_what_the_alert_asks_for(
    severity: str, resolved: bool, icon: str, title: str, tmp_path: Path
) -> None:
    require("amtool")
    alert = {"labels": {"alertname": "A", "severity": severity}, "resolved": resolved}
    assert rendered(tmp_path, templates.slack("full", icon)["title"], notification([alert])) == title


def test_a_warning_of_pagerduty_is_one_and_anything_else_is_critical(tmp_path: Path) -> None:
    require("amtool")
    warning = {"labels": {"alertname": "A", "severity": "warning"}}
    severity = templates.pagerduty()["severity"]
    assert rendered(tmp_path, severity, notification([warning])) == "warning"
    assert rendered(tmp_path, severity, notification([PAYMENT])) == "critical"
    assert rendered(tmp_path, severity, notification([warning, PAYMENT])) == "critical"


def test_a_label_of_others_is_text_in_html(tmp_path: Path) -> None:
    require("amtool")
    alert = {**PAYMENT, "labels": {"alertname": "A", "service": "<script>"}}
    shown = rendered(tmp_path, templates.email()["html"], notification([alert]), html=True)
    assert "<script>" not in shown and "&lt;script&gt;" in shown
    assert '<a href="https://docs.example.org/runbooks/high-error-rate">📖 Runbook</a>' in shown
