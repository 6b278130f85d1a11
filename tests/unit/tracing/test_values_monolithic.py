"""The values of chart `tempo`."""

from typing import Any

from components.tracing.values import monolithic_values, tempo_values
from tests.unit.tracing.specs import LAPTOP, spec

IN_CLUSTER: dict[str, Any] = {
    "bucket": "traces",
    "endpoint": "http://seaweedfs.storage:8333",
    "region": "us-east-1",
    "path_style": True,
    "credentials_secret": "tempo-bucket",
    "credentials_checksum": "c0ffee",
}
REMOTE_WRITE = "http://prometheus-server.monitoring/api/v1/write"


def test_a_laptop_keeps_its_traces_on_a_volume_of_the_default_class() -> None:
    values = monolithic_values(spec(LAPTOP))
    assert values["tempo"]["storage"]["trace"]["backend"] == "local"
    assert values["persistence"] == {"enabled": True, "size": "10Gi"}
    assert values["replicas"] == 1


def test_the_bucket_is_reached_by_host_and_port_with_keys_from_a_secret() -> None:
    values = monolithic_values(spec(IN_CLUSTER))
    s3 = values["tempo"]["storage"]["trace"]["s3"]
    assert (s3["endpoint"], s3["insecure"], s3["forcepathstyle"]) == ("seaweedfs.storage:8333", True, True)
    assert "prefix" not in s3, "an empty prefix is the whole bucket"
    references = [entry["valueFrom"]["secretKeyRef"] for entry in values["tempo"]["extraEnv"] if "valueFrom" in entry]
    assert references == [
        {"name": "tempo-bucket", "key": "AWS_ACCESS_KEY_ID"},
        {"name": "tempo-bucket", "key": "AWS_SECRET_ACCESS_KEY"},
    ]
    assert values["podAnnotations"] == {"checksum/credentials": "c0ffee"}


def test_the_generator_writes_with_exemplars_and_keeps_its_data_on_the_volume() -> None:
    values = monolithic_values(spec(IN_CLUSTER, remote_write_url=REMOTE_WRITE, external_labels={"cluster": "c1"}))
    generator = values["tempo"]["metricsGenerator"]
    assert generator["enabled"] is True
    assert generator["storage"]["remote_write"] == [{"url": REMOTE_WRITE, "send_exemplars": True}]
    assert generator["registry"]["external_labels"] == {"cluster": "c1"}
    assert generator["storage"]["path"].startswith("/var/tempo/"), "the chart's default is an emptyDir"
    assert generator["traces_storage"]["path"].startswith("/var/tempo/")
    assert values["tempo"]["overrides"]["defaults"]["metrics_generator"]["processors"]


def test_without_remote_write_there_is_no_generator() -> None:
    assert {"metricsGenerator", "overrides"}.isdisjoint(monolithic_values(spec(IN_CLUSTER))["tempo"])


def test_the_pod_meets_the_restricted_standard() -> None:
    values = monolithic_values(spec(LAPTOP))
    assert values["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert values["tempo"]["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
        "runAsNonRoot": True,
    }


def test_memory_is_limited_to_the_request_without_ballast() -> None:
    tempo = monolithic_values(spec(LAPTOP, memory="512Mi"))["tempo"]
    assert tempo["resources"] == {"requests": {"cpu": "200m", "memory": "512Mi"}, "limits": {"memory": "512Mi"}}
    assert tempo["extraEnv"] == [{"name": "GOMEMLIMIT", "value": "435MiB"}]
    assert tempo["memBallastSizeMbs"] == 0


def test_durations_are_in_the_units_of_go() -> None:
    tempo = monolithic_values(spec(LAPTOP, retention="2w", max_block_duration="5m"))["tempo"]
    assert (tempo["retention"], tempo["ingester"]["max_block_duration"]) == ("336h", "300s")


def test_a_second_release_in_the_namespace_gets_a_config_map_of_its_own() -> None:
    assert monolithic_values(spec(LAPTOP, release_name="tempo-eu"))["nameOverride"] == "tempo-eu"


def test_nothing_is_reported_to_the_vendor() -> None:
    assert tempo_values(spec(LAPTOP))["tempo"]["reportingEnabled"] is False
    assert tempo_values(spec())["reportingEnabled"] is False
