"""Proof of life: what a rule selects, groups by and prints is produced by something that the stack deploys."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import lru_cache

from .._log_labels import CLUSTER, OTLP_INDEX_LABELS, SERVICE_NAME, IndexLabel
from .catalogue import INFINITE, ApplicationMetric, Catalogue, Family, Metric, MetricType, Producer, Variant
from .label_flow import ANY, ANY_OR_ABSENT, BUCKET, UNKNOWN, Series, Values, constant, label_flow, union
from .logql import is_metric_query, result_series, stream_matchers
from .producers import APPLICATION, PRODUCERS
from .promql import NAME, Matcher, PromqlError, Selector, alternatives, parse
from .rules import Alert, Group, Language, Record, Rule, RuleProblem

LOG_LABELS = frozenset(
    {*IndexLabel, CLUSTER, SERVICE_NAME, *(name.replace(".", "_") for name in OTLP_INDEX_LABELS)},
)
"""The labels of logs by the label policy."""
DEPLOYMENT_LABELS = (CLUSTER,)
"""Labels of a whole Prometheus (`external_labels`), which no series has before it leaves it."""
JOB = "job"
ALERTS, ALERTS_FOR_STATE = "ALERTS", "ALERTS_FOR_STATE"
_TEMPLATE_LABEL = re.compile(r"""\$labels\.(\w+)|index\s+\$labels\s+["`](\w+)["`]""")
"""A label that a text prints; `.Labels` is not one, as it is of the samples of a query within `range query`."""
_WHOLE_NUMBER = re.compile(r"[+-]?\d+")
_RECORD = "a record"
_KEEP = "keep it in the aggregation, or leave it out"
_LONGER = 8
_LISTED = 12
"""The most names that a message lists."""


@dataclass(frozen=True)
class AlertLabelSet:
    """The labels of an alert as Alertmanager gets them."""

    fixed: Mapping[str, str]
    """Labels with one value, `alertname` among them."""
    closed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Labels with one of several values; the empty one where they may be absent."""
    open: frozenset[str] = frozenset()
    """Labels with any value, or none."""
    others: bool = False
    """Whether there may be further labels, which are not known."""


class Liveness:
    """The series of a stack with its rules, and what is wrong with these."""

    def __init__(
        self,
        groups: Sequence[Group],
        producers: Iterable[Producer],
        application_metrics: Mapping[str, ApplicationMetric] | None = None,
        *,
        application: Producer = PRODUCERS[APPLICATION],
        deployment_labels: Iterable[str] = DEPLOYMENT_LABELS,
        log_labels: Collection[str] = LOG_LABELS,
        foreign: Collection[str] = (),
        recorded: Iterable[tuple[str, Metric]] = (),
        alerts: Sequence[Mapping[str, str]] = (),
        store_labels: Iterable[str] = (),
    ) -> None:
        """Take the rules and what produces series.

        `application` has the labels that the scrape of an application adds. `foreign` are the places of groups whose
        texts are another's, such as a chart's: a label that is missing in them is no problem. `recorded` are the
        records, and `alerts` the labels of the alerts, of rules that are not in `groups`. `store_labels` are on every
        series of the store that is read, records too, with any value.
        """
        self._groups = groups
        self._foreign = frozenset(foreign)
        self._catalogue = Catalogue(producers)
        self._deployment_labels = frozenset(deployment_labels)
        self._log_labels = log_labels
        self._selections: dict[Selector, tuple[Series, tuple[str, ...]]] = {}
        self._results: dict[str, tuple[Series, tuple[str, ...]]] = {}
        self._records: dict[str, list[tuple[Record, Language]]] = {}
        self._recorded: dict[str, Sequence[Variant]] = {}
        self._open_records: set[str] = set()
        self._families: dict[tuple[str, ...], Family] = {}
        for name, declared in (application_metrics or {}).items():
            self._catalogue.declare(name, declared.metric, application)
        for name, metric in recorded:
            series = Series({NAME: constant(name), **metric.labels})
            self._catalogue.add(name, Variant(_RECORD, series, metric.type))
        self._other_alerts = alerts
        self._store_labels = dict.fromkeys(store_labels, ANY)
        for group in groups:
            for rule in group.rules:
                if isinstance(rule, Record):
                    self._records.setdefault(rule.name, []).append((rule, group.language))

    def problems(self) -> Iterator[RuleProblem]:
        """Yield what no series can satisfy, with the place of its rule."""
        for group in self._groups:
            yield from self.problems_of(group)

    def problems_of(self, group: Group) -> Iterator[RuleProblem]:
        """Yield the same of one of the groups."""
        for index, rule in enumerate(group.rules) if not group.reads_objective else ():
            place = group.place_of(index)
            yield from (RuleProblem(place, message) for message in self._messages(rule, group))

    def alert_labels(self, alert: Alert, language: Language = Language.PROMQL) -> AlertLabelSet:
        """Return the labels of an alert as Alertmanager gets them, those of the deployment left out."""
        series, _ = self._result(alert.expr, language)
        labels = {name: values for name, values in series.labels.items() if name != NAME}
        for name, text in alert.labels.items():
            labels[name] = ANY_OR_ABSENT if "{{" in text else constant(text)
        labels["alertname"] = constant(alert.name)
        fixed, closed = {}, {}
        for name, values in labels.items():
            texts = values.texts
            if texts is not None and len(texts) == 1 and not values.absent:
                (fixed[name],) = texts
            elif texts:
                closed[name] = texts | ({""} if values.absent else set())
        free = frozenset(name for name, values in labels.items() if values.texts is None)
        return AlertLabelSet(fixed, closed, free, series.others)

    def selected(self, selector: Selector) -> Series:
        """Return the series that a selector selects; their labels are not known where that has a problem."""
        return self._selection(selector)[0]

    def _messages(self, rule: Rule, group: Group) -> Iterator[str]:
        if group.language is Language.LOGQL:
            yield from self._log_messages(rule.expr)
        series, problems = self._result(rule.expr, group.language)
        yield from problems
        if not problems and isinstance(rule, Alert) and group.place not in self._foreign:
            yield from self._template_messages(rule, series)

    def _template_messages(self, alert: Alert, series: Series) -> Iterator[str]:
        texts = {
            **{f"annotations.{name}": text for name, text in alert.annotations.items()},
            **{f"labels.{name}": text for name, text in alert.labels.items()},
        }
        for name, text in texts.items():
            for label in dict.fromkeys(a or b for a, b in _TEMPLATE_LABEL.findall(text)):
                if not series.may_have(label):
                    external = f"use {{{{ $externalLabels.{label} }}}}"
                    fix = external if label in self._deployment_labels else _KEEP
                    yield (
                        f"{name} = … $labels.{label} …: the result of the expression must have the label, and has "
                        f"{_listed(set(series.labels) - {NAME})}{_nearest(label, series.labels)}; "
                        f"{fix}"
                    )

    def _log_messages(self, expression: str) -> Iterator[str]:
        if not is_metric_query(expression):
            yield (
                f"expr = {expression}: a rule must aggregate lines to numbers, and this selects lines; "
                "count them: sum(count_over_time(… [5m])) > 0"
            )
        for matcher in stream_matchers(expression):
            label = matcher.label
            if label not in self._log_labels:
                yield (
                    f"{{{matcher}}}: {label} must be a label of logs{_nearest(label, self._log_labels)}; select by one "
                    f"of the label policy, and filter by a field behind the selector: | {matcher}"
                )

    def _result(self, expression: str, language: Language) -> tuple[Series, tuple[str, ...]]:
        """Return the labels of the result of an expression, with the problems on the way."""
        if language is Language.LOGQL:
            return result_series(expression), ()
        if expression not in self._results:
            self._results[expression] = self._evaluated(expression)
        return self._results[expression]

    def _evaluated(self, expression: str) -> tuple[Series, tuple[str, ...]]:
        try:
            node = parse(expression)
        except PromqlError as error:
            return UNKNOWN, (f"expr = {_shortened(expression)}: must be PromQL, and {error}; correct it",)
        problems: list[str] = []

        def select(selector: Selector) -> Series:
            series, found = self._selection(selector)
            problems.extend(found)
            return series

        flow = label_flow(node, select, self._deployment_labels)
        return flow.series or Series({}), tuple(dict.fromkeys([*problems, *flow.problems]))

    def _selection(self, selector: Selector) -> tuple[Series, tuple[str, ...]]:
        if selector not in self._selections:
            self._selections[selector] = self._found(selector)
        return self._selections[selector]

    def _found(self, selector: Selector) -> tuple[Series, tuple[str, ...]]:
        family = self._family(tuple([selector.name] if selector.name else self._matching(selector)))
        if not family.variants:
            return UNKNOWN, (self._unknown_name(selector),)
        matchers = [matcher for matcher in selector.matchers if matcher.label != NAME]
        alive = family.selected(matchers)
        problems = tuple(self._matcher_problems(selector, matchers, family, not alive))
        return (UNKNOWN if problems else union(alive)), problems

    def _family(self, names: tuple[str, ...]) -> Family:
        if names not in self._families:
            variants = (variant for name in names for variant in self._variants(name))
            family = Family([self._in_store(variant) for variant in variants])
            if not self._open_records.isdisjoint(names):
                return family
            self._families[names] = family
        return self._families[names]

    def _in_store(self, variant: Variant) -> Variant:
        if not self._store_labels:
            return variant
        series = variant.series
        return replace(variant, series=Series({**self._store_labels, **series.labels}, series.others))

    def _matching(self, selector: Selector) -> list[str]:
        named = [matcher for matcher in selector.matchers if matcher.label == NAME]
        if not named:
            return []
        every = {*self._catalogue.names, *self._records}
        return sorted(name for name in every if all(matcher.accepts(name) for matcher in named))

    def _variants(self, name: str) -> Sequence[Variant]:
        if name in (ALERTS, ALERTS_FOR_STATE):
            return list(self._alert_variants(name))
        if name not in self._records:
            return self._catalogue.variants(name)
        if name in self._open_records:
            # It is read on the way to itself, and its labels are not known yet.
            return [Variant(_RECORD, Series({NAME: constant(name)}, True), MetricType.GAUGE)]
        if name not in self._recorded:
            self._open_records.add(name)
            recorded = [self._variant(rule, language) for rule, language in self._records[name]]
            self._open_records.remove(name)
            self._recorded[name] = [*self._catalogue.variants(name), *recorded]
        return self._recorded[name]

    def _variant(self, rule: Record, language: Language) -> Variant:
        series, _ = self._result(rule.expr, language)
        for name, text in {**rule.labels, NAME: rule.name}.items():
            series = series.with_label(name, constant(text))
        return Variant(_RECORD, series, MetricType.GAUGE)

    def _alert_variants(self, name: str) -> Iterator[Variant]:
        """Yield the series that Prometheus makes of alerts; they have the labels of the rule and of its result."""
        own = {"alertstate": Values(frozenset({"pending", "firing"}))} if name == ALERTS else {}
        rules = [rule for group in self._groups for rule in group.rules if isinstance(rule, Alert)]
        for labels in [*({**rule.labels, "alertname": rule.name} for rule in rules), *self._other_alerts]:
            stated = {key: ANY_OR_ABSENT if "{{" in text else constant(text) for key, text in labels.items()}
            fixed = {NAME: constant(name)}
            yield Variant("alerts", Series({**stated, **own, **fixed}, True), MetricType.GAUGE)

    def _unknown_name(self, selector: Selector) -> str:
        name = selector.name
        if not name:
            return f"{selector}: must select a metric that something produces by its name; name it"
        unknown = f"metric = {name}: nothing that the stack deploys produces it"
        if f"{name}_count" in self._catalogue:
            parts = [part for part in ("bucket", "count", "sum") if f"{name}_{part}" in self._catalogue]
            return f"{unknown}, as it is a histogram; use {' or '.join(f'{name}_{part}' for part in parts)}"
        if elsewhere := producers_of(name):
            names = ", ".join(producer.name for producer in elsewhere)
            settings = " or ".join(dict.fromkeys(producer.setting for producer in elsewhere))
            return (
                f"{unknown}, but {names} would; deploy that ({settings}), declare it in application_metrics where an "
                "application has it, or leave the rule out"
            )
        known = [*self._catalogue.names, *self._records]
        return f"{unknown}{_nearest(name, known)}; correct it, record it, or declare it in application_metrics"

    def _matcher_problems(
        self, selector: Selector, matchers: Sequence[Matcher], family: Family, is_dead: bool
    ) -> Iterator[str]:
        every, explained = family.series, False
        for matcher in matchers:
            label, values = matcher.label, every.values(matcher.label)
            if not every.may_have(label):
                if not (matcher.operator == "=" and not matcher.value):
                    explained = True
                    yield self._no_label(selector, matcher, every)
            elif values.selected(matcher).is_empty:
                explained = True
                yield _no_value(selector, matcher, values)
            elif unknown := _unknown_texts(matcher, values):
                explained = True
                yield _no_value(selector, matcher, values, unknown)
            elif label == BUCKET and values.texts is None and matcher.value != INFINITE:
                yield from _border_problems(selector, matcher, family)
        if is_dead and not explained:
            yield f"{selector}: no series has all of these labels; correct or leave out one of them"

    def _no_label(self, selector: Selector, matcher: Matcher, series: Series) -> str:
        if matcher.label in self._deployment_labels:
            return (
                f"{selector}: {matcher.label} is a label of the whole Prometheus (external_labels), which no series "
                "has before it leaves it; leave it out"
            )
        labels = set(series.labels) - {NAME}
        return (
            f"{selector}: {matcher.label} must be a label of {selector.name or 'the metrics'}, which has "
            f"{_listed(labels)}{_nearest(matcher.label, labels)}; correct it, or leave it out"
        )


def liveness_problems(
    groups: Sequence[Group],
    producers: Iterable[Producer],
    application_metrics: Mapping[str, ApplicationMetric] | None = None,
) -> Iterator[RuleProblem]:
    """Yield what no series can satisfy: metrics, labels, values, groupings, matches and labels in templates."""
    yield from Liveness(groups, producers, application_metrics).problems()


def producers_of(name: str) -> list[Producer]:
    """Return every producer, deployed or not, that has series of a name."""
    return list(_index().get(name, ()))


@lru_cache(1)
def _index() -> Mapping[str, Sequence[Producer]]:
    found: dict[str, list[Producer]] = {}
    for producer in PRODUCERS.values():
        for name in Catalogue([replace(producer, is_scraped=False)]).names:
            found.setdefault(name, []).append(producer)
    return found


def _unknown_texts(matcher: Matcher, values: Values) -> list[str]:
    """Return the values that a matcher states and a label never has, parts of `a|b` among them."""
    if values.texts is None:
        return []
    if matcher.is_negative and matcher.label == JOB:
        # Rules that exclude the jobs of other clusters are none that are wrong here.
        return []
    stated = [matcher.value] if not matcher.operator.endswith("~") else list(alternatives(matcher.value))
    return [text for text in stated if text and text not in values.texts]


def _border_problems(selector: Selector, matcher: Matcher, family: Family) -> Iterator[str]:
    """Yield that nothing tells whether a histogram has the bucket that a matcher selects, or that it has none."""
    if matcher.is_negative:
        return
    if all(variant.producer == APPLICATION for variant in family.variants):
        name = selector.name.removesuffix("_bucket")
        yield (
            f"{selector}: le = {matcher.value}: must be a border of {name}, whose buckets are not declared; declare "
            f"them: application_metrics.{name}.buckets"
        )
    elif matcher.operator == "=" and _WHOLE_NUMBER.fullmatch(matcher.value):
        yield (
            f"{selector}: le = {matcher.value}: selects nothing, as Prometheus stores fractions; "
            f'write le="{matcher.value}.0"'
        )


def _no_value(selector: Selector, matcher: Matcher, values: Values, unknown: Sequence[str] = ()) -> str:
    stated = ", ".join(unknown) or matcher.value
    texts = sorted(values.texts or ())
    known = _listed(texts) if texts else "values that are never empty"
    declare = f", or declare {selector.name} in application_metrics with labels: {{job: [{stated}]}}"
    remedy = declare if selector.name and matcher.label == JOB and matcher.operator == "=" else ""
    return (
        f"{selector}: {matcher.label} = {stated}: must be a value of the label, which has {known}"
        f"{_nearest(stated, texts)}; correct it{remedy}"
    )


def _nearest(name: str, known: Iterable[str]) -> str:
    """Return the nearest of names that begin alike, as thousands of names take a tenth of a second to compare."""
    candidates = [each for each in known if each[:1] == name[:1] and abs(len(each) - len(name)) <= _LONGER]
    found = get_close_matches(name, candidates, n=1, cutoff=0.6)
    return f"; the nearest is {found[0]}" if found else ""


def _listed(names: Iterable[str]) -> str:
    found = sorted(names)
    return ", ".join(found[:_LISTED]) + (" …" if len(found) > _LISTED else "") if found else "none"


def _shortened(expression: str) -> str:
    line = " ".join(expression.split())
    return line if len(line) <= 120 else f"{line[:117]}…"
