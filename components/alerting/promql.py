"""PromQL as the checks of rules read it: what an expression selects, and what is wrong with it by its form alone."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

import promql_parser
import re2

NAME = "__name__"
EXPRESSIONS = 50_000
"""The expressions, and their shapes, that stay parsed."""

_MATCH_OPERATORS = {"MatchOp.Equal": "=", "MatchOp.NotEqual": "!=", "MatchOp.Re": "=~", "MatchOp.NotRe": "!~"}
"""By the text of the parser's operators, which have no hash."""
COMPARISONS = frozenset({"==", "!=", ">", "<", ">=", "<="})
RATES = frozenset({"rate", "increase", "irate"})
"""Functions over a counter that survive its resets."""
INSTANT_RATES = frozenset({"irate", "idelta"})
"""Functions of the last two samples alone, which no alert may rest on: one late sample changes them."""


SAMPLES_OF_RANGES: Mapping[str, int] = dict.fromkeys(
    (
        *("rate", "increase", "irate", "delta", "idelta", "deriv", "predict_linear", "changes", "resets"),
        "double_exponential_smoothing",
    ),
    2,
)
"""The fewest samples of a range that a function computes something of, where that is not 1."""


class PromqlError(ValueError):
    """An expression that is not PromQL; the message is the parser's own."""


@dataclass(frozen=True, slots=True)
class Matcher:
    """A condition on one label, of a selector or of Alertmanager.

    The regular expressions of `=~` and `!~` are anchored, in the syntax of RE2.
    """

    label: str
    operator: str
    value: str

    @property
    def is_negative(self) -> bool:
        """Whether it excludes values."""
        return self.operator.startswith("!")

    def accepts(self, value: str) -> bool:
        """Whether a series with this value of the label is selected; the empty value is that of an absent label."""
        holds = value == self.value if self.operator.endswith("=") else fits(self.value, value)
        return holds is not self.is_negative

    def __str__(self) -> str:
        """Return the matcher as PromQL and both parsers of Alertmanager read it alike."""
        return f"{self.label if is_classic(self.label) else quoted(self.label)}{self.operator}{quoted(self.value)}"


@dataclass(frozen=True, slots=True)
class Number:
    """A number."""

    value: float


@dataclass(frozen=True, slots=True)
class Text:
    """A string."""

    value: str


@dataclass(frozen=True, slots=True)
class Selector:
    """Series, at one time or over a range; the name of the metric is among the matchers, as `__name__`."""

    matchers: tuple[Matcher, ...]
    range: timedelta | None = None

    @property
    def name(self) -> str:
        """The name of the metric; empty where it is selected by a regular expression, or not at all."""
        for each in self.matchers:
            if each.label == NAME and each.operator == "=":
                return each.value
        return ""

    def __str__(self) -> str:
        name = self.name
        others = [each for each in self.matchers if not (each.label == NAME and each.operator == "=")]
        return f"{name}{{{', '.join(map(str, others))}}}" if others or not name else name


@dataclass(frozen=True, slots=True)
class Aggregation:
    """An aggregation; without `by` and `without` it has no labels and is not `without`."""

    operator: str
    operand: "Node"
    labels: tuple[str, ...] = ()
    without: bool = False
    parameter: "Node | None" = None


@dataclass(frozen=True, slots=True)
class Matching:
    """How the series of two sides are matched, and the side with several of them for one of the other."""

    labels: tuple[str, ...] = ()
    on: bool = False
    many: str = ""
    """`left` for `group_left`, `right` for `group_right`, else empty."""
    included: tuple[str, ...] = ()
    """Labels that the side with many takes from the other."""
    fills: bool = False
    """Whether a side without a counterpart has a value all the same."""


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation on two sides."""

    operator: str
    left: "Node"
    right: "Node"
    matching: Matching = Matching()
    returns_bool: bool = False


@dataclass(frozen=True, slots=True)
class Negation:
    """The negative of an operand."""

    operand: "Node"


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments."""

    function: str
    arguments: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Subquery:
    """An expression that is evaluated over a range."""

    operand: "Node"
    range: timedelta
    step: timedelta | None = None
    """`None` for the interval of the evaluation."""


Node = Number | Text | Selector | Aggregation | Operation | Negation | Call | Subquery


