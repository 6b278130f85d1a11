"""Which changes to an applied Tempo are refused."""

import re
from typing import Any

import pytest
import yaml

from components.tracing.misplaced import misplaced_values
from components.tracing.spec import TracingSpec
from components.tracing.state import state_problems
from components.tracing.upgrades import PreparedChange
from components.tracing.values import tempo_values
from tests.unit.tracing.specs import KAFKA, LAPTOP, ON_PREMISES, spec

MONOLITHIC: dict[str, Any] = {"bucket": "prod", "endpoint": "https://s3.example.org"}


def problems(applied: TracingSpec, wanted: TracingSpec) -> list[str]:
    return state_problems(tempo_values(applied), tempo_values(wanted))


@pytest.mark.parametrize("base", [None, MONOLITHIC])
@pytest.mark.parametrize(
    ("args", "rule"),
    [
        ({"bucket": "other"}, "the bucket changes from 'prod' to 'other'"),
        ({"bucket_prefix": "traces"}, "the bucket prefix changes from"),
        ({"endpoint": "https://s3-new.example.org"}, "the address of the store changes from 's3.example.org' to"),
        ({"endpoint": "", "region": "eu-west-1"}, "the address of the store changes from 's3.example.org' to"),
    ],
)
def test_blocks_do_not_move_under_a_running_tempo(base: dict[str, Any] | None, args: dict[str, Any], rule: str) -> None:
    start = {} if base is None else {"base": base}
    (problem,) = problems(spec(**start), spec(**start, **args))
    assert problem.startswith(rule)
    assert 'allow_changes ["location"]' in problem, "a refusal names the way out"
    prepared = [PreparedChange.LOCATION]
    assert not state_problems(tempo_values(spec(**start)), tempo_values(spec(**start, **args)), prepared=prepared)


@pytest.mark.parametrize("endpoint", ["https://s3.example.org/", "https://s3.example.org:443", "http://S3.example.org"])
def test_another_spelling_of_the_same_store_may_be_given(endpoint: str) -> None:
    assert problems(spec(), spec(endpoint=endpoint)) == []


@pytest.mark.parametrize(("before", "after"), [(3, 2), (5, 4)])
def test_an_ingester_may_go_whose_spans_others_have_confirmed(before: int, after: int) -> None:
    assert problems(spec(replicas=before), spec(replicas=after)) == []


@pytest.mark.parametrize(
    ("before", "after", "way"), [(5, 3, "Go down by one, to 4"), (2, 1, "Keep them"), (3, 1, "Go down by one, to 2")]
)
def test_ingesters_do_not_leave_with_spans_that_nobody_else_has(before: int, after: int, way: str) -> None:
    (problem,) = problems(spec(replicas=before), spec(replicas=after))
    assert (
        f"ingesters fall from {before} to {after}" in problem and way in problem and "POST to its /shutdown" in problem
    )
    applied, wanted = (tempo_values(spec(replicas=count)) for count in (before, after))
    assert not state_problems(applied, wanted, prepared=[PreparedChange.INGESTERS])


def test_the_store_is_not_switched() -> None:
    found = problems(spec(LAPTOP), spec(MONOLITHIC))
    assert "the storage backend changes from 'local' to 's3'" in found[0]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (MONOLITHIC, ON_PREMISES, "from monolithic to distributed:"),
        (ON_PREMISES, MONOLITHIC, "from distributed to monolithic:"),
        (MONOLITHIC, KAFKA, "from monolithic to distributed through Kafka:"),
        (KAFKA, MONOLITHIC, "from distributed through Kafka to monolithic:"),
    ],
)
def test_the_mode_is_not_jumped_and_the_second_tempo_leaves_the_blocks_alone(
    before: dict[str, Any], after: dict[str, Any], told: str
) -> None:
    (problem,) = problems(spec(before), spec(after))
    assert f"mode changes {told}" in problem
    assert "second Tracing with another release name, the same bucket" in problem
    (flow,) = re.findall(r"with (\{.*\}) among its values", problem)
    values = yaml.safe_load(flow)
    assert not list(misplaced_values(values, spec(after).mode, spec(after).through_kafka)), "the chart reads it there"


@pytest.mark.parametrize(
    ("base", "args", "rule"),
    [
        (None, {"volume_size": "4Gi"}, "the ingester volume size changes from '2Gi' to '4Gi'"),
        (None, {"storage_class": "longhorn"}, "the ingester volume storage class changes"),
        (None, {"generator_volume_size": "8Gi"}, "the generator volume size changes from '5Gi' to '8Gi'"),
        (LAPTOP, {"volume_size": "20Gi"}, "the volume size changes from '10Gi' to '20Gi'"),
        (LAPTOP, {"storage_class": "fast"}, "the volume storage class changes from '' to 'fast'"),
    ],
)
def test_volume_claim_templates_stay(base: dict[str, Any] | None, args: dict[str, Any], rule: str) -> None:
    start = {} if base is None else {"base": base}
    found = problems(spec(**start), spec(**start, **args))
    assert rule in found[0] and "no StatefulSet can change its volume claim templates" in found[0]


def test_tempo_2_does_not_become_tempo_3_in_place() -> None:
    (problem,) = problems(spec(), spec(KAFKA))
    assert "from Tempo 2 to Tempo 3" in problem
    assert "second Tracing with another release name, the same bucket" in problem
    assert "{overrides: {defaults: {compaction: {compaction_disabled: true}}}}" in problem


def test_tempo_3_does_not_go_back() -> None:
    (problem,) = problems(spec(KAFKA), spec())
    assert "from Tempo 3 back to Tempo 2" in problem and "Keep chart_version as it is" in problem


def test_a_topic_is_not_left_with_spans_in_it() -> None:
    (problem,) = problems(spec(KAFKA), spec(KAFKA, kafka_topic="other"))
    assert "the topic changes from 'tempo-traces' to 'other'" in problem and "pulumi up --replace" in problem


def test_a_topic_does_not_shrink() -> None:
    (problem,) = problems(spec(KAFKA, partitions=3), spec(KAFKA, partitions=2))
    assert "partitions fall from 3 to 2" in problem and "Keep 3" in problem


@pytest.mark.parametrize(
    "args",
    [
        {"partitions": 6},
        {"kafka_address": "kafka-new.messaging:9092"},
        {"kafka_credentials_secret": "rotated"},
        {"volume_size": "50Gi"},
        {"receivers": ["otlp", "jaeger", "zipkin"]},
    ],
)
def test_what_the_broker_holds_safe_may_change(args: dict[str, Any]) -> None:
    assert problems(spec(KAFKA), spec(KAFKA, **args)) == []


def test_every_problem_is_listed() -> None:
    assert len(problems(spec(), spec(bucket="bucket-b", bucket_prefix="p", volume_size="4Gi"))) == 3


@pytest.mark.parametrize(
    "args",
    [
        {"replicas": 3},
        {"retention": "30d"},
        {"memory": "4Gi"},
        {"remote_write_url": ""},
        {"chart_version": "1.61.0"},
        {"credentials_secret": "rotated"},
        {"gateway": True},
    ],
)
def test_everything_else_may_change(args: dict[str, Any]) -> None:
    assert problems(spec(), spec(**args)) == []
    assert problems(spec(**args), spec()) == []
