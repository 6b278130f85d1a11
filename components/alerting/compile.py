"""Everything that a stack states of alerting, compiled: groups of rules by ruler, routes, and every problem.

Nothing of it is deployed while there is a problem, so that what runs stays as it is.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

from .._rule_files import read_rule_file
from ..units import parse_duration
from . import chart_rules
from .alertmanager_config import REAL_TIME, alertmanager_config, all_inhibitions, inhibition_problems, routing_tree
from .catalogue import ApplicationMetric, Metric, Producer
from .chart_alert_table import Kept
from .chart_alerts import CHART, OF_CHART, ChartAlerts, chart_override_problems, documented_chart_alerts
from .discipline import discipline_problems
from .library import (
    Available,
    documented_alerts,
    groups_recorded_elsewhere,
    library_groups,
    override_problems,
    with_jobs,
)
from .library.model import PLACE as LIBRARY
from .liveness import DEPLOYMENT_LABELS, LOG_LABELS, Liveness
from .notifications import NotificationSettings
from .objective_rules import ALERT_NAMES, OBJECTIVE_RECORDS, STEP, objective_groups, objective_override_problems
from .objective_runbooks import objective_alerts
from .objectives import Objective, ObjectiveDefaults
from .openslo import read_objectives
from .overrides import AlertOverride
from .producers import APPLICATION, PRODUCERS, deployed
from .promql import prettified
from .routes import Inhibition
from .routing import ALERT_NAME, AlertLabels, check_routes, unused_inhibitors
from .rule_files import problems_of_files, problems_of_tests, read_groups, read_tests, untested_problems
from .rules import (
    OWNER_LABEL,
    SEVERITY_LABEL,
    Alert,
    AlertType,
    Group,
    Language,
    Record,
    RuleProblem,
)
from .runbooks import missing_runbooks, runbook_problems
from .shapes import Links


@dataclass(frozen=True)
class Stated:
    """What is compiled; files are by their path."""

    notifications: NotificationSettings
    own_alertmanager: bool
    objectives: Mapping[str, str]
    objective_defaults: ObjectiveDefaults
    rules: Mapping[str, str]
    long_term_rules: frozenset[str]
    """The paths of those of `rules` that the ruler of Thanos evaluates."""
    rule_tests: Mapping[str, str]
    log_rules: Mapping[str, str]
    runbooks: Mapping[str, str]
    runbook_url: str
    links: Links
    available: Available
    http_problems: tuple[RuleProblem, ...]
    """What is stated of the HTTP metrics of applications and does not hold."""
    application_metrics: Mapping[str, ApplicationMetric]
    target_labels: Mapping[str, Mapping[str, Sequence[str]]]
    """Labels that scrapes add to the series of a producer, each with its values."""
    overrides: Mapping[str, AlertOverride]
    owner: str
    external_labels: Mapping[str, str]
    """Labels that every alert has when it is sent."""
    series_labels: tuple[str, ...]
    """Labels that any series may have beside those of its producer."""
    local_retention: str
    """Empty where it is not known."""
    long_term_ruler: bool
    scrape_interval: str
    """Time between two samples of most targets, and two evaluations; empty where it is not known."""
    intervals: Mapping[str, str]
    """Time between two samples of the producers that have another one."""
    existing_prometheus: bool
    """Whether the rules are for a Prometheus that is not that of the chart kube-prometheus-stack."""

    @property
    def notifies(self) -> bool:
        """Whether alerts go anywhere; otherwise there are recording rules alone."""
        return not self.own_alertmanager or bool(self.notifications.receivers)

    @property
    def producers(self) -> list[Producer]:
        """What is deployed and scraped, with the labels of its targets."""
        return [self._of_stack(producer) for producer in deployed(self.available.producers, self.target_labels)]

    @property
    def chart_alerts(self) -> ChartAlerts:
        """The alerts of the chart kube-prometheus-stack that are kept."""
        return ChartAlerts(self.available.producers, self.links, self.overrides, self.owner)

    @property
    def jobs(self) -> dict[str, str]:
        """The one job that a producer has in place of its usual one, by that."""
        found = {name: labels.get("job") or () for name, labels in self.target_labels.items()}
        usual = {name: PRODUCERS[name].target.get("job") or () for name in found}
        return {usual[name][0]: jobs[0] for name, jobs in found.items() if len(jobs) == len(usual[name]) == 1}

    def liveness(
        self,
        groups: Sequence[Group],
        *,
        foreign: Collection[str] = (),
        recorded: Iterable[tuple[str, Metric]] = (),
        alerts: Sequence[Mapping[str, str]] = (),
        unknown: Iterable[str] = (),
        in_long_term: bool = False,
    ) -> Liveness:
        """Return the proof of life of groups, on what the stack states; the rest is as `Liveness` takes it.

        `in_long_term` is for what the ruler of Thanos evaluates: it reads every series with its external labels.
        """
        added = self.external_labels.keys() if in_long_term else ()
        return Liveness(
            groups,
            self.producers,
            self.application_metrics,
            application=self._of_stack(PRODUCERS[APPLICATION]),
            deployment_labels=[label for label in DEPLOYMENT_LABELS if label not in (*self.series_labels, *added)],
            store_labels=added,
            foreign=foreign,
            recorded=recorded,
            alerts=alerts,
            unknown=unknown,
            evaluation_interval=parse_duration(self.scrape_interval) if self.scrape_interval else None,
        )

    def _of_stack(self, producer: Producer) -> Producer:
        added: dict[str, Sequence[str]] = {label: () for label in self.series_labels if label not in producer.target}
        return replace(
            producer,
            target={**producer.target, **added},
            optional=(*producer.optional, *added),
            interval=self.intervals.get(producer.name) or producer.interval or self.scrape_interval,
        )


@dataclass(frozen=True)
class Compiled:
    """The groups of each ruler, and what belongs to them."""

    groups: tuple[Group, ...]
    """Of Prometheus."""
    long_term_groups: tuple[Group, ...]
    """Of the ruler of Thanos."""
    log_groups: tuple[Group, ...]
    """Of Loki's ruler, those of users left out."""
    inhibitions: Mapping[str, Inhibition]
    problems: tuple[RuleProblem, ...]

    @property
    def all_groups(self) -> tuple[Group, ...]:
        """The groups of all rulers."""
        return (*self.groups, *self.long_term_groups, *self.log_groups)


