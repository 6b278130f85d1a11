"""Records and an alert on objectives by the names of the documents, over those that every objective has.

They belong to the ruler that evaluates the budgets, and are left out unless a stack asks for them: every objective has
`SLOErrorBudgetLow` and `SLOErrorBudgetSpent` already, which page for the same.
"""

import re
from collections.abc import Iterable

from ..objective_rules import REMAINING, ratio_record
from ..rules import Case, Group, Record, Severity
from ..runbooks import Query, Runbook
from ..shapes import Below, Links, Unit, gauge
from .model import PLACE, PLATFORM, example

_OBJECTIVE = {"service": "shop", "slo": "api-latency"}

BUDGET_BURNING = Below(
    name="SLOBudgetBurning",
    severity=Severity.CRITICAL,
    pending="5m",
    owner=PLATFORM,
    labels={"team": "{owner}"},
    summary="{{ $labels.service }}: {{ $labels.slo }} has little of its error budget left",
    description="{value} of the error budget is left (limit {threshold}): stop releases.",
    impact="A further failure misses what was promised for the period.",
    symptom="More requests fail, or are slow, than were promised.",
    dashboard="slo",
    signal=gauge(REMAINING, Unit.RATIO, _OBJECTIVE),
    threshold=0.25,
    runbook=Runbook(
        meaning="Of the errors that the objective allows within its period, three quarters have happened.",
        diagnose=[
            Query("When they happened", ratio_record("1h")),
            "The runbooks of `SLOErrorBudgetBurn` and `SLOErrorBudgetLow`.",
        ],
        resolve=[
            "Release only what makes the service more reliable, until more than a quarter is left again.",
            "Repair what spent the budget; the oldest errors leave the period by themselves.",
        ],
        escalate="The owner of the service, at once.",
    ),
)


def documents_objective_groups(names: Iterable[str], links: Links) -> list[Group]:
    """Return the records `slo:api_latency:ratio5m` and `slo:api_latency:error_budget_remaining` for `api-latency`.

    The group of the alert, which is on all objectives, comes last. The budget is that of the period of the objective:
    the documents compute one of 5 minutes.
    """
    named = list(names)
    records = [record for name in named for record in _records(name)]
    cases = [_example(name) for name in named]
    alert = Group("slo_alerts", [BUDGET_BURNING.alert(links)], PLACE, cases=BUDGET_BURNING.cases())
    return [*([Group("slo_rules", records, PLACE, interval="30s", cases=cases)] if records else []), alert]


def _records(name: str) -> list[Record]:
    ratio, remaining = _names(name)
    selected = f'{{slo="{name}"}}'
    return [
        Record(ratio, f"1 - max without (window) ({ratio_record('5m')}{selected})"),
        Record(remaining, f"{REMAINING}{selected}"),
    ]


def _names(name: str) -> tuple[str, str]:
    prefix = f"slo:{re.sub('[^a-z0-9]+', '_', name.lower())}"
    return f"{prefix}:ratio5m", f"{prefix}:error_budget_remaining"


def _example(name: str) -> Case:
    ratio, remaining = _names(name)
    labels = f'service="shop",slo="{name}"'
    return example(
        f"the ratio and the budget of {name}",
        {f'{ratio_record("5m")}{{{labels},window="5m"}}': "0.001x40", f"{REMAINING}{{{labels}}}": "0.4x40"},
        {f"{ratio}{{{labels}}}": 0.999, f"{remaining}{{{labels}}}": 0.4},
    )
