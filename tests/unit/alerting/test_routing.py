"""Alerts are routed as Alertmanager routes them, and unused routes are found."""

import json
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from components.alerting.alertmanager_config import all_inhibitions, inhibition_problems, routing_tree
from components.alerting.notifications import NotificationSettings
from components.alerting.promql import Matcher
from components.alerting.routes import Inhibition
from components.alerting.routing import (
    AlertLabels,
    Node,
    check_inhibitions,
    check_routes,
    effective,
    node_of,
    outcomes,
    unused_inhibitors,
)
from tests.installed_tools import require
from tests.unit.alerting.amtool import routes_test, write
from tests.unit.alerting.document_004 import ALERTS, AS_IT_IS, BUSINESS_ALERTS, PUT_RIGHT, WATCHDOG, alert


def receivers_of(root: Node, labels: Mapping[str, str]) -> list[str]:
    """Return the receivers of one alert in the order of the tree."""
    ((_, reached),) = outcomes(root, {name: (value,) for name, value in labels.items()})
    return [node.receiver for node in reached]


VALUES = ("", "critical", "warning", "shop", "shop-2", "10.0.0.1:80", "a|b", 'é"\\')
LABELS = ("severity", "team", "k8s.pod")
PATTERNS = (".*", ".+", "shop", "shop.*", "critical|warning", "(shop|a)", r"10\.0\..+", "[a-z]+", "")
values = st.sampled_from(VALUES)
matchers = st.one_of(
    st.builds(Matcher, st.sampled_from(LABELS), st.sampled_from(["=", "!="]), values),
    st.builds(
        Matcher,
        st.sampled_from(LABELS),
        st.sampled_from(["=~", "!~"]),
        st.sampled_from(PATTERNS),
    ),
)
label_sets = st.dictionaries(st.sampled_from(LABELS), values.filter(bool))


def _numbered(node: Node, path: str = "r") -> Node:
    """Name every route and its receiver after its place."""
    children = tuple(_numbered(child, f"{path}-{index}") for index, child in enumerate(node.children))
    return Node(path, path, node.matchers, node.continues, children)


def _nodes(children: st.SearchStrategy[tuple[Node, ...]]) -> st.SearchStrategy[Node]:
    lists = st.lists(matchers, min_size=1, max_size=3).map(tuple)
    return st.builds(Node, st.just(""), st.just(""), lists, st.booleans(), children)


