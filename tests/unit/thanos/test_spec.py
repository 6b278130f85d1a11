"""The arguments of `Thanos` and `ThanosObjectStore`: what is refused, and the defaults."""

from typing import Any

import pytest

from components._spec import REMOVE, InvalidArgsError
from components.thanos.roles import ThanosRole
from tests.fixes import fix_of
from tests.unit.thanos.specs import WHOLE, spec, store

TWO = {"replicas": 2}


@pytest.mark.parametrize(
    ("args", "place", "words"),
    [
        ({"retention_raw": "40h"}, "retention_raw", "at least 14d"),
        ({"retention_raw": "10d"}, "retention_raw", "at least 14d"),
        ({"retention_five_minutes": "13d"}, "retention_five_minutes", "at least 14d"),
        ({"retention_one_hour": "10d"}, "retention_one_hour", "at least 14d"),
        ({"retention": "7d"}, "retention", "at least 14d"),
        ({"downsampling": False, "retention": "24h"}, "retention", "at least 2d"),
        ({"downsampling": False, "retention_five_minutes": "90d"}, "retention_five_minutes", "downsampling false"),
        ({"compactor": False, "retention_raw": "90d"}, "retention_raw", "compactor false"),
        ({"compactor": False, "downsampling": False}, "downsampling", "compactor false"),
        ({"local_retention": "2h"}, "local_retention", "at least 6h"),
        ({"local_retention": "0d"}, "local_retention", "at least 6h"),
        ({"workloads": {"compact": TWO}}, "workloads.compact.replicas", "exactly 1 replica"),
        ({"workloads": {"rule": TWO}}, "workloads.rule", "ruler"),
        ({"workloads": {"receive-ingestor": TWO}}, "workloads.receive-ingestor", "receive"),
        ({"compactor": False, "workloads": {"compact": {"cpu": "1"}}}, "workloads.compact", "compactor"),
        ({"workloads": {"query": {"volume_size": "10Gi"}}}, "workloads.query.volume_size", "no volume"),
        ({"workloads": {"bucket-web": {"cpu": "1"}}}, "workloads.bucket-web.[key]", "store-gateway"),
        ({"external_labels": {"prometheus_replica": "a"}}, "external_labels.prometheus_replica", "replica label"),
        ({"external_labels": {"receive_replica": "a"}}, "external_labels.receive_replica", "the receivers"),
        ({"external_labels": {"rule_replica": "a"}}, "external_labels.rule_replica", "the ruler"),
        ({"replica_labels": ["rule_replica"]}, "replica_labels.0", "already"),
        ({"ruler_groups": WHOLE["ruler_groups"]}, "ruler_groups", "ruler false"),
        ({"alertmanager_url": "http://alertmanager:9093"}, "alertmanager_url", "ruler false"),
        ({"ruler": True, "ruler_groups": [{"rules": []}]}, "ruler_groups", "must have a name"),
        ({"ruler": True, "ruler_groups": [{"name": "a", "rules": []}]}, "ruler_groups", "at least one rule"),
        (
            {"ruler": True, "ruler_groups": [{**WHOLE["ruler_groups"][0], "partial_response_strategy": "never"}]},
            "ruler_groups",
            "must be one of abort, warn",
        ),
        ({"memcached_addresses": ["memcached"]}, "memcached_addresses.0", "host:port"),
        (
            {"memcached_addresses": ["memcached:11211"], "cache_endpoint": "valkey.caching:6379"},
            "memcached_addresses",
            "cache_endpoint",
        ),
        ({"index_cache_mib": 1024}, "index_cache_mib", "half of the memory of store-gateway, 1024 MiB"),
        ({"response_cache_mib": 512}, "response_cache_mib", "workloads.query-frontend.memory"),
        ({"values": {"compact": {"extraArgs": []}}}, "values.compact.extraArgs", "workloads.compact.extra_args"),
        ({"values": {"additionalReplicaLabels": ["replica"]}}, "values.additionalReplicaLabels", "replica_labels"),
        ({"values": {"compact": {"deduplication": {"enabled": True}}}}, "values.compact.deduplication", "merge"),
        ({"values": {"receive": {"enabled": True}}}, "values.receive.enabled", "receive"),
        ({"values": {"compact": None}}, "values.compact", ""),
        (
            {"workloads": {"compact": {"extra_args": ["--retention.resolution-raw=1d"]}}},
            "workloads.compact.extra_args.0",
            "use retention_raw",
        ),
        (
            {"workloads": {"compact": {"extra_args": ["--no-downsampling.disable"]}}},
            "workloads.compact.extra_args.0",
            "use downsampling",
        ),
        ({"workloads": {"query": {"extra_args": ["-v"]}}}, "workloads.query.extra_args.0", "--query.timeout=5m"),
    ],
)
def test_what_contradicts_itself_is_refused_at_its_place(args: dict[str, Any], place: str, words: str) -> None:
    with pytest.raises(InvalidArgsError) as caught:
        spec(**args)
    (problem, *_) = [problem for problem in caught.value.problems if problem.field == place]
    assert words in problem.message


