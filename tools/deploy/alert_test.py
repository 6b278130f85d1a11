"""`make alert-test`: a test alert through each receiver of the running Alertmanager, and what became of it.

Each test alert has a route of its own, which the configuration has for every receiver. Alertmanager counts by receiver
what it sent (`receiver-name-in-metrics`); the reason of an attempt that failed is in its log.

An existing Alertmanager (`alerting.alertmanager_url`) has routes of its own: it gets a test alert of each severity, and
the receivers are those that it sends them to.
"""

import json
import re
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, Request, build_opener

from components.alerting.alertmanager_config import TEST_ALERT, TEST_RECEIVER_LABEL
from components.alerting.receivers import NO_RECEIVER
from components.alerting.rules import DASHBOARD, RUNBOOK, Language, Severity
from components.alerting.runbooks import runbook_address
from components.alerting.shapes import Links
from components.alerting.spec import AlertingSettings
from config.ingress import IngressArea
from config.namespaces import namespace_in_url

from .confirmation import Refused
from .engine import Engine
from .kubectl import LOOPBACK, forwarded_port, items, kubectl

WAIT_SECONDS = 60.0
"""The longest that receivers are waited for; each of several pods sends 15 s after the one before it did not."""
PODS = "app.kubernetes.io/name=alertmanager,alertmanager=prometheus"
CONTAINER = "alertmanager"
PORT = 9093
_POLL_SECONDS = 0.5
_LASTS = timedelta(minutes=5)
_SAMPLE = re.compile(r"^alertmanager_(\w+)\{(.*)\} (\S+)$", re.MULTILINE)
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
_ATTEMPTS, _FAILED_ATTEMPTS, _FAILED = (
    "notification_requests_total",
    "notification_requests_failed_total",
    "notifications_failed_total",
)


class UndeliveredError(Refused):
    """A test alert did not arrive; the message names the receivers."""


class State(StrEnum):
    """What became of a test alert."""

    DELIVERED = "delivered"
    ROUTED = "routed"
    """Alertmanager has it for the receiver, and its metrics are not by receiver."""
    FAILED = "failed"
    NOT_SENT = "not sent"


@dataclass(frozen=True)
class Outcome:
    """What became of the test alert of one receiver."""

    receiver: str
    state: State
    reason: str = ""

    def __str__(self) -> str:
        return f"{self.receiver:<24} {self.state}" + (f": {self.reason}" if self.reason else "")


def alert_test(engine: Engine, _yes: bool) -> None:
    """Test the receivers of a stack's Alertmanager; raise `UndeliveredError` where an alert did not arrive.

    An argument behind `--` is the URL of an Alertmanager that has the configuration of the stack.
    """
    existing = str(engine.stack.area("alerting").get("alertmanager_url") or "")
    with ExitStack() as forwards:
        if existing or engine.extra:
            urls = list(engine.extra) or [_existing(engine, url, forwards) for url in existing.split(",")]
            send = send_by_severity if existing else send_tests
            outcomes = send([url.rstrip("/") for url in urls], lambda: "", links=_links(engine))
        else:
            outcomes = _of_own_pods(engine, forwards)
    print(*outcomes, sep="\n")
    if undelivered := [one.receiver for one in outcomes if one.state not in (State.DELIVERED, State.ROUTED)]:
        raise UndeliveredError(
            f"receivers = {', '.join(undelivered)}: must take a test alert; correct the Secret or the receiver, and "
            "run it again"
        )


def _existing(engine: Engine, url: str, forwards: ExitStack) -> str:
    """Return where an existing Alertmanager is reached from here: one in the cluster through its Service."""
    parts, namespace = urlsplit(url), namespace_in_url(url)
    if not namespace:
        return url
    if parts.scheme == "https":
        raise UndeliveredError(
            f"alerting.alertmanager_url = {url}: is an address of the cluster with TLS, which this machine cannot "
            "reach; give another one: make alert-test ALERTMANAGER=https://…"
        )
    service = f"service/{str(parts.hostname).partition('.')[0]}"
    here = forwards.enter_context(forwarded_port(engine.stack.context, namespace, service, parts.port or 80))
    return f"{here}{parts.path}"


