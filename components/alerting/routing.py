"""Routing as Alertmanager does it, and the checks that every alert reaches somebody and nothing is there in vain.

`outcomes` is the evaluator, for alerts whose labels are known in part too. The checks ask it for the alerts that there
are, and for all that there could be.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from .matchers import is_listed, parse_matchers, samples_of
from .promql import Matcher
from .receivers import NO_RECEIVER
from .routes import Inhibition
from .rules import ALERT_TYPES, SEVERITY_LABEL, TYPE_LABEL, AlertType, RuleProblem, Severity

ALERT_NAME = "alertname"
JOB = "job"
OVER_WARNING_OF_SERIES = "critical-over-warning-of-series"
"""Name of the inhibition of `over_warning_of_series`."""
_ALL = (".*", ".+")
"""Regular expressions that leave no value."""
OTHER = "(another value)"
"""Stands for every value of a label that no matcher names."""
Domains = Mapping[str, Sequence[str]]
"""Values that labels may have; a label that is not there is missing."""


@dataclass(frozen=True)
class AlertLabels:
    """The labels of the alerts of one rule; every other label is missing."""

    fixed: Mapping[str, str]
    """Labels with their values, `alertname` too."""
    open: frozenset[str] = frozenset()
    """Labels that alerts have with values that only the series tell."""
    place: str = ""
    """Where the rule is declared, for messages."""

    @property
    def name(self) -> str:
        """The name of the alert."""
        return self.fixed.get(ALERT_NAME, "")

    @property
    def type(self) -> AlertType:
        """The type by its label; `alert` where that has no value of one."""
        return ALERT_TYPES.get(self.fixed.get(TYPE_LABEL, ""), AlertType.ALERT)


@dataclass(frozen=True)
class Node:
    """A route of Alertmanager with the routes within it."""

    name: str
    """Name of the route of the user, or of what it is generated for."""
    receiver: str
    matchers: tuple[Matcher, ...] = ()
    continues: bool = False
    children: tuple["Node", ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    """Other options, in the format of Alertmanager."""
    generated: bool = False
    """Whether no user wrote it."""

    def rendered(self) -> dict[str, Any]:
        """Return the route in the format of Alertmanager."""
        return {
            "receiver": self.receiver,
            **({"matchers": [str(matcher) for matcher in self.matchers]} if self.matchers else {}),
            **({"continue": True} if self.continues else {}),
            **self.options,
            **({"routes": [child.rendered() for child in self.children]} if self.children else {}),
        }

    def walk(self, path: tuple["Node", ...] = ()) -> Iterator[tuple["Node", ...]]:
        """Yield every route as the path to it from the root, itself last."""
        here = (*path, self)
        yield here
        for child in self.children:
            yield from child.walk(here)


def node_of(route: Mapping[str, Any]) -> Node:
    """Return a route from the format of Alertmanager, each named after its receiver."""
    return Node(
        route["receiver"],
        route["receiver"],
        tuple(matcher for text in route.get("matchers", ()) for matcher in parse_matchers(text)),
        route.get("continue", False),
        tuple(node_of(child) for child in route.get("routes", ())),
        {key: value for key, value in route.items() if key not in ("receiver", "matchers", "continue", "routes")},
        generated=True,
    )


def outcomes(node: Node, domains: Domains) -> Iterator[tuple[Domains, tuple[Node, ...]]]:
    """Yield the routes that alerts reach in the order of the tree, none for those that the route does not take.

    Alerts that `domains` leaves together are divided where a matcher tells them apart: each outcome has the values of
    the alerts that it is of.
    """
    for part, taken in _divided(node.matchers, domains):
        if taken:
            yield from _through(node, node.children, part, ())
        else:
            yield part, ()


def _through(
    node: Node, children: Sequence[Node], domains: Domains, reached: tuple[Node, ...]
) -> Iterator[tuple[Domains, tuple[Node, ...]]]:
    if not children:
        yield domains, reached or (node,)
        return
    for part, found in outcomes(children[0], domains):
        if found and not children[0].continues:
            yield part, reached + found
        else:
            yield from _through(node, children[1:], part, reached + found)


def _divided(matchers: Sequence[Matcher], domains: Domains) -> Iterator[tuple[Domains, bool]]:
    if not matchers:
        yield domains, True
        return
    first, rest = matchers[0], matchers[1:]
    values = domains.get(first.label, ("",))
    taken = [value for value in values if first.accepts(value)]
    if len(taken) < len(values):
        yield {**domains, first.label: [value for value in values if value not in taken]}, False
    if taken:
        yield from _divided(rest, {**domains, first.label: taken})


def check_routes(root: Node, alerts: Sequence[AlertLabels], *, dead_mans_switch: bool) -> Iterator[RuleProblem]:
    """Yield alerts that notify nobody, and routes that no alert takes.

    `dead_mans_switch` is whether there is a receiver for alerts of that type.
    """
    vocabulary = _vocabulary(root)
    sleeping: dict[str, str] = {}
    taken: set[int] = set()
    paths = {id(path[-1]): path for path in root.walk()}
    for same in _alike(vocabulary, alerts):
        for domains, reached in outcomes(root, _domains(vocabulary, same[0])):
            taken |= {id(step) for node in reached for step in paths[id(node)]}
            if problem := _unheard(domains, reached, same[0]):
                yield from (RuleProblem(alert.place or alert.name, problem.format(alert=alert.name)) for alert in same)
            elif same[0].fixed.get(SEVERITY_LABEL) == Severity.CRITICAL and _sleeps(reached):
                sleeping.setdefault(next(node.name for node in reached if not node.generated), same[0].name)
    yield from (
        RuleProblem(
            f"routes.{name}",
            f"{alert} is critical and notifies nobody at times of this route; add a route without time intervals, one "
            "with mute_time_intervals that are the active_time_intervals here, or make it a warning",
        )
        for name, alert in sleeping.items()
    )
    yield from _switch_problems(alerts, dead_mans_switch)
    for path in paths.values():
        node, parents = path[-1], path[:-1]
        if node.generated or id(node) in taken or not all(id(parent) in taken for parent in parents):
            continue
        if _is_decided(path):
            yield _untaken(path, vocabulary)


def _is_decided(path: Sequence[Node]) -> bool:
    """Whether the samples of matchers tell that nothing matches a path.

    A regular expression matches other values too, which another matcher of the label, of the path or before it, may
    leave where it takes the samples.
    """
    own = list(dict.fromkeys(matcher for step in path for matcher in step.matchers))
    listed = {SEVERITY_LABEL, *(matcher.label for matcher in own if is_listed(matcher))}
    others = [*own, *(matcher for step in _earlier(path) for matcher in step.matchers if matcher.value not in _ALL)]
    return all(
        samples_of(matcher)
        and (matcher.label in listed or not any(one.label == matcher.label and one != matcher for one in others))
        for matcher in own
    )


def _unheard(domains: Domains, reached: Sequence[Node], alert: AlertLabels) -> str | None:
    """Return why an alert notifies nobody, `None` where it does."""
    if alert.type in (AlertType.INHIBITOR, AlertType.INFO):
        return None
    where = ", ".join(f"{name}={values[0]!r}" for name, values in domains.items() if name in alert.open and values)
    which = f"{{alert}} ({where})" if where else "{alert}"
    if all(node.receiver == NO_RECEIVER for node in reached):
        return (
            f"{which}: reaches no receiver but {NO_RECEIVER}, which notifies nobody; add a route to a receiver for it"
        )
    return None


def _sleeps(reached: Sequence[Node]) -> bool:
    """Whether there are times at which none of some routes notifies.

    There are none where one is active at least in the intervals that another one mutes at most.
    """
    active, muted = (
        [frozenset(node.options.get(name, ())) for node in reached]
        for name in ("active_time_intervals", "mute_time_intervals")
    )
    if any(not on and not off for on, off in zip(active, muted, strict=True)):
        return False
    days = [on for on, off in zip(active, muted, strict=True) if on and not off]
    nights = [off for on, off in zip(active, muted, strict=True) if off and not on]
    return not any(night <= day for day in days for night in nights)


def _switch_problems(alerts: Sequence[AlertLabels], receiver: bool) -> Iterator[RuleProblem]:
    switches = [alert for alert in alerts if alert.type is AlertType.DEAD_MANS_SWITCH]
    if receiver and not switches:
        yield RuleProblem(
            "dead_mans_switch",
            f"is notified by no alert; add one with the label {TYPE_LABEL}: {AlertType.DEAD_MANS_SWITCH} that always "
            "fires, or remove it",
        )
    for alert in () if receiver else switches:
        yield RuleProblem(
            alert.place or alert.name,
            f"{alert.name}: always fires, and no receiver waits for it; set dead_mans_switch.receiver",
        )


def _untaken(path: Sequence[Node], vocabulary: Mapping[str, Sequence[Matcher]]) -> RuleProblem:
    """Return why no alert reaches a route: routes before it take all that it matches, or no alert matches."""
    node = path[-1]
    place = f"routes.{node.name}"
    matchers = ", ".join(map(str, node.matchers))
    every: dict[str, Sequence[str]] = {label: _values(vocabulary, label) for label in vocabulary}
    every |= {SEVERITY_LABEL: [*Severity], TYPE_LABEL: ("",)}
    alone = _chain(path, alone=True)
    if not _is_reached(alone, node, every):
        return RuleProblem(
            place,
            f"{matchers}: contradict each other or those of the routes that it is within, or ask for what no alert "
            f"that notifies has, such as a severity other than {' and '.join(Severity)}; correct them",
        )
    if not _is_reached(_chain(path), node, every):
        keeping = [step for step in _earlier(path) if _overlap(step, alone, node, every)]
        before = [step.name for step in keeping if not step.generated] or [step.name for step in keeping]
        return RuleProblem(
            place,
            f"{matchers}: is never reached, as {' and '.join(before)} before it take all that it matches and do not "
            f"continue; move it before {before[0]}, with continue_matching where they are to have these alerts too",
        )
    return RuleProblem(
        place, f"{matchers}: matches no alert that reaches it; correct the matchers, add such an alert, or remove it"
    )


def _earlier(path: Sequence[Node]) -> list[Node]:
    """Return the routes before a path that keep what they take."""
    return [before for parent, step in pairwise(path) for before in _before(parent, step) if not before.continues]


def _before(parent: Node, child: Node) -> Sequence[Node]:
    index = next(number for number, one in enumerate(parent.children) if one is child)
    return parent.children[:index]


def _chain(path: Sequence[Node], *, alone: bool = False) -> Node:
    """Return the tree of a path alone, with the routes before it that keep what they take unless it is `alone`."""
    parent, *rest = path
    if not rest:
        return replace(parent, children=())
    keeping = [] if alone else [replace(one, children=()) for one in _before(parent, rest[0]) if not one.continues]
    return replace(parent, children=(*keeping, _chain(rest, alone=alone)))


def _is_reached(tree: Node, node: Node, domains: Domains) -> bool:
    return any(one.name == node.name and not one.generated for _, reached in outcomes(tree, domains) for one in reached)


def _overlap(step: Node, alone: Node, node: Node, domains: Domains) -> bool:
    """Whether a route takes an alert that another one matches."""
    return any(
        any(taken for _, taken in _divided(step.matchers, part))
        for part, reached in outcomes(alone, domains)
        if any(one.name == node.name for one in reached)
    )


def _vocabulary(root: Node) -> dict[str, list[Matcher]]:
    """Return the matchers of a tree by label."""
    found: dict[str, list[Matcher]] = {}
    for path in root.walk():
        for matcher in path[-1].matchers:
            found.setdefault(matcher.label, []).append(matcher)
    return {label: list(dict.fromkeys(matchers)) for label, matchers in found.items()}


def _values(vocabulary: Mapping[str, Sequence[Matcher]], label: str) -> list[str]:
    """Return the values of a label that the matchers tell apart."""
    samples = [sample for matcher in vocabulary[label] for sample in samples_of(matcher)]
    return list(dict.fromkeys([OTHER, *samples]))


def _domains(vocabulary: Mapping[str, Sequence[Matcher]], alert: AlertLabels) -> Domains:
    return {
        label: _values(vocabulary, label) if label in alert.open else (alert.fixed.get(label, ""),)
        for label in vocabulary
    }


def _alike(vocabulary: Mapping[str, Sequence[Matcher]], alerts: Iterable[AlertLabels]) -> Iterable[list[AlertLabels]]:
    """Return alerts in groups that no matcher tells apart."""
    classes: dict[tuple[str, str], tuple[bool, ...]] = {}

    def kind(label: str, value: str) -> tuple[bool, ...]:
        if (label, value) not in classes:
            classes[label, value] = tuple(matcher.accepts(value) for matcher in vocabulary[label])
        return classes[label, value]

    groups: dict[Any, list[AlertLabels]] = {}
    for alert in alerts:
        labels = (None if label in alert.open else kind(label, alert.fixed.get(label, "")) for label in vocabulary)
        groups.setdefault((alert.type, alert.fixed.get(SEVERITY_LABEL), tuple(labels)), []).append(alert)
    return groups.values()


Part = Mapping[str, str | None]
"""The labels of the alerts of a rule that matchers select, `None` for a value that only the series tell."""


def check_inhibitions(
    inhibitions: Mapping[str, Inhibition], alerts: Sequence[AlertLabels], *, some_missing: Collection[str] = ()
) -> Iterator[RuleProblem]:
    """Yield inhibitions that mute nothing, mute for ever, or mute what has nothing in common with their source.

    `some_missing` are the names of those that compare labels which neither side may have, beside others that both have.
    """
    for name, inhibition in inhibitions.items():
        problems = _inhibition_problems(inhibition, alerts, some_missing=name in some_missing)
        yield from (RuleProblem(f"inhibitions.{name}", text) for text in problems)


def _inhibition_problems(inhibition: Inhibition, alerts: Sequence[AlertLabels], *, some_missing: bool) -> Iterator[str]:
    sources, targets = _sides(inhibition, alerts)
    texts = {"source": inhibition.source_matchers, "target": inhibition.target_matchers}
    shown = {side: f"{side}_matchers = {', '.join(map(str, _matchers(text)))}" for side, text in texts.items()}
    for side, found in (("source", sources), ("target", targets)):
        if not found:
            yield f"{shown[side]}: match no alert that is defined; define it, or correct them"
    equal = f"equal = {', '.join(inhibition.equal)}"
    pairs = list(_pairs(sources, targets, inhibition.equal))
    if sources and targets and not pairs:
        yield (
            f"{equal}: mutes nothing, as no alert of the target has the same values as one of the source; compare "
            "labels that both have"
        )
    always = next((pair for pair in pairs if pair[0].alert.type is AlertType.DEAD_MANS_SWITCH), None)
    if always:
        yield (
            f"{shown['source']}: {always[0].alert.name} always fires, and mutes {always[1].alert.name} for ever; "
            f'exclude it by {TYPE_LABEL}=""'
        )
    for pair in () if some_missing else pairs:
        if label := _missing(pair, inhibition.equal):
            yield (
                f"{equal}: {pair[0].alert.name} mutes every {pair[1].alert.name}, as neither has the label {label} and "
                f'Alertmanager takes missing labels for equal; add {label}!="" to source_matchers, or compare labels '
                "that they have"
            )
            break


def unused_inhibitors(inhibitions: Mapping[str, Inhibition], alerts: Sequence[AlertLabels]) -> Iterator[RuleProblem]:
    """Yield alerts of type inhibitor that are the source of no inhibition: they would mute nothing."""
    sources = [_matchers(inhibition.source_matchers) for inhibition in inhibitions.values()]
    for alert in alerts:
        if alert.type is AlertType.INHIBITOR and all(_part(source, alert) is None for source in sources):
            yield RuleProblem(
                alert.place or alert.name,
                f"{TYPE_LABEL} = {AlertType.INHIBITOR}: {alert.name} mutes nothing, as it is the source of no "
                f'inhibition; add one to inhibitions with source_matchers: [alertname="{alert.name}"], or remove it',
            )


def over_warning_of_series(alerts: Sequence[AlertLabels]) -> Inhibition:
    """Return the inhibition by which a critical alert mutes the warning of its name on the same series.

    It compares every label that both severities of an alert have from their series, such as the volume; Alertmanager
    takes those that an alert has not for equal.
    """
    found: dict[str, dict[str, frozenset[str]]] = {}
    for alert in alerts:
        if JOB in alert.open | alert.fixed.keys():
            by_severity = found.setdefault(alert.name, {})
            severity = alert.fixed.get(SEVERITY_LABEL, "")
            by_severity[severity] = by_severity.get(severity, frozenset()) | alert.open
    empty: frozenset[str] = frozenset()
    shared = (each.get(Severity.CRITICAL, empty) & each.get(Severity.WARNING, empty) for each in found.values())
    labels = frozenset({JOB, "service"}).union(*shared)
    return Inhibition(
        source_matchers=['severity="critical"', f'{JOB}!=""', 'slo=""'],
        target_matchers=['severity="warning"'],
        equal=[ALERT_NAME, *sorted(labels)],
    )


def effective(inhibitions: Mapping[str, Inhibition], alerts: Sequence[AlertLabels]) -> dict[str, Inhibition]:
    """Return the inhibitions by which an alert mutes another one."""
    return {
        name: inhibition
        for name, inhibition in inhibitions.items()
        if any(True for _ in _pairs(*_sides(inhibition, alerts), inhibition.equal))
    }


def _matchers(texts: Sequence[str]) -> list[Matcher]:
    return [matcher for text in texts for matcher in parse_matchers(text)]


@dataclass(frozen=True)
class _Side:
    """The alerts of a rule that one side of an inhibition selects."""

    alert: AlertLabels
    part: Part
    both: bool
    """Whether the other side selects them too: two of these do not mute each other."""

    def value(self, label: str) -> str | None:
        return self.part.get(label, "")


def _sides(inhibition: Inhibition, alerts: Sequence[AlertLabels]) -> tuple[list[_Side], list[_Side]]:
    """Return the sources and the targets of an inhibition, one of those that it does not tell apart."""
    source, target = _matchers(inhibition.source_matchers), _matchers(inhibition.target_matchers)
    return _selected(source, target, inhibition.equal, alerts), _selected(target, source, inhibition.equal, alerts)


def _selected(
    matchers: Sequence[Matcher], others: Sequence[Matcher], equal: Sequence[str], alerts: Sequence[AlertLabels]
) -> list[_Side]:
    found: dict[Any, _Side] = {}
    for alert in alerts:
        if (part := _part(matchers, alert)) is not None:
            side = _Side(alert, part, _part(others, alert) is not None)
            found.setdefault((alert.type, side.both, *map(side.value, equal)), side)
    return [*found.values()]


def _part(matchers: Sequence[Matcher], alert: AlertLabels) -> Part | None:
    """Return the labels of the alerts of a rule that matchers select, `None` if there are none."""
    # Most alerts are told apart by what they always have, without their parts being written down.
    for matcher in matchers:
        if matcher.label not in alert.open and not matcher.accepts(alert.fixed.get(matcher.label, "")):
            return None
    part: dict[str, str | None] = {**alert.fixed, **dict.fromkeys(alert.open)}
    for matcher in matchers:
        value = part.get(matcher.label, "")
        if value is not None and not matcher.accepts(value):
            return None
        if value is None and matcher.operator == "=":
            if not matcher.value:
                return None
            part[matcher.label] = matcher.value
    return part


def _pairs(sources: Sequence[_Side], targets: Sequence[_Side], equal: Sequence[str]) -> Iterator[tuple[_Side, _Side]]:
    """Yield each source with each target that it mutes: all compared labels may be equal."""
    if not equal:
        yield from ((one, other) for one in sources for other in targets if not (one.both and other.both))
        return
    by_value: dict[str | None, list[_Side]] = {}
    for other in targets:
        by_value.setdefault(other.value(equal[0]), []).append(other)
    own: dict[str | None, list[_Side]] = {}
    for one in sources:
        own.setdefault(one.value(equal[0]), []).append(one)
    for value, alike in own.items():
        for other_value in by_value if value is None else (value, None):
            if other_value in by_value and _may_be_equal(value, other_value):
                yield from _pairs(alike, by_value[other_value], equal[1:])


def _may_be_equal(one: str | None, other: str | None) -> bool:
    """Whether two values may be equal: one that only the series tell is not empty."""
    if one is None or other is None:
        return "" not in (one, other)
    return one == other


def _missing(pair: tuple[_Side, _Side], equal: Sequence[str]) -> str | None:
    """Return a compared label that neither of a pair has."""
    return next((label for label in equal if pair[0].value(label) == pair[1].value(label) == ""), None)
