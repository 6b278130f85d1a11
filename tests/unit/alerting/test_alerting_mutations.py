"""One change to alerting that is right makes it silently dead: each is refused, with its place, its rule and a fix."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pytest
import yaml

from components._spec import ArgumentProblem
from components.alerting.spec import AlertingSpec
from tests import shop_alerting

Arguments = dict[str, Any]
QUEUE = "checkout.yaml:4: group 'checkout': rule 1 (CheckoutQueueLong)"
PAYMENTS = "payments.yaml:4: group 'payments': rule 1 (PaymentsRefused)"


@dataclass(frozen=True)
class Refused:
    """What is said of a mutation: the argument, and the words of the place, the value, the rule and the fix."""

    argument: str
    place: str
    value: str
    rule: str
    fix: str

    def is_in(self, problem: ArgumentProblem) -> bool:
        said = f"{problem.field}: {problem.message}"
        return problem.field == self.argument and all(
            words in said for words in (self.place, self.value, self.rule, self.fix)
        )


Mutation = Callable[[Arguments], None]
MUTATIONS: dict[str, tuple[Mutation, Refused]] = {}


def refused(argument: str, place: str, value: str, rule: str, fix: str) -> Callable[[Mutation], Mutation]:
    def register(mutation: Mutation) -> Mutation:
        MUTATIONS[mutation.__name__] = (mutation, Refused(argument, place, value, rule, fix))
        return mutation

    return register


def arguments() -> Arguments:
    return deepcopy(
        {
            "namespace": "monitoring",
            "local_retention": "31d",
            **shop_alerting.SETTINGS,
            "log_rules": {"payments.yaml": shop_alerting.LOG_RULES},
        }
    )


def problems_after(*mutations: Mutation) -> list[ArgumentProblem]:
    args = arguments()
    for mutation in mutations:
        mutation(args)
    return AlertingSpec.find_problems({**args, **written(args)})


def written(args: Arguments) -> dict[str, dict[str, str]]:
    """Return the arguments of YAML as the texts of files, which have lines."""
    return {
        argument: {path: yaml.safe_dump(data, sort_keys=False, width=1000) for path, data in args[argument].items()}
        for argument in ("objectives", "rules", "rule_tests", "log_rules")
    }


def group_of(args: Arguments, argument: str) -> dict[str, Any]:
    """Return the only group of the only file of rules."""
    (file,) = args[argument].values()
    (group,) = file["groups"]
    return group  # type: ignore[no-any-return]


def alert_of(args: Arguments, argument: str = "rules") -> dict[str, Any]:
    return group_of(args, argument)["rules"][0]  # type: ignore[no-any-return]


@refused(
    "rules.checkout.yaml",
    QUEUE,
    "metric = checkout_queue_size",
    "nothing that the stack deploys produces it",
    "correct it",
)
def metric_renamed(args: Arguments) -> None:
    alert_of(args)["expr"] = "max by (instance, service) (checkout_queue_size) > 100"


@refused("log_rules.payments.yaml", PAYMENTS, "severity = Warning", "must be critical", "set one")
def severity_misspelt(args: Arguments) -> None:
    alert_of(args, "log_rules")["labels"]["severity"] = "Warning"


@refused(
    "rules.checkout.yaml", QUEUE, "for is missing", "one bad sample must not page", "set how long it holds, such as 5m"
)
def for_removed(args: Arguments) -> None:
    del alert_of(args)["for"]


@refused(
    "routes.team-critical",
    "routes.team-critical",
    'severity="critical"',
    "is never reached, as pager before it take all that it matches",
    "move it before pager",
)
def route_shadowed(args: Arguments) -> None:
    args["routes"]["pager"]["continue_matching"] = False


@refused("receivers.pager.url", "receivers.pager", "url", "must have one of url and url_secret", "set one of them")
def receiver_without_its_secret(args: Arguments) -> None:
    del args["receivers"]["pager"]["url_secret"]


@refused(
    "inhibitions.errors-over-queue",
    "inhibitions.errors-over-queue",
    'source_matchers = alertname="HighErrorRatio"',
    "match no alert that is defined",
    "define it, or correct them",
)
def inhibition_on_an_undefined_alert(args: Arguments) -> None:
    args["inhibitions"]["errors-over-queue"]["source_matchers"][0] = "alertname = HighErrorRatio"


@refused(
    "rules.checkout.yaml",
    QUEUE,
    "runbook_url = docs/runbooks/CheckoutQueueLong.md",
    "is no runbook",
    "write CheckoutQueueLong.md with the sections Meaning, Impact, Diagnose, Resolve, Escalate",
)
def runbook_removed(args: Arguments) -> None:
    args["runbooks"].clear()


@refused(
    "objectives.availability.yaml",
    "availability.yaml:29: document 1 (SLO availability)",
    "spec.objectives[0].target = 1",
    "must be more than 0 and less than 1",
    "set one such as 0.999",
)
def objective_of_one(args: Arguments) -> None:
    args["objectives"]["availability.yaml"]["spec"]["objectives"] = [{"target": 1.0}]


@refused(
    "objectives.latency.yaml",
    "latency.yaml:25: document 1 (SLO latency)",
    "spec.timeWindow.duration = 30d",
    "is longer than metrics are kept, 29d",
    "keep them for 30d or longer (retention.metrics)",
)
def window_longer_than_retention(args: Arguments) -> None:
    args["local_retention"] = "29d"


@refused("rules.checkout.yaml", QUEUE, "severity = notice", "must be critical", "set one")
def severity_of_notice(args: Arguments) -> None:
    alert_of(args)["labels"]["severity"] = "notice"


@refused(
    "log_rules.payments.yaml",
    PAYMENTS,
    'expr = {namespace="shop"}',
    "must aggregate lines to numbers, and this selects lines",
    "count them: sum(count_over_time(… [5m])) > 0",
)
def lines_without_aggregation(args: Arguments) -> None:
    alert_of(args, "log_rules")["expr"] = '{namespace="shop"} |= "payment refused"'


@refused(
    "rules.checkout.yaml",
    "group 'checkout': rule 2 (CheckoutQueueLong)",
    "alert = CheckoutQueueLong",
    f"is the name of an alert in {QUEUE} too",
    "rename one",
)
def name_of_two_alerts(args: Arguments) -> None:
    group_of(args, "rules")["rules"].append(deepcopy(shop_alerting.QUEUE))


def test_what_is_mutated_is_right() -> None:
    assert problems_after() == []
    compiled = AlertingSpec.check("Alerting", arguments()).compiled
    names = {rule.name for group in compiled.all_groups for rule in group.rules}
    assert names >= {"CheckoutQueueLong", "HighErrorRate", "SLOErrorBudgetBurn", "Watchdog", "NodeDown"}
    assert {dict(rule.labels).get("slo") for group in compiled.groups for rule in group.rules} >= {
        "availability",
        "latency",
    }


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_mutation_is_refused_once_with_its_place_and_fix(name: str) -> None:
    mutation, expected = MUTATIONS[name]
    (problem,) = problems_after(mutation)
    assert expected.is_in(problem), problem


def test_all_twelve_are_refused_together() -> None:
    assert len(MUTATIONS) == 12
    found = problems_after(*(mutation for mutation, _ in MUTATIONS.values()))
    missing = [name for name, (_, expected) in MUTATIONS.items() if not any(map(expected.is_in, found))]
    assert not missing, found


def renamed_in_the_objective(args: Arguments) -> None:
    objective = args["objectives"]["availability.yaml"]["spec"]["indicator"]["spec"]["ratioMetric"]
    objective["bad"]["metricSource"]["spec"]["query"] = 'http_request_total{service="shop",status=~"5.."}'


def bad_promql(args: Arguments) -> None:
    alert_of(args)["expr"] = "max by (instance (checkout_queue_length) > 100"


def parenthesis_of_lines_removed(args: Arguments) -> None:
    alert_of(args, "log_rules")["expr"] = shop_alerting.LOG_ALERT["expr"].replace("service_name)", "service_name")


def brace_of_lines_removed(args: Arguments) -> None:
    failed = 'sum(count_over_time({namespace="shop" |= "payment refused" [5m]))'
    alert_of(args, "log_rules")["expr"] = f'{failed} / sum(count_over_time({{namespace="shop"}} [5m])) > 0.1'


def phase_in_lower_case(args: Arguments) -> None:
    alert_of(args)["expr"] = 'sum by (instance, service) (kube_pod_status_phase{phase="pending"}) > 0'


def severity_misspelt_in_a_route(args: Arguments) -> None:
    args["routes"]["team-warning"]["matchers"] = ["severity = Warning"]


def key_of_pagerduty_missing(args: Arguments) -> None:
    args["receivers"]["pager"] = {"kind": "pagerduty"}


def last_two_samples(args: Arguments) -> None:
    alert_of(args)["expr"] = 'sum by (instance, service) (irate(http_requests_total{status="500"}[5m])) > 1'


def ratio_without_traffic(args: Arguments) -> None:
    failed, all_of_them = (
        f"sum by (instance, service) (rate(http_requests_total{selected}[5m]))" for selected in ('{status="500"}', "")
    )
    alert_of(args)["expr"] = f"{failed} / {all_of_them} > 0.5"


@pytest.mark.parametrize(
    ("mutation", "argument", "words"),
    [
        (
            renamed_in_the_objective,
            "objectives.availability.yaml",
            ["availability.yaml:18: document 1 (SLO availability): metric = http_request_total"],
        ),
        (bad_promql, "rules.checkout.yaml", [QUEUE, "expr = max by (instance (", "must be PromQL", "correct it"]),
        (
            parenthesis_of_lines_removed,
            "log_rules.payments.yaml",
            [PAYMENTS, "expr = sum by (namespace", "must be LogQL, and has an unbalanced ( at line 1, col 8; correct"],
        ),
        (
            brace_of_lines_removed,
            "log_rules.payments.yaml",
            [PAYMENTS, "must be LogQL, and has an unbalanced { at line 1, col 21; correct it"],
        ),
        (phase_in_lower_case, "rules.checkout.yaml", [QUEUE, "phase = pending", "which has Failed, Pending, Running"]),
        (severity_misspelt_in_a_route, "routes.team-warning", ['severity="Warning"', "correct them"]),
        (key_of_pagerduty_missing, "receivers.pager.routing_key", ["kind pagerduty requires it", "set it"]),
        (last_two_samples, "rules.checkout.yaml", [QUEUE, "expr has irate", "use rate over 5m or longer"]),
        (ratio_without_traffic, "rules.checkout.yaml", [QUEUE, "without a minimum of traffic", "add the traffic"]),
    ],
)
def test_others_of_their_kind_are_refused_too(mutation: Mutation, argument: str, words: list[str]) -> None:
    (problem,) = problems_after(mutation)
    assert problem.field == argument
    assert all(each in problem.message for each in words), problem


@pytest.mark.parametrize(("name", "place"), [("NodeDown", "library: group"), ("KubeJobFailed", "chart: KubeJobFailed")])
def test_a_name_of_the_library_or_the_chart_is_taken(name: str, place: str) -> None:
    def named(args: Arguments) -> None:
        group_of(args, "rules")["rules"].append({**deepcopy(shop_alerting.QUEUE), "alert": name})

    (problem,) = [found for found in problems_after(named) if f"alert = {name}: is the name of" in found.message]
    assert problem.field == "rules.checkout.yaml"
    assert (
        problem.message.startswith(f"checkout.yaml:16: group 'checkout': rule 2 ({name})") and place in problem.message
    )


def on_its_own_line(text: str) -> str:
    return text.replace("    for: 10m\n", "    for: 10m\n    for: 5m\n")


def with_a_number(text: str) -> str:
    return text.replace("      owner: shop\n", "      owner: shop\n      release: 1.0\n")


def with_an_unknown_key(text: str) -> str:
    return text.replace("    for: 10m\n", "    for: 10m\n    owner: shop\n")


def without_a_colon(text: str) -> str:
    return text.replace("    labels:\n", "    labels\n")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (on_its_own_line, "checkout.yaml:7: for: is set twice"),
        (with_a_number, f"{QUEUE.replace(':4:', ':10:')}: labels.release = 1.0: must be text"),
        (with_an_unknown_key, f"{QUEUE.replace(':4:', ':7:')}: has the unknown key owner"),
        (without_a_colon, "checkout.yaml:8: must be valid YAML"),
    ],
)  # fmt: skip
def test_a_problem_of_the_form_of_a_file_is_told_alone(change: Callable[[str], str], sentence: str) -> None:
    args = {**arguments(), **written(arguments())}
    args["rules"] = {"checkout.yaml": change(args["rules"]["checkout.yaml"])}
    (problem,) = AlertingSpec.find_problems(args)
    assert problem.message.startswith(sentence)


def test_what_reads_the_records_of_a_refused_objective_is_no_problem_of_its_own() -> None:
    def changed(args: Arguments) -> None:
        objective_of_one(args)
        rule = {"record": "shop:fast:ratio", "expr": '1 - slo:sli_error:ratio_rate5m{service="shop"}'}
        group_of(args, "rules")["rules"].append(rule)

    (problem,) = problems_after(changed)
    assert problem.field == "objectives.availability.yaml"


def all_to_nobody(args: Arguments) -> None:
    args["routes"] = {"all": {"receiver": "none", "matchers": ["severity =~ .+"]}}


def nobody_by_default(args: Arguments) -> None:
    args["default_receiver"] = "none"
    del args["routes"]


def nobody_is_stated(args: Arguments) -> None:
    del args["default_receiver"], args["routes"]


def nobody_hears_the_switch(args: Arguments) -> None:
    args["dead_mans_switch"]["receiver"] = "none"


def receiver_misspelt(args: Arguments) -> None:
    args["routes"]["pager"]["receiver"] = "pagr"


def parent_misspelt(args: Arguments) -> None:
    args["routes"]["team-critical"]["under"] = "pagr"


@pytest.mark.parametrize(
    ("mutation", "field"),
    [
        (all_to_nobody, "routes.all.receiver"),
        (nobody_by_default, "default_receiver"),
        (nobody_is_stated, "default_receiver"),
        (nobody_hears_the_switch, "dead_mans_switch.receiver"),
        (receiver_misspelt, "routes.pager.receiver"),
        (parent_misspelt, "routes.team-critical.under"),
    ],
)  # fmt: skip
def test_where_alerts_go_is_not_told_of_routes_with_a_problem(mutation: Mutation, field: str) -> None:
    (problem,) = problems_after(mutation)
    assert problem.field == field


def test_a_file_that_is_stated_as_data_has_no_lines() -> None:
    args = arguments()
    for mutation in (metric_renamed, objective_of_one, renamed_in_the_objective):
        mutation(args)
    assert {problem.message.partition(": ")[0] for problem in AlertingSpec.find_problems(args)} == {
        "checkout.yaml",
        "availability.yaml",
    }


def test_the_name_of_an_alert_that_is_left_out_is_free() -> None:
    def changed(args: Arguments) -> None:
        args["alerts"] = {"KubeJobFailed": {"enabled": False, "reason": "Jobs have an alert of their own."}}
        group_of(args, "rules")["rules"].append({**deepcopy(shop_alerting.QUEUE), "alert": "KubeJobFailed"})

    assert not [problem for problem in problems_after(changed) if "is the name of" in problem.message]


def test_a_group_of_the_library_keeps_its_name() -> None:
    def named(args: Arguments) -> None:
        group_of(args, "rules")["name"] = "watchdog"

    (problem,) = problems_after(named)
    assert problem.field == "rules.checkout.yaml"
    assert "checkout.yaml:4: has group 'watchdog', which library has too; rename it" in problem.message
