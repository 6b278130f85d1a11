"""The rules of an objective: measured ratios, alerts on burn rates, and the error budget of its whole period.

Three groups, each record with the labels `service` and `slo`:

- counts: requests and errors per second, once every 5 minutes over 5 minutes, so that each event is counted once;
- burn rates: the ratio of errors over each window (`slo:sli_error:ratio_rate5m` …), what a dashboard says of the
  objective, and the alerts on burn rates;
- budget: errors over requests of the period from the counts, which is what the objective promises. A mean of ratios
  would weigh a quiet night like a busy day. Its reach is the whole period, so that it may belong to another ruler.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from ..units import parse_duration
from .burn_rates import BURN_RATES, WINDOWS, BurnRate, plain
from .catalogue import ApplicationMetric
from .objective_traffic import NotCountedError, NoTrafficError, Traffic, traffic
from .objectives import Objective
from .overrides import AlertOverride
from .rules import (
    DASHBOARD,
    DESCRIPTION,
    IMPACT,
    OWNER_LABEL,
    RUNBOOK,
    SEVERITY_LABEL,
    SUMMARY,
    Alert,
    Case,
    Firing,
    Group,
    Record,
    Rule,
    RuleProblem,
    Severity,
)

ERRORS, REQUESTS = "slo:errors:rate5m", "slo:requests:rate5m"
"""Events per second of 5 minutes."""
STEP = "5m"
"""Interval of the counts: that of their rate."""
BUDGET_INTERVAL = "2m"
"""Below half of the 5 minutes that an instant query looks back."""

OBJECTIVE, BUDGET, SLA = "slo:objective:ratio", "slo:error_budget:ratio", "slo:sla:ratio"
CURRENT_BURN_RATE = "slo:current_burn_rate:ratio"
PERIOD_ERRORS, PERIOD_REQUESTS = "slo:period_errors:count", "slo:period_requests:count"
PERIOD_BURN_RATE, REMAINING = "slo:period_burn_rate:ratio", "slo:period_error_budget_remaining:ratio"
POLICY_STATE = "slo:error_budget_policy:state"
"""0 normal, 1 caution, 2 freeze, 3 incident."""
POLICY_STATES = ("normal", "caution", "freeze", "incident")
_CAUTION, _FREEZE = Decimal("0.5"), Decimal("0.25")
"""Shares of the budget that remain: at most the first is caution, less than the second a freeze of releases."""

BURNS, LOW, SPENT, SLA_MISSED = "SLOErrorBudgetBurn", "SLOBudgetBurning", "SLOErrorBudgetSpent", "SLAMissed"
ABSENT = "SLOMetricAbsent"
ALERT_NAMES = (BURNS, LOW, SPENT, SLA_MISSED, ABSENT)
"""Names of the alerts, and so of their runbooks."""
_PENDING = "15m"
"""`for` of the alerts on the budget, which moves slowly."""
_ABSENT_PENDING = "30m"
_YOUNG = "2d"
"""Age below which an objective has no alert on its budget: one bad hour is most of what it has seen."""

LONGEST_SHORT_WINDOW = WINDOWS[-1]
"""What Prometheus must keep for the alerts on burn rates."""
_FROM_COUNTS = ("1d", "3d")
"""Windows that are read from the counts: from the series of an application they cost a tenth of a ruler's time."""


@cache
def _seconds(duration: str) -> int:
    return int(parse_duration(duration).total_seconds())


_STEP_SECONDS = _seconds(STEP)
_HOURS, _YOUNG_HOURS = 95, 40
"""Length of the cases of a budget."""


def ratio_record(window: str) -> str:
    """Return the name of the record of the share of errors in a window."""
    return f"slo:sli_error:ratio_rate{window}"


OBJECTIVE_RECORDS = (
    *(ERRORS, REQUESTS, OBJECTIVE, BUDGET, SLA, CURRENT_BURN_RATE, PERIOD_ERRORS, PERIOD_REQUESTS),
    *(PERIOD_BURN_RATE, REMAINING, POLICY_STATE, *map(ratio_record, (*WINDOWS, "28d", "30d"))),
)
"""Names of the records of an objective."""


