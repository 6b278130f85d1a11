"""Rules and alerts of every PrometheusRule and rule file that a stack would create, those of charts too.

What a stack states itself is checked when it is compiled; what charts and other components bring is known here.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from components.alerting.alertmanager_config import CONFIG_KEY, inhibition_problems
from components.alerting.chart_alerts import CHART, unexpected_alerts
from components.alerting.compile import labels_as_sent
from components.alerting.discipline import OBJECTIVE_LABEL, undisciplined
from components.alerting.promql import Rates
from components.alerting.routing import AlertLabels, Node, check_routes, node_of
from components.alerting.rule_files import group_of, read_groups
from components.alerting.rule_objects import RULE_LABEL
from components.alerting.rules import Alert, Group, Language, Record, RuleProblem
from components.alerting.spec import AlertingSpec
from tools.render import RenderedObject, Rendering

from .finding import Finding

HARMLESS: Mapping[tuple[str, str], str] = {
    ("node_namespace_pod_container:container_memory_swap", "metric = container_memory_swap:"): (
        "the chart drops the metric where it scrapes cAdvisor, and no alert reads the record"
    ),
    ("KubeAPIErrorBudgetBurn", "expr compares a ratio"): (
        "an API server has requests at any time: every kubelet renews its lease each 10 seconds"
    ),
    **{
        (alert, "metric = kube_persistentvolumeclaim_labels:"): (
            "an exception of the alert, for volumes with a label that kube-state-metrics exposes once it is asked to"
        )
        for alert in ("KubePersistentVolumeFillingUp", "KubePersistentVolumeInodesFillingUp")
    },
}
"""Problems of rules of charts that do no harm, and why: by the name of the rule and the start of the message."""


def every_rule_is_alive_and_every_alert_arrives(rendering: Rendering) -> Iterator[Finding]:
    """A rule on what nothing produces never fires, and an alert without a receiver, an owner or a runbook is none."""
    objects = _rule_objects(rendering)
    groups = rendered_groups(rendering)
    rates = Rates({rule.name: rule.expr for group in groups for rule in group.rules if isinstance(rule, Record)})
    foreign = {str(item) for item in objects if item.origin.startswith("release ")}
    found = (problem for group in groups for problem in undisciplined(group, rates))
    problems = [problem for problem in found if not _is_harmless(problem, foreign)]
    for item in objects:
        for group in _contents(item):
            if not group.get("rules"):
                message = f"group {group['name']!r} has no rules, which the API server refuses; leave out its file"
                yield Finding(str(item), message)
    charts = {f"release {release}": release for release in rendering.releases if release.chart == CHART}
    problems += unexpected_alerts(group for item in objects if item.origin in charts for group in _groups(item))
    spec = rendering.alerting
    if spec is not None:
        stand_in = any(release.stand_in for release in charts.values())
        problems += _problems_of_stack(spec, groups, foreign, _routes(rendering, spec), whole=not stand_in)
    for problem in dict.fromkeys(problems):
        yield Finding(problem.place, problem.message)


def rendered_groups(rendering: Rendering) -> list[Group]:
    """Return the groups of rules on metrics, each with the name of its object as its place."""
    return [group for item in _rule_objects(rendering) for group in _groups(item)]


def _rule_objects(rendering: Rendering) -> list[RenderedObject]:
    return [item for item in rendering.objects if item.kind == "PrometheusRule" or has_rule_files(item)]


def has_rule_files(item: RenderedObject) -> bool:
    """Whether an object is a ConfigMap with rule files for a Prometheus that no operator runs."""
    return item.kind == "ConfigMap" and RULE_LABEL in (item.manifest["metadata"].get("labels") or {})


def _groups(item: RenderedObject) -> list[Group]:
    return [group_of(str(item), group) for group in _contents(item)]


def _contents(item: RenderedObject) -> list[Mapping[str, Any]]:
    if item.kind == "PrometheusRule":
        return list(item.manifest["spec"].get("groups") or ())
    return [group for text in item.manifest["data"].values() for group in yaml.safe_load(text)["groups"]]


def _routes(rendering: Rendering, spec: AlertingSpec) -> Node | None:
    """Return the routes in the Secret of Alertmanager, `None` where the stack makes none."""
    made = {(item.namespace, item.name): item for item in rendering.objects if item.kind == "Secret"}
    secret = made.get((spec.namespace, spec.config_secret))
    return node_of(yaml.safe_load(secret.text_of(CONFIG_KEY))["route"]) if secret else None


def _problems_of_stack(
    spec: AlertingSpec, rendered: Sequence[Group], foreign: set[str], routes: Node | None, *, whole: bool
) -> Iterator[RuleProblem]:
    """Yield the problems of rendered rules together with those of the other rulers of the stack.

    `whole` is whether the alerts of the chart are there: inhibitions may be on them alone.
    """
    stated = spec.stated
    on_logs = [*spec.compiled.log_groups, *read_groups(spec.log_rules, Language.LOGQL)]
    in_long_term = spec.compiled.long_term_groups
    groups = [*rendered, *on_logs, *in_long_term]
    yield from _namesakes(groups)
    found: list[RuleProblem] = []
    alerts: list[AlertLabels] = []
    for of_thanos, evaluated in ((False, [*rendered, *on_logs]), (True, in_long_term)):
        liveness = stated.liveness(groups, foreign=foreign, in_long_term=of_thanos)
        for group in evaluated:
            found += liveness.problems_of(group)
            alerts += labels_as_sent(group, liveness, stated.external_labels, in_long_term=of_thanos)
    yield from (problem for problem in found if not _is_harmless(problem, foreign))
    if routes is not None:
        switch = stated.notifications.dead_mans_switch is not None
        yield from check_routes(routes, alerts, dead_mans_switch=switch)
        if whole:
            yield from inhibition_problems(stated.notifications, alerts)


def _is_harmless(problem: RuleProblem, foreign: set[str]) -> bool:
    return problem.place.partition(": ")[0] in foreign and any(
        problem.place.endswith(f" ({rule})") and problem.message.startswith(start) for rule, start in HARMLESS
    )


def _namesakes(groups: Sequence[Group]) -> Iterator[RuleProblem]:
    """Yield each alert that another object has one of the same name as, those on objectives apart."""
    first: dict[str, str] = {}
    for group in groups:
        for index, rule in enumerate(group.rules):
            if not isinstance(rule, Alert) or OBJECTIVE_LABEL in rule.labels:
                continue
            other = first.setdefault(rule.name, group.place)
            if other != group.place:
                message = f"alert = {rule.name}: is the name of an alert in {other} too; rename one, or leave one out"
                yield RuleProblem(group.place_of(index), message)