@lru_cache(EXPRESSIONS)
def parse(expression: str) -> Node:
    """Return the expression; raise `PromqlError` where it is none.

    Expressions that differ in their strings alone are parsed once: 200 services have the same rules.
    """
    literals: list[str] = []

    def placeholder(found: re.Match[str]) -> str:
        if found[0].startswith("#"):
            return " "
        literals.append(found[0])
        return f'"{_PLACEHOLDER}{len(literals) - 1}"'

    shape = _LITERAL.sub(placeholder, expression)
    strings = {f"{_PLACEHOLDER}{index}": _unquoted(literal) for index, literal in enumerate(literals)}
    node = _filled(_node_of(shape), strings)
    for selector in selectors(node):
        for matcher in selector.matchers:
            _check(matcher)
    return node


_PLACEHOLDER = "literal-"
_LITERAL = re.compile(r"""#[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`""")


@lru_cache(EXPRESSIONS)
def _shape(expression: str) -> Any:
    try:
        return promql_parser.parse(expression)
    except ValueError as error:
        raise PromqlError(str(error)) from error


@lru_cache(EXPRESSIONS)
def _node_of(shape: str) -> Node:
    return _node(_shape(shape))


def _filled(node: Node, strings: Mapping[str, str]) -> Node:
    """Return an expression with its strings in place of their placeholders."""
    if not strings:
        return node
    match node:
        case Selector():
            matchers = (Matcher(_text(m.label, strings), m.operator, _text(m.value, strings)) for m in node.matchers)
            return Selector(tuple(matchers), node.range)
        case Text():
            return Text(_text(node.value, strings))
        case Call():
            return Call(node.function, tuple(_filled(argument, strings) for argument in node.arguments))
        case Aggregation(parameter=parameter):
            filled = None if parameter is None else _filled(parameter, strings)
            labels = tuple(_text(label, strings) for label in node.labels)
            return Aggregation(node.operator, _filled(node.operand, strings), labels, node.without, filled)
        case Operation():
            left, right = _filled(node.left, strings), _filled(node.right, strings)
            return Operation(node.operator, left, right, _filled_matching(node.matching, strings), node.returns_bool)
        case Negation():
            return Negation(_filled(node.operand, strings))
        case Subquery():
            return Subquery(_filled(node.operand, strings), node.range, node.step)
    return node


def _filled_matching(matching: Matching, strings: Mapping[str, str]) -> Matching:
    if not matching.labels and not matching.included:
        return matching
    labels = tuple(_text(label, strings) for label in matching.labels)
    included = tuple(_text(label, strings) for label in matching.included)
    return Matching(labels, matching.on, matching.many, included, matching.fills)


def _text(text: str, strings: Mapping[str, str]) -> str:
    return strings.get(text, text)


@lru_cache(EXPRESSIONS)
def _unquoted(literal: str) -> str:
    # The parser reads escapes in raw strings too.
    return literal[1:-1] if literal.startswith("`") else str(_shape(literal).val)


def _check(matcher: Matcher) -> None:
    """Raise `PromqlError` where a regular expression is none."""
    if matcher.operator.endswith("~"):
        try:
            compiled(matcher.value)
        except re2.error as error:
            raise PromqlError(f"{matcher}: not a regular expression of RE2: {error}") from error


@lru_cache(EXPRESSIONS)
def compiled(pattern: str) -> Any:
    """Return a regular expression of RE2; raise `re2.error` where it is none."""
    options = re2.Options()
    options.log_errors = False
    options.dot_nl = True
    return re2.compile(pattern, options)


@lru_cache(EXPRESSIONS)
def fits(pattern: str, text: str) -> bool:
    """Whether a regular expression of RE2 fits a whole text."""
    return compiled(pattern).fullmatch(text) is not None


def alternatives(pattern: str) -> tuple[str, ...]:
    """Return the texts of a regular expression that is nothing but texts, `a|b` or `(a|b)`; none for any other."""
    if grouped := _GROUP.fullmatch(pattern):
        pattern = grouped[1]
    return tuple(pattern.split("|")) if _ALTERNATION.fullmatch(pattern) else ()