def compile_alerting(stated: Stated, *, with_cases: bool = False) -> Compiled:
    """Return what follows from `stated`, with every problem of it, and `with_cases` with the tests of objectives.

    A program asks several times for the same: to check settings, to tell Loki its rules, and to create objects.
    """
    if with_cases:
        return _Compilation(stated, with_cases).result()
    if not _LATEST or _LATEST[0] != stated:
        _LATEST[:] = [stated, _Compilation(stated, with_cases).result()]
    found: Compiled = _LATEST[1]
    return found


_LATEST: list[Any] = []
"""What was compiled last, and the result."""


class _Compilation:
    """One compilation, from sources to groups to checks."""

    def __init__(self, stated: Stated, with_cases: bool) -> None:
        self._stated = stated
        self._objectives, self._objective_problems = read_objectives(stated.objectives, stated.objective_defaults)
        of_users = read_groups(stated.rules, of_thanos=stated.long_term_rules)
        self._of_users = [*of_users, *read_groups(stated.log_rules, Language.LOGQL)]
        of_library = [
            with_jobs(group, stated.jobs) for group in library_groups(stated.available, stated.links, self._overrides())
        ]
        of_objectives = objective_groups(
            self._objectives,
            overrides=stated.overrides,
            with_cases=with_cases,
            metrics=stated.application_metrics,
        )
        self._budgets = [group for group in map(self._notifying, of_objectives.budget) if group.rules]
        self._others = [
            group for group in map(self._notifying, [*of_users, *of_library, *of_objectives.short]) if group.rules
        ]

    def result(self) -> Compiled:
        """Return the whole."""
        long_term = self._long_term_groups
        elsewhere = {id(group) for group in long_term}
        return Compiled(
            groups=tuple(group for group in (*self._by_prometheus, *self._budgets) if id(group) not in elsewhere),
            long_term_groups=tuple(long_term),
            log_groups=tuple(group for group in self._others if group.language is Language.LOGQL),
            inhibitions=self._inhibitions,
            problems=tuple(self._problems()),
        )

    def _overrides(self) -> dict[str, AlertOverride]:
        """Return the changes of every alert of the library: those that state no owner have that of the stack."""
        stated = self._stated
        names = {*stated.overrides, *(alert.name for alert in documented_alerts())}
        changes = {name: stated.overrides.get(name, AlertOverride()) for name in sorted(names)}
        return {
            name: change.model_copy(update={"owner": change.owner or stated.owner}) for name, change in changes.items()
        }

    def _notifying(self, group: Group) -> Group:
        """Return a group with the alerts that go anywhere."""
        kept = tuple(rule for rule in group.rules if isinstance(rule, Record) or self._goes_anywhere(rule))
        names = {rule.name for rule in kept}
        cases = [case for case in group.cases if all(firing.alert in names for firing in case.firings)]
        return replace(group, rules=kept, cases=cases)

    def _goes_anywhere(self, alert: Alert) -> bool:
        stated = self._stated
        if not stated.notifies:
            return False
        switch = stated.notifications.dead_mans_switch
        return alert.type is not AlertType.DEAD_MANS_SWITCH or switch is not None or not stated.own_alertmanager

    @cached_property
    def _needs_long_term(self) -> bool:
        return any(self._outlives(objective) for objective in self._objectives)

    def _outlives(self, objective: Objective) -> bool:
        kept = self._stated.local_retention
        return bool(kept) and parse_duration(objective.period) > parse_duration(kept)

    @property
    def _by_prometheus(self) -> list[Group]:
        """The groups on metrics but those of budgets."""
        return [group for group in self._others if group.language is Language.PROMQL]

    @cached_property
    def _long_term_groups(self) -> list[Group]:
        """The groups of the ruler of Thanos: those that users state, budgets of more time than Prometheus keeps.

        Prometheus itself has none of their records, and groups that read them would find nothing there: these are
        groups of the ruler of Thanos too, but those of the library, which reads no record of users.
        """
        stated = self._stated
        if not stated.long_term_ruler:
            return []
        waiting = [group for group in self._by_prometheus if group.place != LIBRARY]
        added = [group for group in waiting if group.place in stated.long_term_rules]
        waiting = [group for group in waiting if group.place not in stated.long_term_rules]
        (added if self._needs_long_term else waiting).extend(self._budgets)
        found: list[Group] = []
        while added:
            found += added
            recorded = sorted({rule.name for group in added for rule in group.rules if isinstance(rule, Record)})
            reads = re.compile(rf"(?<![\w:])(?:{'|'.join(map(re.escape, recorded))})(?![\w:])")
            added, remaining = list[Group](), list[Group]()
            for group in waiting:
                is_reader = recorded and any(reads.search(rule.expr) for rule in group.rules)
                (added if is_reader else remaining).append(group)
            waiting = remaining
        return found

    @cached_property
    def _every_group(self) -> list[Group]:
        """The groups that are checked together: those of other components too, for their records."""
        log_rules = [group for group in self._of_users if group.language is Language.LOGQL]
        return [*self._others, *self._budgets, *log_rules]

    @cached_property
    def _alert_labels(self) -> list[AlertLabels]:
        own = [labels for group in self._every_group for labels in self._labels_of(group)]
        return [*own, *self._of_chart()]

    @cached_property
    def _chart_alerts(self) -> Mapping[str, Kept]:
        stated = self._stated
        return stated.chart_alerts.deployed if stated.notifies and not stated.existing_prometheus else {}

    def _fixed_of_chart(self) -> Iterator[dict[str, str]]:
        """Yield the labels that the rules of the chart's alerts state."""
        stated = self._stated
        for name, kept in self._chart_alerts.items():
            changed = stated.overrides.get(name, AlertOverride()).severity
            for severity in [changed] if changed else kept.severities:
                yield {ALERT_NAME: name, SEVERITY_LABEL: severity.value, OWNER_LABEL: stated.owner}

    def _of_chart(self) -> Iterator[AlertLabels]:
        for fixed in self._fixed_of_chart():
            labels = {**self._stated.external_labels, **fixed}
            name = fixed[ALERT_NAME]
            yield AlertLabels(labels, chart_rules.alert_labels(name) - labels.keys(), f"chart: {name}")

    def _labels_of(self, group: Group) -> Iterator[AlertLabels]:
        external = self._stated.external_labels
        if not group.reads_objective:
            in_long_term = self._is_long_term(group)
            liveness = self._liveness_in_long_term if in_long_term else self._liveness
            return labels_as_sent(group, liveness, external, self._compared, in_long_term=in_long_term)
        # Their expressions need no look, as they name every label.
        return (
            AlertLabels({**external, ALERT_NAME: rule.name, **rule.labels}, frozenset(), group.place_of(index))
            for index, rule in enumerate(group.rules)
            if isinstance(rule, Alert)
        )

    @cached_property
    def _liveness(self) -> Liveness:
        return self._liveness_of(in_long_term=False)

    @cached_property
    def _liveness_in_long_term(self) -> Liveness:
        return self._liveness_of(in_long_term=True)

    def _is_long_term(self, group: Group) -> bool:
        return id(group) in self._long_term_ids

    @cached_property
    def _long_term_ids(self) -> frozenset[int]:
        return frozenset(map(id, self._long_term_groups))

    def _life_problems(self) -> Iterator[RuleProblem]:
        """Yield what no series can satisfy, of each group where it is evaluated."""
        for group in self._every_group:
            liveness = self._liveness_in_long_term if self._is_long_term(group) else self._liveness
            yield from liveness.problems_of(group)

    def _liveness_of(self, *, in_long_term: bool) -> Liveness:
        stated = self._stated
        return stated.liveness(
            [*self._every_group, *groups_recorded_elsewhere(stated.available)],
            recorded=self._records_of_chart,
            alerts=list(self._fixed_of_chart()),
            in_long_term=in_long_term,
            unknown=OBJECTIVE_RECORDS if self._objective_problems else (),
        )

    @cached_property
    def _records_of_chart(self) -> list[tuple[str, Metric]]:
        """The records of the chart that the stack deploys."""
        stated = self._stated
        if stated.existing_prometheus:
            return []
        sections = {kept.section for kept in self._chart_alerts.values()}
        return list(chart_rules.recorded_metrics(stated.available.producers, sections))

    @property
    def _compared(self) -> frozenset[str]:
        """The labels that the stated inhibitions compare."""
        return frozenset(
            label for inhibition in self._stated.notifications.inhibitions.values() for label in inhibition.equal
        )

    @cached_property
    def _inhibitions(self) -> dict[str, Inhibition]:
        return all_inhibitions(self._stated.notifications, self._alert_labels)

    def _problems(self) -> Iterator[RuleProblem]:
        stated = self._stated
        yield from stated.http_problems
        yield from self._objective_problems
        yield from self._retention_problems()
        yield from problems_of_files(stated.rules, of_thanos=stated.long_term_rules)
        yield from self._group_name_problems()
        yield from self._record_problems()
        yield from problems_of_tests(stated.rule_tests, stated.rules)
        of_chart = () if stated.existing_prometheus else OF_CHART
        yield from override_problems("alerts", stated.overrides, {*of_chart, *ALERT_NAMES})
        yield from objective_override_problems("alerts", stated.overrides)
        yield from chart_override_problems("alerts", stated.overrides) if of_chart else ()
        for path, text in stated.runbooks.items():
            yield from runbook_problems(path, text)
        tests = read_tests(stated.rule_tests)
        documented = [*documented_alerts(), *objective_alerts(), *documented_chart_alerts()]
        written = {alert.name for alert in documented} | {
            path.rpartition("/")[2].removesuffix(".md") for path in stated.runbooks
        }
        # Where a user gives an alert the name of another one, the user's is named.
        users_last = sorted(self._every_group, key=lambda group: group.place != LIBRARY)
        checks = (
            discipline_problems(users_last, self._chart_alerts),
            untested_problems(self._of_users, tests),
            missing_runbooks(self._every_group, written, stated.runbook_url),
            self._life_problems(),
        )
        yield from dict.fromkeys(
            reported for found in checks for problem in found for reported in self._of_source(problem)
        )
        files = [*stated.rules.items(), *stated.log_rules.items()]
        unread = any(read_rule_file(text, of_thanos=path in stated.long_term_rules).is_unread for path, text in files)
        if stated.own_alertmanager and stated.notifies and not unread:
            yield from self._route_problems()

    def _group_name_problems(self) -> Iterator[RuleProblem]:
        """Yield groups with the name of another one: rulers refuse a whole object that has a name twice.

        Those of two files of users are form problems.
        """
        users = self._stated.rules
        taken: dict[str, Group] = {}
        reported: set[str] = set()
        for group in sorted([*self._others, *self._budgets], key=lambda group: group.place in users):
            first = taken.setdefault(group.name, group)
            of_users = group.place in users and first.place in users
            if first is group or of_users or group.place in reported:
                continue
            if group.place in users:
                message = f"has group {group.name!r}, which {first.place} has too; rename it"
            else:
                message = (
                    f"its rules are the group {group.name!r}, which those of {first.place} are too; "
                    "rename one of the objectives, or its service"
                )
                reported.add(group.place)
            yield RuleProblem(group.beginning, message)

    def _record_problems(self) -> Iterator[RuleProblem]:
        """Yield records of users with the name and labels of another one, but another expression, or of the chart."""
        of_users = {group.place for group in self._of_users}
        of_chart = {name for name, _ in self._records_of_chart}
        every = [*self._every_group, *groups_recorded_elsewhere(self._stated.available)]
        seen: dict[tuple[str, frozenset[tuple[str, str]]], tuple[Record, str]] = {}
        for group in sorted(every, key=lambda group: group.place in of_users):
            for index, rule in enumerate(group.rules):
                if not isinstance(rule, Record):
                    continue
                place = group.place_of(index)
                if group.place in of_users and rule.name in of_chart:
                    yield RuleProblem(
                        place,
                        f"record = {rule.name}: is recorded by {CHART} already, and both would be one series; read "
                        "that, or rename it",
                    )
                first, elsewhere = seen.setdefault((rule.name, frozenset(rule.labels.items())), (rule, place))
                if group.place in of_users and prettified(first.expr) != prettified(rule.expr):
                    yield RuleProblem(
                        place,
                        f"record = {rule.name}: must have one expression for the same labels, and {elsewhere} "
                        "records another; rename it",
                    )

    def _route_problems(self) -> Iterator[RuleProblem]:
        settings = self._stated.notifications
        switch = settings.dead_mans_switch is not None
        if settings.has_whole_routes:
            yield from check_routes(routing_tree(settings), self._alert_labels, dead_mans_switch=switch)
        yield from inhibition_problems(settings, self._alert_labels)
        stated = [alert for alert in self._alert_labels if not alert.place.startswith(f"{LIBRARY}: ")]
        yield from unused_inhibitors(self._inhibitions, stated)

    def _retention_problems(self) -> Iterator[RuleProblem]:
        stated = self._stated
        for objective in self._objectives if not stated.long_term_ruler else ():
            if self._outlives(objective):
                yield RuleProblem(
                    objective.place_of_period(),
                    f"spec.timeWindow.duration = {objective.period}: is longer than metrics are kept, "
                    f"{stated.local_retention}, and the budget would be of that time alone; keep them for "
                    f"{objective.period} or longer (retention.metrics), or let the ruler of Thanos evaluate it "
                    "(metrics.long_term.ruler)",
                )

    @cached_property
    def _objective_groups(self) -> dict[str, Objective]:
        """Each objective by the place of the groups that follow from it."""
        return {f"{objective.place}: group": objective for objective in self._objectives}

    def _of_source(self, problem: RuleProblem) -> Iterator[RuleProblem]:
        """Yield a problem at the places that a user wrote: one of an objective is one of each of its rules."""
        objective = self._objective_groups.get(problem.place.partition(" '")[0])
        if objective is None:
            yield problem
            return
        queries = objective.indicator.queries.items()
        places = [
            objective.place_of_query(event)
            for event, query in queries
            if problem.message in self._liveness.expression_problems(query.over(STEP))
        ]
        yield from (RuleProblem(place, problem.message) for place in places or [objective.place])