def test_a_second_compactor_is_refused_with_rule_and_fix() -> None:
    with pytest.raises(InvalidArgsError) as caught:
        spec(workloads={"compact": {"replicas": 2}})
    assert str(caught.value).splitlines()[1:] == [
        "  workloads.compact.replicas = 2: the compactor must have exactly 1 replica, as two would damage the blocks; "
        "remove it or set 1"
    ]
    assert spec(workloads={"compact": {"replicas": 1}}), "one is what there is"


@pytest.mark.parametrize(
    ("args", "fix"),
    [
        ({"retention_raw": "40h"}, {"retention_raw": "14d"}),
        ({"retention": "7d"}, {"retention": "14d"}),
        ({"workloads": {"compact": TWO}}, {"workloads.compact.replicas": REMOVE}),
        ({"index_cache_mib": 2048}, {"index_cache_mib": 512}),
        ({"alertmanager_url": "http://alertmanager:9093"}, {"ruler": True}),
    ],
)
def test_a_fix_is_applied_as_it_is_printed(args: dict[str, Any], fix: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgsError) as caught:
        spec(**args)
    (problem,) = caught.value.problems
    assert fix_of(problem) == fix


@pytest.mark.parametrize("forever", ["0d", "0s"])
def test_a_retention_may_be_for_ever(forever: str) -> None:
    assert spec(retention_one_hour=forever).retentions["1h"] == forever


def test_a_resolution_without_a_retention_of_its_own_has_that_of_all() -> None:
    assert spec(retention="90d", retention_one_hour="1095d").retentions == {"raw": "90d", "5m": "90d", "1h": "1095d"}


def test_without_downsampling_two_days_of_samples_are_enough() -> None:
    assert spec(downsampling=False, retention="2d").retentions["raw"] == "2d"


def test_every_workload_is_a_choice_but_those_of_queries() -> None:
    assert set(spec(**WHOLE).roles) == set(ThanosRole)
    assert set(spec(compactor=False).roles) == {
        ThanosRole.QUERY,
        ThanosRole.QUERY_FRONTEND,
        ThanosRole.STORE_GATEWAY,
    }


@pytest.mark.parametrize(
    ("args", "place", "words"),
    [
        ({"bucket": ""}, "bucket", "no volume replaces"),
        ({"bucket": "Acme"}, "bucket", "a-z"),
        ({"region": ""}, "endpoint", "requires region"),
        ({"bucket_prefix": "/thanos/"}, "bucket_prefix", "slash"),
        ({"endpoint": "https://s3.example.org/bucket"}, "endpoint", "path"),
        ({"access_key_id": "key"}, "secret_access_key", "is missing"),
        (
            {"endpoint": "http://minio:9000", "storage_ca": {"secret": "ca", "key": "ca.crt"}},
            "storage_ca",
            "https endpoint",
        ),
        ({"storage_ca": {"key": "ca.crt"}}, "storage_ca", "secret or config_map"),
    ],
)
def test_a_store_that_cannot_be_reached_is_refused(args: dict[str, Any], place: str, words: str) -> None:
    with pytest.raises(InvalidArgsError) as caught:
        store(**args)
    (problem, *_) = [problem for problem in caught.value.problems if problem.field == place]
    assert words in problem.message
