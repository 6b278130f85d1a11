"""The chart values of Loki: those of three platforms, and what holds in every mode with every chart version."""

from typing import Any

import pytest

from components._spec import InvalidArgsError
from components.logging.modes import SCALED_SECTIONS
from components.logging.values import loki_values
from tests.unit.logging.examples import merged_values

from .examples import BUCKET, CHARTS, DISTRIBUTED, DOCUMENT, LAPTOP, ROLES, RULES, V6, V18, ZONES, spec_of

TOPOLOGIES: list[dict[str, Any]] = [
    LAPTOP,
    BUCKET,
    {**BUCKET, "replicas": 3},
    {**BUCKET, "mode": "simple-scalable"},
    {**BUCKET, "mode": "simple-scalable", "migrate_from": "monolithic"},
    DOCUMENT,
    DISTRIBUTED,
    {**ROLES, "traces_endpoint": ""},
    {**DISTRIBUTED, **RULES, "pattern_ingester": True, "ingester_zones": ZONES},
    {**DISTRIBUTED, "migrate_from": "simple-scalable"},
]
STATELESS = {"read", "distributor", "querier", "queryFrontend", "queryScheduler", "ruler", "patternIngester"}
everywhere = pytest.mark.parametrize("chart", CHARTS)
in_every_topology = pytest.mark.parametrize("topology", TOPOLOGIES)


