"""Proof of life: what a rule selects, groups by and prints is produced by something that the stack deploys."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from difflib import get_close_matches
from functools import lru_cache

from .._log_labels import CLUSTER, OTLP_INDEX_LABELS, SERVICE_NAME, IndexLabel
from ..units import parse_duration
from .catalogue import (
    INFINITE,
    ApplicationMetric,
    Catalogue,
    Family,
    Metric,
    MetricType,
    Producer,
    Variant,
    border_text,
)
from .label_flow import ANY, ANY_OR_ABSENT, BUCKET, UNKNOWN, Series, Values, constant, label_flow, union
from .logql import is_metric_query, result_series, stream_matchers, unbalanced
from .native_histograms import Samples, samples_of
from .producers import APPLICATION, PRODUCERS
from .promql import (
    NAME,
    SAMPLES_OF_RANGES,
    Call,
    Matcher,
    Node,
    PromqlError,
    Selector,
    Subquery,
    alternatives,
    display_duration,
    parse,
    walk,
)
from .rules import Alert, Group, Language, Record, Rule, RuleProblem

LOG_LABELS = frozenset(
    {*IndexLabel, CLUSTER, SERVICE_NAME, *(name.replace(".", "_") for name in OTLP_INDEX_LABELS)},
)
"""The labels of logs by the label policy."""
DEPLOYMENT_LABELS = (CLUSTER,)
"""Labels of a whole Prometheus (`external_labels`), which no series has before it leaves it."""
JOB = "job"
_OF_TARGETS = frozenset({JOB, "namespace", "service", "pod", "container", "endpoint", "instance"})
"""Labels of what is scraped: an application's own metric of the same name has others."""
_FEW_PRODUCERS = 4
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


@dataclass(frozen=True)
class _Selection:
    """What a selector selects."""

    series: Series
    problems: tuple[str, ...]
    samples: Samples = Samples.UNKNOWN
    interval: timedelta | None = None
    """The shortest time between two samples; `None` where it is not known of all series."""