def labels_as_sent(
    group: Group,
    liveness: Liveness,
    external: Mapping[str, str],
    compared: Collection[str] = (),
    *,
    in_long_term: bool = False,
) -> Iterator[AlertLabels]:
    """Yield the labels of each alert of a group as Alertmanager gets them.

    The labels of an expression with a problem are not known: it may have those that inhibitions compare.

    Every ruler adds `external` to alerts that have no such label. Logs may have it, those of another cluster too;
    series get it when Prometheus sends them elsewhere, where the ruler of Thanos reads them (`in_long_term`), and have
    none in it.
    """
    for index, rule in enumerate(group.rules):
        if isinstance(rule, Alert):
            found = liveness.alert_labels(rule, group.language)
            free = found.open | found.closed.keys()
            own = frozenset[str]()
            if group.language is Language.LOGQL:
                own = LOG_LABELS if found.others else free
            elif in_long_term:
                own = free
            if found.others and group.language is Language.PROMQL:
                free |= frozenset(compared) - found.fixed.keys()
            added = {name: text for name, text in external.items() if name not in own}
            free = (free | (external.keys() & own)) - added.keys()
            yield AlertLabels({**added, **found.fixed}, free, group.place_of(index))


def configuration(stated: Stated, compiled: Compiled, scale: Fraction = REAL_TIME) -> dict[str, Any]:
    """Return the configuration of Alertmanager, with every duration multiplied by `scale`."""
    return alertmanager_config(stated.notifications, compiled.inhibitions, scale=scale)