def running(values: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {section: values[section] for section in SCALED_SECTIONS if values[section]["replicas"]}


@everywhere
def test_the_documents_platform_has_its_replicas_volumes_and_nodes(chart: str) -> None:
    values = loki_values(spec_of(DOCUMENT, chart_version=chart))
    assert values["deploymentMode"] == "SimpleScalable"
    assert {section: part["replicas"] for section, part in running(values).items()} == {
        "read": 1,
        "write": 2,
        "backend": 1,
    }
    assert values["backend"]["persistence"]["storageClass"] == "longhorn-crypto"
    assert values["write"]["persistence"]["storageClass"] == "longhorn-crypto-local"
    assert {values[section]["persistence"]["size"] for section in ("write", "backend")} == {"2Gi"}
    assert values["write"]["nodeSelector"] == {"node.kubernetes.io/role": "storage"}
    assert values["write"]["tolerations"] == [{"key": "node-role.kubernetes.io/storage", "operator": "Exists"}]
    assert values["read"]["nodeSelector"] == {}, "readers may run anywhere"


@everywhere
def test_the_documents_platform_has_its_configuration(chart: str) -> None:
    values = loki_values(spec_of(DOCUMENT, chart_version=chart))
    loki = values["loki"]
    assert loki["auth_enabled"] is False
    assert loki["limits_config"]["retention_period"] == "744h"
    assert loki["compactor"] == {"retention_enabled": True, "delete_request_store": "s3"}
    assert loki["storage_config"] == {"object_prefix": "loki"}
    assert loki["storage"]["bucketNames"] == {"chunks": "cluster", "ruler": "cluster", "admin": "cluster"}
    assert loki["ingester_client"] == {"remote_timeout": "10s"}
    assert loki["analytics"] == {"reporting_enabled": False}
    assert loki["schemaConfig"]["configs"] == [
        {
            "from": "2024-01-01",
            "store": "tsdb",
            "object_store": "s3",
            "schema": "v13",
            "index": {"prefix": "index_", "period": "24h"},
        }
    ]
    assert loki["commonConfig"]["replication_factor"] == 2
    assert (values["chunksCache"]["allocatedMemory"], values["resultsCache"]["allocatedMemory"]) == (512, 256)
    assert values["chunksCache"]["resources"]["limits"]["memory"] == "614Mi"
    assert values["resultsCache"]["resources"]["limits"]["memory"] == "307Mi"
    assert values["lokiCanary"]["enabled"] is values["test"]["enabled"] is False
    assert values["monitoring"]["dashboards"] == {"enabled": True}
    assert values["monitoring"]["serviceMonitor"] == {"enabled": True, "labels": {}}


@everywhere
@in_every_topology
def test_one_mode_runs_and_the_replication_factor_fits_its_replicas(chart: str, topology: dict[str, Any]) -> None:
    spec = spec_of(topology, chart_version=chart)
    values = loki_values(spec)
    expected = {role.section for mode in spec.modes for role in spec.roles(mode)}
    assert set(running(values)) == expected
    factor = values["loki"]["commonConfig"]["replication_factor"]
    assert factor <= values[spec.mode.ingester.section]["replicas"]


@everywhere
@in_every_topology
def test_every_container_requests_memory_up_to_its_limit(chart: str, topology: dict[str, Any]) -> None:
    values = loki_values(spec_of(topology, chart_version=chart, service_monitor=True))
    parts = [*running(values).values(), values["gateway"], values["chunksCache"], values["memcachedExporter"]]
    if chart == V18:
        parts.append(values["gateway"]["metrics"])
    for part in parts:
        requests, limits = part["resources"]["requests"], part["resources"]["limits"]
        assert requests["cpu"] and requests["memory"] == limits["memory"]


@everywhere
@in_every_topology
def test_no_volume_leaves_with_a_pod_or_the_release(chart: str, topology: dict[str, Any]) -> None:
    values = loki_values(spec_of(topology, chart_version=chart))
    for section, part in running(values).items():
        if section not in STATELESS:
            assert part["persistence"]["enableStatefulSetAutoDeletePVC"] is False
            assert part["terminationGracePeriodSeconds"] == 300, "an ingester needs time to leave the ring"


@everywhere
@in_every_topology
def test_a_pod_starts_on_a_cluster_with_fewer_nodes_than_replicas(chart: str, topology: dict[str, Any]) -> None:
    values = loki_values(spec_of(topology, chart_version=chart))
    for part in [*running(values).values(), values["gateway"]]:
        rules = part["affinity"]["podAntiAffinity"]
        assert rules["requiredDuringSchedulingIgnoredDuringExecution"] == [], "the chart's rule must be overridden"
        assert len(rules["preferredDuringSchedulingIgnoredDuringExecution"]) == 1


def test_separate_nodes_are_required_when_asked_for() -> None:
    rules = loki_values(spec_of(BUCKET, replicas=3, separate_nodes=True))["singleBinary"]["affinity"]["podAntiAffinity"]
    assert rules["requiredDuringSchedulingIgnoredDuringExecution"][0]["topologyKey"] == "kubernetes.io/hostname"
    assert rules["preferredDuringSchedulingIgnoredDuringExecution"] == []


@everywhere
@in_every_topology
def test_a_first_pod_can_join_itself_and_nothing_is_cluster_wide(chart: str, topology: dict[str, Any]) -> None:
    values = loki_values(spec_of(topology, chart_version=chart))
    assert values["memberlist"]["service"]["publishNotReadyAddresses"] is True
    assert values["rbac"]["namespaced"] is True, "ClusterRoles of two releases would have one name"
    assert values["serviceAccount"]["automountServiceAccountToken"] is (chart == V6 and "ruler" in topology)


def test_three_replicas_let_one_at_a_time_be_drained() -> None:
    older = loki_values(spec_of(BUCKET, replicas=3, chart_version=V6))
    newer = loki_values(spec_of(BUCKET, replicas=3))
    assert older["podDisruptionBudget"] == {"maxUnavailable": 1}
    assert newer["singleBinary"]["podDisruptionBudget"] == {"maxUnavailable": 1}


def test_a_single_replica_has_no_budget_that_would_block_a_drain() -> None:
    assert "podDisruptionBudget" not in loki_values(spec_of(BUCKET, chart_version=V6))


def test_v6_gets_the_seccomp_profile_that_it_lacks() -> None:
    values = loki_values(spec_of(BUCKET, chart_version=V6))
    for part in (values["loki"], values["gateway"], values["memcached"]):
        assert part["podSecurityContext"] == {"seccompProfile": {"type": "RuntimeDefault"}}


@pytest.mark.parametrize(("replicas", "factor"), [(1, 1), (2, 2), (3, 3), (5, 3)])
def test_the_replication_factor_is_the_number_of_ingesters_up_to_three(replicas: int, factor: int) -> None:
    assert loki_values(spec_of(BUCKET, replicas=replicas))["loki"]["commonConfig"]["replication_factor"] == factor


def test_credentials_are_the_environment_of_every_loki_pod_and_nowhere_else() -> None:
    values = loki_values(spec_of(DOCUMENT, credentials_checksum="abc"))
    for part in running(values).values():
        assert part["extraEnvFrom"] == [{"secretRef": {"name": "loki-bucket"}}]
    assert "extraEnvFrom" not in values["gateway"]
    assert values["loki"]["podAnnotations"] == {"checksum/credentials": "abc"}
    assert not {"accessKeyId", "secretAccessKey"} & set(values["loki"]["storage"]["s3"])


def test_on_aws_the_pods_identity_is_enough() -> None:
    role = {"eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/loki"}
    key = "arn:aws:kms:eu-west-1:123456789012:key/k"
    values = loki_values(spec_of(BUCKET, service_account_annotations=role, kms_key_arn=key))
    assert values["serviceAccount"]["annotations"] == role
    assert values["serviceAccount"]["name"] == "loki", "the trust policy names it"
    assert values["loki"]["storage"]["s3"] == {
        "s3ForcePathStyle": False,
        "region": "eu-west-1",
        "sse": {"type": "SSE-KMS", "kms_key_id": key},
    }
    assert values["singleBinary"]["extraEnvFrom"] == []


def test_a_store_without_tls_is_addressed_by_its_url() -> None:
    s3 = loki_values(spec_of(BUCKET, endpoint="http://seaweedfs.storage:8333", path_style=True))["loki"]["storage"][
        "s3"
    ]
    assert s3["endpoint"] == "http://seaweedfs.storage:8333"
    assert s3["insecure"] is s3["s3ForcePathStyle"] is True


def test_a_laptop_deletes_from_its_volume_too() -> None:
    loki = loki_values(spec_of(LAPTOP))["loki"]
    assert loki["storage"] == {"type": "filesystem"}
    assert loki["compactor"] == {"retention_enabled": True, "delete_request_store": "filesystem"}
    assert loki["schemaConfig"]["configs"][0]["object_store"] == "filesystem"


def test_what_changes_with_each_pod_is_no_index_label() -> None:
    distributor = loki_values(spec_of(BUCKET))["loki"]["distributor"]
    labels = distributor["otlp_config"]["default_resource_attributes_as_index_labels"]
    assert "service.name" in labels and "namespace" in labels
    assert not {"k8s.pod.name", "service.instance.id", "k8s.replicaset.name"} & set(labels)


def test_go_and_the_replay_of_the_log_stay_below_the_memory_limit() -> None:
    values = loki_values(spec_of(BUCKET, memory="2Gi"))
    assert values["singleBinary"]["extraEnv"] == [{"name": "GOMEMLIMIT", "value": "1740MiB"}]
    assert values["loki"]["ingester"]["wal"] == {
        "enabled": True,
        "replay_memory_ceiling": "1228MB",
        "flush_on_shutdown": True,
    }


def test_retention_is_written_in_hours() -> None:
    assert loki_values(spec_of(BUCKET, retention="30d"))["loki"]["limits_config"]["retention_period"] == "720h"


def test_a_cache_of_no_size_is_off() -> None:
    values = loki_values(spec_of(BUCKET, chunks_cache_mib=0, results_cache_mib=0))
    assert values["chunksCache"] == values["resultsCache"] == {"enabled": False}


@everywhere
def test_both_modes_run_while_migrating(chart: str) -> None:
    values = loki_values(
        spec_of(BUCKET, mode="simple-scalable", migrate_from="monolithic", replicas=3, chart_version=chart)
    )
    assert values["deploymentMode"] == "SingleBinary<->SimpleScalable"
    back = loki_values(spec_of(BUCKET, mode="monolithic", migrate_from="simple-scalable", chart_version=chart))
    assert back["deploymentMode"] == "SingleBinary<->SimpleScalable"


def test_names_follow_the_release() -> None:
    values = loki_values(spec_of(BUCKET, release_name="logs"))
    assert values["nameOverride"] == values["fullnameOverride"] == values["serviceAccount"]["name"] == "logs"


def test_values_laid_over_win_and_the_rest_stays() -> None:
    merged = merged_values(spec_of(BUCKET, values={"loki": {"limits_config": {"max_query_series": 9}}}))
    assert merged["loki"]["limits_config"]["max_query_series"] == 9
    assert merged["loki"]["limits_config"]["retention_period"] == "744h"


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


@pytest.mark.parametrize(("chart", "strategy"), [(V6, "updateStrategy"), (V18, "strategy")])
def test_zones_hold_a_copy_each_and_restart_one_after_the_other(chart: str, strategy: str) -> None:
    workloads = {"ingester": {"node_selector": {"pool": "logs"}}}
    values = loki_values(spec_of(DISTRIBUTED, ingester_zones=ZONES, workloads=workloads, chart_version=chart))
    zones = values["ingester"]["zoneAwareReplication"]
    assert [zones[f"zone{letter}"]["nodeSelector"] for letter in "ABC"] == [
        {"pool": "logs", "topology.kubernetes.io/zone": zone} for zone in ZONES
    ]
    assert values["loki"]["ingester"]["lifecycler"] == {"ring": {"zone_awareness_enabled": True}}
    assert values["ingester"][strategy] == {"type": "OnDelete"} and values["rollout_operator"]["enabled"]


def test_v6_mounts_the_token_by_service_account_and_later_charts_by_pod() -> None:
    older = loki_values(spec_of(DISTRIBUTED, **RULES, chart_version=V6))
    newer = loki_values(spec_of(DISTRIBUTED, **RULES))
    assert older["serviceAccount"]["automountServiceAccountToken"] is True
    assert newer["serviceAccount"]["automountServiceAccountToken"] is False
    assert newer["ruler"]["automountServiceAccountToken"] is True
    assert newer["defaults"]["automountServiceAccountToken"] is False


@everywhere
@pytest.mark.parametrize(
    ("topology", "section"),
    [(LAPTOP, "singleBinary"), ({**DOCUMENT, "workloads": {}}, "backend"), (DISTRIBUTED, "ruler")],
)
def test_rules_are_read_from_config_maps_in_every_mode(topology: dict[str, Any], section: str, chart: str) -> None:
    values = loki_values(spec_of({**topology, "chart_version": chart}, **RULES))
    rules, ruler = values["sidecar"]["rules"], values["loki"]["structuredConfig"]["ruler"]
    assert values["ruler"]["enabled"] is values["ruler"]["sidecar"] is True
    assert chart == V6 or values[section]["automountServiceAccountToken"] is True
    assert (rules["label"], rules["resource"]) == ("loki_rule", "configmap")
    assert rules["folder"] == ruler["storage"]["local"]["directory"] + "/fake", "a directory for each tenant"
    assert ruler["alertmanager_url"] == RULES["alertmanager_url"]
    assert ruler["enable_sharding"] is True, "several rulers would send each alert several times"
    requests, limits = (values["sidecar"]["resources"][part] for part in ("requests", "limits"))
    assert requests["memory"] == limits["memory"]


@everywhere
def test_without_a_ruler_no_rules_are_read(chart: str) -> None:
    values = loki_values(spec_of(DISTRIBUTED, chart_version=chart))
    ruler = values["loki"]["structuredConfig"]["ruler"]
    assert ruler["storage"]["local"]["directory"] == "/loki/rules", "Loki's image has it, empty; no volume covers it"
    assert ruler["rule_path"].startswith("/var/loki/"), "scratch space that can be written"
    assert values["ruler"] == {"replicas": 0, "enabled": False}
    assert values["sidecar"] == {"rules": {"enabled": False}}
    assert values["serviceAccount"]["automountServiceAccountToken"] is False


def test_loki_sends_its_own_traces_to_traces_endpoint() -> None:
    values = loki_values(spec_of(ROLES))
    assert values["loki"]["tracing"] == {"enabled": True}
    assert values["loki"]["image"] == {"tag": "3.6.7"}, "the chart's 3.6.3 starts without its tracing"
    for section in replicas(values):
        environment = {entry["name"]: entry["value"] for entry in values[section]["extraEnv"]}
        assert environment["OTEL_EXPORTER_OTLP_ENDPOINT"] == "http://alloy.alloy:4318"
        assert environment["GOMEMLIMIT"].endswith("MiB")
    assert "tracing" not in loki_values(spec_of(BUCKET))["loki"]


@pytest.mark.parametrize(
    ("endpoint", "image"),
    [
        ("https://s3.example.org", {"tag": "3.7.7"}),
        ("http://seaweedfs-all-in-one.storage:8333", {"tag": "3.7.7"}),
        ("http://minio.minio:9000", {"tag": "3.7.7"}),
        ("https://amazonaws.com.example.org", {"tag": "3.7.7"}),
        ("", None),
        ("https://s3.eu-west-1.amazonaws.com", None),
        ("https://bucket.vpce-0a1b-2c3d.s3.eu-west-1.vpce.amazonaws.com", None),
        ("https://s3.dualstack.eu-west-1.api.aws:443", None),
    ],
)
def test_stores_other_than_aws_s3_take_the_image_that_uploads_without_aws_chunked(endpoint: str, image: Any) -> None:
    assert loki_values(spec_of(BUCKET, chart_version=V18, endpoint=endpoint))["loki"].get("image") == image
    assert "image" not in loki_values(spec_of(BUCKET, chart_version=V6, endpoint=endpoint))["loki"]


@everywhere
def test_on_a_filesystem_nothing_is_uploaded_so_the_image_is_that_of_the_chart(chart: str) -> None:
    assert "image" not in loki_values(spec_of(LAPTOP, chart_version=chart))["loki"]


def test_later_charts_trace_with_another_image() -> None:
    image = {"loki": {"image": {"tag": "3.9.0"}}}
    values = merged_values(spec_of(ROLES, chart_version=V18, values=image))
    assert values["loki"]["tracing"] == {"enabled": True} and values["loki"]["image"] == {"tag": "3.9.0"}


def test_chunk_encoding_has_the_default_of_loki_unless_set_or_distributed() -> None:
    assert "chunk_encoding" not in loki_values(spec_of(BUCKET))["loki"]["ingester"]
    assert loki_values(spec_of(BUCKET, chunk_encoding="zstd"))["loki"]["ingester"]["chunk_encoding"] == "zstd"


@everywhere
def test_both_modes_run_on_the_way_to_roles(chart: str) -> None:
    values = loki_values(spec_of(DISTRIBUTED, migrate_from="simple-scalable", chart_version=chart))
    assert values["deploymentMode"] == "SimpleScalable<->Distributed"
    assert {"read", "write", "backend", "ingester", "querier"} <= set(replicas(values))


CACHE: dict[str, Any] = {"cache_endpoint": "valkey.caching:6379", "cache_password_secret": "loki-cache"}


@everywhere
def test_cache_endpoint_replaces_both_memcached(chart: str) -> None:
    values = loki_values(
        spec_of(BUCKET, **CACHE, cache_checksum="abc", credentials_checksum="def", chart_version=chart)
    )
    assert values["chunksCache"] == values["resultsCache"] == {"enabled": False}
    config = values["loki"]["structuredConfig"]
    chunks = config["chunk_store_config"]["chunk_cache_config"]["redis"]
    results = config["query_range"]["results_cache"]["cache"]["redis"]
    assert (chunks["db"], results["db"]) == (0, 1)
    assert chunks["password"] == "${CACHE_PASSWORD}"
    (variable,) = values["global"]["extraEnv"]
    assert variable["valueFrom"]["secretKeyRef"] == {"name": "loki-cache", "key": "password"}
    assert values["global"]["extraArgs"] == ["-config.expand-env=true"]
    assert values["global"]["dnsService"], "other global values stay"
    assert values["loki"]["podAnnotations"] == {"checksum/cache": "abc", "checksum/credentials": "def"}


def test_the_limits_of_writing_hold_for_it_as_for_memcached() -> None:
    config = loki_values(spec_of(BUCKET, **CACHE))["loki"]["structuredConfig"]
    assert config["chunk_store_config"]["chunk_cache_config"]["background"] == {"writeback_size_limit": "64MB"}


def test_memcached_beside_cache_endpoint_is_refused() -> None:
    with pytest.raises(InvalidArgsError, match="chunks_cache_mib = 512: must be 0"):
        spec_of(BUCKET, **CACHE, chunks_cache_mib=512)
    assert spec_of(BUCKET, **CACHE, chunks_cache_mib=0).results_cache_mib == 0