@dataclass(frozen=True)
class _Result:
    """What an expression returns."""

    series: Series
    samples: Samples
    problems: tuple[str, ...] = ()


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
        unknown: Iterable[str] = (),
        evaluation_interval: timedelta | None = None,
        store_labels: Iterable[str] = (),
    ) -> None:
        """Take the rules and what produces series.

        `application` has the labels that the scrape of an application adds. `foreign` are the places of groups whose
        texts are another's, such as a chart's: a label that is missing in them is no problem. `recorded` are the
        records, and `alerts` the labels of the alerts, of rules that are not in `groups`. `unknown` are records that
        there may be, as what they follow from has a problem. `evaluation_interval` is that of Prometheus, `None` where
        it is not known. `store_labels` are on every series of the store that is read, records too, with any value.
        """
        self._groups = groups
        self._foreign = frozenset(foreign)
        self._catalogue = Catalogue(producers)
        self._deployment_labels = frozenset(deployment_labels)
        self._log_labels = log_labels
        self._evaluation_interval = evaluation_interval
        self._selections: dict[Selector, _Selection] = {}
        self._results: dict[str, _Result] = {}
        self._records: dict[str, list[tuple[Record, Group]]] = {}
        self._recorded: dict[str, Sequence[Variant]] = {}
        self._open_records: set[str] = set()
        self._families: dict[tuple[str, ...], Family] = {}
        for name, declared in (application_metrics or {}).items():
            interval = declared.interval or ("" if declared.pushed else application.interval)
            self._catalogue.declare(name, declared.metric, replace(application, interval=interval))
        for name, metric in recorded:
            series = Series({NAME: constant(name), **metric.labels})
            self._catalogue.add(name, Variant(_RECORD, series, metric.type))
        for name in unknown:
            self._catalogue.add(name, Variant(_RECORD, Series({NAME: constant(name)}, True), MetricType.GAUGE))
        self._other_alerts = alerts
        self._store_labels = dict.fromkeys(store_labels, ANY)
        for group in groups:
            for rule in group.rules:
                if isinstance(rule, Record):
                    self._records.setdefault(rule.name, []).append((rule, group))

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
        series = self._result(alert.expr, language).series
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
        return self._selection(selector).series

    def expression_problems(self, expression: str) -> tuple[str, ...]:
        """Return what is wrong with an expression in PromQL."""
        return self._result(expression, Language.PROMQL).problems

    def _messages(self, rule: Rule, group: Group) -> Iterator[str]:
        if group.language is Language.LOGQL:
            yield from self._log_messages(rule.expr)
        result = self._result(rule.expr, group.language)
        yield from result.problems
        if not result.problems and isinstance(rule, Alert) and group.place not in self._foreign:
            yield from self._template_messages(rule, result.series)

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
        if fault := unbalanced(expression):
            yield f"expr = {_shortened(expression)}: must be LogQL, and has an {fault}; correct it"
            return
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

    def _result(self, expression: str, language: Language) -> "_Result":
        """Return the result of an expression, with the problems on the way."""
        if language is Language.LOGQL:
            return _Result(result_series(expression), Samples.NUMBERS)
        if expression not in self._results:
            self._results[expression] = self._evaluated(expression)
        return self._results[expression]

    def _evaluated(self, expression: str) -> "_Result":
        try:
            node = parse(expression)
        except PromqlError as error:
            message = f"expr = {_shortened(expression)}: must be PromQL, and {error}; correct it"
            return _Result(UNKNOWN, Samples.UNKNOWN, (message,))
        problems: list[str] = []

        def select(selector: Selector) -> Series:
            found = self._selection(selector)
            problems.extend(found.problems)
            return found.series

        flow = label_flow(node, select, self._deployment_labels, self._are_numbers)
        found = samples_of(node, self._samples)
        every = [*problems, *flow.problems, *found.problems, *self._range_problems(node)]
        return _Result(flow.series or Series({}), found.samples, tuple(dict.fromkeys(every)))

    def _samples(self, selector: Selector) -> Samples:
        return self._selection(selector).samples

    def _are_numbers(self, node: Node) -> bool:
        return samples_of(node, self._samples).samples is Samples.NUMBERS

    def _range_problems(self, node: Node) -> Iterator[str]:
        """Yield each call over a range that has too few samples, or steps, to return something at any time."""
        for call in [each for each in walk(node) if isinstance(each, Call)]:
            for argument in call.arguments:
                if isinstance(argument, Selector) and argument.range is not None:
                    interval = self._selection(argument).interval
                    yield from _range_problem(call.function, str(argument), argument.range, interval, "samples")
                elif isinstance(argument, Subquery):
                    step = argument.step or self._evaluation_interval
                    yield from _range_problem(call.function, "…", argument.range, step, "steps", argument.step)

    def _selection(self, selector: Selector) -> "_Selection":
        if selector not in self._selections:
            self._selections[selector] = self._found(selector)
        return self._selections[selector]

    def _found(self, selector: Selector) -> "_Selection":
        family = self._family(tuple([selector.name] if selector.name else self._matching(selector)))
        if not family.variants:
            return _Selection(UNKNOWN, (self._unknown_name(selector),))
        matchers = [matcher for matcher in selector.matchers if matcher.label != NAME]
        alive = family.selected(matchers)
        problems = tuple(self._matcher_problems(selector, matchers, family, not alive))
        if problems:
            return _Selection(UNKNOWN, problems)
        intervals = [variant.interval for variant in alive if variant.interval is not None]
        shortest = min(intervals) if len(intervals) == len(alive) else None
        native = {variant.type is MetricType.NATIVE_HISTOGRAM for variant in alive}
        samples = Samples.UNKNOWN if len(native) > 1 else Samples.HISTOGRAMS if True in native else Samples.NUMBERS
        return _Selection(union([variant.series for variant in alive]), (), samples, shortest)

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
            recorded = [self._variant(rule, group) for rule, group in self._records[name]]
            self._open_records.remove(name)
            self._recorded[name] = [*self._catalogue.variants(name), *recorded]
        return self._recorded[name]

    def _variant(self, rule: Record, group: Group) -> Variant:
        result = self._result(rule.expr, group.language)
        series = result.series
        for name, text in {**rule.labels, NAME: rule.name}.items():
            series = series.with_label(name, constant(text))
        of_ruler = self._evaluation_interval if group.language is Language.PROMQL else None
        interval = parse_duration(group.interval) if group.interval else of_ruler
        native = result.samples is Samples.HISTOGRAMS
        return Variant(_RECORD, series, MetricType.NATIVE_HISTOGRAM if native else MetricType.GAUGE, interval)

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
        base, _, part = name.rpartition("_")
        if part in ("bucket", "count", "sum") and any(
            variant.type is MetricType.NATIVE_HISTOGRAM for variant in self._catalogue.variants(base)
        ):
            function = "histogram_quantile(0.95, …)" if part == "bucket" else f"histogram_{part}(…)"
            return f"{unknown}, as {base} is a native histogram; use {function} of {base}"
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
                    yield self._no_label(selector, matcher, family)
            elif values.selected(matcher).is_empty:
                explained = True
                yield _no_value(selector, matcher, family)
            elif unknown := _unknown_texts(matcher, values):
                explained = True
                yield _no_value(selector, matcher, family, unknown)
            elif label == BUCKET and values.texts is None and matcher.value != INFINITE:
                yield from _border_problems(selector, matcher, family)
        if is_dead and not explained:
            made_by = _made_by(selector, family)
            yield f"{selector}: no series has all of these labels{made_by}; correct or leave out one of them"

    def _no_label(self, selector: Selector, matcher: Matcher, family: Family) -> str:
        if matcher.label in self._deployment_labels:
            return (
                f"{selector}: {matcher.label} is a label of the whole Prometheus (external_labels), which no series "
                "has before it leaves it; leave it out"
            )
        labels = set(family.series.labels) - {NAME}
        near = _nearest(matcher.label, labels)
        declared = "" if near else _declaration(selector, matcher, family)
        return (
            f"{selector}: {matcher.label} must be a label of {selector.name or 'the metrics'}, which has "
            f"{_listed(labels)}{near}{_made_by(selector, family)}; correct it, or leave it out{declared}"
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


def _range_problem(
    function: str, of: str, length: timedelta, interval: timedelta | None, parts: str, step: timedelta | None = None
) -> Iterator[str]:
    """Yield that a range is too short for its function: one of the length of an interval has one sample in it."""
    needed = SAMPLES_OF_RANGES.get(function, 1)
    if interval is None or length >= needed * interval:
        return
    least, longer, every, stated = map(display_duration, (needed * interval, 4 * interval, interval, length))
    text = f"{of}[{stated}{f':{display_duration(step)}' if step else ':' if parts == 'steps' else ''}]"
    several = f"twice the interval of its {parts} ({every}), as {function} needs two of them"
    one = f"the interval of its {parts} ({every}), as there is none in it at times"
    yield (
        f"{function}({text}): the range must be at least {least}, {several if needed > 1 else one}; "
        f"write one such as [{longer}{f':{every}' if parts == 'steps' else ''}]"
    )


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
            f'write le="{border_text(float(matcher.value))}"'
        )