def _parents(children: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return _nodes(st.lists(children, max_size=3).map(tuple))


routes = st.recursive(_nodes(st.just(())), _parents, max_leaves=8)
trees = st.lists(routes, min_size=1, max_size=5).map(
    lambda children: _numbered(Node("", "", (), False, tuple(children)))
)


@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(tree=trees, sets=st.lists(label_sets, min_size=8, max_size=8))
def test_generated_alerts_are_routed_as_amtool_routes_them(
    tree: Node, sets: list[Mapping[str, str]], tmp_path: Path
) -> None:
    require("amtool")
    names = [{"name": path[-1].receiver} for path in tree.walk()]
    config = write({"route": tree.rendered(), "receivers": names}, tmp_path)
    for labels in sets:
        assert receivers_of(tree, labels) == routes_test(config, labels), labels


@given(tree=trees, labels=label_sets)
def test_a_tree_that_is_read_back_routes_as_the_one_that_was_written(tree: Node, labels: dict[str, str]) -> None:
    assert receivers_of(node_of(tree.rendered()), labels) == receivers_of(tree, labels)


@given(tree=trees, domains=st.fixed_dictionaries(dict.fromkeys(LABELS, st.lists(values, min_size=1, unique=True))))
def test_alerts_that_are_known_in_part_are_routed_as_each_of_them(tree: Node, domains: dict[str, list[str]]) -> None:
    found: dict[str, list[str]] = {}
    for part, reached in outcomes(tree, domains):
        for labels in product(*(part[name] for name in LABELS)):
            key = json.dumps(labels)
            assert key not in found, "the outcomes divide the alerts"
            found[key] = [node.receiver for node in reached]
    expected = {
        json.dumps(labels): receivers_of(tree, dict(zip(LABELS, labels, strict=True)))
        for labels in product(*(domains[name] for name in LABELS))
    }
    assert found == expected


def problems(data: Mapping[str, Any], alerts: Sequence[AlertLabels]) -> dict[str, str]:
    """Return the messages by place, of all checks."""
    stated = NotificationSettings.model_validate(data)
    switch = stated.dead_mans_switch is not None
    found = [
        *check_routes(routing_tree(stated), alerts, dead_mans_switch=switch),
        *inhibition_problems(stated, alerts),
    ]
    return {problem.place: problem.message for problem in found}


def test_the_tree_of_the_document_is_refused_where_it_is_dead() -> None:
    found = problems(AS_IT_IS, ALERTS)
    assert found["routes.slack-business"] == (
        'team="business": is never reached, as slack-critical and slack-warning before it take all that it matches and '
        "do not continue; move it before slack-critical, with continue_matching where they are to have these alerts too"
    )
    assert found["inhibitions.cluster-down"].startswith('source_matchers = alertname="ClusterDown": match no alert')
    assert found["alerts.yml: Watchdog"].endswith("no receiver waits for it; set dead_mans_switch.receiver")
    assert found["inhibitions.critical"].startswith("equal = alertname, service: mutes nothing")
    assert len(found) == 4


def test_the_tree_of_the_document_put_right_is_accepted() -> None:
    assert problems(PUT_RIGHT, [*ALERTS, *BUSINESS_ALERTS]) == {}


@pytest.mark.parametrize(
    ("labels", "receivers"),
    [
        ({"severity": "critical"}, ["pagerduty-critical", "slack-critical"]),
        ({"severity": "warning"}, ["slack-warning"]),
        ({"severity": "warning", "team": "business"}, ["slack-business", "slack-warning"]),
        ({"severity": "critical", "team": "business"}, ["slack-business", "pagerduty-critical", "slack-critical"]),
        ({"severity": "warning", "service": "shop-cart"}, ["email", "slack-warning"]),
        ({"severity": "notice"}, ["slack-default"]),
        ({"severity": "none", "alert_type": "dead-mans-switch"}, ["heartbeat"]),
        ({"severity": "none", "alert_type": "inhibitor"}, ["none"]),
        ({"severity": "none", "alert_type": "info"}, ["none"]),
        ({"alertname": "AlertTest", "receiver": "email", "severity": "critical"}, ["email"]),
    ],
)
def test_each_label_set_of_the_document_has_its_receivers(labels: dict[str, str], receivers: list[str]) -> None:
    assert receivers_of(routing_tree(NotificationSettings.model_validate(PUT_RIGHT)), labels) == receivers


HOOK = {"kind": "webhook", "url": "http://pager.tools/alerts"}
WARNINGS = [alert("A", "warning", "service"), alert("B", "critical", "service", team="shop")]


def two(routes: Mapping[str, Any], **others: Any) -> dict[str, Any]:
    """Return settings of two receivers with routes."""
    return {"receivers": {"one": HOOK, "two": HOOK}, "default_receiver": "one", "routes": routes, **others}


def test_a_route_that_no_alert_matches_is_refused() -> None:
    found = problems(two({"x": {"receiver": "two", "matchers": ['team="pay"']}}), WARNINGS)
    message = 'team="pay": matches no alert that reaches it; correct the matchers, add such an alert, or remove it'
    assert found == {"routes.x": message}


def test_a_label_that_only_the_series_tell_may_match() -> None:
    routes = {
        "x": {"receiver": "two", "matchers": ['service=~"pay-[0-9]+"']},
        "y": {"matchers": ['service!~"(a{2}b)+"']},
    }
    assert problems(two(routes), WARNINGS) == {}


def test_a_route_behind_one_that_takes_more_is_never_reached() -> None:
    routes = {
        "all": {"receiver": "two", "matchers": ['team=~".+"']},
        "shop": {"receiver": "two", "matchers": ['team="shop"', 'severity="critical"']},
    }
    found = problems(two(routes), WARNINGS)
    assert found["routes.shop"].startswith('team="shop", severity="critical": is never reached, as all before it')
    assert problems(two({**routes, "all": {**routes["all"], "continue_matching": True}}), WARNINGS) == {}


def test_a_route_within_one_that_it_contradicts_is_refused() -> None:
    routes = {
        "critical": {"receiver": "two", "matchers": ["severity=critical"]},
        "shop": {"under": "critical", "matchers": ["severity=warning"]},
    }
    assert problems(two(routes), WARNINGS)["routes.shop"].startswith('severity="warning": contradict each other')


def test_a_severity_that_no_alert_has_is_refused() -> None:
    found = problems(two({"x": {"receiver": "two", "matchers": ["severity=notice"]}}), WARNINGS)
    assert "a severity other than critical and warning" in found["routes.x"]


def test_only_the_route_that_is_wrong_is_reported_of_those_within_it() -> None:
    routes = {
        "pay": {"receiver": "two", "matchers": ['team="pay"']},
        "nights": {"under": "pay", "matchers": ["severity=critical"]},
    }
    assert [*problems(two(routes), WARNINGS)] == ["routes.pay"]


@pytest.mark.parametrize(
    "routes",
    [
        {"x": {"receiver": "two", "matchers": ['service=~"pay.*"', 'service=~".*-api"']}},
        {"x": {"matchers": ['service=~"pay.*"']}, "y": {"under": "x", "matchers": ['service=~".*-api"']}},
        {"x": {"matchers": ['service=~"[a-p].*"']}, "y": {"receiver": "two", "matchers": ['service=~"[a-z].*"']}},
        {"x": {"receiver": "two", "matchers": ['service=~"pay.*"', 'service!="pay"']}},
    ],
)
def test_regular_expressions_that_share_values_are_accepted(routes: dict[str, Any]) -> None:
    assert problems(two({"last": {"receiver": "two", "matchers": ["severity=critical"]}, **routes}), WARNINGS) == {}


@pytest.mark.parametrize("matchers", [['team=~"shop|pay"', 'team=~"cart.*"'], ['team="shop"', 'team!="shop"']])
def test_lists_of_values_that_share_none_are_refused(matchers: list[str]) -> None:
    (found,) = problems(two({"x": {"receiver": "two", "matchers": matchers}}), WARNINGS).values()
    assert "contradict each other" in found


DAY = {"receiver": "two", "matchers": ["severity=critical"], "active_time_intervals": ["day"]}
INTERVALS = {"day": [{"times": ["09:00-17:00"]}], "lunch": [{"times": ["12:00-13:00"]}]}


@pytest.mark.parametrize("others", [{}, {"night": {**DAY, "mute_time_intervals": ["lunch"]}}])
def test_critical_alerts_that_sleep_at_night_are_refused_once(others: dict[str, Any]) -> None:
    routes = {"day": {**DAY, "continue_matching": True}, **others}
    criticals = [alert(name, "critical", "service", *labels) for name in "BCD" for labels in ((), ("pod",))]
    found = [
        (problem.place, problem.message)
        for problem in check_routes(
            routing_tree(NotificationSettings.model_validate(two(routes, time_intervals=INTERVALS))),
            criticals,
            dead_mans_switch=False,
        )
    ]
    ((place, message),) = found
    assert place == "routes.day" and message.startswith("B is critical and notifies nobody at times of this route")


@pytest.mark.parametrize("mute", [["day"], ["lunch"], ["day", "lunch"]])
def test_a_day_and_a_night_are_all_times(mute: list[str]) -> None:
    night = {"receiver": "one", "matchers": ["severity=critical"], "mute_time_intervals": mute}
    routes = {"day": {**DAY, "active_time_intervals": ["day", "lunch"], "continue_matching": True}, "night": night}
    assert problems(two(routes, time_intervals=INTERVALS), WARNINGS) == {}


def test_alerts_of_a_stack_without_receivers_notify_nobody() -> None:
    found = problems({}, [*WARNINGS, alert("C", "none", alert_type="info")])
    assert [*found] == ["alerts.yml: A", "alerts.yml: B"]
    assert found["alerts.yml: A"].startswith("A: reaches no receiver but none, which notifies nobody")


def test_a_dead_mans_switch_has_an_alert_and_a_receiver() -> None:
    switched = two({"x": {"matchers": ["severity=critical"]}}, dead_mans_switch={"receiver": "two"})
    assert problems(switched, [*WARNINGS, WATCHDOG]) == {}
    found = problems(switched, WARNINGS)
    assert found["dead_mans_switch"].startswith("is notified by no alert; add one with the label alert_type")


def inhibition(source: Sequence[str], target: Sequence[str], *equal: str) -> dict[str, Inhibition]:
    return {"x": Inhibition(source_matchers=source, target_matchers=target, equal=equal)}


DOWN = alert("Down", "critical", "cluster")
QUIET = alert("Quiet", "warning", "cluster")


@pytest.mark.parametrize(
    ("found", "alerts", "message"),
    [
        (inhibition(["alertname=Down"], ["severity=warning"], "cluster"), [QUIET], "match no alert that is defined"),
        (inhibition(["alertname=Down"], ["severity=warning"], "cluster"), [DOWN], "target_matchers"),
        (inhibition(["alertname=Down"], ["severity=warning"], "alertname"), [DOWN, QUIET], "mutes nothing"),
        (
            inhibition(["alertname=Down"], ["severity=warning"], "service"),
            [DOWN, QUIET],
            "Down mutes every Quiet, as neither has the label service and Alertmanager takes missing labels for equal; "
            'add service!="" to source_matchers',
        ),
        (
            inhibition(["alert_type!=info"], ["severity=warning"], "team"),
            [WATCHDOG, QUIET],
            'Watchdog always fires, and mutes Quiet for ever; exclude it by alert_type=""',
        ),
    ],
)
def test_an_inhibition_that_mutes_nothing_or_everything_is_refused(
    found: dict[str, Inhibition], alerts: list[AlertLabels], message: str
) -> None:
    messages = [problem.message for problem in check_inhibitions(found, alerts)]
    assert any(message in text for text in messages), messages


def test_an_inhibition_by_a_label_that_both_have_is_accepted() -> None:
    assert not [*check_inhibitions(inhibition(["alertname=Down"], ["severity=warning"], "cluster"), [DOWN, QUIET])]


def test_alerts_that_are_source_and_target_do_not_mute_each_other() -> None:
    both = inhibition(['cluster!=""'], ['cluster!=""'], "cluster")
    assert effective(both, [DOWN, QUIET]) == {}


def test_an_inhibitor_that_no_inhibition_names_is_refused() -> None:
    cordoned = alert("Cordoned", "none", "cluster", alert_type="inhibitor")
    named = inhibition(["alertname=Cordoned"], ["severity=warning"], "cluster")
    (problem,) = unused_inhibitors({}, [cordoned, QUIET])
    assert problem.message == (
        "alert_type = inhibitor: Cordoned mutes nothing, as it is the source of no inhibition; add one to inhibitions "
        'with source_matchers: [alertname="Cordoned"], or remove it'
    )
    assert not [*unused_inhibitors(named, [cordoned, QUIET])]


def test_default_inhibitions_are_those_that_the_alerts_have_a_use_for() -> None:
    stated = NotificationSettings.model_validate(PUT_RIGHT)
    assert [*all_inhibitions(stated, ALERTS)] == ["node-down"]
    cluster = [alert("ClusterDown", "critical", cluster="eu"), alert("Slow", "warning", cluster="eu")]
    assert [*all_inhibitions(stated, cluster)] == ["cluster-down"]
    burns = [alert("Burns", severity, service="pay", slo=slo) for severity in ("critical", "warning") for slo in "ab"]
    assert [*all_inhibitions(stated, burns)] == ["critical-over-warning-of-objective"]
    rates = [alert("Rate", severity, "service") for severity in ("critical", "warning")]
    assert [*all_inhibitions(stated, rates)] == ["critical-over-warning"]
    nodes = [alert("Full", severity, "instance") for severity in ("critical", "warning")]
    assert not all_inhibitions(stated, nodes), "a critical alert of one node must not mute the warning of another"
    assert not all_inhibitions(NotificationSettings.model_validate({"default_inhibitions": False}), ALERTS)
