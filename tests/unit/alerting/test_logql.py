import pytest

from components.alerting.logql import is_metric_query, result_series, stream_matchers
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