def objective_override_problems(place: str, overrides: Mapping[str, AlertOverride]) -> Iterator[RuleProblem]:
    """Yield what cannot be changed of alerts on objectives."""
    for name, override in overrides.items():
        where = f"{place}.{name}"
        if name not in ALERT_NAMES:
            continue
        if not override.enabled and not override.reason:
            yield RuleProblem(where, "enabled = false: must have a reason; add `reason`")
        for field, value in override.changes.items():
            if field != "severity":
                yield RuleProblem(
                    where, f"{field} = {value}: follows from the objective; remove it, and change the objective's file"
                )
            elif name == BURNS:
                yield RuleProblem(where, f"severity = {value}: there is an alert of each severity; remove it")


@dataclass(frozen=True)
class ObjectiveGroups:
    """The groups of objectives, by the ruler that can evaluate them."""

    short: tuple[Group, ...]
    """Of Prometheus: they read at most `LONGEST_SHORT_WINDOW`."""
    budget: tuple[Group, ...]
    """They read records of the others over the period of the objective: of a ruler whose store keeps that long."""


def objective_groups(
    objectives: Iterable[Objective],
    *,
    overrides: Mapping[str, AlertOverride] | None = None,
    with_cases: bool = False,
    metrics: Mapping[str, ApplicationMetric] | None = None,
) -> ObjectiveGroups:
    """Return the groups of all objectives, with a case for each side of each threshold if `with_cases`.

    `overrides` are by the name of the alert, and have no problem. Of the queries on `metrics`, which applications
    declare, there are cases on raw series.
    """
    short: list[Group] = []
    budget: list[Group] = []
    for objective in objectives:
        requests = _traffic(objective, metrics or {}) if with_cases else None
        rules = _Rules(objective, overrides or {}, with_cases, requests)
        short += [rules.counts(), rules.burn_rates()]
        budget.append(rules.budget())
    return ObjectiveGroups(tuple(short), tuple(budget))


def _traffic(objective: Objective, metrics: Mapping[str, ApplicationMetric]) -> Traffic | None:
    """Return the requests of an objective, `None` where they cannot be made up."""
    try:
        return traffic(objective, metrics)
    except (NoTrafficError, NotCountedError):
        return None


def policy_state(remaining: Decimal | float) -> int:
    """Return the state of the policy for a share of the budget that remains, as `POLICY_STATE` records it."""
    return (remaining <= _CAUTION) + (remaining < _FREEZE) + (remaining <= 0)


def _constant(value: Decimal, times: int) -> str:
    """Return samples in the notation of promtool: a value, and again so many times."""
    return f"{value:f}x{times}" if value.is_finite() else " ".join(["NaN"] * (times + 1))


def _literal(text: str) -> str:
    """Return a text that the templates of Prometheus leave as it is."""
    return text.replace("{{", '{{ "{{" }}')


def _percent(ratio: Decimal) -> str:
    return f"{plain(ratio * 100)}%"


def _length(hours: int) -> str:
    return f"{hours} hours" if hours < 96 else f"{hours // 24} days"


def _outage(days: int, budget: Decimal) -> str:
    """Return how long everything may fail within a budget: 43.2 minutes for 0.1 % of 30 days."""
    minutes = days * 24 * 60 * budget
    return f"{plain(round(minutes, 1))} minutes" if minutes < 120 else f"{plain(round(minutes / 60, 1))} hours"