def _no_value(selector: Selector, matcher: Matcher, family: Family, unknown: Sequence[str] = ()) -> str:
    stated = ", ".join(unknown) or matcher.value
    texts = sorted(family.series.values(matcher.label).texts or ())
    known = _listed(texts) if texts else "values that are never empty"
    of_target = matcher.label in _OF_TARGETS or _is_declared(family)
    return (
        f"{selector}: {matcher.label} = {stated}: must be a value of the label, which has {known}"
        f"{_nearest(stated, texts)}{_made_by(selector, family) if of_target else ''}; correct it"
        f"{_declaration(selector, matcher, family) if of_target else ''}"
    )


def _is_declared(family: Family) -> bool:
    return any(variant.producer == APPLICATION for variant in family.variants)


def _made_by(selector: Selector, family: Family) -> str:
    """Return the programs that make a metric, where they are few."""
    names = dict.fromkeys(variant.producer for variant in family.variants)
    if not selector.name or len(names) > _FEW_PRODUCERS or not names.keys() <= PRODUCERS.keys() - {APPLICATION}:
        return ""
    return f"; {selector.name} is of {' and '.join(names)} here"


def _declaration(selector: Selector, matcher: Matcher, family: Family) -> str:
    """Return how the metric of an application is declared that has the label of a matcher.

    Where a program makes the series, an application may have others of the same name.
    """
    if not selector.name or matcher.is_negative or all(each.producer not in PRODUCERS for each in family.variants):
        return ""
    if _is_declared(family):
        return ", or add it to the labels of the metric in application_metrics"
    text = matcher.value if matcher.operator == "=" else ""
    return f", or declare {selector.name} in application_metrics with labels: {{{matcher.label}: [{text}]}}"


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
