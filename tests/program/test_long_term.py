"""The program with Thanos: its bucket in every store, who may use it, and where queries and pushes go."""

import json
from base64 import b64decode
from typing import Any

import pytest

from tests.program.programs import collectors, datasource, record_stack, refused, stack
from tools.program import Recording

AWS: dict[str, Any] = {
    "kind": "aws",
    "account_id": "123456789012",
    "buckets": {"logs": "acme-loki", "traces": "acme-tempo", "metrics": "acme-thanos"},
}
EXTERNAL: dict[str, Any] = {
    "kind": "external",
    "endpoint": "https://s3.example.org",
    "shared_bucket": "acme",
    "credentials": {"logs": "loki-bucket", "traces": "tempo-bucket", "metrics": "thanos-bucket"},
}
SMALL: dict[str, Any] = {"long_term": {}}
PAIR: dict[str, Any] = {"replicas": 2, "long_term": {"replicas": 2}}
WHOLE: dict[str, Any] = {"replicas": 2, "long_term": {"replicas": 2, "ruler": True, "receive": True}}
ACCOUNTS = {"thanos-store-gateway", "thanos-compact"}


def values(recording: Recording, name: str) -> dict[str, Any]:
    found: dict[str, Any] = recording.one(":Release", name).plain()["values"]
    return found


def objstore(recording: Recording) -> dict[str, Any]:
    data = recording.one(":Secret", "long-term-store-secret").plain()["data"]
    found: dict[str, Any] = json.loads(b64decode(data["objstore.yml"]))
    return found


def prometheus(recording: Recording) -> dict[str, Any]:
    found: dict[str, Any] = values(recording, "metrics-prometheus")["prometheus"]
    return found


def test_without_long_term_there_is_neither_thanos_nor_a_bucket_for_it() -> None:
    recording = stack()
    assert not recording.of_type(":Thanos") and not recording.of_type(":ThanosObjectStore")
    assert "thanos" not in prometheus(recording)["prometheusSpec"]
    assert set(recording.outputs["buckets"]) == {"logs", "traces"}


@pytest.mark.parametrize(
    ("storage", "bucket", "host"),
    [
        ({"kind": "in-cluster"}, "thanos", "seaweedfs-all-in-one.storage:8333"),
        ({"kind": "minio"}, "metrics", "minio.minio:9000"),
    ],
)
def test_a_store_in_the_cluster_gets_a_bucket_and_a_user_for_metrics(
    storage: dict[str, Any], bucket: str, host: str
) -> None:
    recording = stack(storage=storage, metrics=SMALL)
    config = objstore(recording)["config"]
    assert (config["bucket"], config["endpoint"], config["insecure"]) == (bucket, host, True)
    assert config["bucket_lookup_type"] == "path" and config["access_key"] and config["secret_key"]
    assert recording.outputs["buckets"]["metrics"] == bucket
    assert config["secret_key"] not in json.dumps(values(recording, "long-term-thanos"))


def test_the_secret_comes_before_prometheus_and_thanos_which_restart_with_it() -> None:
    recording = stack(metrics=SMALL)
    secret = recording.one(":Secret", "long-term-store-secret")
    for release in ("metrics-prometheus", "long-term-thanos"):
        assert secret.urn in recording.one(":Release", release).request.dependencies
    spec = prometheus(recording)["prometheusSpec"]
    assert spec["thanos"]["objectStorageConfig"]["existingSecret"] == {"name": "thanos-objstore", "key": "objstore.yml"}
    (revision,) = spec["podMetadata"]["annotations"].values()
    thanos = values(recording, "long-term-thanos")
    assert thanos["compact"]["podAnnotations"]["checksum/objstore"] == revision
    assert thanos["storeGateway"]["podAnnotations"]["checksum/objstore"] == revision


