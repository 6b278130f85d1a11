from datetime import timedelta

import pytest

from components.alerting.promql import (
    Aggregation,
    Call,
    Matcher,
    Operation,
    PromqlError,
    Rates,
    Selector,
    alternatives,
    parse,
    prettified,
    selectors,
)


def _selected(expression: str) -> list[str]:
    return [str(selector) for selector in selectors(parse(expression))]


def test_a_selector_has_its_name_its_matchers_and_its_range() -> None:
    node = parse('sum by (job) (rate(http_requests_total{status=~"5..", method!="GET"}[5m]))')
    assert isinstance(node, Aggregation) and node.labels == ("job",)
    (selector,) = selectors(node)
    assert selector == Selector(
        (
            Matcher("__name__", "=", "http_requests_total"),
            Matcher("status", "=~", "5.."),
            Matcher("method", "!=", "GET"),
        ),
        timedelta(minutes=5),
    )
    assert selector.name == "http_requests_total"


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ('{__name__=~"up|down", job="a"}', ['{__name__=~"up|down", job="a"}']),
        ('{"a.b", job="a"}', ['a.b{job="a"}']),
        ("a / on (x) group_left (y) b > bool 1", ["a", "b"]),
        ("quantile_over_time(0.9, a[5m:1m] offset 1h)", ["a"]),
        ('a{x="\\"}"} # {b}\n or b', ['a{x="\\"}"}', "b"]),
        ("a{x='1'} + a{x=`\\d`}", ['a{x="1"}', 'a{x="\\\\d"}']),
    ],
)
def test_every_selector_is_found_whatever_the_strings(expression: str, found: list[str]) -> None:
    assert _selected(expression) == found


def test_strings_of_expressions_of_one_shape_are_not_mixed_up() -> None:
    for service in ("shop", "cart"):
        node = parse(f'label_replace(up{{job="{service}"}}, "service", "{service}", "", "")')
        assert isinstance(node, Call)
        assert [argument.value for argument in node.arguments[1:3]] == ["service", service]  # type: ignore[union-attr]
        assert _selected(f'up{{job="{service}"}}') == [f'up{{job="{service}"}}']


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("sum(rate(a)", "unclosed left"),
        ("rate(a)", "expected type matrix"),
        ('a{x=~"("}', r'x=~"\("'),
        ('a{x="1" or y="2"}', "not PromQL of Prometheus"),
    ],
)
def test_what_is_not_promql_is_refused_with_the_reason(expression: str, reason: str) -> None:
    with pytest.raises(PromqlError, match=reason):
        parse(expression)


def test_matchers_are_anchored_and_an_absent_label_is_empty() -> None:
    assert Matcher("code", "=~", "5..").accepts("503") and not Matcher("code", "=~", "5..").accepts("5030")
    assert Matcher("code", "!~", "5..").accepts("") and Matcher("code", "!=", "500").accepts("")
    assert not Matcher("code", "=", "500").accepts("")


def test_only_plain_texts_are_alternatives() -> None:
    assert alternatives("read|write") == ("read", "write")
    assert alternatives("resource|") == ("resource", "")
    assert alternatives("(a|b)") == alternatives("(?:a|b)") == ("a", "b")
    assert alternatives("5..") == alternatives("(a|b)c") == ()


def test_the_prettified_form_is_the_same_for_what_differs_in_its_spaces() -> None:
    assert prettified("sum(up)by(job)") == prettified(" sum  by (job) (up )")
    assert prettified("not { promql") == "not { promql"


def test_irate_is_found_at_any_depth() -> None:
    assert Rates({}).instant(parse("max(sum by (x) (irate(a[5m])))")) == ("irate",)
    assert Rates({}).instant(parse("sum(rate(a[5m]))")) == ()


RATIO = 'sum(rate(r{code=~"5.."}[5m])) / sum(rate(r[5m]))'
RECORDS = {"errors:ratio": RATIO, "traffic:rate": "sum(rate(r[5m]))"}


@pytest.mark.parametrize(
    ("expression", "is_unguarded"),
    [
        (f"{RATIO} > 0.05", True),
        (f"{RATIO} > 0.05 and sum(rate(r[5m])) > 1", False),
        ("sum(rate(e[5m])) / (sum(rate(r[5m])) > 1) > 0.05", False),
        ("sum(rate(e[5m])) / (sum(rate(r[5m])) < 1) > 0.05", True),
        ("sum(rate(e[5m])) / (sum(rate(r[5m])) > bool 1) > 0.05", True),
        (f"{RATIO} > 0.05 unless sum(rate(r[5m])) < 1", False),
        (f"{RATIO} > 0.05 unless sum(rate(r[5m])) > 1", True),
        (f"{RATIO} > 0.05 and 1 < sum(rate(r[5m]))", False),
        (f"0.05 < {RATIO}", True),
        ("errors:ratio > 0.05", True),
        ("errors:ratio > 0.05 and errors:ratio > 0.01", True),
        ("errors:ratio > 0.05 and on () traffic:rate > 1", False),
        ("max(errors:ratio > (14.4 * 0.001)) without (window)", True),
        ("node_filesystem_avail_bytes / node_filesystem_size_bytes < 0.1", False),
        ("traffic:rate > 1", False),
    ],
)
def test_a_ratio_of_rates_needs_a_condition_on_the_traffic(expression: str, is_unguarded: bool) -> None:
    assert Rates(RECORDS).unguarded_ratio(parse(expression)) is is_unguarded


def test_a_record_that_names_itself_ends_the_search() -> None:
    assert not Rates({"a": "a offset 1h"}).unguarded_ratio(parse("a > 1"))


def test_operations_keep_how_their_sides_are_matched() -> None:
    node = parse("a * on (x) group_right (y) b")
    assert isinstance(node, Operation)
    matching = node.matching
    assert (matching.on, matching.labels, matching.many, matching.included) == (True, ("x",), "right", ("y",))
    node = parse("a > bool ignoring (x) b")
    assert isinstance(node, Operation)
    assert (node.matching.on, node.matching.labels, node.returns_bool) == (False, ("x",), True)
