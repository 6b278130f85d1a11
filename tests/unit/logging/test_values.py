"""The chart values of Loki: what a running platform asked for, and what must hold in every mode and generation."""

from typing import Any

import pytest

from components.logging.modes import SCALED_SECTIONS
from components.logging.values import loki_values, merged_values

from .examples import BUCKET, CHARTS, DISTRIBUTED, DOCUMENT, LAPTOP, ROLES, RULES, ZONES, spec_of

SHAPES: list[dict[str, Any]] = [
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
in_every_shape = pytest.mark.parametrize("shape", SHAPES)


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
@in_every_shape
def test_one_mode_runs_and_every_copy_has_its_replica(chart: str, shape: dict[str, Any]) -> None:
    spec = spec_of(shape, chart_version=chart)
    values = loki_values(spec)
    expected = {role.section for mode in spec.modes for role in spec.roles(mode)}
    assert set(running(values)) == expected
    copies = values["loki"]["commonConfig"]["replication_factor"]
    assert copies <= values[spec.mode.ingester.section]["replicas"]


@everywhere
@in_every_shape
def test_every_container_requests_memory_up_to_its_limit(chart: str, shape: dict[str, Any]) -> None:
    values = loki_values(spec_of(shape, chart_version=chart, service_monitor=True))
    parts = [*running(values).values(), values["gateway"], values["chunksCache"], values["memcachedExporter"]]
    if chart == "18.11.0":
        parts.append(values["gateway"]["metrics"])
    for part in parts:
        requests, limits = part["resources"]["requests"], part["resources"]["limits"]
        assert requests["cpu"] and requests["memory"] == limits["memory"]


@everywhere
@in_every_shape
def test_no_volume_leaves_with_a_pod_or_the_release(chart: str, shape: dict[str, Any]) -> None:
    values = loki_values(spec_of(shape, chart_version=chart))
    for section, part in running(values).items():
        if section not in STATELESS:
            assert part["persistence"]["enableStatefulSetAutoDeletePVC"] is False
            assert part["terminationGracePeriodSeconds"] == 300, "an ingester needs time to leave the ring"


@everywhere
@in_every_shape
def test_a_pod_starts_on_a_cluster_with_fewer_nodes_than_replicas(chart: str, shape: dict[str, Any]) -> None:
    values = loki_values(spec_of(shape, chart_version=chart))
    for part in [*running(values).values(), values["gateway"]]:
        rules = part["affinity"]["podAntiAffinity"]
        assert rules["requiredDuringSchedulingIgnoredDuringExecution"] == [], "the chart's rule must be overridden"
        assert len(rules["preferredDuringSchedulingIgnoredDuringExecution"]) == 1


def test_separate_nodes_are_required_when_asked_for() -> None:
    rules = loki_values(spec_of(BUCKET, replicas=3, separate_nodes=True))["singleBinary"]["affinity"]["podAntiAffinity"]
    assert rules["requiredDuringSchedulingIgnoredDuringExecution"][0]["topologyKey"] == "kubernetes.io/hostname"
    assert rules["preferredDuringSchedulingIgnoredDuringExecution"] == []


@everywhere
@in_every_shape
def test_a_first_pod_can_join_itself_and_nothing_is_cluster_wide(chart: str, shape: dict[str, Any]) -> None:
    values = loki_values(spec_of(shape, chart_version=chart))
    assert values["memberlist"]["service"]["publishNotReadyAddresses"] is True
    assert values["rbac"]["namespaced"] is True, "ClusterRoles of two releases would have one name"
    assert values["serviceAccount"]["automountServiceAccountToken"] is (chart == "6.51.0" and "ruler" in shape)


def test_three_replicas_let_one_at_a_time_be_drained_on_both_generations() -> None:
    older = loki_values(spec_of(BUCKET, replicas=3, chart_version="6.51.0"))
    newer = loki_values(spec_of(BUCKET, replicas=3))
    assert older["podDisruptionBudget"] == {"maxUnavailable": 1}
    assert newer["singleBinary"]["podDisruptionBudget"] == {"maxUnavailable": 1}


def test_a_single_replica_has_no_budget_that_would_block_a_drain() -> None:
    assert "podDisruptionBudget" not in loki_values(spec_of(BUCKET, chart_version="6.51.0"))


def test_the_older_generation_is_given_the_seccomp_profile_that_it_lacks() -> None:
    values = loki_values(spec_of(BUCKET, chart_version="6.51.0"))
    for part in (values["loki"], values["gateway"], values["memcached"]):
        assert part["podSecurityContext"] == {"seccompProfile": {"type": "RuntimeDefault"}}


@pytest.mark.parametrize(("replicas", "copies"), [(1, 1), (2, 2), (3, 3), (5, 3)])
def test_lines_are_copied_to_as_many_ingesters_as_there_are_up_to_three(replicas: int, copies: int) -> None:
    assert loki_values(spec_of(BUCKET, replicas=replicas))["loki"]["commonConfig"]["replication_factor"] == copies


def test_credentials_are_the_environment_of_every_loki_pod_and_nowhere_else() -> None:
    values = loki_values(spec_of(DOCUMENT, credentials_checksum="abc"))
    for part in running(values).values():
        assert part["extraEnvFrom"] == [{"secretRef": {"name": "loki-bucket"}}]
    assert "extraEnvFrom" not in values["gateway"]
    assert values["loki"]["podAnnotations"] == {"checksum/credentials": "abc"}
    assert not {"accessKeyId", "secretAccessKey"} & set(values["loki"]["storage"]["s3"])


def test_on_aws_the_pods_identity_is_enough() -> None:
    role = {"eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/loki"}
    values = loki_values(spec_of(BUCKET, service_account_annotations=role, kms_key_arn="arn:aws:kms:key"))
    assert values["serviceAccount"]["annotations"] == role
    assert values["serviceAccount"]["name"] == "loki", "the trust policy names it"
    assert values["loki"]["storage"]["s3"] == {
        "s3ForcePathStyle": False,
        "region": "eu-west-1",
        "sse": {"type": "SSE-KMS", "kms_key_id": "arn:aws:kms:key"},
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
    assert "service.name" in labels and "k8s.namespace.name" in labels
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
