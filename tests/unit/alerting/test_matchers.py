"""Matchers are read as Alertmanager reads them, and written in one form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.alerting.matchers import parse_matchers, samples_of
from components.alerting.promql import Matcher


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("severity = critical", ['severity="critical"']),
        ('severity =~ "warning|info"', ['severity=~"warning|info"']),
        ('team="a,b", service!="x"', ['team="a,b"', 'service!="x"']),
        ('"k8s.pod name"!~"web-.*"', ['"k8s.pod name"!~"web-.*"']),
        (r'path=~"a\\.b"', [r'path=~"a\\.b"']),
        (r'path=~"a\.b"', [r'path=~"a\\.b"']),
        (r'summary="say \"no\"\n"', [r'summary="say \"no\"\n"']),
        ('team=""', ['team=""']),
    ],
)
def test_a_text_is_written_in_the_form_that_both_parsers_read_alike(text: str, written: list[str]) -> None:
    assert [str(matcher) for matcher in parse_matchers(text)] == written


@pytest.mark.parametrize(
    "text",
    [
        "",
        "severity",
        "severity=",
        'severity=="x"',
        "team=a b",
        '{severity="x"}',
        'severity="x',
        "a=~b\\.c",
        "a=b;c=d,,",
    ],
)
def test_what_is_no_matcher_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match='such as severity="critical"; correct it, and put the value in double quotes'):
        parse_matchers(text)


@pytest.mark.parametrize(("text", "found"), [('a=~"("', "missing \\)"), ('a=~"(?<=x)y"', "invalid"), (r'a=~"\C"', "C")])
def test_a_regular_expression_that_go_does_not_take_is_refused(text: str, found: str) -> None:
    with pytest.raises(ValueError, match=found):
        parse_matchers(text)


def test_a_regular_expression_matches_the_whole_value() -> None:
    (matcher,) = parse_matchers('severity=~"warn|info"')
    assert matcher.accepts("warn") and not matcher.accepts("warning") and not matcher.accepts("")


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12),
    st.sampled_from(["=", "!="]),
)
def test_what_is_written_is_read_as_the_same(value: str, operator: str) -> None:
    matcher = Matcher("team", operator, value)
    assert parse_matchers(str(matcher)) == (matcher,)


@pytest.mark.parametrize(
    ("text", "samples"),
    [
        ('a="x"', ("x",)),
        ('a=~"x|y"', ("x", "y")),
        ('a=~"(shop|pay)"', ("shop", "pay")),
        ('a=~"shop-.+"', ("shop-x",)),
        (r'a!~"[0-9]+\\.\\d?z"', ("0.z",)),
        ('a=~".*"', ("",)),
        ('a=~"(a|b){3}c"', ()),
    ],
)
def test_a_matcher_has_values_that_tell_it_from_others(text: str, samples: tuple[str, ...]) -> None:
    (matcher,) = parse_matchers(text)
    assert samples_of(matcher) == samples