def test_the_bucket_keeps_metrics_and_prometheus_two_days() -> None:
    recording = stack(metrics=SMALL, retention={"metrics": "395d"})
    assert prometheus(recording)["prometheusSpec"]["retention"] == "48h"
    flags = values(recording, "long-term-thanos")["compact"]["extraArgs"]
    assert {flag for flag in flags if "395d" in flag} == {
        f"--retention.resolution-{resolution}=395d" for resolution in ("raw", "5m", "1h")
    }


def test_the_querier_finds_the_sidecars_and_grafana_asks_the_frontend() -> None:
    recording = stack(metrics=PAIR)
    (sidecars,) = values(recording, "long-term-thanos")["additionalEndpoints"]
    assert sidecars.startswith("dnssrv+_grpc._tcp.") and "-thanos-discovery.monitoring.svc.cluster.local" in sidecars
    assert datasource(recording, "metrics")["url"] == "http://thanos-query-frontend.monitoring:10902"
    assert recording.outputs["metrics"]["query"] == "http://thanos-query-frontend.monitoring:10902"


def test_pushes_go_to_every_prometheus_of_a_pair_and_to_receivers_where_there_are_any() -> None:
    def writes(recording: Recording) -> list[str]:
        generator = values(recording, "tracing-tempo")["metricsGenerator"]["config"]["storage"]["remote_write"]
        return [write["url"] for write in generator]

    tracing = {"mode": "distributed"}
    assert len(writes(stack(metrics=PAIR, tracing=tracing))) == 2
    receiving = stack(metrics=WHOLE, tracing=tracing)
    url = "http://thanos-receive-router.monitoring:19291/api/v1/receive"
    assert writes(receiving) == [url]
    assert f'url = "{url}"' in collectors(receiving)
    assert "prometheus-operated" not in collectors(receiving)


@pytest.mark.parametrize("identity", ["pod-identity", "irsa"])
def test_on_aws_every_account_that_uses_the_bucket_has_a_role_with_the_least_actions(identity: str) -> None:
    issuer = {"oidc_issuer": "oidc.eks.eu-west-1.amazonaws.com/id/A"} if identity == "irsa" else {}
    recording = stack(storage={**AWS, "identity": identity, **issuer}, metrics=WHOLE)
    account = prometheus_account(recording)
    roles = [role.plain() for role in recording.of_type(":Role") if "bucket acme-thanos" in role.plain()["description"]]
    wanted = {account, "thanos-compact", "thanos-store-gateway", "thanos-rule", "thanos-receive-ingestor"}
    assert {role["name"] for role in roles} == {f"test-monitoring-{name}" for name in wanted}
    policies = {
        policy.plain()["role"]: json.loads(policy.plain()["policy"])["Statement"]
        for policy in recording.of_type(":RolePolicy")
        if "acme-thanos" in policy.plain()["policy"]
    }
    assert {len(statements[1]["Action"]) for statements in policies.values()} == {1, 3}
    reader = next(statements for role, statements in policies.items() if "store-gateway" in str(role))
    assert reader[1]["Action"] == ["s3:GetObject"]
    assert objstore(recording)["config"]["aws_sdk_auth"] is True
    compact = values(recording, "long-term-thanos")["compact"]
    annotated = "eks.amazonaws.com/role-arn" in compact["serviceAccount"]["annotations"]
    assert annotated is (identity == "irsa")
    associations = {
        found.plain()["serviceAccount"]
        for found in recording.of_type(":PodIdentityAssociation")
        if found.plain()["namespace"] == "monitoring"
    }
    assert associations == (set() if identity == "irsa" else wanted)


def prometheus_account(recording: Recording) -> str:
    """The name that the chart gives the ServiceAccount of Prometheus."""
    release = recording.one(":Release", "metrics-prometheus").plain()
    return f"{release['values']['fullnameOverride']}-prometheus"