class _Rules:
    """The rules of one objective."""

    def __init__(
        self,
        objective: Objective,
        overrides: Mapping[str, AlertOverride],
        with_cases: bool,
        requests: Traffic | None = None,
    ) -> None:
        self.objective = objective
        self.requests = requests
        self.overrides = overrides
        self.with_cases = with_cases
        self.labels = {"service": objective.service, "slo": objective.name}
        self.selected = ",".join(f'{label}="{value}"' for label, value in self.labels.items())
        self.name = f"slo-{objective.service}-{objective.name}"
        self.budget_ratio = objective.error_budget

    def series(self, name: str, window: str = "") -> str:
        """Return the selector of a record of this objective."""
        return f'{name}{{{self.selected},window="{window}"}}' if window else f"{name}{{{self.selected}}}"

    def counts(self) -> Group:
        """Return the group that counts requests and errors."""
        indicator = self.objective.indicator
        total = indicator.total.over(STEP)
        records = {ERRORS: self._errors(STEP), REQUESTS: total}
        if not indicator.per_second:
            records = {name: f"({expr}) / {_STEP_SECONDS}" for name, expr in records.items()}
        rules = [Record(name, expr, self.labels) for name, expr in records.items()]
        return Group(f"{self.name}-counts", rules, self.objective.place, STEP, cases=[*self._count_cases()])

    def burn_rates(self) -> Group:
        """Return the group of the ratios, of what is said of the objective, and of the alerts on burn rates."""
        rates = [rate for rate in BURN_RATES if self._threshold(rate) < 1 and self._enabled(BURNS)]
        rules: list[Rule] = [self._ratio(window) for window in WINDOWS]
        rules += self._metadata()
        alerts = {rate: self._burn_alert(rate) for rate in rates}
        rules += alerts.values()
        absent = [self._absent_alert()] if self._enabled(ABSENT) else []
        rules += absent
        cases: list[Case] = []
        if self.with_cases:
            cases += self._query_cases(alerts)
            cases += (case for rate, alert in alerts.items() for case in self._burn_cases(rate, alert))
            cases += (case for alert in absent for case in self._absent_cases(alert))
        return Group(self.name, rules, self.objective.place, cases=cases, reads_objective=True)

    def budget(self) -> Group:
        """Return the group of the budget of the period."""
        alerts = [alert for alert in self._budget_alerts() if self._enabled(alert.name)]
        rules: list[Rule] = [*self._budget_records(), *alerts]
        cases = tuple(self._budget_cases(alerts)) if self.with_cases else ()
        return Group(
            f"{self.name}-budget", rules, self.objective.place, BUDGET_INTERVAL, cases=cases, reads_objective=True
        )

    def _errors(self, window: str) -> str:
        """Return the expression of the errors; zero where there is no series of errors yet, or no good one."""
        indicator = self.objective.indicator
        if indicator.bad:
            return f"({indicator.bad.over(window)}) or vector(0)"
        assert indicator.good
        return f"({indicator.total.over(window)}) - (({indicator.good.over(window)}) or vector(0))"

    def _ratio(self, window: str) -> Record:
        indicator = self.objective.indicator
        total = f"({indicator.total.over(window)})"
        if window in _FROM_COUNTS:
            expr = (
                f"sum_over_time({self.series(ERRORS)}[{window}])\n/\nsum_over_time({self.series(REQUESTS)}[{window}])"
            )
        elif indicator.bad:
            expr = f"(({indicator.bad.over(window)}) or vector(0))\n/\n{total}"
        else:
            assert indicator.good
            expr = f"1 - (\n(({indicator.good.over(window)}) or vector(0))\n/\n{total}\n)"
        return Record(ratio_record(window), expr, {**self.labels, "window": window})

    def _metadata(self) -> Iterator[Record]:
        objective = self.objective
        about = {**self.labels, OWNER_LABEL: objective.owner, "period": objective.period}
        yield Record(OBJECTIVE, f"vector({plain(objective.target)})", about)
        yield Record(BUDGET, f"vector({plain(self.budget_ratio)})", self.labels)
        if objective.sla is not None:
            yield Record(SLA, f"vector({plain(objective.sla)})", self.labels)
        current = f"max without (window) ({self.series(ratio_record('5m'))}) / {plain(self.budget_ratio)}"
        yield Record(CURRENT_BURN_RATE, current, self.labels)

    def _threshold(self, rate: BurnRate) -> Decimal:
        return rate.factor(self.objective.period) * self.budget_ratio

    def _burn_alert(self, rate: BurnRate) -> Alert:
        factor, budget = rate.factor(self.objective.period), plain(self.budget_ratio)
        above = [
            f"max without (window) ({self.series(ratio_record(window))} > ({plain(factor)} * {budget}))"
            for window in (rate.short, rate.long)
        ]
        requests = f"avg_over_time({self.series(REQUESTS)}[{rate.long}]) * {_seconds(rate.long)}"
        traffic = f"{requests} >= {self.objective.minimum_requests}"
        days = parse_duration(self.objective.period).days
        return self._alert(
            BURNS,
            f"(\n  {above[0]}\n  and\n  {above[1]}\n)\nand\n{traffic}",
            rate.pending,
            rate.severity,
            summary=f"spends {rate.budget_percent}% of its error budget within {rate.long}",
            description=f"{{{{ $value | humanizePercentage }}}} of requests failed in the last {rate.short}, and more "
            f"than {float(self._threshold(rate) * 100):.3g}% in the last {rate.long}. At this rate the whole budget of "
            f"{self.objective.period}, {_percent(self.budget_ratio)} of requests or "
            f"{_outage(days, self.budget_ratio)} of all, is spent in {_length(int(days * 24 / factor))}.",
            labels={"window": rate.long},
        )

    def _absent_alert(self) -> Alert:
        """Return the alert on an objective that was measured and no longer is: no other alert of it can fire."""
        requests = self.series(REQUESTS)
        return self._alert(
            ABSENT,
            f"present_over_time({requests}[1d] offset 1d)\nunless\npresent_over_time({requests}[15m])",
            _ABSENT_PENDING,
            Severity.WARNING,
            summary="is no longer measured",
            description="The query of all requests returned something a day ago and returns nothing now: whatever "
            "fails, no alert on this objective fires.",
        )

    def _budget_records(self) -> Iterator[Record]:
        period = self.objective.period
        for name, counted in ((PERIOD_ERRORS, ERRORS), (PERIOD_REQUESTS, REQUESTS)):
            yield Record(name, f"sum_over_time({self.series(counted)}[{period}]) * {_STEP_SECONDS}", self.labels)
        errors, requests = self.series(PERIOD_ERRORS), self.series(PERIOD_REQUESTS)
        window = {**self.labels, "window": period}
        # Without any request nothing is spent.
        yield Record(ratio_record(period), f"{errors} / ({requests} > 0) or 0 * {requests}", window)
        ratio = f"max without (window) ({self.series(ratio_record(period))})"
        yield Record(PERIOD_BURN_RATE, f"{ratio} / {plain(self.budget_ratio)}", self.labels)
        yield Record(REMAINING, f"1 - {self.series(PERIOD_BURN_RATE)}", self.labels)
        remaining = self.series(REMAINING)
        state = f"({remaining} <= bool {_CAUTION}) + ({remaining} < bool {_FREEZE}) + ({remaining} <= bool 0)"
        yield Record(POLICY_STATE, state, self.labels)

    def _budget_alerts(self) -> Iterator[Alert]:
        period, remaining = self.objective.period, self.series(REMAINING)
        yield self._budget_alert(
            LOW,
            f"0 < {remaining} < {_FREEZE}",
            Severity.WARNING,
            pending="5m",
            summary=f"has less than {_percent(_FREEZE)} of its error budget left",
            description=f"{{{{ $value | humanizePercentage }}}} of the error budget of {period} is left: only changes "
            "that make the service more reliable are released until it recovers.",
        )
        yield self._budget_alert(
            SPENT,
            f"{remaining} <= 0",
            Severity.CRITICAL,
            summary="has spent its error budget",
            description=f"The error budget of {period} is spent ({{{{ $value | humanizePercentage }}}} left): the "
            f"objective of {_percent(self.objective.target)} is missed. Handle it as an incident.",
        )
        if self.objective.sla is not None:
            yield self._budget_alert(
                SLA_MISSED,
                f"max without (window) ({self.series(ratio_record(period))} > {plain(1 - self.objective.sla)})",
                Severity.CRITICAL,
                summary=f"breaks its contract of {_percent(self.objective.sla)}",
                description=f"{{{{ $value | humanizePercentage }}}} of the requests of {period} failed, and the "
                f"contract allows {_percent(1 - self.objective.sla)}.",
            )

    def _budget_alert(
        self,
        name: str,
        condition: str,
        severity: Severity,
        *,
        summary: str,
        description: str,
        pending: str = _PENDING,
    ) -> Alert:
        grown = f"present_over_time({self.series(REQUESTS)}[1d] offset {_YOUNG})"
        traffic = f"{self.series(PERIOD_REQUESTS)} >= {self.objective.minimum_requests}"
        expr = f"{condition}\nand\n{traffic}\nand\n{grown}"
        return self._alert(name, expr, pending, severity, summary=summary, description=description)

    def _alert(
        self,
        name: str,
        expr: str,
        pending: str,
        severity: Severity,
        *,
        summary: str,
        description: str,
        labels: Mapping[str, str] | None = None,
    ) -> Alert:
        objective = self.objective
        severity = self.overrides.get(name, AlertOverride()).severity or severity
        return Alert(
            name,
            expr,
            pending,
            {**self.labels, OWNER_LABEL: objective.owner, SEVERITY_LABEL: severity.value, **(labels or {})},
            {
                SUMMARY: f"{objective.service}: {objective.name} {summary}",
                DESCRIPTION: description,
                IMPACT: _literal(objective.impact),
                DASHBOARD: _literal(objective.dashboard_url),
                RUNBOOK: _literal(objective.runbook_url.replace("{alert}", name)),
            },
        )

    def _enabled(self, name: str) -> bool:
        return self.overrides.get(name, AlertOverride()).enabled

    def _count_cases(self) -> Iterator[Case]:
        """Yield the case of the queries on raw series: good requests at first, then failed ones."""
        if self.requests is None:
            return
        good, end = 10, 20
        values = {
            (ERRORS, good - 1): 0,
            (ERRORS, end - 1): self._per_minute // 60,
            (REQUESTS, good - 1): self._per_minute // 60,
            (REQUESTS, end - 1): self._per_minute // 60,
        }
        samples = [self._sample(name, "", f"{minute}m", value) for (name, minute), value in values.items()]
        yield Case("its queries count requests, and those that fail", self._raw_series(good, end), samples=samples)

    def _query_cases(self, alerts: Mapping[BurnRate, Alert]) -> Iterator[Case]:
        """Yield the case of the ratio, and of the first alert on it, on raw series that turn from good to failed.

        The alert is left out where the next one would fire at the same time.
        """
        if self.requests is None:
            return
        rate, alert = next(iter(alerts.items()), (BURN_RATES[0], None))
        pending = _seconds(rate.pending) // 60
        threshold = self._threshold(rate) * Decimal("1.1")
        for good in (10, 2):
            # The share of minutes that failed, in the long and in the short window.
            fires = next(m for m in range(good + 1, 10**6) if m - good > threshold * m or m - good >= 60)
            end = fires + pending + 1
            is_alone = rate is BURN_RATES[1] or (
                rate is BURN_RATES[0] and end < good + _seconds(BURN_RATES[1].pending) // 60
            )
            if alert is not None and is_alone and fires - good < 60:
                firings = [Firing(f"{good}m", alert.name), Firing(f"{end}m", alert.name, [alert.labels])]
                break
        else:
            good, end, firings = 10, 20, []
        name, window = ratio_record("5m"), "5m"
        samples = [
            self._sample(name, window, f"{good}m", 0),
            self._sample(name, window, f"{good + 6}m", 1),
        ]
        yield Case(
            f"{BURNS} fires on the series of the queries" if firings else "the series of the queries make the ratio",
            self._raw_series(good, max(end, good + 6)),
            firings,
            samples,
            recorded={self.series(REQUESTS): _constant(Decimal(self._per_minute // 60), max(end, good + 6))},
        )

    @property
    def _per_minute(self) -> int:
        """Requests of the cases on raw series, a multiple of 60 and more than the minimum of an hour."""
        return 60 * max(10, self.objective.minimum_requests)

    def _raw_series(self, good: int, end: int) -> dict[str, str]:
        """Return the series of requests that are good for the first minutes, and fail from then on."""
        assert self.requests is not None
        each = self._per_minute
        rising = f"0+{each}x{good} {each * good}x{end - good - 1}"
        failing = f"0x{good} {each}+{each}x{end - good - 1}"
        both, every = self.requests.good & self.requests.failed, self.requests.good | self.requests.failed
        return {
            name: f"0+{each}x{end}" if name in both else rising if name in self.requests.good else failing
            for name in sorted(every)
        }

    def _sample(self, name: str, window: str, at: str, value: int) -> dict[str, Any]:
        series = self.series(name, window)
        labels = series.removeprefix(name)
        return {
            "expr": f"round({series} * 1e6) / 1e6",
            "eval_time": at,
            "exp_samples": [{"labels": labels, "value": value}],
        }

    def _absent_cases(self, alert: Alert) -> Iterator[Case]:
        """Yield the cases of the alert on missing counts, of samples every hour."""
        requests = self.series(REQUESTS)

        def case(name: str, samples: str, *firings: Firing) -> Case:
            series = {requests: samples} if samples else {}
            return Case(f"{alert.name} {name}", series, firings, interval="15m")

        quiet, fires = Firing("31h", alert.name), Firing("31h", alert.name, [alert.labels])
        yield case("fires where there are no counts any more", "0x120", Firing("30h30m", alert.name), fires)
        yield case("does not fire where there are counts", "0x124", quiet)
        yield case("does not fire where there never were counts", "", quiet)
        yield case("does not fire of an objective of today", "_x90 1x10", quiet)

    def _burn_cases(self, rate: BurnRate, alert: Alert) -> Iterator[Case]:
        """Yield the cases of one alert on a burn rate, on records of its ratios."""
        threshold = self._threshold(rate)
        above, below, nan = threshold * Decimal("1.001"), threshold * Decimal("0.999"), Decimal("NaN")
        minimum = Decimal(self.objective.minimum_requests) / _seconds(rate.long)
        pending = _seconds(rate.pending) // 60
        step = 5 if pending >= 60 else 1

        def case(name: str, short: Decimal, long: Decimal, requests: Decimal, *, fires: bool = False) -> Case:
            values = {
                self.series(ratio_record(rate.short), rate.short): short,
                self.series(ratio_record(rate.long), rate.long): long,
                self.series(REQUESTS): requests,
            }
            return Case(
                f"{alert.name} of {rate.long} {name}",
                {series: _constant(value, pending // step) for series, value in values.items()},
                [
                    Firing(f"{pending - step}m", alert.name),
                    Firing(f"{pending}m", alert.name, [alert.labels] if fires else []),
                ],
                interval=f"{step}m",
            )

        yield case(f"fires after {rate.pending} above the threshold", above, above, minimum + 1, fires=True)
        yield case("does not fire when the long window is below", above, below, minimum + 1)
        yield case("does not fire when the short window is below", below, above, minimum + 1)
        yield case("does not fire without traffic", nan, nan, Decimal(0))
        if minimum:
            yield case("does not fire below the minimum of requests", above, above, minimum / 2)

    def _budget_cases(self, alerts: Sequence[Alert]) -> Iterator[Case]:
        """Yield the cases of the budget, on hourly counts of four days."""
        minimum = self.objective.minimum_requests
        enough = Decimal(minimum + 1)
        shares = {
            "is whole without errors": "0",
            "is normal above a half": "0.499",
            "is caution below a half": "0.501",
            "is caution above a quarter": "0.749",
            "is a freeze below a quarter": "0.751",
            "is almost spent": "0.999",
            "is spent": "1.001",
        }
        for name, share in shares.items():
            yield self._budget_case(alerts, name, Decimal(share) * self.budget_ratio, enough)
        yield self._budget_case(alerts, "is whole without traffic", Decimal(0), Decimal(0))
        yield self._budget_case(
            alerts, "has no alert while the objective is young", self.budget_ratio * 2, enough, young=True
        )
        if minimum:
            few = Decimal(minimum) / (_HOURS + 1) / _STEP_SECONDS / 2
            yield self._budget_case(alerts, "has no alert below the minimum of requests", self.budget_ratio * 2, few)
        if self.objective.sla is not None:
            allowed = 1 - self.objective.sla
            yield self._budget_case(alerts, "is less than the contract allows", allowed * Decimal("0.999"), enough)
            yield self._budget_case(alerts, "is more than the contract allows", allowed * Decimal("1.001"), enough)

    def _budget_case(
        self, alerts: Sequence[Alert], name: str, ratio: Decimal, requests: Decimal, *, young: bool = False
    ) -> Case:
        """Return the case of a constant ratio of errors, with what holds of it by definition."""
        remaining = 1 - ratio / self.budget_ratio
        at = f"{_YOUNG_HOURS if young else _HOURS}h"
        series = {
            self.series(ERRORS): _constant(ratio * requests, _HOURS),
            self.series(REQUESTS): _constant(requests, _HOURS),
        }
        near = {"expr": f"abs({REMAINING} - {plain(remaining)}) < bool 0.0001", "value": 1, "labels": self.series("")}
        state = {"expr": POLICY_STATE, "value": policy_state(remaining), "labels": self.series(POLICY_STATE)}
        samples = [
            {"expr": one["expr"], "eval_time": at, "exp_samples": [{"labels": one["labels"], "value": one["value"]}]}
            for one in (near, state)
        ]
        counted = not young and requests * _STEP_SECONDS * (_HOURS + 1) >= self.objective.minimum_requests
        fires = {
            LOW: 0 < remaining < _FREEZE,
            SPENT: remaining <= 0,
            SLA_MISSED: self.objective.sla is not None and ratio > 1 - self.objective.sla,
        }
        firings = [Firing(at, alert.name, [alert.labels] if fires[alert.name] and counted else []) for alert in alerts]
        return Case(f"the error budget {name}", series, firings, samples, interval="1h")
