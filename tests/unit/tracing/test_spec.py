"""The arguments of `Tracing`: what is refused, and what is taken where nothing is said."""

from typing import Any

import pytest

from components._spec import InvalidArgsError
from tests.unit.tracing.specs import LAPTOP, ON_PREMISES, spec


@pytest.mark.parametrize(
    ("base", "args", "problem"),
    [
        (LAPTOP, {"replicas": 2}, "replicas = 2: monolithic Tempo is one process"),
        (LAPTOP, {"gateway": True}, "gateway = True: monolithic Tempo answers on one Service"),
        (LAPTOP, {"bucket": "b"}, "bucket = 'b': store filesystem uses no bucket"),
        (LAPTOP, {"store": "s3"}, "bucket = '': store s3 needs a bucket"),
        (LAPTOP, {"mode": "single"}, "mode = 'single': Input should be 'monolithic' or 'distributed'"),
        (LAPTOP, {"retention": "90m"}, "retention = '90m': '90m' is not a whole number of hours"),
        (LAPTOP, {"retention": "0h"}, "retention = '0h': keep traces for at least 1h"),
        (LAPTOP, {"retention": "a week"}, "retention = 'a week'"),
        (LAPTOP, {"max_block_duration": "3h"}, "max_block_duration = '3h': cut blocks"),
        (LAPTOP, {"remote_write_url": "prometheus:9090"}, "remote_write_url = 'prometheus:9090'"),
        (LAPTOP, {"processors": ["service-graph"]}, "processors.0 = 'service-graph'"),
        (LAPTOP, {"processors": []}, "processors = []"),
        (LAPTOP, {"chart_version": "1.61.0"}, "chart_version = '1.61.0': chart tempo '1.61.0' is not supported"),
        (ON_PREMISES, {"chart_version": "3.3.0"}, "use one of 2.26.2, 1.61.0"),
        (ON_PREMISES, {"store": "filesystem", "bucket": ""}, "store = 'filesystem'"),
        (ON_PREMISES, {"endpoint": "s3.example.org"}, "endpoint = 's3.example.org'"),
        (ON_PREMISES, {"endpoint": "https://s3.example.org/prod"}, "the path '/prod'"),
        (ON_PREMISES, {"endpoint": "", "region": ""}, "which needs a region"),
        (ON_PREMISES, {"bucket_prefix": "/tempo/"}, "without slashes at its ends: 'tempo'"),
        (ON_PREMISES, {"volume_size": "2 GB"}, "volume_size = '2 GB'"),
        (ON_PREMISES, {"replicas": 0}, "replicas = 0"),
    ],
)
def test_a_wrong_argument_is_named_with_its_value_and_what_to_do(
    base: dict[str, Any], args: dict[str, Any], problem: str
) -> None:
    with pytest.raises(InvalidArgsError) as raised:
        spec(base, **args)
    assert problem in str(raised.value)


@pytest.mark.parametrize(("replicas", "copies"), [(1, 1), (2, 2), (3, 3), (7, 3)])
def test_a_span_is_never_copied_to_more_ingesters_than_there_are(replicas: int, copies: int) -> None:
    assert spec(replicas=replicas).replication_factor == copies


def test_each_mode_takes_the_chart_that_installs_it() -> None:
    monolithic, distributed = spec(LAPTOP), spec()
    assert (monolithic.chart.name, monolithic.chart_version) == ("tempo", "2.2.4")
    assert (distributed.chart.name, distributed.chart_version) == ("tempo-distributed", "2.26.2")


def test_the_pods_run_as_the_service_account_that_a_role_was_given_to() -> None:
    assert spec(service_account="traces").service_account_name == "traces"
    assert spec(release_name="tempo-eu").service_account_name == "tempo-eu"
