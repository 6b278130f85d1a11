"""The values of chart `tempo-distributed`."""

import json
from typing import Any

import pytest

from components.tracing.modes import TEMPO_2_VERSIONS
from components.tracing.values import distributed_values
from components.units import parse_duration, parse_quantity
from tests.unit.tracing.specs import spec

WRITERS = ("ingester", "metricsGenerator")
READERS = ("compactor", "querier", "queryFrontend")
OTHERS = ("distributor", "memcached", "gateway")
PARTS = (*WRITERS, *READERS, *OTHERS)


@pytest.mark.parametrize("version", TEMPO_2_VERSIONS)
def test_two_ingesters_on_storage_nodes_write_below_a_prefix_of_the_bucket(version: str) -> None:
    values = distributed_values(spec(chart_version=version))
    assert values["traces"]["otlp"] == {"grpc": {"enabled": True}, "http": {"enabled": True}}
    assert values["ingester"]["replicas"] == 2
    assert values["ingester"]["persistence"] == {
        "enabled": True,
        "size": "2Gi",
        "storageClass": "longhorn-crypto-local",
    }
    assert values["ingester"]["tolerations"] == [{"key": "node-role.kubernetes.io/storage", "operator": "Exists"}]
    assert values["ingester"]["nodeSelector"] == {"node.kubernetes.io/role": "storage"}
    assert values["metaMonitoring"]["serviceMonitor"]["enabled"] is True
    assert values["storage"]["trace"]["backend"] == "s3"
    assert values["storage"]["trace"]["s3"] == {
        "bucket": "prod",
        "prefix": "tempo",
        "endpoint": "s3.example.org",
        "insecure": False,
        "forcepathstyle": False,
        "region": "fr-par",
    }


def test_the_generator_is_enabled_in_all_three_places() -> None:
    values = distributed_values(spec())
    assert values["metricsGenerator"]["enabled"] is True
    assert values["metricsGenerator"]["config"]["storage"]["remote_write"] == [
        {"url": "http://prometheus-operated.monitoring:9090/api/v1/write", "send_exemplars": True}
    ]
    assert values["overrides"]["defaults"]["metrics_generator"]["processors"] == [
        "service-graphs",
        "span-metrics",
        "local-blocks",
    ]


def test_without_remote_write_there_is_no_generator() -> None:
    values = distributed_values(spec(remote_write_url=""))
    assert values["metricsGenerator"] == {"enabled": False}
    assert values["overrides"] == {}, "processors without a generator make the distributor wait for an empty ring"


def test_the_generator_keeps_its_data_on_its_volume_and_apart_from_the_trace_log() -> None:
    generator = distributed_values(spec())["metricsGenerator"]
    paths = [generator["config"]["storage"]["path"], generator["config"]["traces_storage"]["path"]]
    assert generator["kind"] == "StatefulSet" and generator["persistence"]["enabled"] is True
    assert all(path.startswith("/var/tempo/generator/") for path in paths) and len(set(paths)) == 2


def test_only_readers_of_the_bucket_have_its_credentials() -> None:
    values = distributed_values(spec(credentials_checksum="c0ffee"))
    for part in (*WRITERS, *READERS):
        names = {entry["name"]: entry for entry in values[part]["extraEnv"]}
        for key in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            assert names[key]["valueFrom"]["secretKeyRef"] == {"name": "tempo-bucket", "key": key}
        assert values[part]["podAnnotations"] == {"checksum/credentials": "c0ffee"}
    for part in OTHERS:
        environment = {entry["name"] for entry in values[part].get("extraEnv", [])}
        assert environment <= {"GOMEMLIMIT"} and "podAnnotations" not in values[part]
    assert not [key for key in values["global"] if key.startswith("extra")], "chart 1.61.0 gives these to memcached too"
    assert {"access_key", "secret_key"}.isdisjoint(values["storage"]["trace"]["s3"])


def test_a_pod_with_a_role_has_no_keys() -> None:
    role = {"eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/tempo"}
    values = distributed_values(spec(credentials_secret="", service_account_annotations=role))
    assert values["serviceAccount"] == {"name": "tempo", "annotations": role}
    assert [entry["name"] for entry in values["ingester"]["extraEnv"]] == ["GOMEMLIMIT"]


