"""The labels that the result of an expression may have, from those of the series that it selects."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from .promql import (
    COMPARISONS,
    NAME,
    Aggregation,
    Call,
    Matcher,
    Matching,
    Negation,
    Node,
    Operation,
    Selector,
    Subquery,
    Text,
    alternatives,
    quoted,
    selectors,
)

BUCKET = "le"


@dataclass(frozen=True, slots=True)
class Values:
    """The values that a label may have."""

    texts: frozenset[str] | None = None
    """`None` for any."""
    absent: bool = False
    """Whether there may be series without the label."""

    @property
    def is_empty(self) -> bool:
        """Whether no series can be."""
        return self.texts is not None and not self.texts and not self.absent

    def __and__(self, other: "Values") -> "Values":
        texts = self.texts if other.texts is None else other.texts if self.texts is None else self.texts & other.texts
        return Values(texts, self.absent and other.absent)

    def __or__(self, other: "Values") -> "Values":
        texts = None if self.texts is None or other.texts is None else self.texts | other.texts
        return Values(texts, self.absent or other.absent)

    def selected(self, matcher: Matcher) -> "Values":
        """Return the values that a matcher leaves."""
        texts = self.texts
        if matcher.operator == "=":
            texts = frozenset({matcher.value} - {""} if texts is None or matcher.value in texts else ())
        elif texts is not None:
            texts = frozenset(filter(matcher.accepts, texts))
        elif matcher.operator == "=~" and alternatives(matcher.value):
            texts = frozenset(alternatives(matcher.value)) - {""}
        return Values(texts, self.absent and matcher.accepts(""))


ANY = Values()
ABSENT = Values(frozenset(), True)
ANY_OR_ABSENT = Values(None, True)


@dataclass(frozen=True, slots=True)
class Series:
    """The labels that the series of an expression may have, each with its values."""

    labels: Mapping[str, Values]
    others: bool = False
    """Whether they may have further labels, which are not known."""

    def values(self, label: str) -> Values:
        """Return the values of a label."""
        return self.labels.get(label) or (ANY_OR_ABSENT if self.others else ABSENT)

    def may_have(self, label: str) -> bool:
        """Whether a series may have a label."""
        return self.others or label in self.labels

    @property
    def is_empty(self) -> bool:
        """Whether no series can be."""
        return any(values.is_empty for values in self.labels.values())

    def keep(self, labels: Iterable[str]) -> "Series":
        """Return the series with these labels alone."""
        kept = {label: self.values(label) for label in labels if self.may_have(label)}
        return Series({label: values for label, values in kept.items() if values != ABSENT})

    def drop(self, labels: Iterable[str]) -> "Series":
        """Return the series without these labels."""
        dropped = frozenset(labels)
        if dropped.isdisjoint(self.labels):
            return self
        return Series({label: self.labels[label] for label in self.labels if label not in dropped}, self.others)

    def with_label(self, label: str, values: Values) -> "Series":
        """Return the series with other values of a label."""
        if values == ABSENT:
            return self.drop([label])
        return Series({**self.labels, label: values}, self.others)

    def selected(self, matchers: Iterable[Matcher]) -> "Series":
        """Return the series that matchers leave."""
        labels = dict(self.labels)
        for matcher in matchers:
            labels[matcher.label] = (labels.get(matcher.label) or self.values(matcher.label)).selected(matcher)
        return Series({label: values for label, values in labels.items() if values != ABSENT}, self.others)

    def __or__(self, other: "Series") -> "Series":
        return union([self, other])


def union(several: Sequence[Series]) -> Series:
    """Return the series that are one of several."""
    if len(several) == 1:
        return several[0]
    names = dict.fromkeys(label for series in several for label in series.labels)
    others = any(series.others for series in several)
    return Series({label: _one_of([series.values(label) for series in several]) for label in names}, others)


def _one_of(several: Sequence[Values]) -> Values:
    texts = [values.texts for values in several]
    known = None if None in texts else frozenset().union(*(each for each in texts if each))
    return Values(known, any(values.absent for values in several))


NOTHING = Series({})
"""One series without labels."""
UNKNOWN = Series({}, True)

Select = Callable[[Selector], Series]
"""Returns the series that a selector selects."""


@dataclass(frozen=True, slots=True)
class Flow:
    """The labels of the result of an expression, and what is wrong on the way."""

    series: Series | None
    """`None` for a scalar or a string."""
    problems: tuple[str, ...]
    """`value: rule; fix`."""


def label_flow(
    node: Node,
    select: Select,
    deployment_labels: Iterable[str] = (),
    are_numbers: Callable[[Node], bool] = lambda _: False,
) -> Flow:
    """Return the labels of the result of an expression.

    `deployment_labels` are those that a whole Prometheus has, such as `cluster`: no series has them before it leaves
    it, so that grouping by them is no error and changes nothing. `are_numbers` is whether the samples of a node are: a
    classic histogram is numbers, with the label `le`.
    """
    flowing = _Flowing(select, frozenset(deployment_labels), are_numbers)
    series = flowing.of(node)
    return Flow(series, tuple(dict.fromkeys(flowing.problems)))


class _Flowing:
    def __init__(self, select: Select, deployment_labels: frozenset[str], are_numbers: Callable[[Node], bool]) -> None:
        self.problems: list[str] = []
        self._select = select
        self._are_numbers = are_numbers
        self._tolerated = deployment_labels | {NAME}

    def of(self, node: Node) -> Series | None:
        """Return the labels of the result of a node, `None` for a scalar or a string."""
        match node:
            case Selector():
                return self._select(node)
            case Aggregation():
                return self._aggregated(node)
            case Operation():
                return self._operation(node)
            case Call():
                return self._called(node)
            case Negation():
                operand = self.of(node.operand)
                return operand and operand.drop([NAME])
            case Subquery():
                return self.of(node.operand)
        return None

    def _aggregated(self, node: Aggregation) -> Series:
        operand = self.of(node.operand) or NOTHING
        if node.parameter is not None:
            self.of(node.parameter)
        if not node.without:
            self._require(f"{node.operator} by", node.labels, operand, "its operand")
        if node.operator in _PICKING:
            return operand
        kept = operand.drop([*node.labels, NAME]) if node.without else operand.keep(node.labels)
        if node.operator == "count_values" and isinstance(node.parameter, Text):
            return kept.with_label(node.parameter.value, ANY)
        return kept

    def _require(self, where: str, labels: Iterable[str], series: Series, subject: str) -> None:
        for label in labels:
            if not series.may_have(label) and label not in self._tolerated:
                self.problems.append(
                    f"{where} ({label}): {subject} must have the label, and has {_listed(series)}; "
                    "use one of these, or leave it out"
                )

    def _operation(self, node: Operation) -> Series | None:
        left, right = self.of(node.left), self.of(node.right)
        keeps_name = node.operator in COMPARISONS and not node.returns_bool
        if left is None or right is None:
            vector = left if right is None else right
            return vector if vector is None or keeps_name else vector.drop([NAME])
        self._check_matching(node, left, right)
        if node.operator == "or":
            return left | right
        names = _matched(node.matching, left, right)
        shared = {label: left.values(label) & right.values(label) for label in names}
        if node.operator == "unless":
            return left
        if node.operator == "and":
            return _with(left, shared)
        return self._joined(node, left, right, shared, keeps_name)

    def _joined(
        self, node: Operation, left: Series, right: Series, shared: Mapping[str, Values], keeps_name: bool
    ) -> Series:
        matching = node.matching
        many, one = (right, left) if matching.many == "right" else (left, right)
        if matching.fills:
            return many | one
        result = many if keeps_name else many.drop([NAME])
        if matching.many:
            result = _with(result, shared)
            for label in matching.included:
                result = result.with_label(label, one.values(label))
            return result
        kept = result.keep(matching.labels) if matching.on else result.drop(matching.labels)
        return _with(kept, shared)

    def _check_matching(self, node: Operation, left: Series, right: Series) -> None:
        matching = node.matching
        if matching.on:
            for side, series in (("left", left), ("right", right)):
                self._require(f"{node.operator} on", matching.labels, series, f"the {side} side")
        if matching.many:
            one, side = (right, "right") if matching.many == "left" else (left, "left")
            self._require(f"group_{matching.many}", matching.included, one, f"the {side} side")
        if node.operator == "or" or matching.fills or left.is_empty or right.is_empty:
            return
        for label in _matched(matching, left, right):
            mine, other = left.values(label), right.values(label)
            is_reported = matching.on and not (left.may_have(label) and right.may_have(label))
            if (mine & other).is_empty and not (is_reported and label not in self._tolerated):
                self.problems.append(
                    f"{node.operator}: no series of the two sides match: {_valued(label, mine, 'left')}, "
                    f"{_valued(label, other, 'right')}; match on (…) the labels that both have, or ignoring ({label})"
                )
                return

    def _called(self, node: Call) -> Series | None:
        function, arguments = node.function, node.arguments
        found = [self.of(argument) for argument in arguments]
        series = next((each for each in found if each is not None), None)
        if function in _SCALARS:
            return None
        if function in ("absent", "absent_over_time"):
            return _absent(arguments[0])
        if series is None:
            return NOTHING
        match function:
            case "label_replace":
                return self._replaced(series, arguments)
            case "label_join":
                return self._label_join(series, arguments)
            case "info":
                return Series(series.labels, True)
            case "histogram_quantile" | "histogram_fraction" | "histogram_quantiles":
                operand = arguments[0] if function == "histogram_quantiles" else arguments[-1]
                self._check_buckets(function, operand, series)
                kept = series.drop([NAME, BUCKET])
                named = arguments[1] if function == "histogram_quantiles" else None
                return kept.with_label(named.value, ANY) if isinstance(named, Text) else kept
        return series if function in _KEEPING_NAMES else series.drop([NAME])

    def _check_buckets(self, function: str, operand: Node, series: Series) -> None:
        names = [each.name for each in selectors(operand)]
        if series.may_have(BUCKET):
            return
        if names and all(name.endswith("_bucket") for name in names):
            fix = "keep it in the aggregation: sum by (le, …)"
        elif self._are_numbers(operand):
            fix = "select the _bucket of a histogram, or declare it as native-histogram in application_metrics"
        else:
            return
        self.problems.append(f"{function}: its operand must have the label le, and has {_listed(series)}; {fix}")

    def _replaced(self, series: Series, arguments: Sequence[Node]) -> Series:
        texts = [argument.value for argument in arguments[1:] if isinstance(argument, Text)]
        if len(texts) != 4:
            return UNKNOWN
        label, replacement, source, pattern = texts
        if source:
            self._require("label_replace", [source], series, "its operand")
        before, read = series.values(label), series.values(source) if source else ABSENT
        may_fail = pattern not in _EVERYTHING and not (pattern == "" and not source)
        if replacement in ("$1", "${1}") and pattern == "(.*)":
            return series.with_label(label, read)
        if replacement in ("$1", "${1}") and pattern == "(.+)":
            written = Values(read.texts)
            return series.with_label(label, written | before if read.absent else written)
        written = Values(None, True) if "$" in replacement else constant(replacement)
        return series.with_label(label, written | before if may_fail else written)

    def _label_join(self, series: Series, arguments: Sequence[Node]) -> Series:
        label, _separator, *sources = [argument.value for argument in arguments[1:] if isinstance(argument, Text)]
        self._require("label_join", sources, series, "its operand")
        if len(sources) == 1:
            return series.with_label(label, series.values(sources[0]))
        return series.with_label(label, Values(None, all(series.values(source).absent for source in sources)))


_PICKING = frozenset({"topk", "bottomk", "limitk", "limit_ratio"})
"""Aggregations that return series as they are."""
_SCALARS = frozenset({"time", "scalar", "pi"})
_KEEPING_NAMES = frozenset(
    {
        *("last_over_time", "first_over_time", "sort", "sort_desc", "sort_by_label", "sort_by_label_desc"),
        *("label_replace", "label_join"),
    }
)
_EVERYTHING = frozenset({".*", "(.*)"})


def constant(text: str) -> Values:
    """Return one value; the empty one is that of an absent label."""
    return Values(frozenset({text})) if text else ABSENT


def _with(series: Series, values: Mapping[str, Values]) -> Series:
    """Return the series with narrower values of labels that it has."""
    narrowed = {label: values[label] for label in values if label in series.labels}
    return Series({**series.labels, **narrowed}, series.others) if narrowed else series


def _matched(matching: Matching, left: Series, right: Series) -> Iterable[str]:
    """Return the labels whose values must be equal on both sides."""
    if matching.on:
        return matching.labels
    return [label for label in dict.fromkeys([*left.labels, *right.labels]) if label not in (NAME, *matching.labels)]


def _absent(argument: Node) -> Series:
    """Return the one series of `absent`, with the labels that a selector states."""
    if not isinstance(argument, Selector):
        return NOTHING
    stated: dict[str, list[Matcher]] = {}
    for matcher in argument.matchers:
        stated.setdefault(matcher.label, []).append(matcher)
    return Series(
        {
            label: constant(matchers[0].value)
            for label, matchers in stated.items()
            if label != NAME and len(matchers) == 1 and matchers[0].operator == "=" and matchers[0].value
        }
    )


def _listed(series: Series) -> str:
    return ", ".join(sorted(set(series.labels) - {NAME})) or "none"


def _valued(label: str, values: Values, side: str) -> str:
    texts = sorted(values.texts or ())
    if values.texts is None:
        return f"the {side} one has {label}"
    return f"the {side} one has {label}={quoted('|'.join(texts))}" if texts else f"the {side} one has no {label}"
