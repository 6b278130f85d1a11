import json

import pytest

from tools.catalogue.exposition import describe, missing, written

TEXT = """\
# HELP kube_pod_status_phase The phase.
# TYPE kube_pod_status_phase gauge
kube_pod_status_phase{pod="a",phase="Running",owner="x"} 1
kube_pod_status_phase{pod="a",phase="Pending",owner=""} 0
# TYPE latency_seconds histogram
latency_seconds_bucket{path="/{id}",le="1"} 3
latency_seconds_bucket{path="/{id}",le="2.5"} 3
latency_seconds_bucket{path="/{id}",le="1e+06"} 3
latency_seconds_bucket{path="/{id}",le="+Inf"} 3
latency_seconds_sum{path="/{id}"} 3
latency_seconds_count{path="/{id}"} 3
# TYPE pause_seconds summary
pause_seconds{quantile="0"} 0
pause_seconds{quantile="0.5"} 0
pause_seconds_sum 1
pause_seconds_count 1
# TYPE build_info gauge
build_info{version="1"} 1
loose 4
"""


def test_metrics_have_type_labels_and_the_values_of_closed_ones() -> None:
    assert describe([TEXT]) == {
        "build_info": {"type": "gauge", "labels": ["version"]},
        "kube_pod_status_phase": {
            "type": "gauge",
            "labels": ["phase", "pod"],
            "optional": ["owner"],
            "values": {"phase": ["Pending", "Running"]},
        },
        "latency_seconds": {
            "type": "histogram",
            "labels": ["le", "path"],
            "values": {"le": ["1.0", "2.5", "1e+06", "+Inf"]},
        },
        "loose": {"type": "untyped"},
        "pause_seconds": {"type": "summary", "labels": ["quantile"], "values": {"quantile": ["0.0", "0.5"]}},
    }


def test_a_file_has_one_line_a_metric_and_is_the_same_every_time() -> None:
    metrics = describe([TEXT])
    text = written("shop", "v1", "a run", metrics)
    assert json.loads(text) == {"program": "shop", "version": "v1", "source": "a run", "metrics": metrics}
    assert text == written("shop", "v1", "a run", dict(reversed(metrics.items())))
    assert len(text.splitlines()) == len(metrics) + 7


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("build_info", "built_info", "build_info: not exposed"),
        ("build_info gauge", "build_info counter", "build_info: type counter, not gauge"),
        ('pod="a",phase', 'p="a",phase', "kube_pod_status_phase: no label pod"),
        ('phase="Pending"', 'phase="Running"', "kube_pod_status_phase: no phase=Pending"),
    ],
)
def test_what_a_program_no_longer_exposes_is_named(old: str, new: str, problem: str) -> None:
    committed = describe([TEXT])
    assert missing(committed, describe([TEXT])) == []
    assert missing(committed, describe([TEXT.replace(old, new)])) == [problem]


def test_what_a_program_exposes_beside_it_is_no_problem() -> None:
    assert missing(describe([TEXT]), describe([TEXT + "# TYPE more gauge\nmore 1\n"])) == []
