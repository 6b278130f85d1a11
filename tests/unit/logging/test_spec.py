"""What `Logging` refuses, and in which words."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components._spec import REMOVE, InvalidArgsError
from components.logging.advice import advice
from components.logging.config import loki_config
from components.logging.modes import Mode
from components.logging.schema import SchemaEntry, default_ledger, ledger_problem
from components.logging.spec import LoggingSpec
from tests.fixes import fix_of

from .examples import BUCKET, DISTRIBUTED, DOCUMENT, LAPTOP, RULES, ZONES, spec_of


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        ({**BUCKET, "replication_factor": 3}, "3 copies of each line need as many replicas of loki, which has 1"),
        ({**DOCUMENT, "replication_factor": 3}, "3 copies of each line need as many replicas of write, which has 2"),
        ({**LAPTOP, "replicas": 2}, "a filesystem is seen by one process alone"),
        ({**LAPTOP, "mode": "simple-scalable"}, "use mode monolithic with 1 replica, or store s3"),
        ({**LAPTOP, "bucket": "acme"}, "store filesystem writes nothing to bucket acme"),
        ({"namespace": "logging"}, "store s3 needs a bucket: name it"),
        ({"namespace": "logging", "bucket": "acme"}, "an empty endpoint is AWS S3, which needs a region"),
        ({**BUCKET, "endpoint": "s3.example.org"}, "write http:// or https://"),
        ({**BUCKET, "retention": "12h"}, "Loki keeps logs for 24h at least"),
        ({**BUCKET, "retention": "90m"}, "must be a whole number of hours: use 24h"),
        ({**BUCKET, "workloads": {"write": {"replicas": 3}}}, "write does not run in mode monolithic"),
        ({**BUCKET, "workloads": {"loki": {"replica": 3}}}, "replica"),
        ({**BUCKET, "workloads": {"gateway": {"volume_size": "1Gi"}}}, "gateway keeps nothing on a volume"),
        ({**BUCKET, "mode": "microservices"}, "must be one of monolithic, simple-scalable, distributed"),
        ({**BUCKET, "migrate_from": "monolithic"}, "cannot go from monolithic to monolithic"),
        ({**BUCKET, "mode": "distributed", "migrate_from": "monolithic"}, "monolithic, simple-scalable, distributed"),
        (
            {**DISTRIBUTED, "replication_factor": 3, "replicas": 2},
            "3 copies of each line need as many replicas of inge",
        ),
        ({**DISTRIBUTED, "store": "filesystem", "bucket": ""}, "use mode monolithic with 1 replica, or store s3"),
        (
            {**DISTRIBUTED, "workloads": {"compactor": {"replicas": 2}}},
            "workloads.compactor.replicas = 2: the compactor must have exactly 1 replica",
        ),
        ({**DISTRIBUTED, "workloads": {"ruler": {"replicas": 2}}}, "ruler does not run in mode distributed"),
        ({**DISTRIBUTED, "workloads": {"querier": {"volume_size": "1Gi"}}}, "querier keeps nothing on a volume"),
        ({**DISTRIBUTED, "ingester_zones": ["a", "b"]}, "name three different ones"),
        ({**DISTRIBUTED, "ingester_zones": ["a", "b", "b"]}, "name three different ones"),
        ({**DISTRIBUTED, "ingester_zones": ZONES, "replicas": 4}, "4 ingesters do not divide by three zones"),
        ({**BUCKET, "ingester_zones": ZONES}, "only mode distributed places ingesters by zone"),
        ({**BUCKET, "ruler": True}, "alertmanager_url: is missing: rules that fire would reach nobody"),
        ({**BUCKET, "alertmanager_url": "http://alertmanager:9093"}, "set ruler to true"),
        ({**BUCKET, "ruler": True, "alertmanager_url": "alertmanager:9093"}, "write http:// or https://"),
        ({**BUCKET, "traces_endpoint": "alloy:4317"}, "write http:// or https://"),
        ({**BUCKET, "traces_endpoint": "http://alloy:4318"}, "the Loki of chart 18.11.0 fails to start its tracing"),
        ({**BUCKET, "chunk_encoding": "zip"}, "must be one of gzip, snappy, zstd, lz4"),
        ({**BUCKET, "release_name": "a" * 38}, "use at most 37"),
        ({**BUCKET, "chart_version": "7.3.0"}, "use one of 18.11.0, 6.51.0"),
        (
            {**BUCKET, "allow_changes": ["schema"]},
            "must be one of volumes, location, zones, tenants, ingesters",
        ),
    ],
)
def test_a_wrong_argument_is_refused_with_a_way_out(args: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidArgsError) as raised:
        spec_of(args)
    assert sentence in str(raised.value)


@pytest.mark.parametrize(
    ("entries", "sentence"),
    [
        ([{"from": "2025-01-01"}, {"from": "2024-01-01"}], "order entries by date"),
        ([{"from": "2024-01-01"}, {"from": "2024-01-01"}], "order entries by date"),
        ([{"from": "2024-01-01", "schema": "v12"}], "append an entry with store tsdb and schema v13"),
        ([{"from": "2024-01-01", "store": "boltdb-shipper"}], "append an entry with store tsdb and schema v13"),
        ([{"from": "2024-01-01", "index_period": "168h"}], "Loki supports 24h alone"),
        ([{"from": "2024-01-01", "object_store": "filesystem"}], "append an entry for the new store"),
        ([{"from": "next week"}], "must be a day"),
        ([{"from": "2999-01-01"}], "the first entry begins on 2999-01-01"),
    ],
)
def test_a_ledger_out_of_order_is_refused(entries: list[dict[str, Any]], sentence: str) -> None:
    with pytest.raises(InvalidArgsError) as raised:
        spec_of(BUCKET, schema_entries=[{"object_store": "s3", **entry} for entry in entries])
    assert sentence in str(raised.value)


@pytest.mark.parametrize(("today", "refused"), [("2026-12-31", True), ("2027-01-01", False), ("2027-01-02", False)])
def test_the_first_entry_has_begun(today: str, refused: bool) -> None:
    later = SchemaEntry.model_validate({"from": "2027-01-01", "object_store": "s3"})
    problem = ledger_problem([later], "s3", today=date.fromisoformat(today))
    assert (problem is not None) is refused
    message = problem.message if problem else ""
    assert not problem or ("the first entry begins on 2027-01-01" in message and "such as from 2024-01-01" in message)
    assert ledger_problem([*default_ledger("s3"), later], "s3", today=date.fromisoformat(today)) is None


def test_a_ledger_with_a_past_is_kept_as_it_was_written() -> None:
    past = {
        "from": "2021-06-01",
        "store": "boltdb-shipper",
        "object_store": "s3",
        "schema": "v11",
        "index_prefix": "loki_index_",
    }
    spec = spec_of(BUCKET, schema_entries=[past, {"from": "2024-04-01", "object_store": "s3"}])
    assert spec.ledger[0].chart_value() == {
        "from": "2021-06-01",
        "store": "boltdb-shipper",
        "object_store": "s3",
        "schema": "v11",
        "index": {"prefix": "loki_index_", "period": "24h"},
    }


BOLTDB = {
    "from": "2019-01-01",
    "store": "boltdb",
    "object_store": "filesystem",
    "schema": "v10",
    "index_period": "168h",
}


def test_an_index_that_never_left_its_pod_is_read_from_the_volume() -> None:
    spec = spec_of(BUCKET, schema_entries=[BOLTDB, {"from": "2024-04-01", "object_store": "s3"}], bucket_prefix="loki")
    (past, _) = loki_config(spec)["schemaConfig"]["configs"]
    assert (past["store"], past["index"]["period"]) == ("boltdb", "168h")
    assert loki_config(spec)["storage_config"] == {"object_prefix": "loki", "boltdb": {"directory": "/var/loki/index"}}


@pytest.mark.parametrize("more", [{"replicas": 3}, {"mode": "distributed"}, {"migrate_from": "simple-scalable"}])
def test_an_index_that_never_left_its_pod_is_refused_where_others_would_need_it(more: dict[str, Any]) -> None:
    entries = [BOLTDB, {"from": "2024-04-01", "object_store": "s3"}]
    with pytest.raises(
        InvalidArgsError, match="the schema entry from 2019-01-01 has its index on the volume of one pod"
    ):
        spec_of(BUCKET, schema_entries=entries, **more)


CURRENT = {"from": "2024-01-01", "object_store": "s3"}
APPENDED = {"from": "<from>", "object_store": "s3"}
TLS_AND_LOGINS = {"tls_secret": "loki-tls", "logins_secret": "loki-logins"}
RULES_IN_BUCKET = {**BUCKET, **RULES, "rule_source": "bucket", "lokitool_image": "acme/lokitool:3.7.6"}
BURST = {"ingestion_rate_mb": 10, "ingestion_burst_size_mb": 2}


@pytest.mark.parametrize(
    ("args", "place", "fix"),
    [
        ({**BUCKET, "replication_factor": 3, "replicas": 2}, "replication_factor", {"replication_factor": 2}),
        ({**BUCKET, "workloads": {"write": {"replicas": 3}}}, "workloads.write", {"workloads.write": REMOVE}),
        (
            {**BUCKET, "workloads": {"gateway": {"volume_size": "1Gi"}}},
            "workloads.gateway.volume_size",
            {"workloads.gateway.volume_size": REMOVE},
        ),
        (
            {**DISTRIBUTED, "workloads": {"compactor": {"replicas": 2}}},
            "workloads.compactor.replicas",
            {"workloads.compactor.replicas": REMOVE},
        ),
        ({**DISTRIBUTED, "ingester_zones": ZONES, "replicas": 4}, "ingester_zones", {"replicas": 3}),
        (
            {**DISTRIBUTED, "ingester_zones": ZONES, "workloads": {"ingester": {"replicas": 5}}},
            "ingester_zones",
            {"workloads.ingester.replicas": 6},
        ),
        ({**LAPTOP, "replicas": 2}, "replicas", {"replicas": 1}),
        ({**LAPTOP, "workloads": {"loki": {"replicas": 2}}}, "workloads.loki.replicas", {"workloads.loki.replicas": 1}),
        ({**LAPTOP, "mode": "simple-scalable"}, "mode", {"mode": "monolithic"}),
        ({**LAPTOP, "migrate_from": "simple-scalable"}, "migrate_from", {"migrate_from": REMOVE}),
        (
            {**BUCKET, "cache_endpoint": "valkey.caching:6379", "chunks_cache_mib": 512},
            "chunks_cache_mib",
            {"chunks_cache_mib": REMOVE},
        ),
        ({**BUCKET, "memory": "100Mi"}, "memory", {"memory": "128Mi"}),
        (
            {**BUCKET, "workloads": {"loki": {"memory": "100Mi"}}},
            "workloads.loki.memory",
            {"workloads.loki.memory": "128Mi"},
        ),
        ({**BUCKET, "limits": BURST}, "limits.ingestion_burst_size_mb", {"limits.ingestion_burst_size_mb": 10}),
        (
            {**BUCKET, "tenants": ["a"], "tenant_limits": {"a": BURST}},
            "tenant_limits.a.ingestion_burst_size_mb",
            {"tenant_limits.a.ingestion_burst_size_mb": 10},
        ),
        ({**BUCKET, "retention": "12h"}, "retention", {"retention": "24h"}),
        ({**BUCKET, "retention": "1510m"}, "retention", {"retention": "25h"}),
        (
            {**BUCKET, "tenants": ["a"], "tenant_retention": {"a": "1510m"}},
            "tenant_retention.a",
            {"tenant_retention.a": "25h"},
        ),
        ({**BUCKET, "tenant_retention": {"a": "48h"}}, "tenant_retention.a", {"tenant_retention.a": REMOVE}),
        ({**BUCKET, "tenants": ["a"], "tenant_limits": {"b": {}}}, "tenant_limits.b", {"tenant_limits.b": REMOVE}),
        ({**BUCKET, "tenants": ["a", "b", "a"]}, "tenants", {"tenants": ["a", "b"]}),
        ({**BUCKET, "schema_entries": [CURRENT, CURRENT]}, "schema_entries", {"schema_entries.1": REMOVE}),
        (
            {**BUCKET, "schema_entries": [{**CURRENT, "index_period": "168h"}]},
            "schema_entries",
            {"schema_entries.0.index_period": "24h"},
        ),
        (
            {**BUCKET, "schema_entries": [{**CURRENT, "schema": "v12"}]},
            "schema_entries",
            {"schema_entries.1": APPENDED},
        ),
        (
            {**BUCKET, "schema_entries": [{**CURRENT, "object_store": "filesystem"}]},
            "schema_entries",
            {"schema_entries.1": APPENDED},
        ),
        ({**BUCKET, "schema_entries": [BOLTDB, CURRENT], "replicas": 2}, "replicas", {"replicas": 1}),
        ({**BUCKET, "schema_entries": [BOLTDB, CURRENT], "mode": "distributed"}, "mode", {"mode": "monolithic"}),
        (
            {**BUCKET, "schema_entries": [BOLTDB, CURRENT], "migrate_from": "simple-scalable"},
            "mode",
            {"migrate_from": REMOVE},
        ),
        (
            {**BUCKET, **TLS_AND_LOGINS, "service_monitor": True},
            "metrics_namespaces",
            {"metrics_namespaces": ["<metrics_namespaces>"]},
        ),
        (
            {**BUCKET, **TLS_AND_LOGINS, "values": {"gateway": {"enabled": False}}},
            "values.gateway.enabled",
            {"values.gateway.enabled": REMOVE},
        ),
        ({**BUCKET, "ruler": True}, "alertmanager_url", {"alertmanager_url": "<alertmanager_url>"}),
        ({**BUCKET, "rules": {"a.yaml": "groups: []"}}, "rules", {"ruler": True}),
        ({**BUCKET, **RULES, "rules": {"a.json": "groups: []"}}, "rules.a.json", {"rules.a.json": REMOVE}),
        ({**BUCKET, **RULES, "ruler_bucket": "r"}, "ruler_bucket", {"ruler_bucket": REMOVE}),
        ({**RULES_IN_BUCKET, "bucket_prefix": "loki"}, "rule_source", {"rule_source": "config-maps"}),
        ({**RULES_IN_BUCKET, "tenants": ["rules"]}, "rule_source", {"rule_source": "config-maps"}),
        ({**RULES_IN_BUCKET, "lokitool_image": ""}, "lokitool_image", {"lokitool_image": "<lokitool_image>"}),
        ({**BUCKET, "chart_version": "7.3.0"}, "chart_version", {"chart_version": "18.11.0"}),
        ({**BUCKET, "bucket_prefix": "/loki/"}, "bucket_prefix", {"bucket_prefix": "loki"}),
    ],
)
def test_a_rule_names_its_place_and_the_change_that_satisfies_it(
    args: dict[str, Any], place: str, fix: dict[str, Any]
) -> None:
    (problem,) = LoggingSpec.find_problems(args)
    assert (problem.place, fix_of(problem)) == (place, fix)


@given(
    replicas=st.integers(1, 9),
    factor=st.none() | st.integers(1, 3),
    mode=st.sampled_from(list(Mode)),
)
def test_whatever_is_accepted_has_a_replica_for_every_copy(replicas: int, factor: int | None, mode: Mode) -> None:
    try:
        spec = spec_of(BUCKET, replicas=replicas, replication_factor=factor, mode=mode)
    except InvalidArgsError:
        assert factor is not None and factor > replicas
    else:
        assert 1 <= spec.copies <= spec.ingesters


def test_two_copies_come_with_what_they_mean_for_writes() -> None:
    sentences = " ".join(advice(spec_of(DOCUMENT)))
    assert "a write needs both copies" in sentences and "Loki refuses every write" in sentences
    assert "simple-scalable is deprecated" in sentences


def test_three_monolithic_replicas_need_no_advice() -> None:
    assert advice(spec_of(BUCKET, replicas=3)) == []


def test_one_copy_on_several_replicas_is_named() -> None:
    assert "cannot be read" in advice(spec_of(BUCKET, replicas=2, replication_factor=1))[0]


def test_logs_on_one_volume_are_named() -> None:
    assert "lost with it" in advice(spec_of(LAPTOP))[0]


def test_an_open_guard_is_named_on_every_run() -> None:
    assert "changes of volumes pass unguarded" in advice(spec_of(BUCKET, allow_changes=["volumes"]))[0]
