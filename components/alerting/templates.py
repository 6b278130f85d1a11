"""Texts of notifications: options of receivers, by the Go templates of `observability.tmpl`.

PagerDuty leaves out a link without a URL. Alertmanager sends Slack every button, so that one without an address of its
own leads to Alertmanager.
"""

from pathlib import Path
from typing import Any

FILE = "observability.tmpl"
"""The templates: the file here, and its key in the Secret of the configuration."""


def _link(annotation: str) -> str:
    """Return the template of a URL: empty for a place that is none."""
    return (
        f"{{{{ with (index .Alerts 0).Annotations.{annotation} }}}}{{{{ if match `^https?://` . }}}}{{{{ . }}}}{_END}"
    )


def _button(annotation: str, text: str, otherwise: str, place: str) -> dict[str, str]:
    """Return a button for the URL of an annotation, or another one for a place of Alertmanager where that is no URL.

    Slack refuses a whole message with a button that leads nowhere.
    """
    has_url = f"{{{{ if match `^https?://` (index .Alerts 0).Annotations.{annotation} }}}}"
    return {
        "type": "button",
        "text": f"{has_url}{text}{{{{ else }}}}{otherwise}{{{{ end }}}}",
        "url": (
            f"{has_url}{{{{ (index .Alerts 0).Annotations.{annotation} }}}}{{{{ else }}}}{{{{ .ExternalURL }}}}"
            f"/#/{place}{{{{ end }}}}"
        ),
    }


_END = "{{ end }}{{ end }}"
_DASHBOARD, _RUNBOOK = _link("dashboard_url"), _link("runbook_url")


def template_file() -> str:
    """Return the file that defines the templates which the options name."""
    return (Path(__file__).parent / FILE).read_text(encoding="utf-8")


def slack(text: str, icon: str) -> dict[str, Any]:
    """Return the options of a message of Slack: an attachment, as Alertmanager sends no blocks."""
    return {
        "color": '{{ if eq .Status "firing" }}danger{{ else }}good{{ end }}',
        "title": _title(icon),
        "text": _use(f"slack.{text}"),
        "fallback": _use("subject"),
        "short_fields": True,
        "fields": [
            {"title": "Severity", "value": "{{ or .CommonLabels.severity `-` }}"},
            {"title": "Owner", "value": "{{ or .CommonLabels.owner `-` }}"},
        ],
        "actions": [
            _button("dashboard_url", "📊 Dashboard", "🔔 Alerts", "alerts?receiver={{ .Receiver | urlquery }}"),
            _button("runbook_url", "📖 Runbook", "🔕 Silences", "silences"),
        ],
    }


def teams(text: str, icon: str) -> dict[str, Any]:
    """Return the options of a card of Microsoft Teams."""
    return {"title": _title(icon), "text": _use(f"teams.{text}")}


def loki() -> dict[str, Any]:
    """Return the options of a webhook to Loki: its body is a push of one line for each alert."""
    return {"payload": _use("loki")}


def pagerduty() -> dict[str, Any]:
    """Return the options of an event of PagerDuty."""
    return {
        "description": _use("event"),
        "severity": '{{ if eq .CommonLabels.severity "warning" }}warning{{ else }}critical{{ end }}',
        "details": {
            "firing": "{{ .Alerts.Firing | len }}",
            "resolved": "{{ .Alerts.Resolved | len }}",
            "service": "{{ .CommonLabels.service }}",
            "impact": "{{ (index .Alerts 0).Annotations.impact }}",
            "alerts": _use("list"),
        },
        "links": [{"href": _DASHBOARD, "text": "Dashboard"}, {"href": _RUNBOOK, "text": "Runbook"}],
    }


def email() -> dict[str, Any]:
    """Return the options of a message by e-mail."""
    return {"headers": {"Subject": _use("subject")}, "html": _use("html"), "text": _use("list")}


def _title(icon: str) -> str:
    firing = icon or _use("icon")
    return f'{{{{ if eq .Status "firing" }}}}{firing}{{{{ else }}}}✅{{{{ end }}}} {_use("name")}'


def _use(name: str) -> str:
    return f'{{{{ template "observability.{name}" . }}}}'