def test_the_bucket_of_metrics_is_protected_and_never_expires_a_block() -> None:
    recording = stack(storage=AWS, metrics=SMALL)
    lifecycle = recording.one(":BucketLifecycleConfiguration", "storage-metrics-lifecycle").plain()
    assert [rule["id"] for rule in lifecycle["rules"]] == ["abort-incomplete-uploads"]
    assert recording.one(":Bucket", "storage-metrics").request.protect


def test_an_external_store_has_keys_of_the_stack_or_of_an_existing_secret() -> None:
    recording = stack(storage=EXTERNAL, metrics=SMALL)
    file = objstore(recording)
    assert file["prefix"] == "thanos" and "access_key" not in file["config"]
    thanos = values(recording, "long-term-thanos")
    for part in ("compact", "storeGateway"):
        names = [variable["valueFrom"]["secretKeyRef"]["name"] for variable in thanos[part]["extraEnv"]]
        assert names == ["thanos-bucket", "thanos-bucket"]
    (sidecar,) = prometheus(recording)["prometheusSpec"]["containers"]
    assert sidecar["name"] == "thanos-sidecar" and len(sidecar["env"]) == 2


def test_an_authority_of_the_store_reaches_the_sidecar_and_thanos() -> None:
    recording = stack(storage={**EXTERNAL, "ca": {"config_map": "s3-ca", "key": "ca.crt"}}, metrics=SMALL)
    spec = prometheus(recording)["prometheusSpec"]
    mounts = spec["thanos"]["volumeMounts"]
    assert mounts == values(recording, "long-term-thanos")["compact"]["extraVolumeMounts"]
    assert spec["volumes"][0]["configMap"]["name"] == "s3-ca"
    assert objstore(recording)["config"]["http_config"]["tls_config"]["ca_file"].startswith(mounts[0]["mountPath"])


def test_valkey_is_the_cache_of_thanos_too() -> None:
    recording = stack(caching={"kind": "valkey"}, metrics=SMALL)
    thanos = values(recording, "long-term-thanos")
    assert any('"REDIS"' in flag for flag in thanos["queryFrontend"]["extraArgs"])
    assert any('"REDIS"' in flag for flag in thanos["storeGateway"]["extraArgs"])
    reader = recording.one(":Secret", "long-term-cache-access-secret").plain()
    assert reader["metadata"]["namespace"] == "monitoring"


def test_with_logins_only_clients_of_the_stack_reach_thanos() -> None:
    tracing = {"mode": "distributed"}
    recording = stack(metrics=SMALL, tracing=tracing, security={"authentication": "basic"})
    policy = recording.one(":NetworkPolicy", "long-term-clients-network-policy").plain()["spec"]
    (source,) = policy["ingress"][0]["from"]
    names = source["namespaceSelector"]["matchExpressions"][0]["values"]
    assert {"monitoring", "telemetry", "tracing"} <= set(names)


def test_series_of_thanos_have_the_labels_of_prometheus() -> None:
    recording = stack(metrics={**WHOLE, "external_labels": {"region": "eu"}})
    labels = {'--label=cluster="test"', '--label=region="eu"'}
    thanos = values(recording, "long-term-thanos")
    assert labels <= set(thanos["rule"]["extraArgs"]) & set(thanos["receive"]["ingestor"]["extraArgs"])
    assert prometheus(recording)["prometheusSpec"]["externalLabels"] == {"cluster": "test", "region": "eu"}


