"""What makes alerting silently dead, in a stack: all of it is reported at once, and nothing is created."""

import re
from copy import deepcopy
from typing import Any

from tests import shop_alerting
from tests.program.programs import refused, stack
from tests.unit.alerting.test_alerting_mutations import MUTATIONS, Mutation, alert_of, arguments


def areas(*mutations: Mutation) -> dict[str, Any]:
    """Return the settings of a stack with the alerting of the shop, and what is wrong with it."""
    args = arguments()
    for mutation in mutations:
        mutation(args)
    del args["namespace"]
    return {
        "retention": {"metrics": args.pop("local_retention")},
        "storage": {"kind": "filesystem"},
        "logging": {"rules": args.pop("log_rules")},
        "alerting": args,
    }


def test_what_is_mutated_is_deployed() -> None:
    recording = stack(**areas())
    assert [each.name for each in recording.of_type(":PrometheusRule")] == ["alerting-rules"]


def test_all_twelve_mutations_are_refused_at_once() -> None:
    said = refused(**areas(*(mutation for mutation, _ in MUTATIONS.values())))
    assert "nothing was created or changed" in said
    lines = without_lines(said).splitlines()
    for name, (_, expected) in MUTATIONS.items():
        argument = expected.argument.partition(".")[0]
        setting = "logging.rules" if argument == "log_rules" else f"alerting.{argument}"
        about = [line for line in lines if line.strip().startswith(f"observability:{setting}")]
        words = (expected.value, expected.rule, expected.fix)
        assert any(all(without_lines(word) in line for word in words) for line in about), (name, said)


def without_lines(text: str) -> str:
    """Return a text without the lines of rules in files: those of a stack file are data."""
    return re.sub(r"\.yaml:\d+", ".yaml", text)


def bad_promql(args: dict[str, Any]) -> None:
    alert_of(args)["expr"] = "max by (service) (checkout_queue_length > 100"


def unknown_metric(args: dict[str, Any]) -> None:
    alert = {**deepcopy(shop_alerting.QUEUE), "alert": "Lost", "expr": "max by (instance, service) (checkout_lost) > 1"}
    args["rules"]["checkout.yaml"]["groups"][0]["rules"].append(alert)


def objective_above_one(args: dict[str, Any]) -> None:
    args["objectives"]["availability.yaml"]["spec"]["objectives"] = [{"target": 1.5}]


def outside_of_the_subset(args: dict[str, Any]) -> None:
    args["objectives"]["latency.yaml"]["spec"]["budgetingMethod"] = "Timeslices"


def two_services_of_one_name(args: dict[str, Any]) -> None:
    args["objectives"]["again.yaml"] = deepcopy(shop_alerting.SERVICE)


def test_all_bad_input_is_reported_at_once_with_its_place() -> None:
    bad = (bad_promql, unknown_metric, objective_above_one, outside_of_the_subset, two_services_of_one_name)
    said = refused(**areas(*bad))
    for place, rule in (
        ("checkout.yaml", "must be PromQL, and unclosed left parenthesis"),
        ("checkout.yaml", "metric = checkout_lost: nothing that the stack deploys produces it"),
        ("availability.yaml", "target = 1.5: must be more than 0 and less than 1"),
        ("latency.yaml", 'budgetingMethod = "Timeslices": must be Occurrences'),
        ("again.yaml", 'metadata.name = "shop": is the name of the Service in shop.yaml'),
    ):
        assert [line for line in said.splitlines() if f'["{place}"]' in line and rule in line], (place, said)
