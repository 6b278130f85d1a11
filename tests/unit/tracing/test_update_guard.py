"""Updates of an applied Tempo that are refused."""

import re
from typing import Any

import pytest
import yaml

from components._merge import deep_merge
from components.tracing.modes import TEMPO_2_VERSIONS
from components.tracing.spec import GuardedChange, TracingSpec
from components.tracing.update_guard import update_problems, upgrade_problems
from components.tracing.values import tempo_values
from components.tracing.values_check import values_problems
from tests.unit.tracing.specs import KAFKA, LAPTOP, ON_PREMISES, spec

MONOLITHIC: dict[str, Any] = {"bucket": "prod", "endpoint": "https://s3.example.org"}
NEW, OLD = TEMPO_2_VERSIONS[0], TEMPO_2_VERSIONS[-1]


def problems(old: TracingSpec, new: TracingSpec, *allowed: GuardedChange) -> list[str]:
    return update_problems(tempo_values(old), tempo_values(new), allowed=allowed)


@pytest.mark.parametrize("base", [None, MONOLITHIC])
@pytest.mark.parametrize(
    ("args", "change"),
    [
        ({"bucket": "other"}, 'bucket = "other": must not change from "prod" in one update, as '),
        ({"bucket_prefix": "traces"}, 'bucket_prefix = "traces": '),
        (
            {"endpoint": "https://s3-new.example.org"},
            'endpoint = "s3-new.example.org": ',
        ),
        ({"endpoint": "", "region": "eu-west-1"}, 'endpoint = "s3.eu-west-1.amazonaws.com": must not change from '),
    ],
)
def test_the_location_of_blocks_cannot_change(base: dict[str, Any] | None, args: dict[str, Any], change: str) -> None:
    start = {} if base is None else {"base": base}
    old, new = spec(**start), spec(**start, **args)
    (problem,) = problems(old, new)
    assert problem.startswith(change)
    assert 'allow_changes ["location"]' in problem
    assert not problems(old, new, GuardedChange.LOCATION)


@pytest.mark.parametrize("endpoint", ["https://s3.example.org/", "https://s3.example.org:443", "http://S3.example.org"])
def test_the_address_of_a_store_may_be_written_otherwise(endpoint: str) -> None:
    assert problems(spec(), spec(endpoint=endpoint)) == []


@pytest.mark.parametrize(("before", "after"), [(3, 2), (5, 4)])
def test_one_ingester_of_three_or_more_may_be_removed(before: int, after: int) -> None:
    assert problems(spec(replicas=before), spec(replicas=after)) == []


@pytest.mark.parametrize(
    ("before", "after", "fix"), [(5, 3, "remove one, set 4"), (2, 1, "keep 2"), (3, 1, "remove one, set 2")]
)
def test_ingesters_with_spans_that_no_other_has_cannot_be_removed(before: int, after: int, fix: str) -> None:
    old, new = spec(replicas=before), spec(replicas=after)
    (problem,) = problems(old, new)
    assert problem.startswith(f"replicas = {after}: must not change from {before} ")
    assert fix in problem and "POST to its /shutdown" in problem
    assert not problems(old, new, GuardedChange.INGESTERS)


def test_the_store_cannot_change() -> None:
    found = problems(spec(LAPTOP), spec(MONOLITHIC))
    assert found[0].startswith('store = "s3": must not change from "filesystem"')


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (MONOLITHIC, ON_PREMISES, '"distributed": must not change from "monolithic" '),
        (ON_PREMISES, MONOLITHIC, '"monolithic": must not change from "distributed" '),
        (MONOLITHIC, KAFKA, '"distributed": must not change from "monolithic" '),
        (KAFKA, MONOLITHIC, '"monolithic": must not change from "distributed" '),
    ],
)
def test_the_mode_cannot_change_and_the_second_tempo_does_not_compact(
    before: dict[str, Any], after: dict[str, Any], change: str
) -> None:
    (problem,) = problems(spec(before), spec(after))
    assert problem.startswith(f"mode = {change}")
    assert "second one with another release name, the same bucket" in problem
    (flow,) = re.findall(r"with (\{.*\}) among its values", problem)
    values = yaml.safe_load(flow)
    assert not list(values_problems(values, spec(after).mode, spec(after).uses_kafka)), "the chart reads it there"


@pytest.mark.parametrize(
    ("base", "args", "change"),
    [
        (None, {"volume_size": "4Gi"}, 'workloads.ingester.volume_size = "4Gi": must not change from "2Gi"'),
        (None, {"storage_class": "longhorn"}, 'workloads.ingester.storage_class = "longhorn": '),
        (
            None,
            {"generator_volume_size": "8Gi"},
            'workloads.metrics-generator.volume_size = "8Gi": ',
        ),
        (LAPTOP, {"volume_size": "20Gi"}, 'volume_size = "20Gi": must not change from "10Gi"'),
        (LAPTOP, {"storage_class": "fast"}, 'storage_class = "fast": must not change from ""'),
    ],
)
def test_volume_claim_templates_cannot_change(base: dict[str, Any] | None, args: dict[str, Any], change: str) -> None:
    start = {} if base is None else {"base": base}
    found = problems(spec(**start), spec(**start, **args))
    assert found[0].startswith(change)