_GROUP = re.compile(r"\((?:\?:)?([^()]*)\)")
_ALTERNATION = re.compile(r"[\w /:%,@=-]+(\|[\w /:%,@=-]*)*")


def is_classic(label: str) -> bool:
    """Whether the name of a label needs no quotes: the Prometheus operator takes such names alone."""
    return _CLASSIC_NAME.fullmatch(label) is not None


_CLASSIC_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


def quoted(text: str) -> str:
    """Return a string of PromQL."""
    return '"{}"'.format(text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n"))


def prettified(expression: str) -> str:
    """Return an expression in one form for all that mean the same by their text; as it is where it is no PromQL."""
    try:
        return str(_shape(expression).prettify())
    except PromqlError:
        return " ".join(expression.split())


def _node(found: Any) -> Node:
    """Return what the parser has found."""
    match found:
        case promql_parser.ParenExpr():
            return _node(found.expr)
        case promql_parser.NumberLiteral():
            return Number(found.val)
        case promql_parser.StringLiteral():
            return Text(found.val)
        case promql_parser.VectorSelector():
            return _selector(found, None)
        case promql_parser.MatrixSelector():
            return _selector(found.vector_selector, found.range)
        case promql_parser.SubqueryExpr():
            return Subquery(_node(found.expr), found.range or timedelta(), found.step)
        case promql_parser.UnaryExpr():
            return Negation(_node(found.expr))
        case promql_parser.Call():
            return Call(found.func.name, tuple(map(_node, found.args)))
        case promql_parser.AggregateExpr():
            grouping = found.modifier
            return Aggregation(
                str(found.op),
                _node(found.expr),
                tuple(grouping.labels) if grouping else (),
                grouping is not None and grouping.type == promql_parser.AggModifierType.Without,
                None if found.param is None else _node(found.param),
            )
        case promql_parser.BinaryExpr():
            left, right, modifier = _node(found.lhs), _node(found.rhs), found.modifier
            if modifier is None:
                return Operation(str(found.op), left, right)
            return Operation(str(found.op), left, right, _matching(modifier), modifier.return_bool)
    raise PromqlError(f"{type(found).__name__}: unknown to the checks")


_MANY = {"VectorMatchCardinality.ManyToOne": "left", "VectorMatchCardinality.OneToMany": "right"}


def _selector(found: Any, over: timedelta | None) -> Selector:
    if found.matchers.or_matchers:
        raise PromqlError("`or` between the matchers of a selector is not PromQL of Prometheus; use `=~`")
    named = (Matcher(NAME, "=", found.name),) if found.name else ()
    stated = found.matchers.matchers
    return Selector(
        named + tuple(Matcher(each.name, _MATCH_OPERATORS[str(each.op)], each.value) for each in stated), over
    )


def _matching(modifier: Any) -> Matching:
    matching, fill = modifier.matching, modifier.fill_values
    return Matching(
        tuple(matching.labels) if matching else (),
        bool(matching) and matching.type == promql_parser.LabelModifierType.Include,
        _MANY.get(str(modifier.card), ""),
        tuple(modifier.group_labels or ()),
        fill is not None and (fill.lhs, fill.rhs) != (None, None),
    )


def display_duration(duration: timedelta) -> str:
    """Return a duration as PromQL has it, such as `1h30m`."""
    return str(promql_parser.display_duration(duration))


def children(node: Node) -> tuple[Node, ...]:
    """Return the parts of a node."""
    match node:
        case Selector() | Number() | Text():
            return ()
        case Aggregation(parameter=parameter):
            return (node.operand,) if parameter is None else (parameter, node.operand)
        case Operation():
            return (node.left, node.right)
        case Negation() | Subquery():
            return (node.operand,)
        case Call():
            return node.arguments


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and all its parts, from the left to the right."""
    left = [node]
    while left:
        part = left.pop()
        yield part
        left += reversed(children(part))


def selectors(node: Node) -> Iterator[Selector]:
    """Yield every selector of an expression."""
    return (each for each in walk(node) if isinstance(each, Selector))


@dataclass(frozen=True)
class _Rates:
    """What the parts of an expression compute of counters."""

    instant: tuple[str, ...] = ()
    """Functions of the last two samples alone."""
    rate: bool = False
    """Whether one is a rate."""
    ratio: bool = False
    """Whether one is a ratio of two rates."""


class Rates:
    """Tells of expressions what they compute of counters, also by the recording rules that they read.

    `records` are the expressions of the recording rules by name.
    """

    def __init__(self, records: Mapping[str, str]) -> None:
        self._records = records
        self._known: dict[str, _Rates] = {}

    def instant(self, node: Node) -> tuple[str, ...]:
        """Return the functions of the last two samples alone that an expression calls, or a record that it reads."""
        return self._of(node).instant

    def unguarded_ratio(self, node: Node) -> bool:
        """Whether a ratio of two rates is compared without a condition on the traffic.

        One is `… > 0.05 and … > 1`, `… > 0.05 unless … < 1`, or a divisor `(… > 1)`.
        """
        conditions = list(_conditions(node))
        ratios = [each for each in conditions if _is_compared(each) and (self._of(each).ratio or self._is_share(each))]
        minima = [each for each in conditions if _is_minimum(each)] + list(_excluded_maxima(node))
        return bool(ratios) and all(self._of(each).ratio for each in minima)

    def _is_share(self, node: Node) -> bool:
        """Whether a node compares a rate with a share of another: `errors > 0.05 * requests`."""
        match node:
            case Operation(operator=operator, left=left, right=right) if operator in COMPARISONS:
                of_rates = self._of(left).rate and self._of(right).rate
                return of_rates and (_is_scaled(left) or _is_scaled(right))
        return False

    def _of(self, node: Node) -> _Rates:
        instant: list[str] = []
        rate = ratio = False
        for each in walk(node):
            match each:
                case Call(function=function):
                    instant += [function] if function in INSTANT_RATES else []
                    rate = rate or function in RATES
                case Operation(operator="/", left=left, right=right):
                    of_rates = self._of(left).rate and self._of(right).rate
                    ratio = ratio or (of_rates and not _is_minimum(right))
                case Selector() if each.name in self._records:
                    recorded = self._of_record(each.name)
                    instant += recorded.instant
                    rate, ratio = rate or recorded.rate, ratio or recorded.ratio
        return _Rates(tuple(instant), rate, ratio)

    def _of_record(self, name: str) -> _Rates:
        if name not in self._known:
            # A record that reads itself is not read again within itself.
            self._known[name] = _Rates()
            self._known[name] = self._of(parse(self._records[name]))
        return self._known[name]


def _conditions(node: Node) -> Iterator[Node]:
    """Yield the conditions that hold together."""
    match node:
        case Operation(operator="and"):
            yield from _conditions(node.left)
            yield from _conditions(node.right)
        case Operation(operator="unless"):
            yield from _conditions(node.left)
        case _:
            yield node


def _is_scaled(node: Node) -> bool:
    """Whether a node is another one times a number, or divided by one."""
    match node:
        case Operation(operator="*" | "/", right=Number()) | Operation(operator="*", left=Number()):
            return True
    return False


def _is_compared(node: Node) -> bool:
    return any(isinstance(each, Operation) and each.operator in COMPARISONS for each in walk(node))


def _excluded_maxima(node: Node) -> Iterator[Node]:
    """Yield each `… < n` that a condition excludes by `unless`."""
    match node:
        case Operation(operator="and"):
            yield from _excluded_maxima(node.left)
            yield from _excluded_maxima(node.right)
        case Operation(operator="unless"):
            yield from _excluded_maxima(node.left)
            if _is_bound(node.right, above=("<", "<="), below=(">", ">=")):
                yield node.right


def _is_minimum(node: Node) -> bool:
    """Whether a node is `… > n` or `n < …`."""
    return _is_bound(node, above=(">", ">="), below=("<", "<="))


def _is_bound(node: Node, *, above: tuple[str, ...], below: tuple[str, ...]) -> bool:
    """Whether a node compares series on the left by `above` with a number, or on the right by `below`."""
    match node:
        case Operation(operator=operator, left=left, right=right, returns_bool=False):
            on_left, on_right = any(selectors(left)), any(selectors(right))
            return (operator in above and on_left and not on_right) or (operator in below and on_right and not on_left)
        case Aggregation():
            return _is_bound(node.operand, above=above, below=below)
    return False