@pytest.mark.parametrize(
    ("areas", "message"),
    [
        (
            {"storage": {"kind": "filesystem"}, "metrics": SMALL},
            'observability:storage.kind = "filesystem": must not be filesystem with metrics.long_term',
        ),
        ({"metrics": {"replicas": 2}}, "observability:metrics.replicas = 2: must be 1 without"),
        (
            {"metrics": {"long_term": {"workloads": {"compact": {"replicas": 2}}}}},
            "observability:metrics.long_term.workloads.compact.replicas = 2: the compactor must have exactly 1 replica",
        ),
        (
            {"metrics": SMALL, "retention": {"metrics": "7d"}},
            'observability:retention.metrics = "7d": must be at least 14d in Thanos',
        ),
        (
            {"metrics": {"long_term": {"retention_raw": "40h"}}},
            'observability:metrics.long_term.retention_raw = "40h": must be at least 14d',
        ),
        (
            {"metrics": {**SMALL, "external_labels": {"receive_replica": "a"}}},
            "receive_replica is the replica label of the receivers",
        ),
        (
            {"metrics": SMALL, "storage": {**AWS, "buckets": {"logs": "acme-loki", "traces": "acme-tempo"}}},
            "observability:storage.buckets.metrics: is missing: logs, traces and metrics need a bucket each",
        ),
        (
            {"storage": AWS},
            'observability:storage.buckets.metrics = "acme-thanos": is not used: metrics.long_term is not set',
        ),
        (
            {"metrics": SMALL, "storage": {**EXTERNAL, "credentials": {"logs": "a", "traces": "b"}}},
            "observability:metrics_access_key_id: is missing: metrics are kept on an S3 server",
        ),
        (
            {"metrics": {"kind": "none", "long_term": {"replicas": 2}}},
            "observability:metrics.long_term",
        ),
        (
            {"metrics": {"long_term": {"replica": 2}}},
            "observability:metrics.long_term.replica = 2: unknown setting; did you mean replicas?",
        ),
    ],
)
def test_bad_settings_are_refused_at_their_place(areas: dict[str, Any], message: str) -> None:
    assert message in refused(**areas)


def test_a_secret_setting_of_metrics_is_used_by_thanos_alone() -> None:
    storage = {**EXTERNAL, "credentials": {"logs": "a", "traces": "b", "metrics": "c"}}
    assert "is not used: metrics.long_term is not set" in refused(storage=storage)
    config: Any = {"aws:region": "eu-west-1", "cluster": {"name": "test"}, "storage": storage, "metrics": SMALL}
    assert record_stack(config).of_type(":Thanos")


def in_thanos(*rules: dict[str, Any], **long_term: Any) -> dict[str, Any]:
    files = {"months.yaml": {"groups": [{"name": "months", "rules": list(rules)}]}}
    return {"metrics": {"long_term": long_term}, "alerting": {"rules": files, "long_term_rules": ["months.yaml"]}}


MONTHS = {"record": "job:up:avg30d", "expr": "avg by (job) (avg_over_time(up[30d]))"}


def test_rule_files_of_the_ruler_reach_it_and_not_prometheus() -> None:
    recording = stack(**in_thanos(MONTHS, ruler=True))
    rules = json.loads(values(recording, "long-term-thanos")["rule"]["rules"]["value"])
    assert rules == {"groups": [{"name": "months", "rules": [MONTHS]}]}
    objects = [item.plain()["spec"]["groups"] for item in recording.of_type(":PrometheusRule")]
    assert "months" not in {group["name"] for groups in objects for group in groups}


@pytest.mark.parametrize(
    ("areas", "words"),
    [
        (
            in_thanos({**MONTHS, "expr": "avg_over_time(upp[30d])"}, ruler=True),
            ['observability:alerting.rules["months.yaml"]', "group 'months': rule 1 (job:up:avg30d)", "metric = upp"],
        ),
        (
            in_thanos({"alert": "Down", "expr": "up == 0"}, ruler=True),
            ['observability:alerting.rules["months.yaml"]', "(Down)", "severity", "no test expects it to fire"],
        ),
        (in_thanos(MONTHS), ["observability:alerting.long_term_rules", "metrics.long_term.ruler"]),
        ({"metrics": {"long_term": {"ruler": True, "ruler_groups": []}}}, ["ruler_groups"]),
    ],
)
def test_a_rule_of_the_ruler_is_refused_where_one_of_prometheus_would_be(areas: Any, words: list[str]) -> None:
    message = refused(**areas)
    assert all(word in message for word in words), message
