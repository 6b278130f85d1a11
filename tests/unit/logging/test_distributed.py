"""What Loki in microservices has of its own: its roles, zones, rules and traces, on both chart generations."""

from typing import Any

import pytest

from components.logging.modes import SCALED_SECTIONS
from components.logging.values import loki_values, merged_values

from .examples import BUCKET, CHARTS, DISTRIBUTED, DOCUMENT, LAPTOP, ROLES, RULES, ZONES, spec_of

everywhere = pytest.mark.parametrize("chart", CHARTS)


def replicas(values: dict[str, Any]) -> dict[str, int]:
    return {section: values[section]["replicas"] for section in SCALED_SECTIONS if values[section]["replicas"]}


def test_one_pod_of_each_role_is_the_platform_of_its_document() -> None:
    values = loki_values(spec_of(ROLES))
    roles = ["distributor", "ingester", "querier", "queryFrontend", "queryScheduler", "indexGateway", "compactor"]
    assert values["deploymentMode"] == "Distributed"
    assert replicas(values) == dict.fromkeys(roles, 1)
    assert values["loki"]["commonConfig"]["replication_factor"] == 1
    assert values["loki"]["querier"] == {"max_concurrent": 4}
    assert values["loki"]["ingester"]["chunk_encoding"] == "snappy"
    assert values["loki"]["schemaConfig"]["configs"][0]["index"] == {"prefix": "loki_index_", "period": "24h"}
    assert values["chunksCache"]["resources"]["requests"]["memory"] == "500Mi"


@everywhere
def test_roles_have_as_many_pods_as_their_work_needs(chart: str) -> None:
    values = loki_values(spec_of(DISTRIBUTED, **RULES, pattern_ingester=True, replicas=5, chart_version=chart))
    assert replicas(values) == {
        **dict.fromkeys(("distributor", "ingester", "querier"), 5),
        **dict.fromkeys(("queryFrontend", "queryScheduler", "indexGateway", "ruler", "patternIngester"), 2),
        "compactor": 1,
    }
    assert values["loki"]["commonConfig"]["replication_factor"] == 3


@everywhere
def test_what_is_written_survives_its_pod(chart: str) -> None:
    values = loki_values(spec_of(DISTRIBUTED, storage_class="gp3", chart_version=chart))
    claim = {"name": "data", "accessModes": ["ReadWriteOnce"], "size": "10Gi", "storageClass": "gp3"}
    for section in ("ingester", "compactor"):
        assert values[section]["persistence"]["enabled"] and values[section]["persistence"]["claims"] == [claim]
    assert values["indexGateway"]["persistence"]["size"] == "10Gi"
    assert values["loki"]["ingester"]["wal"]["flush_on_shutdown"] is True


@everywhere
def test_every_role_lets_one_pod_at_a_time_be_drained(chart: str) -> None:
    values = loki_values(spec_of(DISTRIBUTED, **RULES, chart_version=chart))
    assert {values[section]["maxUnavailable"] for section in replicas(values) if section != "compactor"} == {1}


@everywhere
def test_ingesters_are_one_set_unless_zones_are_named(chart: str) -> None:
    values = loki_values(spec_of(DISTRIBUTED, chart_version=chart))
    assert values["ingester"]["zoneAwareReplication"] == {"enabled": False}, "the chart would make three"
    assert "rollout_operator" not in values and "lifecycler" not in values["loki"]["ingester"]


@pytest.mark.parametrize(("chart", "strategy"), [("6.51.0", "updateStrategy"), ("18.11.0", "strategy")])
def test_zones_hold_a_copy_each_and_restart_one_after_the_other(chart: str, strategy: str) -> None:
    workloads = {"ingester": {"node_selector": {"pool": "logs"}}}
    values = loki_values(spec_of(DISTRIBUTED, ingester_zones=ZONES, workloads=workloads, chart_version=chart))
    zones = values["ingester"]["zoneAwareReplication"]
    assert [zones[f"zone{letter}"]["nodeSelector"] for letter in "ABC"] == [
        {"pool": "logs", "topology.kubernetes.io/zone": zone} for zone in ZONES
    ]
    assert values["loki"]["ingester"]["lifecycler"] == {"ring": {"zone_awareness_enabled": True}}
    assert values["ingester"][strategy] == {"type": "OnDelete"} and values["rollout_operator"]["enabled"]


