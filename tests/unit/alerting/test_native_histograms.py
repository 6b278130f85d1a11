"""What an expression makes of native histograms; promtool evaluates the same expressions."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from components.alerting.catalogue import ApplicationMetric
from components.alerting.liveness import Liveness
from components.alerting.native_histograms import Samples, samples_of
from components.alerting.promql import parse
from components.alerting.rules import Alert, Group, Record, Rule
from tests.installed_tools import require

NATIVE = "{{schema:0 sum:5 count:4 buckets:[1 2 1]}}"
ARE_NUMBERS = (
    *("timestamp(h)", "histogram_count(h)", "histogram_sum(h)", "histogram_avg(h)", "histogram_stddev(h)"),
    *("histogram_stdvar(h)", "count_over_time(h[10m])", "present_over_time(h[10m])", "changes(h[10m])"),
    *("resets(h[10m])", "count(h)", "group(h)", 'count_values("v", h)', "histogram_quantile(0.5, h)"),
    *("histogram_fraction(0, 1, h)", "h == bool h"),
)
ARE_HISTOGRAMS = (
    *("rate(h[10m])", "increase(h[10m])", "irate(h[10m])", "delta(h[10m])", "idelta(h[10m])", "sum_over_time(h[10m])"),
    *("avg_over_time(h[10m])", "last_over_time(h[10m])", "first_over_time(h[10m])", "sum(h)", "avg(h)", "h + h"),
    *("h - h", "h * 2", "2 * h", "h * on () g", "g * on () h", "h / 2", "h / on () g", "h == h", "-h", "h and h"),
    *('label_replace(h, "a", "$1", "b", "(.*)")', 'label_join(h, "a", "-", "b")'),
)
ARE_NOTHING = (
    *("abs(h)", "ceil(h)", "ln(h)", "round(h)", "sort(h)", "hour(h)", "clamp(h, 0, 1)", "clamp_max(h, 1)"),
    *("min_over_time(h[10m])", "max_over_time(h[10m])", "stddev_over_time(h[10m])", "deriv(h[10m])"),
    *("predict_linear(h[10m], 60)", "quantile_over_time(0.5, h[10m])", "min(h)", "max(h)", "stddev(h)", "topk(1, h)"),
    *("bottomk(1, h)", "quantile(0.5, h)", "h + 2", "2 - h", "h + on () g", "h * h", "2 / h", "h / h", "h % 2"),
    *("h ^ 2", "h > 2", "2 > h", "h > h", "h == 2", "2 != h", "h >= on () g", "h > bool 2", "h atan2 h"),
    *("histogram_count(g)", "histogram_avg(g)", "max(rate(h[10m])) > 1"),
)


def _samples(expression: str) -> tuple[Samples, tuple[str, ...]]:
    kinds = {"h": Samples.HISTOGRAMS, "g": Samples.NUMBERS, "any": Samples.UNKNOWN}
    found = samples_of(parse(expression), lambda selector: kinds[selector.name])
    return found.samples, found.problems


@pytest.mark.parametrize("expression", ARE_NUMBERS)
def test_what_makes_numbers_passes(expression: str) -> None:
    assert _samples(expression) == (Samples.NUMBERS, ())


@pytest.mark.parametrize("expression", ARE_HISTOGRAMS)
def test_what_makes_histograms_passes(expression: str) -> None:
    assert _samples(expression) == (Samples.HISTOGRAMS, ())


@pytest.mark.parametrize("expression", ARE_NOTHING)
def test_what_returns_nothing_is_refused(expression: str) -> None:
    _, problems = _samples(expression)
    assert problems


def test_a_scalar_of_histograms_is_refused_as_it_is_not_a_number() -> None:
    _, problems = _samples("g > scalar(h)")
    assert problems


def test_what_is_not_known_is_no_problem() -> None:
    assert _samples("max(any) > 1") == (Samples.NUMBERS, ())
    assert _samples("any or h") == (Samples.UNKNOWN, ())
    assert _samples("histogram_count(any) > 1") == (Samples.NUMBERS, ())


def test_promtool_returns_nothing_where_it_is_refused_and_only_there(tmp_path: Path) -> None:
    require("promtool")
    every = (*ARE_NUMBERS, *ARE_HISTOGRAMS, *ARE_NOTHING)
    test = {
        "interval": "1m",
        "input_series": [{"series": "h", "values": f"{NATIVE}+{NATIVE}x20"}, {"series": "g", "values": "1x20"}],
        "promql_expr_test": [{"expr": each, "eval_time": "10m", "exp_samples": []} for each in every],
    }
    path = tmp_path / "test.yaml"
    path.write_text(yaml.safe_dump({"rule_files": [], "tests": [test]}))
    done = subprocess.run(["promtool", "test", "rules", str(path)], capture_output=True, text=True, check=False)
    returned = {
        found.replace('\\"', '"') for found in re.findall(r'expr: "(.*)", time: 10m', done.stdout + done.stderr)
    }
    assert returned == {*ARE_NUMBERS, *ARE_HISTOGRAMS}


LATENCY = {"type": "native-histogram", "labels": {"service": ["shop", "cart"]}}
SIZE = {"type": "summary", "labels": {"service": []}}
REQUESTS = {"type": "counter", "labels": {"service": []}}
DECLARED = {
    name: ApplicationMetric.model_validate(stated)
    for name, stated in {"latency_seconds": LATENCY, "size_bytes": SIZE, "requests_total": REQUESTS}.items()
}


def _problems(expression: str) -> list[str]:
    rules: list[Rule] = [
        Record("latency:rate5m", "sum by (service) (rate(latency_seconds[5m]))"),
        Alert("Slow", expression),
    ]
    return [problem.message for problem in Liveness([Group("shop", rules, "shop.yaml")], [], DECLARED).problems()]


@pytest.mark.parametrize(
    "expression",
    [
        'histogram_quantile(0.9, rate(latency_seconds{service="shop"}[5m])) > 1',
        "histogram_quantile(0.9, sum by (service) (rate(latency_seconds[5m]))) > 1",
        "histogram_count(latency:rate5m) > 1",
        'histogram_fraction(0, 0.3, latency:rate5m{service="cart"}) < 0.9',
        'size_bytes{quantile="0.9"} > 1000',
        "rate(size_bytes_sum[5m]) / rate(size_bytes_count[5m]) > 1000",
    ],
)
def test_native_histograms_and_summaries_of_applications_are_used_once_declared(expression: str) -> None:
    assert _problems(expression) == []


@pytest.mark.parametrize(
    ("expression", "sentence"),
    [
        ('histogram_count(rate(latency_seconds{service="shp"}[5m])) > 1',
         "service = shp: must be a value of the label, which has cart, shop; the nearest is shop"),
        ("histogram_quantile(0.9, sum by (le) (rate(latency_seconds[5m]))) > 1",
         "sum by (le): its operand must have the label, and has container, endpoint"),
        ("rate(latency_seconds_bucket[5m]) > 1",
         "metric = latency_seconds_bucket: nothing that the stack deploys produces it, as latency_seconds is a native "
         "histogram; use histogram_quantile(0.95, …) of latency_seconds"),
        ("rate(latency_seconds_count[5m]) > 1", "is a native histogram; use histogram_count(…) of latency_seconds"),
        ("rate(latency_seconds[5m]) > 1",
         ">: its operand must be a number, and has native histograms of latency_seconds; take one of them: "
         "histogram_count(…), histogram_avg(…) or histogram_quantile(0.95, …)"),
        ("max(latency:rate5m) > 1", "max: its operand must be a number, and has native histograms of latency:rate5m"),
        ("histogram_quantile(0.9, rate(requests_total[5m])) > 1",
         "histogram_quantile: its operand must have the label le, and has"),
        ("histogram_sum(requests_total) > 1",
         "histogram_sum: its operand must be a native histogram, and has requests_total; use the _count and _sum of a "
         "classic one, or declare it as native-histogram in application_metrics"),
        ('size_bytes{quantil="0.9"} > 1000', "quantil must be a label of size_bytes"),
        ("size_bytes_bucket > 1", "metric = size_bytes_bucket: nothing that the stack deploys produces it"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_them_is_refused(expression: str, sentence: str) -> None:
    (message,) = _problems(expression)
    assert sentence in message


def test_declared_quantiles_are_all_of_a_summary() -> None:
    stated = {"type": "summary", "labels": {"quantile": ["0.5", "0.99"]}}
    group = Group("shop", [Alert("Large", 'size_bytes{quantile="0.9"} > 1')], "shop.yaml")
    (problem,) = Liveness([group], [], {"size_bytes": ApplicationMetric.model_validate(stated)}).problems()
    assert "quantile = 0.9: must be a value of the label, which has 0.5, 0.99" in problem.message
