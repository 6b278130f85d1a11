"""Arguments that `Logging` refuses."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components._spec import REMOVE, InvalidArgsError
from components.logging.modes import LokiMode
from components.logging.spec import LoggingSpec
from tests.fixes import fix_of

from .examples import BOLTDB, BUCKET, DISTRIBUTED, DOCUMENT, LAPTOP, RULES, V6, V18, ZONES, spec_of


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        ({**BUCKET, "replication_factor": 3}, "replication_factor = 3: must be at most 1"),
        ({**DOCUMENT, "replication_factor": 3}, "replication_factor = 3: must be at most 2"),
        ({**LAPTOP, "replicas": 2}, "store filesystem"),
        ({**LAPTOP, "mode": "simple-scalable"}, "mode monolithic with 1 replica"),
        ({**LAPTOP, "bucket": "acme"}, 'bucket = "acme": '),
        ({"namespace": "logging"}, "bucket: is missing"),
        ({"namespace": "logging", "bucket": "acme"}, "AWS S3 requires region"),
        ({**BUCKET, "endpoint": "s3.example.org"}, 'endpoint = "s3.example.org": '),
        ({**BUCKET, "retention": "12h"}, 'retention = "12h": must be at least 24h'),
        ({**BUCKET, "retention": "90m"}, 'retention = "90m": '),
        ({**BUCKET, "workloads": {"write": {"replicas": 3}}}, "workloads.write"),
        ({**BUCKET, "workloads": {"loki": {"replica": 3}}}, "replica"),
        ({**BUCKET, "workloads": {"gateway": {"volume_size": "1Gi"}}}, "workloads.gateway.volume_size"),
        ({**BUCKET, "mode": "microservices"}, 'mode = "microservices": '),
        ({**BUCKET, "migrate_from": "monolithic"}, "from monolithic to monolithic"),
        ({**BUCKET, "mode": "distributed", "migrate_from": "monolithic"}, "monolithic, simple-scalable, distributed"),
        (
            {**DISTRIBUTED, "replication_factor": 3, "replicas": 2},
            "replication_factor = 3: must be at most 2",
        ),
        ({**DISTRIBUTED, "store": "filesystem", "bucket": ""}, "mode monolithic with 1 replica"),
        (
            {**DISTRIBUTED, "workloads": {"compactor": {"replicas": 2}}},
            "workloads.compactor.replicas = 2: ",
        ),
        ({**DISTRIBUTED, "workloads": {"ruler": {"replicas": 2}}}, "workloads.ruler"),
        ({**DISTRIBUTED, "workloads": {"querier": {"volume_size": "1Gi"}}}, "workloads.querier.volume_size"),
        ({**DISTRIBUTED, "ingester_zones": ["a", "b"]}, "three different zones"),
        ({**DISTRIBUTED, "ingester_zones": ["a", "b", "b"]}, "three different zones"),
        (
            {**DISTRIBUTED, "ingester_zones": ZONES, "replicas": 4},
            "4, must be a multiple of 3",
        ),
        ({**BUCKET, "ingester_zones": ZONES}, "mode distributed"),
        ({**BUCKET, "ruler": True}, "alertmanager_url: is missing"),
        ({**BUCKET, "alertmanager_url": "http://alertmanager:9093"}, "set ruler"),
        ({**BUCKET, "ruler": True, "alertmanager_url": "alertmanager:9093"}, "alertmanager_url = "),
        ({**BUCKET, "traces_endpoint": "alloy:4317"}, 'traces_endpoint = "alloy:4317": '),
        ({**BUCKET, "traces_endpoint": "http://alloy:4318"}, f"chart {V18}"),
        ({**BUCKET, "chunk_encoding": "zip"}, 'chunk_encoding = "zip": must be one of gzip, snappy, zstd, lz4'),
        ({**BUCKET, "release_name": "a" * 38}, "at most 37"),
        ({**BUCKET, "chart_version": "7.3.0"}, f"use one of {V18}, {V6}"),
        (
            {**BUCKET, "allow_changes": ["schema"]},
            "must be one of volumes, location, zones, tenants, ingesters",
        ),
    ],
)
def test_an_invalid_argument_is_refused_with_a_fix(args: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidArgsError) as raised:
        spec_of(args)
    assert sentence in str(raised.value)


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
        ({**BUCKET, "chart_version": "7.3.0"}, "chart_version", {"chart_version": V18}),
        ({**BUCKET, "bucket_prefix": "/loki/"}, "bucket_prefix", {"bucket_prefix": "loki"}),
    ],
)
def test_a_problem_has_its_field_and_fix(args: dict[str, Any], place: str, fix: dict[str, Any]) -> None:
    (problem,) = LoggingSpec.find_problems(args)
    assert (problem.field, fix_of(problem)) == (place, fix)


@given(
    replicas=st.integers(1, 9),
    factor=st.none() | st.integers(1, 3),
    mode=st.sampled_from(list(LokiMode)),
)
def test_an_accepted_replication_factor_fits_the_replicas(replicas: int, factor: int | None, mode: LokiMode) -> None:
    try:
        spec = spec_of(BUCKET, replicas=replicas, replication_factor=factor, mode=mode)
    except InvalidArgsError:
        assert factor is not None and factor > replicas
    else:
        assert 1 <= spec.effective_replication_factor <= spec.ingesters