def _of_own_pods(engine: Engine, forwards: ExitStack) -> list[Outcome]:
    context = engine.stack.context
    if engine.stack.area("metrics").get("kind") == "external":
        raise UndeliveredError(
            "Alertmanager: is none of the stack's own (metrics.kind external); give its URL: make alert-test "
            "ALERTMANAGER=http://…, or state it in alerting.alertmanager_url where its routes are its own"
        )
    namespace = str(engine.stack.area("metrics").get("namespace", "monitoring"))
    pods = [pod["metadata"]["name"] for pod in items(context, "pods", "--namespace", namespace, f"--selector={PODS}")]
    if not pods:
        raise UndeliveredError(
            f"Alertmanager: no pod with the labels {PODS} is in namespace {namespace}; deploy the stack with receivers "
            "(observability:alerting.receivers)"
        )

    def logs() -> str:
        since = f"--since={int(WAIT_SECONDS)}s"
        return "\n".join(kubectl(context, "logs", "-n", namespace, pod, "-c", CONTAINER, since) for pod in pods)

    # A NetworkPolicy keeps the API server's own proxy out, and not the kubelet, through which this goes.
    urls = [forwards.enter_context(forwarded_port(context, namespace, f"pod/{pod}", PORT)) for pod in pods]
    return send_tests(urls, logs, links=_links(engine))


def _links(engine: Engine) -> dict[str, str]:
    """Return the annotations with links of an alert of the stack."""
    area = engine.stack.area
    ingress = IngressArea.model_validate(dict(area("ingress")))
    routed = area("grafana").get("enabled", True) and ingress.url("grafana")
    grafana = str(area("grafana").get("root_url") or routed or "")
    runbooks = str(area("alerting").get("runbook_url") or AlertingSettings.model_fields["runbook_url"].default)
    return {
        DASHBOARD: Links(grafana.rstrip("/"), runbooks).dashboard("cluster", "up == 0", Language.PROMQL, ()),
        RUNBOOK: runbook_address(runbooks, TEST_ALERT),
    }


def send_tests(
    urls: Sequence[str],
    logs: Callable[[], str],
    *,
    links: Mapping[str, str] | None = None,
    seconds: float = WAIT_SECONDS,
) -> list[Outcome]:
    """Send a test alert for each receiver to all pods of an Alertmanager, and return what became of it.

    `links` are annotations of each. It waits until each has arrived or failed for good, at most for `seconds`.
    """
    receivers = [one["name"] for one in _get(urls[0], "/api/v2/receivers") if one["name"] != NO_RECEIVER]
    before, run = _counts(urls), uuid.uuid4().hex[:8]
    _post(urls, receivers, run, datetime.now(UTC) + _LASTS, links or {})
    deadline = time.monotonic() + seconds
    try:
        while not all(_is_final(name, before, _counts(urls)) for name in receivers) and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
        after, said, alerts = _counts(urls), logs(), _alerts(urls, run)
        return [_outcome(name, before, after, said, alerts.get(name)) for name in receivers]
    finally:
        _post(urls, receivers, run, datetime.now(UTC), links or {})


def send_by_severity(
    urls: Sequence[str],
    logs: Callable[[], str],
    *,
    links: Mapping[str, str] | None = None,
    seconds: float = WAIT_SECONDS,
) -> list[Outcome]:
    """Send a test alert of each severity to all pods of an Alertmanager, and return what became of it by receiver.

    The receivers are those of its own routes. The rest is as of `send_tests`.
    """
    before, run = _counts(urls), uuid.uuid4().hex[:8]
    alerts = [_alert({"severity": severity, "owner": "platform"}, "routes", run, links or {}) for severity in Severity]
    _send(urls, alerts, datetime.now(UTC) + _LASTS)
    deadline = time.monotonic() + seconds
    try:
        while True:
            receivers, after = _receivers(urls, run), _counts(urls)
            reported = [name for name in receivers if any(key[1] == name for key in after)]
            final = all(_is_final(name, before, after) for name in reported)
            if (receivers and final) or time.monotonic() >= deadline:
                break
            time.sleep(_POLL_SECONDS)
        if not receivers:
            raise UndeliveredError(f"Alertmanager {', '.join(urls)}: sends a test alert to no receiver; add a route")
        said = logs()
        return [
            _outcome(name, before, after, said, None) if name in reported else Outcome(name, State.ROUTED, _UNREPORTED)
            for name in receivers
        ]
    finally:
        _send(urls, alerts, datetime.now(UTC))


_UNREPORTED = (
    "whether it arrived is not known, as its metrics name no receivers (--enable-feature=receiver-name-in-metrics)"
)


def _receivers(urls: Sequence[str], run: str) -> list[str]:
    """Return the names of the receivers that the alerts of this run are for."""
    found = _get(urls[0], f"/api/v2/alerts?filter=run%3D%22{run}%22")
    return sorted({receiver["name"] for alert in found for receiver in alert["receivers"]})


Counts = Mapping[tuple[str, str, str], float]
"""Counters by name, receiver and reason, summed over the pods."""


def _is_final(receiver: str, before: Counts, after: Counts) -> bool:
    return _delivered(receiver, before, after) > 0 or bool(_reasons(receiver, before, after))


