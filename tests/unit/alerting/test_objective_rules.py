"""The rules of objectives: their cases, and the budget of their period."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from components.alerting.burn_rates import BURN_RATES, BurnRate
from components.alerting.durations import scaled_group
from components.alerting.objective_rules import (
    ABSENT,
    BURNS,
    CURRENT_BURN_RATE,
    ERRORS,
    LOW,
    OBJECTIVE_RECORDS,
    REMAINING,
    REQUESTS,
    SLA_MISSED,
    SPENT,
    objective_groups,
    objective_override_problems,
    policy_state,
    ratio_record,
)
from components.alerting.objectives import Indicator, Objective, Query
from components.alerting.overrides import AlertOverride
from components.alerting.promql import Rates, parse
from components.alerting.rules import Alert, Case, Firing, Group, Record, Severity
from tests.promtool import failures

Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def query(name: str, **labels: str) -> Query:
    matchers = ",".join(f'{label}="{value}"' for label, value in labels.items())
    return Query((f"sum(rate({name}{{{matchers}}}[", "]))"))


AVAILABILITY = Objective(
    service="shop",
    name="availability",
    description="Requests are answered",
    target=Decimal("0.999"),
    period="30d",
    indicator=Indicator(query("http_requests_total"), bad=query("http_requests_total", code="500")),
    owner="payments",
    impact="Customers cannot pay",
    dashboard_url="https://grafana.example.org/d/slo",
    runbook_url="https://runbooks.example.org/{alert}.md",
    place="slos/shop.yaml:9: document 2 (SLO availability)",
    sla=Decimal("0.995"),
    minimum_requests=100,
)
LATENCY = replace(
    AVAILABILITY,
    name="latency",
    target=Decimal("0.95"),
    period="28d",
    indicator=Indicator(query("latency_seconds_count"), good=query("latency_seconds_bucket", le="0.3")),
    sla=None,
    minimum_requests=0,
)
PROBE = replace(
    AVAILABILITY,
    name="reachable",
    target=Decimal("0.9"),
    indicator=Indicator(
        Query(("sum(count_over_time(probe_success[", "]))")),
        good=Query(("sum(sum_over_time(probe_success[", "]))")),
        per_second=False,
    ),
    sla=Decimal("0.8999"),
)
LABELS = '{service="shop",slo="availability"}'


def groups(objective: Objective, *, with_cases: bool = False) -> tuple[Group, Group, Group]:
    found = objective_groups([objective], with_cases=with_cases)
    counts, burn_rates = found.short
    (budget,) = found.budget
    return counts, burn_rates, budget


def alerts(objective: Objective) -> list[Alert]:
    return [rule for group in groups(objective) for rule in group.rules if isinstance(rule, Alert)]


def sample(expr: str, labels: str, value: float, at: str) -> dict[str, Any]:
    return {"expr": expr, "eval_time": at, "exp_samples": [{"labels": labels, "value": value}]}


def merged(*parts: Group, cases: list[Case]) -> Group:
    """Return the rules of groups as one group, for cases that go through all of them."""
    return Group("merged", [rule for part in parts for rule in part.rules], "test", cases=cases)


@pytest.mark.parametrize("objective", [AVAILABILITY, LATENCY, PROBE], ids=lambda one: one.name)
def test_the_cases_of_an_objective_hold(tmp_path: Path, objective: Objective) -> None:
    assert not failures(tmp_path, groups(objective, with_cases=True))


@pytest.mark.parametrize("objective", [AVAILABILITY, LATENCY, PROBE], ids=lambda one: one.name)
def test_every_alert_has_a_case_in_which_it_fires_and_one_in_which_it_does_not(objective: Objective) -> None:
    for group in groups(objective, with_cases=True):
        firings = [firing for case in group.cases for firing in case.firings]
        for alert in group.rules:
            if isinstance(alert, Alert):
                assert [firing for firing in firings if alert.labels in firing.labels], alert.name
                assert [firing for firing in firings if firing.alert == alert.name and not firing.labels], alert.name


@pytest.mark.parametrize(
    ("threshold", "other", "case"),
    [
        ("(14.4 * 0.001)", "(14.5 * 0.001)", f"{BURNS} of 1h fires after 2m"),
        ("* 3600 >= 100", "* 3600 >= 49", f"{BURNS} of 1h does not fire below the minimum of requests"),
        ("< 0.25", "< 0.2", "the error budget is a freeze below a quarter"),
        ("> 0.005)", ">= 0.006)", "the error budget is more than the contract allows"),
        ("[1d] offset 1d", "[2d] offset 0s", f"{ABSENT} does not fire of an objective of today"),
        ("unless", "and", f"{ABSENT} fires where there are no counts any more"),
        ("offset 2d", "offset 1d", "the error budget has no alert while the objective is young"),
    ],
)
def test_a_case_does_not_hold_of_another_threshold(tmp_path: Path, threshold: str, other: str, case: str) -> None:
    (changed,) = (
        replace(
            group,
            rules=[replace(rule, expr=rule.expr.replace(threshold, other)) for rule in group.rules],
            cases=[one for one in group.cases if one.name.startswith(case)],
        )
        for group in groups(AVAILABILITY, with_cases=True)
        if any(threshold in rule.expr for rule in group.rules if isinstance(rule, Alert))
    )
    assert case in failures(tmp_path, [changed])


def test_every_alert_says_who_is_paged_and_what_to_do() -> None:
    for alert in alerts(AVAILABILITY):
        assert {"severity", "owner", "service", "slo"} <= set(alert.labels)
        assert set(alert.annotations) == {"summary", "description", "impact", "dashboard_url", "runbook_url"}
        assert alert.annotations["runbook_url"] == f"https://runbooks.example.org/{alert.name}.md"
        assert alert.pending
        assert alert.name == ABSENT or ">= 100" in alert.expr, "a ratio has a minimum of traffic"
    names = [alert.name for alert in alerts(AVAILABILITY)]
    assert names == [*[BURNS] * 4, ABSENT, LOW, SPENT, SLA_MISSED]
    assert [alert.pending for alert in alerts(AVAILABILITY)][:4] == ["2m", "15m", "1h", "3h"]


@pytest.mark.parametrize(
    ("target", "budget"),
    [("0.999", "0.1% of requests or 43.2 minutes of all"), ("0.99", "1% of requests or 7.2 hours of all")],
)
def test_an_alert_tells_the_budget_as_a_share_and_as_time(target: str, budget: str) -> None:
    objective = replace(AVAILABILITY, target=Decimal(target), period="30d", sla=None)
    assert (
        f"At this rate the whole budget of 30d, {budget}, is spent in "
        in alerts(objective)[0].annotations["description"]
    )


@pytest.mark.parametrize("objective", [AVAILABILITY, LATENCY, PROBE], ids=lambda each: each.name)
def test_expressions_that_are_not_checked_again_have_a_minimum_of_traffic(objective: Objective) -> None:
    counts, *derived = groups(objective)
    records = {rule.name: rule.expr for group in (counts, *derived) for rule in group.rules if isinstance(rule, Record)}
    rates = Rates(records)
    assert not counts.reads_objective and all(group.reads_objective for group in derived)
    for alert in alerts(objective):
        assert not rates.unguarded_ratio(parse(alert.expr)) and not rates.instant(parse(alert.expr))


def test_a_stack_changes_the_severity_of_alerts_on_objectives_or_leaves_them_out(tmp_path: Path) -> None:
    overrides = {
        LOW: AlertOverride(severity=Severity.CRITICAL),
        BURNS: AlertOverride(enabled=False, reason="Sloth has them."),
        ABSENT: AlertOverride(enabled=False, reason="It runs by day."),
    }
    assert not [*objective_override_problems("alerts", overrides)]
    found = objective_groups([AVAILABILITY], overrides=overrides, with_cases=True)
    kept = [rule for group in (*found.short, *found.budget) for rule in group.rules if isinstance(rule, Alert)]
    assert [(alert.name, alert.labels["severity"]) for alert in kept] == [
        (LOW, "critical"),
        (SPENT, "critical"),
        (SLA_MISSED, "critical"),
    ]
    assert not failures(tmp_path, found.budget)


@pytest.mark.parametrize(
    ("name", "override", "message"),
    [
        (LOW, AlertOverride(enabled=False), "enabled = false: must have a reason"),
        (LOW, AlertOverride(threshold=0.5), "threshold = 0.5: follows from the objective"),
        (BURNS, AlertOverride(severity=Severity.WARNING), "severity = warning: there is an alert of each severity"),
    ],
)
def test_what_follows_from_an_objective_is_not_changed_by_the_stack(
    name: str, override: AlertOverride, message: str
) -> None:
    (problem,) = objective_override_problems("alerts", {name: override})
    assert problem.message.startswith(message)


def test_no_two_alerts_of_an_objective_have_the_same_labels() -> None:
    identities = [(alert.name, *sorted(alert.labels.items())) for alert in alerts(AVAILABILITY)]
    assert len(set(identities)) == len(identities)


def test_the_names_of_the_records_of_an_objective_are_all_listed() -> None:
    every = [group for objective in (AVAILABILITY, LATENCY) for group in groups(objective)]
    recorded = {rule.name for group in every for rule in group.rules if isinstance(rule, Record)}
    assert recorded == set(OBJECTIVE_RECORDS)


def test_braces_of_a_text_are_no_template(tmp_path: Path) -> None:
    _, burn_rates, _ = groups(replace(AVAILABILITY, impact="Orders of {{ customer"))
    assert not failures(tmp_path, [burn_rates])


def test_an_alert_that_no_ratio_can_reach_is_left_out() -> None:
    assert [alert.labels["window"] for alert in alerts(PROBE) if alert.name == BURNS] == ["6h", "1d", "3d"], (
        "14.4 times a budget of 10 % is more than every request"
    )


def test_a_night_without_service_costs_what_its_requests_are_of_all(tmp_path: Path) -> None:
    """By day 100 requests a second, by night 1; all fail for 2 of the hours of a night."""
    days = "100x11 1x11 " * 30
    errors = f"0x{15 * 24 + 14 - 1} 1x1 0x{15 * 24 - 17}"
    case = Case(
        "an outage of 2h at 1 % of the traffic",
        {f"{REQUESTS}{LABELS}": days, f"{ERRORS}{LABELS}": errors},
        [Firing("719h", LOW), Firing("719h", SPENT), Firing("719h", SLA_MISSED)],
        [
            sample(f"round(1 - {REMAINING}, 0.001)", LABELS, 0.055, "719h"),
            # What a mean of ratios says of the same outage.
            sample(f"round(avg_over_time(({ERRORS} / {REQUESTS})[30d:1h]) / 0.001, 0.01)", LABELS, 2.78, "719h"),
        ],
        interval="1h",
    )
    _, _, budget = groups(AVAILABILITY)
    assert not failures(tmp_path, [replace(budget, cases=[case])])


BEGUN = 1_000_000
"""Where counters begin: Prometheus extrapolates those near zero less far."""


def counter(*increases: tuple[int, int], begin: int = BEGUN) -> str:
    """Return samples of a counter: so much more at each of so many samples, one part after the other."""
    text, value = [], begin
    for increase, times in increases:
        text.append(f"{value}+{increase}x{times - 1}")
        value += increase * times
    return " ".join(text)


@pytest.mark.parametrize(
    ("objective", "series", "burn_rate"),
    [
        (AVAILABILITY, {'http_requests_total{code="200"}': (60, 0)}, 0),
        (AVAILABILITY, {'http_requests_total{code="200"}': (54, 0), 'http_requests_total{code="500"}': (6, 0)}, 100),
        (LATENCY, {"latency_seconds_count": (60, 0)}, 20),
        (LATENCY, {"latency_seconds_count": (60, 0), 'latency_seconds_bucket{le="0.3"}': (60, 0)}, 0),
        (LATENCY, {"latency_seconds_count": (60, 0), 'latency_seconds_bucket{le="0.3"}': (45, 0)}, 5),
    ],
    ids=["no series of errors", "errors", "no good series", "all good", "slow"],
)
def test_what_is_recorded_of_counters(
    tmp_path: Path, objective: Objective, series: dict[str, tuple[int, int]], burn_rate: int
) -> None:
    ratio = float(burn_rate * objective.error_budget)
    labels = f'{{service="shop",slo="{objective.name}"}}'
    at = "30m"
    case = Case(
        "records",
        {name: counter((increase, 31)) for name, (increase, _) in series.items()},
        samples=[
            *(
                sample(f"round({ratio_record(window)}, 0.0001)", f'{labels[:-1]},window="{window}"}}', ratio, at)
                for window in ("5m", "30m", "6h", "1d", "3d", objective.period)
            ),
            sample(f"round({CURRENT_BURN_RATE}, 0.0001)", labels, burn_rate, at),
            sample(f"round({REQUESTS}, 0.0001)", labels, 1, at),
            sample(f"round({REMAINING}, 0.0001)", labels, 1 - burn_rate, at),
        ],
    )
    assert not failures(tmp_path, [merged(*groups(objective), cases=[case])])


def test_samples_of_probes_are_counted_per_second(tmp_path: Path) -> None:
    labels = '{service="shop",slo="reachable"}'
    samples = [
        sample(REQUESTS, f"{REQUESTS}{labels}", 5 / 300, "30m"),
        sample(f"round({ERRORS}, 0.0001)", labels, 0, "30m"),
        sample(ratio_record("5m"), f'{ratio_record("5m")}{labels[:-1]},window="5m"}}', 0, "30m"),
    ]
    case = Case("up", {"probe_success": "1x30"}, samples=samples)
    counts, burn_rates, _ = groups(PROBE)
    assert not failures(tmp_path, [merged(counts, burn_rates, cases=[case])])


def test_an_objective_without_any_series_has_no_figures(tmp_path: Path) -> None:
    nothing = [{"expr": f"{name}{LABELS}", "eval_time": "30m"} for name in (ratio_record("5m"), REQUESTS, REMAINING)]
    case = Case("no series", {"other": "1x30"}, [Firing("30m", name) for name in (BURNS, LOW, SPENT)], nothing)
    assert not failures(tmp_path, [merged(*groups(AVAILABILITY), cases=[case])])


HOURS = 8
CRITICAL = BURN_RATES[:2]
MINUTES = {"5m": 5, "30m": 30, "1h": 60, "6h": 360, "2m": 2, "15m": 15}
UNEVEN = replace(AVAILABILITY, target=Decimal("0.99898997"), minimum_requests=0)
"""Its thresholds are no ratios of the counts below."""


def burns(rate: BurnRate, errors: list[int], minute: int) -> bool:
    """Whether the alert fires, by its definition: both ratios above the threshold throughout its `for`."""
    threshold = Fraction(rate.factor("30d")) * Fraction(UNEVEN.error_budget)

    def ratio(end: int, window: str) -> Fraction:
        # A range holds its end but not its begin, so that it has the increases of one minute less.
        counted = errors[max(end - MINUTES[window] + 2, 1) : end + 1]
        return Fraction(sum(counted), 1000 * len(counted))

    since = minute - MINUTES[rate.pending]
    return all(ratio(end, window) > threshold for end in range(since, minute + 1) for window in (rate.short, rate.long))


# Errors of a thousand requests in each minute, for ten minutes each: from none to far above the highest threshold.
profiles = st.lists(st.sampled_from([0, 0, 3, 7, 13, 16, 40, 300]), min_size=HOURS * 6, max_size=HOURS * 6)


@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(profiles=st.lists(profiles, min_size=2, max_size=2))
def test_an_alert_fires_where_both_windows_are_above_by_definition(tmp_path: Path, profiles: list[list[int]]) -> None:
    counts, burn_rates, _ = groups(UNEVEN)
    windows = {window for rate in CRITICAL for window in (rate.short, rate.long)}
    rules = [rule for rule in burn_rates.rules if rule.labels.get("window") in windows]
    firing = {rule.labels["window"]: rule.labels for rule in rules if isinstance(rule, Alert)}
    cases = []
    for number, profile in enumerate(profiles):
        errors = [0, *(count for count in profile for _ in range(10))]
        series = {
            'http_requests_total{code="500"}': counter(*((count, 10) for count in profile)),
            'http_requests_total{code="200"}': counter(*((1000 - count, 10) for count in profile)),
        }
        firings = [
            Firing(f"{minute}m", BURNS, [firing[rate.long] for rate in CRITICAL if burns(rate, errors, minute)])
            for minute in range(20, HOURS * 60, 20)
        ]
        cases.append(Case(f"profile {number}", series, firings))
    assert not failures(tmp_path, [merged(counts, replace(burn_rates, rules=rules), cases=cases)])


GOLDEN = """\
(
  max without (window) (slo:sli_error:ratio_rate30m{service="shop",slo="availability"} > (6 * 0.001))
  and
  max without (window) (slo:sli_error:ratio_rate6h{service="shop",slo="availability"} > (6 * 0.001))
)
and
avg_over_time(slo:requests:rate5m{service="shop",slo="availability"}[6h]) * 21600 >= 100"""


def test_an_alert_on_a_burn_rate_is_a_condition_of_sloth_and_a_minimum_of_traffic() -> None:
    assert [alert.expr for alert in alerts(AVAILABILITY)][1] == GOLDEN


@pytest.mark.parametrize(
    ("remaining", "state"),
    [("1", 0), ("0.501", 0), ("0.5", 1), ("0.25", 1), ("0.249", 2), ("0.001", 2), ("0", 3), ("-1", 3)],
)
def test_the_policy_of_the_error_budget_has_four_states(remaining: str, state: int) -> None:
    assert policy_state(Decimal(remaining)) == state


def test_rules_in_scaled_time_keep_their_form(tmp_path: Path) -> None:
    scaled = [scaled_group(group, Fraction(1, 60)) for group in groups(AVAILABILITY)]
    assert not failures(tmp_path, scaled)
    assert "[12h]" in " ".join(rule.expr for rule in scaled[2].rules), "30 days pass in 12 hours"
