"""The values of chart `tempo-distributed` 3.x, which installs Tempo 3 with Kafka."""

import json
from typing import Any

import pytest

from components.tracing.values import distributed_values
from components.units import parse_duration
from tests.unit.tracing.specs import KAFKA, spec

CONSUMERS = ("liveStore", "blockBuilder")
WORKERS = ("backendScheduler", "backendWorker")
TEMPO_2_PARTS = ("ingester", "compactor", "minio")
KAFKA_CLIENTS = (*CONSUMERS, "distributor", "metricsGenerator")
PARTS = (*CONSUMERS, *WORKERS, "distributor", "querier", "queryFrontend", "metricsGenerator", "memcached", "gateway")


def values(**args: Any) -> dict[str, Any]:
    return distributed_values(spec(KAFKA, **args))


@pytest.mark.parametrize("partitions", [1, 3, 8])
def test_there_is_one_live_store_and_one_block_builder_for_each_partition(partitions: int) -> None:
    found = values(partitions=partitions)
    assert found["ingest"]["kafka"]["auto_create_topic_default_partitions"] == partitions
    assert found["liveStore"]["replicas"] == found["blockBuilder"]["replicas"] == partitions
    assert found["blockBuilder"]["config"]["partitions_per_instance"] == 1


def test_there_are_three_partitions_by_default() -> None:
    assert values()["liveStore"]["replicas"] == 3


def test_the_broker_and_the_topic_are_those_of_the_arguments() -> None:
    kafka = values(kafka_address="broker-0.kafka:9093", kafka_topic="acme.traces")["ingest"]["kafka"]
    assert (kafka["address"], kafka["topic"]) == ("broker-0.kafka:9093", "acme.traces")


def test_there_are_no_values_of_tempo_2() -> None:
    found = values()
    assert not set(TEMPO_2_PARTS) & set(found)
    config = found["metricsGenerator"]["config"]
    assert "traces_storage" not in config and "local_blocks" not in config["processor"], "Tempo 3 refuses these keys"
    assert found["overrides"]["defaults"]["metrics_generator"]["processors"] == ["service-graphs", "span-metrics"]


def test_the_scheduler_and_its_workers_read_the_retention() -> None:
    found = values(retention="14d")
    compaction = found["backendScheduler"]["config"]["provider"]["compaction"]["compaction"]
    assert compaction["block_retention"] == "336h"
    poll = parse_duration(found["storage"]["trace"]["blocklist_poll"])
    assert parse_duration(compaction["compacted_block_retention"]) >= 2 * poll
    assert "config" not in found["backendWorker"], "workers read the values of the scheduler"


def test_there_is_exactly_one_scheduler() -> None:
    assert "replicas" not in values()["backendScheduler"], "the chart runs exactly one"


def test_several_workers_have_no_disruption_budget() -> None:
    workers = values(workloads={"backend-worker": {"replicas": 4}})["backendWorker"]
    assert workers["replicas"] == 4 and workers["podDisruptionBudget"] == {"enabled": False}


@pytest.mark.parametrize("part", CONSUMERS)
def test_unfinished_blocks_are_on_a_volume_of_the_pod(part: str) -> None:
    found = values(volume_size="20Gi", storage_class="gp3")[part]
    (volume,) = found["extraVolumes"]
    claim = volume["ephemeral"]["volumeClaimTemplate"]["spec"]
    assert claim["resources"]["requests"]["storage"] == "20Gi" and claim["storageClassName"] == "gp3"
    (mount,) = found["extraVolumeMounts"]
    assert mount["name"] == volume["name"]
    assert (
        mount["mountPath"] == {"liveStore": "/var/tempo/live-store", "blockBuilder": "/var/tempo/block-builder"}[part]
    )


def test_the_storage_class_is_that_of_the_cluster_by_default() -> None:
    (volume,) = values()["liveStore"]["extraVolumes"]
    assert "storageClassName" not in volume["ephemeral"]["volumeClaimTemplate"]["spec"]


def test_the_generator_has_a_persistent_volume() -> None:
    generator = values()["metricsGenerator"]
    assert generator["kind"] == "StatefulSet" and generator["persistence"]["enabled"] is True


@pytest.mark.parametrize("part", CONSUMERS)
def test_a_consumer_has_time_to_stop_and_one_at_a_time_may_be_drained(part: str) -> None:
    found = values(partitions=2)[part]
    assert found["terminationGracePeriodSeconds"] == 300 and found["maxUnavailable"] == 1
    assert found["resources"]["limits"]["memory"] == found["resources"]["requests"]["memory"]


@pytest.mark.parametrize("part", PARTS)
def test_every_workload_requests_resources_and_no_node_of_its_own(part: str) -> None:
    found = values()[part]
    assert set(found["resources"]["requests"]) == {"cpu", "memory"}
    assert found["resources"]["limits"] == {"memory": found["resources"]["requests"]["memory"]}
    assert list(json.loads(found["affinity"])["podAntiAffinity"]) == ["preferredDuringSchedulingIgnoredDuringExecution"]


@pytest.mark.parametrize("part", [part for part in PARTS if part not in ("distributor", "memcached", "gateway")])
def test_readers_of_the_bucket_have_its_keys_from_the_secret(part: str) -> None:
    environment = {entry["name"]: entry for entry in values()[part]["extraEnv"]}
    for key in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        assert environment[key]["valueFrom"]["secretKeyRef"] == {"name": "tempo-bucket", "key": key}


def test_the_kafka_login_comes_from_a_secret_and_only_kafka_clients_have_it() -> None:
    found = values(kafka_credentials_secret="kafka-login")
    for part in PARTS:
        names = {entry["name"] for entry in found[part].get("extraEnv", ())}
        assert ("KAFKA_PASSWORD" in names) is (part in KAFKA_CLIENTS), part
        assert ("-config.expand-env=true" in found[part].get("extraArgs", ())) is (part in KAFKA_CLIENTS), part
    kafka = found["tempo"]["structuredConfig"]["ingest"]["kafka"]
    assert kafka == {"sasl_username": "${KAFKA_USERNAME}", "sasl_password": "${KAFKA_PASSWORD}"}


def test_without_a_login_there_are_no_values_of_one() -> None:
    found = values()
    assert "structuredConfig" not in found["tempo"] and "extraArgs" not in found["distributor"]


def test_live_stores_have_the_block_duration() -> None:
    assert values(max_block_duration="5m")["liveStore"]["config"]["max_block_duration"] == "300s"