def test_the_older_generation_gives_a_token_to_the_account_and_the_newer_to_the_pods_that_read_rules() -> None:
    older = loki_values(spec_of(DISTRIBUTED, **RULES, chart_version="6.51.0"))
    newer = loki_values(spec_of(DISTRIBUTED, **RULES))
    assert older["serviceAccount"]["automountServiceAccountToken"] is True
    assert newer["serviceAccount"]["automountServiceAccountToken"] is False
    assert newer["ruler"]["automountServiceAccountToken"] is True
    assert newer["defaults"]["automountServiceAccountToken"] is False


@everywhere
@pytest.mark.parametrize(
    ("shape", "section"),
    [(LAPTOP, "singleBinary"), ({**DOCUMENT, "workloads": {}}, "backend"), (DISTRIBUTED, "ruler")],
)
def test_rules_are_read_from_config_maps_in_every_mode(shape: dict[str, Any], section: str, chart: str) -> None:
    values = loki_values(spec_of({**shape, "chart_version": chart}, **RULES))
    rules, ruler = values["sidecar"]["rules"], values["loki"]["structuredConfig"]["ruler"]
    assert values["ruler"]["enabled"] is values["ruler"]["sidecar"] is True
    assert chart == "6.51.0" or values[section]["automountServiceAccountToken"] is True
    assert (rules["label"], rules["resource"]) == ("loki_rule", "configmap")
    assert rules["folder"] == ruler["storage"]["local"]["directory"] + "/fake", "a directory for each tenant"
    assert ruler["alertmanager_url"] == RULES["alertmanager_url"]
    assert ruler["enable_sharding"] is True, "several rulers would send each alert several times"
    requests, limits = (values["sidecar"]["resources"][part] for part in ("requests", "limits"))
    assert requests["memory"] == limits["memory"]


@everywhere
def test_nothing_reads_rules_that_nobody_wants(chart: str) -> None:
    values = loki_values(spec_of(DISTRIBUTED, chart_version=chart))
    ruler = values["loki"]["structuredConfig"]["ruler"]
    assert ruler["storage"]["local"]["directory"] == "/loki/rules", "Loki's image has it, empty; no volume covers it"
    assert ruler["rule_path"].startswith("/var/loki/"), "scratch space that can be written"
    assert values["ruler"] == {"replicas": 0, "enabled": False}
    assert values["sidecar"] == {"rules": {"enabled": False}}
    assert values["serviceAccount"]["automountServiceAccountToken"] is False


def test_loki_sends_its_own_traces_where_it_is_told() -> None:
    values = loki_values(spec_of(ROLES))
    assert values["loki"]["tracing"] == {"enabled": True}
    assert values["loki"]["image"] == {"tag": "3.6.7"}, "the chart's 3.6.3 starts without its tracing"
    for section in replicas(values):
        environment = {entry["name"]: entry["value"] for entry in values[section]["extraEnv"]}
        assert environment["OTEL_EXPORTER_OTLP_ENDPOINT"] == "http://alloy.alloy:4318"
        assert environment["GOMEMLIMIT"].endswith("MiB")
    assert "tracing" not in loki_values(spec_of(BUCKET))["loki"]


def test_the_newer_generation_traces_with_an_image_that_can() -> None:
    image = {"loki": {"image": {"tag": "3.9.0"}}}
    values = merged_values(spec_of(ROLES, chart_version="18.11.0", values=image))
    assert values["loki"]["tracing"] == {"enabled": True} and values["loki"]["image"] == {"tag": "3.9.0"}


def test_chunks_are_compressed_as_loki_does_unless_it_is_distributed_or_told() -> None:
    assert "chunk_encoding" not in loki_values(spec_of(BUCKET))["loki"]["ingester"]
    assert loki_values(spec_of(BUCKET, chunk_encoding="zstd"))["loki"]["ingester"]["chunk_encoding"] == "zstd"


@everywhere
def test_both_modes_run_on_the_way_to_roles(chart: str) -> None:
    values = loki_values(spec_of(DISTRIBUTED, migrate_from="simple-scalable", chart_version=chart))
    assert values["deploymentMode"] == "SimpleScalable<->Distributed"
    assert {"read", "write", "backend", "ingester", "querier"} <= set(replicas(values))