@pytest.mark.parametrize(
    ("args", "endpoint", "insecure"),
    [
        ({"endpoint": "http://seaweedfs.storage:8333"}, "seaweedfs.storage:8333", True),
        ({"endpoint": "https://s3.example.org:9000/"}, "s3.example.org:9000", False),
        ({"endpoint": "", "region": "eu-west-1"}, "s3.eu-west-1.amazonaws.com", False),
    ],
)
def test_the_endpoint_has_no_scheme(args: dict[str, Any], endpoint: str, insecure: bool) -> None:
    s3 = distributed_values(spec(**args))["storage"]["trace"]["s3"]
    assert (s3["endpoint"], s3["insecure"]) == (endpoint, insecure)


def test_blocks_are_encrypted_with_the_kms_key() -> None:
    s3 = distributed_values(spec(kms_key_arn="arn:aws:kms:eu-west-1:123456789012:key/k"))["storage"]["trace"]["s3"]
    assert s3["sse"] == {"type": "SSE-KMS", "kms_key_id": "arn:aws:kms:eu-west-1:123456789012:key/k"}


@pytest.mark.parametrize(("replicas", "replication_factor"), [(1, 1), (2, 2), (3, 3), (5, 3)])
def test_the_replication_factor_is_written_out_and_one_ingester_may_always_be_drained(
    replicas: int, replication_factor: int
) -> None:
    ingester = distributed_values(spec(replicas=replicas))["ingester"]
    assert ingester["config"]["replication_factor"] == replication_factor <= ingester["replicas"]
    assert ingester["maxUnavailable"] == 1
    assert ingester["terminationGracePeriodSeconds"] == 300


@pytest.mark.parametrize("part", PARTS)
def test_every_workload_requests_resources(part: str) -> None:
    assert set(distributed_values(spec())[part]["resources"]["requests"]) == {"cpu", "memory"}


@pytest.mark.parametrize("part", [part for part in PARTS if part not in ("memcached", "gateway")])
def test_every_workload_requests_its_memory_limit_and_go_stays_below_it(part: str) -> None:
    values = distributed_values(spec(memory="2Gi"))[part]
    limit = values["resources"]["limits"]["memory"]
    assert limit == values["resources"]["requests"]["memory"]
    (go_limit,) = [entry["value"] for entry in values["extraEnv"] if entry["name"] == "GOMEMLIMIT"]
    assert parse_quantity(limit) / 2 < parse_quantity(go_limit.removesuffix("B")) < parse_quantity(limit)


@pytest.mark.parametrize("part", PARTS)
def test_no_pod_requires_a_node_of_its_own(part: str) -> None:
    affinity = json.loads(distributed_values(spec())[part]["affinity"])
    assert list(affinity["podAntiAffinity"]) == ["preferredDuringSchedulingIgnoredDuringExecution"]


def test_memcached_fits_into_the_memory_it_requests() -> None:
    memcached = distributed_values(spec())["memcached"]
    flag, megabytes = memcached["extraArgs"]
    assert flag == "-m"
    assert int(megabytes) * 2**20 < parse_quantity(memcached["resources"]["requests"]["memory"])


def test_retention_is_in_hours_and_compacted_blocks_outlive_two_polls() -> None:
    values = distributed_values(spec(retention="30d", max_block_duration="5m"))
    compaction = values["compactor"]["config"]["compaction"]
    assert compaction["block_retention"] == "720h"
    poll = parse_duration(values["storage"]["trace"]["blocklist_poll"])
    assert parse_duration(compaction["compacted_block_retention"]) >= 2 * poll
    assert values["ingester"]["config"]["max_block_duration"] == "300s"


def test_objects_are_named_after_the_release() -> None:
    assert distributed_values(spec(release_name="traces"))["fullnameOverride"] == "traces"


def test_the_gateway_is_optional_and_resolves_through_the_dns_of_the_cluster() -> None:
    assert distributed_values(spec())["gateway"]["enabled"] is False
    values = distributed_values(
        spec(gateway=True, dns_resolver="rke2-coredns-rke2-coredns.kube-system", cluster_domain="acme.lan")
    )
    assert values["gateway"]["enabled"] is True
    assert values["global"] == {
        "dnsService": "rke2-coredns-rke2-coredns",
        "dnsNamespace": "kube-system",
        "clusterDomain": "acme.lan",
    }
