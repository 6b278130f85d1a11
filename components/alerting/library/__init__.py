"""The library: recording rules and alerts that every stack can have, as far as it measures what they need.

Of row 4.4 of the documents, `predict_linear`, the minimum of traffic, the z-score, cache hits and Apdex are records;
of row 4.14, alerts on logs, and the rest are `logs.QUERIES`.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from ..discipline import NO_SEVERITY
from ..http_metrics import HttpSource
from ..overrides import AlertOverride
from ..rules import Case, Group, RuleProblem
from ..runbooks import Documented
from ..shapes import Above, Links, Quiet, RatioAbove, Shape, Unit
from . import (
    collectors,
    grafana,
    http,
    logs,
    loki,
    nodes,
    probes,
    prometheus,
    spans,
    tempo,
    thanos,
    watchdog,
)
from .model import PLACE, Available, LibraryAlert, Topic

__all__ = [
    "AlertOverride",
    "Available",
    "LibraryAlert",
    "Topic",
    "documented_alerts",
    "groups_recorded_elsewhere",
    "library_alerts",
    "library_groups",
    "override_problems",
    "topics",
    "with_jobs",
]


def topics(available: Available | None = None) -> Sequence[Topic]:
    """Return the topics whose needs a stack meets; all where `available` is `None`."""
    if available is None:
        return [http.http(), *_beside_http()]
    of_http = [http.http(available.http)] if available.http else []
    return [*of_http, *(topic for topic in _beside_http(available.http) if topic.needs_are_met(available))]


def _beside_http(sources: Sequence[HttpSource] = ()) -> Sequence[Topic]:
    """Return the other topics of a stack whose services count their HTTP requests in these ways."""
    return (
        http.CACHE,
        spans.spans(sources),
        *nodes.TOPICS,
        probes.PROBES,
        watchdog.CLUSTER,
        watchdog.WATCHDOG,
        logs.LOGS,
        prometheus.PROMETHEUS,
        prometheus.ALERTMANAGER,
        loki.LOKI,
        loki.LOKI_RULER,
        tempo.TEMPO,
        *collectors.TOPICS,
        *thanos.TOPICS,
        grafana.GRAFANA,
    )


def library_groups(
    available: Available, links: Links, overrides: Mapping[str, AlertOverride] | None = None
) -> list[Group]:
    """Return the groups of a stack: of each topic its records, then its alerts.

    `overrides` are by the name of the alert, and have no problem.
    """
    groups: list[Group] = []
    for topic in topics(available):
        alerts = [
            _overridden(alert, override)
            for alert in topic.alerts
            if (override := (overrides or {}).get(alert.name, AlertOverride())).enabled
        ]
        groups += topic.records
        if alerts:
            groups.append(
                Group(
                    topic.alert_group,
                    [alert.alert(links) for alert in alerts],
                    PLACE,
                    language=alerts[0].language,
                    cases=[case for alert in alerts for case in alert.cases()],
                )
            )
    return groups


def with_jobs(group: Group, jobs: Mapping[str, str]) -> Group:
    """Return a group of the library with other jobs, by those that it selects; its cases have them too."""
    renamed = {f'job="{usual}"': f'job="{job}"' for usual, job in jobs.items() if job != usual}
    if not renamed:
        return group

    def text_of(text: str) -> str:
        for usual, job in renamed.items():
            text = text.replace(usual, job)
        return text

    def labels_of(labels: Mapping[str, str]) -> dict[str, str]:
        return {name: jobs.get(text, text) if name == "job" else text for name, text in labels.items()}

    def case_of(case: Case) -> Case:
        firings = [replace(firing, labels=[*map(labels_of, firing.labels)]) for firing in case.firings]
        return replace(case, series={text_of(name): values for name, values in case.series.items()}, firings=firings)

    return replace(
        group,
        rules=[replace(rule, expr=text_of(rule.expr)) for rule in group.rules],
        cases=[*map(case_of, group.cases)],
    )


def groups_recorded_elsewhere(available: Available) -> list[Group]:
    """Return the groups that other components deploy, with records that alerts of the library read."""
    return [group for topic in topics(available) for group in topic.recorded_elsewhere]


def override_problems(
    place: str, overrides: Mapping[str, AlertOverride], others: Collection[str] = ()
) -> Iterator[RuleProblem]:
    """Yield what cannot be changed of alerts, whether the stack has them or not; `others` are names elsewhere."""
    known = {alert.name: alert for alert in library_alerts()}
    for name, override in overrides.items():
        alert = known.get(name)
        where = f"{place}.{name}"
        if alert is None:
            if name not in others:
                names = ", ".join(sorted({*known, *others}))
                yield RuleProblem(place, f"{name}: must be the name of an alert; use one of {names}")
            continue
        if not override.enabled and not override.reason:
            yield RuleProblem(where, "enabled = false: must have a reason; add `reason`")
        for field, value in override.changes.items():
            if not hasattr(alert, field) or (isinstance(alert, Quiet) and field != "owner"):
                text = f"{value:g}" if isinstance(value, float) else value
                yield RuleProblem(where, f"{field} = {text}: {name} has none; remove it")
        if override.threshold is not None and isinstance(alert, Above | RatioAbove):
            yield from _ratio_problems(where, alert, override.threshold)


def _ratio_problems(where: str, alert: Above | RatioAbove, threshold: float) -> Iterator[RuleProblem]:
    """Yield that no ratio is above a threshold, or every one."""
    if alert.signal.unit is Unit.RATIO and not 0 <= threshold < 1:
        meant = f"did you mean {threshold / 100:g}?" if 1 < threshold < 100 else "set a share such as 0.95"
        yield RuleProblem(
            where,
            f"threshold = {threshold:g}: must be at least 0 and less than 1, as {alert.name} compares a ratio; {meant}",
        )


def library_alerts() -> list[LibraryAlert]:
    """Return every alert of the library, of all topics."""
    return [alert for topic in topics() for alert in topic.alerts]


def documented_alerts() -> list[Documented]:
    """Return every alert of the library with its runbook, sorted by name."""
    found = [_documented(topic.needs, alert) for topic in topics() for alert in topic.alerts]
    return sorted(found, key=lambda alert: alert.name)


def _overridden(alert: LibraryAlert, override: AlertOverride) -> LibraryAlert:
    return replace(alert, **override.changes) if override.changes else alert


def _documented(needs: Sequence[str], alert: LibraryAlert) -> Documented:
    pages = isinstance(alert, Shape)
    return Documented(
        name=alert.name,
        type=alert.type,
        severity=alert.severity if pages else NO_SEVERITY,
        pending=alert.pending,
        owner=alert.owner,
        expr=alert.expr,
        language=alert.language,
        producers=needs,
        summary=alert.summary,
        impact=alert.impact if isinstance(alert, Shape) else alert.description,
        symptom=alert.symptom if isinstance(alert, Shape) else "",
        runbook=alert.runbook,
    )
