"""The arguments of `Tracing`: what is refused, and the defaults."""

from typing import Any

import pytest

from components._spec import REMOVE, InvalidArgsError
from components.charts import TEMPO, TEMPO_DISTRIBUTED
from components.tracing.modes import TEMPO_2_VERSIONS
from tests.fixes import fix_of
from tests.unit.tracing.specs import KAFKA, LAPTOP, ON_PREMISES, spec


@pytest.mark.parametrize(
    ("base", "args", "place", "words"),
    [
        (LAPTOP, {"replicas": 2}, "replicas", "exactly 1 replica"),
        (LAPTOP, {"gateway": True}, "gateway", ""),
        (LAPTOP, {"bucket": "prod"}, "bucket", "store filesystem"),
        (LAPTOP, {"store": "s3"}, "bucket", "s3"),
        (LAPTOP, {"mode": "single"}, "mode", "monolithic, distributed"),
        (LAPTOP, {"retention": "90m"}, "retention", "2h"),
        (LAPTOP, {"retention": "0h"}, "retention", "at least 1h"),
        (ON_PREMISES, {"retention": "9m"}, "retention", "at least 1h"),
        (KAFKA, {"retention": "9m"}, "retention", "at least 1h"),
        (LAPTOP, {"retention": "a week"}, "retention", ""),
        (LAPTOP, {"max_block_duration": "3h"}, "max_block_duration", "1m to 2h"),
        (LAPTOP, {"remote_write_url": "prometheus:9090"}, "remote_write_url", ""),
        (LAPTOP, {"processors": ["service-graph"]}, "processors.0", ""),
        (LAPTOP, {"processors": []}, "processors", ""),
        (LAPTOP, {"chart_version": TEMPO_2_VERSIONS[-1]}, "chart_version", TEMPO.default_version),
        (ON_PREMISES, {"chart_version": "3.0.0"}, "chart_version", ", ".join(TEMPO_DISTRIBUTED.versions)),
        (ON_PREMISES, {"kafka_address": "kafka:9092"}, "kafka_address", "Tempo 3"),
        (ON_PREMISES, {"partitions": 3}, "partitions", "Tempo 3"),
        (LAPTOP, {"partitions": 3}, "partitions", "Tempo 3"),
        (LAPTOP, {"kafka_credentials_secret": "kafka"}, "kafka_credentials_secret", "Tempo 3"),
        (KAFKA, {"kafka_address": ""}, "kafka_address", "is missing"),
        (KAFKA, {"kafka_address": "kafka"}, "kafka_address", "host:port"),
        (KAFKA, {"kafka_address": "kafka:0"}, "kafka_address", "host:port"),
        (KAFKA, {"kafka_address": "a:9092,b:9092"}, "kafka_address", "host:port"),
        (KAFKA, {"kafka_topic": "tempo traces"}, "kafka_topic", "1 to 249"),
        (KAFKA, {"replicas": 3}, "replicas", "set partitions"),
        (KAFKA, {"partitions": 0}, "partitions", ""),
        (KAFKA, {"processors": ["span-metrics", "local-blocks"]}, "processors", "local-blocks"),
        (KAFKA, {"store": "filesystem", "bucket": ""}, "mode", "s3"),
        (LAPTOP, {"receivers": ["jaeger"]}, "receivers", "otlp"),
        (LAPTOP, {"receivers": ["otlp", "opencensus"]}, "receivers.1", ""),
        (ON_PREMISES, {"store": "filesystem", "bucket": ""}, "mode", "s3"),
        (ON_PREMISES, {"endpoint": "s3.example.org"}, "endpoint", ""),
        (ON_PREMISES, {"endpoint": "https://s3.example.org/prod"}, "endpoint", "/prod"),
        (ON_PREMISES, {"endpoint": "", "region": ""}, "endpoint", "region"),
        (ON_PREMISES, {"bucket_prefix": "/tempo/"}, "bucket_prefix", "'tempo'"),
        (ON_PREMISES, {"volume_size": "2 GB"}, "volume_size", ""),
        (ON_PREMISES, {"replicas": 0}, "replicas", ""),
    ],
)
def test_a_wrong_argument_is_refused_with_its_place(
    base: dict[str, Any], args: dict[str, Any], place: str, words: str
) -> None:
    with pytest.raises(InvalidArgsError) as raised:
        spec(base, **args)
    assert words in {problem.field: problem.message for problem in raised.value.problems}[place]


