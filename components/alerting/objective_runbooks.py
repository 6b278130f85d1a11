"""The runbooks of the alerts on objectives, which show the rules of an objective as an example."""

from decimal import Decimal

from .objective_rules import (
    ABSENT,
    BURNS,
    CURRENT_BURN_RATE,
    LOW,
    PERIOD_ERRORS,
    PERIOD_REQUESTS,
    REMAINING,
    REQUESTS,
    SLA_MISSED,
    SPENT,
    objective_groups,
    ratio_record,
)
from .objectives import Indicator, Objective
from .objectives import Query as IndicatorQuery
from .rules import IMPACT, OWNER_LABEL, SEVERITY_LABEL, SUMMARY, Alert, Language
from .runbooks import ALERT_PLACEHOLDER, Documented, Query, Runbook

_EXAMPLE = Objective(
    service="shop",
    name="availability",
    description="Requests are answered without an error of the server",
    target=Decimal("0.999"),
    period="30d",
    indicator=Indicator(
        total=IndicatorQuery(('sum(rate(http_requests_total{service="shop"}[', "]))")),
        bad=IndicatorQuery(('sum(rate(http_requests_total{service="shop",status=~"5.."}[', "]))")),
    ),
    owner="the owner of the objective",
    impact="That of the objective (`observability/impact`), here of `availability` of the service `shop`.",
    dashboard_url="-",
    runbook_url=ALERT_PLACEHOLDER,
    place="example",
    sla=Decimal("0.995"),
    minimum_requests=10,
)
_OF = '{service="shop",slo="availability"}'

_SYMPTOMS = {
    BURNS: "more requests fail, or are slow, than the objective allows, and it goes on",
    LOW: "little now; the next failure of this month may miss the objective",
    SPENT: "more requests failed within the period than were promised",
    SLA_MISSED: "more requests failed within the period than the contract allows",
    ABSENT: "nothing of this alert; a failure of the service would page nobody",
}

_BURN_PER_WINDOW = Query(
    "Share of errors in each window, from the last minutes to days",
    f'{{__name__=~"slo:sli_error:ratio_rate.+",{_OF.strip("{}")}}}',
)
_BUDGET = [
    Query("What is left of the budget, where 1 is all of it and less than 0 is overspent", f"{REMAINING}{_OF}"),
    Query("When it was spent", f"{ratio_record('1h')}{_OF}"),
    Query(
        "How many requests failed in the period, and of how many", f"{PERIOD_ERRORS}{_OF}\nor\n{PERIOD_REQUESTS}{_OF}"
    ),
]

_RUNBOOKS = {
    BURNS: Runbook(
        meaning="The service spends its error budget so fast that it would not last for the period: the share of "
        "failed requests is above the threshold in a long window, so that it matters, and in a short one, so that it "
        "has not stopped. The label `window` is the long one. `critical` fires for 2 % of the budget within 1h or 5 % "
        "within 6h, `warning` for 10 % within 1d or 3d.",
        diagnose=[
            Query("How many times faster than evenly the budget is spent now", f"{CURRENT_BURN_RATE}{_OF}"),
            _BURN_PER_WINDOW,
            "Open the dashboard of the alert at the time when the ratio rose, and follow an exemplar of a failed "
            "request to its trace and logs.",
            "Compare that time with releases, changes of configuration, and alerts of what the service depends on.",
        ],
        resolve=[
            "Take back the last release or change, if the ratio rose with it.",
            "Repair or route around the dependency that fails; shed load if the service is overloaded.",
            "If the requests that fail are not those of users, correct the queries of the objective.",
        ],
        escalate="The person on call for the service leads. Call the owners of the dependency that the traces show at "
        "once; if `critical` still fires after 30 minutes, call the owner of the service.",
    ),
    LOW: Runbook(
        meaning="Less than a quarter of the error budget of the period is left: the policy is a freeze of releases. "
        "The alert waits until the objective has been recorded for two days.",
        diagnose=[*_BUDGET, _BURN_PER_WINDOW],
        resolve=[
            "Release only what makes the service more reliable, until more than a quarter is left again.",
            "Repair what spent the budget; the oldest errors leave the window by themselves.",
            "If users did not mind, agree on a lower objective.",
        ],
        escalate="In working hours, to the owner of the service, who decides on the freeze.",
    ),
    SPENT: Runbook(
        meaning="All of the error budget of the period is spent, so that the objective is missed: the policy is to "
        "handle it as an incident. The alert waits until the objective has been recorded for two days.",
        diagnose=[*_BUDGET, _BURN_PER_WINDOW],
        resolve=[
            f"If {BURNS} fires too, follow its runbook: the failure goes on.",
            "Stop releases, and write down what spent the budget and what prevents it from happening again.",
            "Silence the alert until the window has passed the failure, once that is agreed.",
        ],
        escalate="At once to the owner of the service, and to those who promised the objective.",
    ),
    SLA_MISSED: Runbook(
        meaning="More requests of the period failed than the contract (`observability/sla`) allows, which lies below "
        "the objective.",
        diagnose=[Query("Share of errors in the period", f"{ratio_record('30d')}{_OF}"), *_BUDGET],
        resolve=[
            f"If {BURNS} fires too, follow its runbook: the failure goes on.",
            "Confirm the figures of the period, and keep them: samples are deleted after the retention.",
            "Inform the owner of the contract; credits and notices have deadlines.",
        ],
        escalate="At once to the owner of the service and to the owner of the contract.",
    ),
    ABSENT: Runbook(
        meaning="The query of all requests of the objective returned something a day ago and returns nothing now: the "
        "service is not scraped or no longer sends, or a metric or a label has another name. The alert ends by itself "
        "when the objective was not measured for two days.",
        diagnose=[
            Query("When the counts ended", f"{REQUESTS}{_OF}"),
            Query("Whether the service is scraped", 'up{service="shop"}'),
            "The query of `total` in the file of the objective, in Grafana's Explore: take one matcher after the other "
            "away until series are found.",
        ],
        resolve=[
            "If the service is down or not scraped: its own alerts, its ServiceMonitor and the NetworkPolicy.",
            "If a release renamed the metric or a label: correct the queries of the objective.",
            "If the service is gone for good: remove its objective.",
        ],
        escalate="In working hours, to the owner of the service.",
    ),
}


def objective_alerts() -> list[Documented]:
    """Return the alerts on objectives with their runbooks, sorted by name; one that is of several windows once."""
    groups = objective_groups([_EXAMPLE])
    alerts: dict[str, Alert] = {}
    for group in (*groups.short, *groups.budget):
        for rule in group.rules:
            if isinstance(rule, Alert):
                alerts.setdefault(rule.name, rule)
    return [_documented(alert) for _, alert in sorted(alerts.items())]


def _documented(alert: Alert) -> Documented:
    assert alert.type is not None
    return Documented(
        name=alert.name,
        type=alert.type,
        severity=alert.labels[SEVERITY_LABEL],
        pending=alert.pending,
        owner=alert.labels[OWNER_LABEL],
        expr=alert.expr,
        language=Language.PROMQL,
        producers=["the files of objectives"],
        summary=alert.annotations[SUMMARY],
        impact=alert.annotations[IMPACT],
        symptom=_SYMPTOMS[alert.name],
        runbook=_RUNBOOKS[alert.name],
    )
