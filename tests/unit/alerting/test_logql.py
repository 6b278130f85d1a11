import pytest

from components.alerting.logql import is_metric_query, result_series, stream_matchers, unbalanced, unguarded_ratio
from components.alerting.promql import Matcher

ERRORS = 'sum by (app, namespace) (count_over_time({namespace="shop", app=~"a|b"} |= "level={x}" | json [5m])) > 0'


def test_matchers_are_those_of_stream_selectors_alone() -> None:
    assert list(stream_matchers(ERRORS)) == [Matcher("namespace", "=", "shop"), Matcher("app", "=~", "a|b")]
    assert list(stream_matchers('{app="a"} | level="error" # {b="c"}')) == [Matcher("app", "=", "a")]


@pytest.mark.parametrize(
    ("expression", "is_one"),
    [
        (ERRORS, True),
        ('rate({app="a"} [1m])', True),
        ("vector(1)", True),
        ('{app="a"} |= "rate("', False),
        ('{app="rate"}', False),
    ],
)
def test_lines_are_no_numbers(expression: str, is_one: bool) -> None:
    assert is_metric_query(expression) is is_one


@pytest.mark.parametrize(
    ("expression", "labels", "others"),
    [
        (ERRORS, {"app", "namespace"}, False),
        ('(sum(rate({app="a"}[1m])) by (app)) > 1', {"app"}, False),
        ('sum(rate({app="a"}[1m]))', set(), False),
        ('rate({app="a"}[1m])', set(), True),
        ('topk(3, rate({app="a"}[1m]))', set(), True),
        ('sum without (pod) (rate({app="a"}[1m]))', set(), True),
    ],
)
def test_the_outermost_aggregation_states_the_labels(expression: str, labels: set[str], others: bool) -> None:
    series = result_series(expression)
    assert (set(series.labels), series.others) == (labels, others)


@pytest.mark.parametrize(
    ("expression", "fault"),
    [
        (ERRORS, ""),
        ('sum(rate({app="a"} |~ `[)]` | line_format "{{.x}" [5m])) # :-(', ""),
        (ERRORS.replace("[5m]))", "[5m])"), "unbalanced ( at line 1, col 25"),
        (ERRORS.replace("[5m]))", "[5m])))"), "unbalanced ) at line 1, col 101"),
        (ERRORS.replace('|b"}', '|b"'), "unbalanced { at line 1, col 42"),
        (ERRORS.replace("namespace)", "namespace"), "unbalanced ( at line 1, col 8"),
        (ERRORS.replace("5m]", "5m"), "unbalanced [ at line 1, col 95"),
        (ERRORS.replace('{x}"', "{x}"), 'unbalanced " at line 1, col 76'),
        ("sum(\n  count_over_time({app=`a} [5m])\n)", "unbalanced ` at line 2, col 24"),
        ("sum by (app", "unbalanced ( at line 1, col 8"),
    ],
)
def test_what_is_not_closed_is_told_with_its_place(expression: str, fault: str) -> None:
    assert unbalanced(expression) == fault


@pytest.mark.parametrize("end", range(len(ERRORS)))
def test_the_labels_of_what_is_cut_short_are_not_known(end: int) -> None:
    cut = ERRORS[:end]
    assert result_series(cut).others or not unbalanced(cut)
    assert not unguarded_ratio(cut)