def test_a_message_names_field_value_rule_and_fix() -> None:
    with pytest.raises(InvalidArgsError) as raised:
        spec(LAPTOP, replicas=2)
    assert str(raised.value).splitlines()[1:] == [
        "  replicas = 2: monolithic Tempo must have exactly 1 replica; remove it or set 1, or use mode distributed"
    ]


@pytest.mark.parametrize(
    ("base", "args", "fix"),
    [
        (LAPTOP, {"retention": "90m"}, {"retention": "2h"}),
        (LAPTOP, {"retention": "0h"}, {"retention": "1h"}),
        (LAPTOP, {"max_block_duration": "3h"}, {"max_block_duration": "2h"}),
        (LAPTOP, {"max_block_duration": "5s"}, {"max_block_duration": "1m"}),
        (LAPTOP, {"chart_version": TEMPO_2_VERSIONS[-1]}, {"chart_version": TEMPO.default_version}),
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
def test_a_rule_has_a_fix_unless_the_argument_is_to_be_removed(
    base: dict[str, Any], args: dict[str, Any], fix: dict[str, Any] | None
) -> None:
    with pytest.raises(InvalidArgsError) as raised:
        spec(base, **args)
    (problem,) = raised.value.problems
    assert fix_of(problem) == fix


@pytest.mark.parametrize("mode", ["single", ["distributed"], 1])
def test_rules_that_depend_on_the_mode_are_skipped_if_it_is_wrong(mode: Any) -> None:
    with pytest.raises(InvalidArgsError) as raised:
        spec(ON_PREMISES, mode=mode, chart_version="9.9.9", tls_secret="tempo-tls", values={"config": "x"})
    (problem,) = raised.value.problems
    assert problem.field == "mode"


@pytest.mark.parametrize(("replicas", "replication_factor"), [(1, 1), (2, 2), (3, 3), (7, 3)])
def test_the_replication_factor_is_at_most_the_number_of_ingesters(replicas: int, replication_factor: int) -> None:
    assert spec(replicas=replicas).replication_factor == replication_factor


def test_each_mode_has_its_chart() -> None:
    monolithic, distributed = spec(LAPTOP), spec()
    assert (monolithic.chart.name, monolithic.chart_version) == ("tempo", TEMPO.default_version)
    assert (distributed.chart.name, distributed.chart_version) == ("tempo-distributed", TEMPO_2_VERSIONS[0])


def test_the_service_account_is_that_of_the_role_or_the_release() -> None:
    assert spec(service_account="traces").service_account_name == "traces"
    assert spec(release_name="tempo-eu").service_account_name == "tempo-eu"


def test_all_problems_are_reported_together() -> None:
    wrong = {"kafka_address": "", "replicas": 2, "retention": "5m", "processors": ["local-blocks"], "receivers": []}
    with pytest.raises(InvalidArgsError) as raised:
        spec(KAFKA, **wrong)
    assert len(raised.value.problems) == 5


def test_the_default_processors_are_those_of_the_version() -> None:
    assert [processor.value for processor in spec().processors] == ["service-graphs", "span-metrics", "local-blocks"]
    assert [processor.value for processor in spec(KAFKA).processors] == ["service-graphs", "span-metrics"]


def test_only_tempo_3_uses_kafka() -> None:
    assert spec(KAFKA).uses_kafka
    assert not spec().uses_kafka and not spec(LAPTOP).uses_kafka
