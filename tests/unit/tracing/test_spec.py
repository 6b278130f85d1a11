"""The arguments of `Tracing`: what is refused, and what is taken where nothing is said."""

from typing import Any

import pytest

from components._spec import REMOVE, InvalidArgsError
from tests.fixes import fix_of
from tests.unit.tracing.specs import KAFKA, LAPTOP, ON_PREMISES, spec


@pytest.mark.parametrize(
    ("base", "args", "problem"),
    [
        (LAPTOP, {"replicas": 2}, "replicas = 2: monolithic Tempo must have exactly 1 replica"),
        (LAPTOP, {"gateway": True}, "gateway = True: monolithic Tempo answers on one Service"),
        (LAPTOP, {"bucket": "prod"}, "bucket = 'prod': store filesystem writes nothing to bucket prod"),
        (LAPTOP, {"store": "s3"}, "bucket: store s3 needs a bucket"),
        (LAPTOP, {"mode": "single"}, "mode = 'single': must be one of monolithic, distributed"),
        (LAPTOP, {"retention": "90m"}, "retention = '90m': '90m' is not a whole number of hours"),
        (LAPTOP, {"retention": "0h"}, "retention = '0h': readers look for new blocks every 5m"),
        (ON_PREMISES, {"retention": "9m"}, "retention = '9m': readers look for new blocks every 5m"),
        (KAFKA, {"retention": "9m"}, "retention = '9m': readers look for new blocks every 5m"),
        (LAPTOP, {"retention": "a week"}, "retention = 'a week'"),
        (LAPTOP, {"max_block_duration": "3h"}, "max_block_duration = '3h': must be 1m to 2h"),
        (LAPTOP, {"remote_write_url": "prometheus:9090"}, "remote_write_url = 'prometheus:9090'"),
        (LAPTOP, {"processors": ["service-graph"]}, "processors.0 = 'service-graph'"),
        (LAPTOP, {"processors": []}, "processors = []"),
        (LAPTOP, {"chart_version": "1.61.0"}, "chart_version = '1.61.0': chart tempo '1.61.0' is not supported"),
        (ON_PREMISES, {"chart_version": "3.0.0"}, "use one of 2.26.2, 1.61.0, 3.3.0"),
        (ON_PREMISES, {"kafka_address": "kafka:9092"}, "kafka_address = 'kafka:9092': only Tempo 3 writes to a broker"),
        (ON_PREMISES, {"partitions": 3}, "partitions = 3: only Tempo 3 reads partitions"),
        (LAPTOP, {"partitions": 3}, "partitions = 3: only Tempo 3 reads partitions"),
        (LAPTOP, {"kafka_credentials_secret": "kafka"}, "kafka_credentials_secret = 'kafka': only Tempo 3"),
        (KAFKA, {"kafka_address": ""}, "kafka_address = '': is missing: Tempo 3 writes every span to a"),
        (KAFKA, {"kafka_address": "kafka"}, "kafka_address = 'kafka': write the host and port of one broker"),
        (KAFKA, {"kafka_address": "kafka:0"}, "write the host and port of one broker"),
        (KAFKA, {"kafka_address": "a:9092,b:9092"}, "write the host and port of one broker"),
        (KAFKA, {"kafka_topic": "tempo traces"}, "kafka_topic = 'tempo traces': Kafka takes names of"),
        (KAFKA, {"replicas": 3}, "replicas = 3: Tempo 3 has no ingesters: remove replicas and set partitions"),
        (KAFKA, {"partitions": 0}, "partitions = 0"),
        (KAFKA, {"processors": ["span-metrics", "local-blocks"]}, "Tempo 3 has no local-blocks"),
        (KAFKA, {"store": "filesystem", "bucket": ""}, "mode = 'distributed'"),
        (LAPTOP, {"receivers": ["jaeger"]}, "keep otlp among the receivers"),
        (LAPTOP, {"receivers": ["otlp", "opencensus"]}, "receivers.1 = 'opencensus'"),
        (ON_PREMISES, {"store": "filesystem", "bucket": ""}, "mode = 'distributed'"),
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


@pytest.mark.parametrize(
    ("base", "args", "fix"),
    [
        (LAPTOP, {"retention": "90m"}, {"retention": "2h"}),
        (LAPTOP, {"retention": "0h"}, {"retention": "1h"}),
        (LAPTOP, {"max_block_duration": "3h"}, {"max_block_duration": "2h"}),
        (LAPTOP, {"max_block_duration": "5s"}, {"max_block_duration": "1m"}),
        (LAPTOP, {"chart_version": "1.61.0"}, {"chart_version": "2.2.4"}),
        (LAPTOP, {"receivers": ["jaeger"]}, {"receivers": ["otlp", "jaeger"]}),
        (KAFKA, {"kafka_address": ""}, {"kafka_address": "<kafka_address>"}),
        (KAFKA, {"kafka_address": "kafka"}, {"kafka_address": "<kafka_address>"}),
        (KAFKA, {"processors": ["span-metrics", "local-blocks"]}, {"processors": ["span-metrics"]}),
        (KAFKA, {"processors": ["local-blocks"]}, {"processors": REMOVE}),
        (ON_PREMISES, {"store": "filesystem", "bucket": ""}, {"mode": "monolithic"}),
        (ON_PREMISES, {"bucket_prefix": "/tempo/"}, {"bucket_prefix": "tempo"}),
        (ON_PREMISES, {"logins_secret": "tempo-logins"}, {"metrics_namespaces": ["<metrics_namespaces>"]}),
        (LAPTOP, {"replicas": 2}, None),
        (LAPTOP, {"gateway": True}, None),
        (LAPTOP, {"partitions": 3}, None),
        (LAPTOP, {"cache_endpoint": "valkey.caching:6379"}, None),
        (KAFKA, {"replicas": 3}, None),
        (KAFKA, {"kafka_topic": "tempo traces"}, None),
    ],
)
def test_a_rule_names_its_fix_where_removing_the_argument_is_none(
    base: dict[str, Any], args: dict[str, Any], fix: dict[str, Any] | None
) -> None:
    with pytest.raises(InvalidArgsError) as raised:
        spec(base, **args)
    (problem,) = raised.value.problems
    assert fix_of(problem) == fix


@pytest.mark.parametrize("mode", ["single", ["distributed"], 1])
def test_a_wrong_mode_hides_what_depends_on_it(mode: Any) -> None:
    with pytest.raises(InvalidArgsError) as raised:
        spec(ON_PREMISES, mode=mode, chart_version="9.9.9", tls_secret="tempo-tls", values={"config": "x"})
    (problem,) = raised.value.problems
    assert problem.place == "mode"


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


def test_everything_that_is_wrong_with_a_shape_is_told_at_once() -> None:
    wrong = {"kafka_address": "", "replicas": 2, "retention": "5m", "processors": ["local-blocks"], "receivers": []}
    with pytest.raises(InvalidArgsError) as raised:
        spec(KAFKA, **wrong)
    assert "5 problems in its arguments" in str(raised.value)


def test_each_generation_has_the_processors_that_it_knows() -> None:
    assert [processor.value for processor in spec().processors] == ["service-graphs", "span-metrics", "local-blocks"]
    assert [processor.value for processor in spec(KAFKA).processors] == ["service-graphs", "span-metrics"]


def test_a_broker_is_asked_for_by_one_generation_only() -> None:
    assert spec(KAFKA).through_kafka
    assert not spec().through_kafka and not spec(LAPTOP).through_kafka