def _outcome(receiver: str, before: Counts, after: Counts, logs: str, alert: Mapping[str, Any] | None) -> Outcome:
    if _delivered(receiver, before, after) > 0:
        return Outcome(receiver, State.DELIVERED)
    reasons = _reasons(receiver, before, after)
    attempts = _difference(_ATTEMPTS, receiver, before, after)
    if reasons or attempts > 0:
        text = _last_error(receiver, logs) or ", ".join(reasons) or "no reason is in its log"
        return Outcome(receiver, State.FAILED, text if reasons else f"{attempts:.0f} attempts so far: {text}")
    return Outcome(receiver, State.NOT_SENT, _why_not_sent(alert))


def _why_not_sent(alert: Mapping[str, Any] | None) -> str:
    status = (alert or {}).get("status") or {}
    for kind, rule in (("silencedBy", "silence"), ("inhibitedBy", "alert"), ("mutedBy", "time interval")):
        if status.get(kind):
            return f"muted by {rule} {', '.join(status[kind])}"
    if alert is None:
        return "Alertmanager does not have the alert"
    return "no notification yet; the configuration may not be the one of this stack"


def _delivered(receiver: str, before: Counts, after: Counts) -> float:
    """Return how many attempts succeeded."""
    done, failed = (_difference(name, receiver, before, after) for name in (_ATTEMPTS, _FAILED_ATTEMPTS))
    return done - failed


def _reasons(receiver: str, before: Counts, after: Counts) -> list[str]:
    """Return why notifications failed for good."""
    keys = [key for key in after if key[:2] == (_FAILED, receiver) and after[key] > before.get(key, 0)]
    return sorted(reason for _, _, reason in keys)


def _difference(name: str, receiver: str, before: Counts, after: Counts) -> float:
    key = (name, receiver, "")
    return after.get(key, 0) - before.get(key, 0)


def _last_error(receiver: str, logs: str) -> str:
    """Return the error of the last attempt for a receiver that the log has, as it is written there."""
    lines = [line for line in logs.splitlines() if f"receiver={receiver} " in line or f"{receiver}/" in line]
    errors = [found[1] for line in lines if (found := re.search(r'err="((?:[^"\\]|\\.)*)"', line))]
    return errors[-1].replace('\\"', '"') if errors else ""


def _counts(urls: Iterable[str]) -> Counts:
    found: Counter[tuple[str, str, str]] = Counter()
    for url in urls:
        for name, labels, value in _SAMPLE.findall(_answer(Request(f"{url}/metrics")).decode()):
            stated = dict(_LABEL.findall(labels))
            if name in (_ATTEMPTS, _FAILED_ATTEMPTS, _FAILED):
                found[name, stated.get("receiver_name", ""), stated.get("reason", "")] += int(float(value))
    return found


def _alerts(urls: Sequence[str], run: str) -> dict[str, Mapping[str, Any]]:
    """Return the test alerts of this run by receiver."""
    found = _get(urls[0], f"/api/v2/alerts?filter=run%3D%22{run}%22")
    return {alert["labels"][TEST_RECEIVER_LABEL]: alert for alert in found}


def _post(urls: Iterable[str], receivers: Iterable[str], run: str, end: datetime, links: Mapping[str, str]) -> None:
    alerts = [
        _alert({TEST_RECEIVER_LABEL: name, "severity": "none"}, f"receiver {name}", run, links) for name in receivers
    ]
    _send(urls, alerts, end)


def _alert(labels: Mapping[str, str], tested: str, run: str, links: Mapping[str, str]) -> dict[str, Any]:
    """Return a test alert; `run` makes it a new one."""
    annotations = {
        "summary": f"Test of the {tested}",
        "description": "This is a test by `make alert-test`; nothing is to be done.",
    }
    return {"labels": {"alertname": TEST_ALERT, "run": run, **labels}, "annotations": {**annotations, **links}}


def _send(urls: Iterable[str], alerts: Sequence[Mapping[str, Any]], end: datetime) -> None:
    """Send alerts to every pod, as each has its own."""
    body = json.dumps([{**alert, "endsAt": end.isoformat()} for alert in alerts]).encode()
    for url in urls:
        _answer(Request(f"{url}/api/v2/alerts", body, {"Content-Type": "application/json"}))


def _get(url: str, path: str) -> Any:
    return json.loads(_answer(Request(f"{url}{path}")))


def _answer(request: Request) -> bytes:
    try:
        local = urlsplit(request.full_url).hostname == LOOPBACK
        opener = build_opener(ProxyHandler({})) if local else build_opener()
        with opener.open(request, timeout=WAIT_SECONDS) as response:
            body: bytes = response.read()
            return body
    except HTTPError as error:
        text = error.read().decode(errors="replace").strip()
        raise UndeliveredError(f"Alertmanager refuses {request.full_url}: {error.code} {text}") from None
    except OSError as error:
        raise UndeliveredError(f"Alertmanager does not answer {request.full_url}: {error}") from None