def test_tempo_2_cannot_become_tempo_3() -> None:
    (problem,) = problems(spec(), spec(KAFKA))
    assert problem.startswith("chart_version: must not change from Tempo 2 to Tempo 3")
    assert "second one with another release name, the same bucket" in problem
    assert "{overrides: {defaults: {compaction: {compaction_disabled: true}}}}" in problem


def test_tempo_3_cannot_become_tempo_2() -> None:
    (problem,) = problems(spec(KAFKA), spec())
    assert (
        problem.startswith("chart_version: must not change from Tempo 3 to Tempo 2") and "keep chart_version" in problem
    )


def test_the_topic_cannot_change() -> None:
    (problem,) = problems(spec(KAFKA), spec(KAFKA, kafka_topic="other"))
    assert (
        problem.startswith('kafka_topic = "other": must not change from "tempo.tracing"')
        and "pulumi up --replace" in problem
    )


def test_a_topic_from_before_its_default_is_kept_by_its_name() -> None:
    (problem,) = problems(spec(KAFKA, kafka_topic="tempo-traces"), spec(KAFKA))
    assert problem.startswith('kafka_topic = "tempo.tracing": must not change from "tempo-traces"')
    assert 'set kafka_topic "tempo-traces" to keep it; or' in problem


def test_partitions_cannot_be_removed() -> None:
    (problem,) = problems(spec(KAFKA, partitions=3), spec(KAFKA, partitions=2))
    assert problem.startswith("partitions = 2: must not change from 3") and "keep 3" in problem


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
def test_settings_of_tempo_3_that_lose_nothing_may_change(args: dict[str, Any]) -> None:
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
        {"chart_version": TEMPO_2_VERSIONS[-1]},
        {"credentials_secret": "rotated"},
        {"gateway": True},
    ],
)
def test_other_settings_may_change(args: dict[str, Any]) -> None:
    assert problems(spec(), spec(**args)) == []
    assert problems(spec(**args), spec()) == []


def inputs(version: str) -> dict[str, str]:
    return {"name": "tempo", "namespace": "tracing", "version": version}


@pytest.mark.parametrize(("before", "after"), [(OLD, NEW), (NEW, OLD)])
def test_memcached_cannot_change_in_place_and_the_message_has_both_commands(before: str, after: str) -> None:
    (problem,) = upgrade_problems(inputs(before), inputs(after))
    assert problem.startswith(f'chart_version = "{after}": must not change from "{before}"')
    assert "kubectl -n tracing delete statefulset tempo-memcached --cascade=orphan" in problem
    assert "kubectl -n tracing delete service tempo-memcached" in problem


def test_an_allowed_change_of_memcached_passes() -> None:
    assert not upgrade_problems(inputs(OLD), inputs(NEW), allowed=[GuardedChange.CACHE])


@pytest.mark.parametrize("version", [OLD, NEW])
def test_other_upgrades_pass(version: str) -> None:
    assert not upgrade_problems(inputs(version), inputs(version))
    assert not upgrade_problems({}, inputs(version))


@pytest.mark.parametrize("enabled", [(True, False), (False, True), (False, False)])
def test_memcached_that_is_added_or_removed_with_the_chart_passes(enabled: tuple[bool, bool]) -> None:
    before, after = ({"values": {"memcached": {"enabled": each}}} for each in enabled)
    assert not upgrade_problems({**inputs(OLD), **before}, {**inputs(NEW), **after})


@pytest.mark.parametrize("place", ["memberlist", "structured"])
def test_another_label_of_the_ring_is_reached_in_steps_alone(place: str) -> None:
    def applied(**config: Any) -> dict[str, Any]:
        values = (
            {"memberlist": config} if place == "memberlist" else {"tempo": {"structuredConfig": {"memberlist": config}}}
        )
        return deep_merge(tempo_values(spec()), values)

    (problem,) = update_problems(tempo_values(spec()), applied(cluster_label="mine"))
    assert problem.startswith('values.memberlist = {"cluster_label": "mine", ')
    assert 'must not change from values.memberlist = {"cluster_label": "{{ .Release.Name }}' in problem
    assert problem.count('"cluster_label_verification_disabled": true') == 2, "both labels unverified between"
    unverified = applied(cluster_label="mine", cluster_label_verification_disabled=True)
    assert update_problems(unverified, applied(cluster_label="mine")) == []


def test_a_single_pod_may_get_any_label() -> None:
    values = tempo_values(spec(LAPTOP))
    assert update_problems(values, {**values, "memberlist": {"cluster_label": "mine"}}) == []
