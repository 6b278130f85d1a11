from typing import Any

from components.storage.minio import minio_values, network_policy_spec
from components.storage.spec import MinioObjectStorageSpec


def spec(**args: Any) -> MinioObjectStorageSpec:
    return MinioObjectStorageSpec.check("MinioObjectStorage", {"namespace": "minio", **args})


def values(**args: Any) -> dict[str, Any]:
    return minio_values(spec(**args))


def test_the_default_is_one_modest_pod_and_not_sixteen_large_ones() -> None:
    chart = values()
    assert (chart["mode"], chart["replicas"]) == ("standalone", 1)
    assert chart["resources"] == {"requests": {"cpu": "100m", "memory": "1Gi"}, "limits": {"memory": "1Gi"}}
    assert chart["persistence"] == {"size": "10Gi"}
    assert chart["environment"]["GOMEMLIMIT"] == "921MiB"
    assert chart["deploymentUpdate"] == {"type": "Recreate"}, "two pods cannot share the volume"


def test_a_highly_available_store_is_four_pods_that_prefer_nodes_of_their_own() -> None:
    chart = values(mode="distributed")
    assert (chart["mode"], chart["replicas"]) == ("distributed", 4)
    (spread,) = chart["topologySpreadConstraints"]
    assert (spread["topologyKey"], spread["whenUnsatisfiable"]) == ("kubernetes.io/hostname", "ScheduleAnyway")


def test_the_images_are_those_that_can_still_be_pulled() -> None:
    chart = values()
    assert chart["image"]["repository"] == "docker.io/pgsty/minio"
    assert chart["mcImage"]["repository"] == "docker.io/pgsty/mc"


def test_the_buckets_of_logs_are_those_that_loki_expects_of_minio() -> None:
    assert [bucket["name"] for bucket in values(buckets={"logs": "chunks"})["buckets"]] == ["chunks", "ruler", "admin"]
    only = values(buckets={"logs": "acme"}, further_buckets={})["buckets"]
    assert only == [{"name": "acme"}]


def test_every_user_reaches_its_own_buckets_and_no_other() -> None:
    logs, traces = values(buckets={"logs": "chunks", "traces": "blocks"}, users={"logs": "loki_admin"})["policies"]
    assert (logs["name"], traces["name"]) == ("loki_admin", "tempo")
    on_buckets, on_objects = traces["statements"]
    assert on_buckets["resources"] == ["arn:aws:s3:::blocks"]
    assert on_objects["resources"] == ["arn:aws:s3:::blocks/*"]
    assert {"s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:PutObjectTagging"} <= set(on_objects["actions"])
    assert logs["statements"][0]["resources"] == [f"arn:aws:s3:::{name}" for name in ("chunks", "ruler", "admin")]
    assert not any("*" in action for policy in (logs, traces) for s in policy["statements"] for action in s["actions"])


def test_keys_stay_in_secrets_and_a_new_one_replaces_that_of_a_user_who_is_there() -> None:
    chart = values(buckets={"logs": "chunks"}, users={"logs": "loki_admin"})
    assert chart["existingSecret"] == "minio-root"
    assert chart["users"] == [
        {
            "accessKey": "loki_admin",
            "existingSecret": "minio-users",
            "existingSecretKey": "loki_admin",
            "policy": "loki_admin",
        }
    ]
    command = chart["makeUserJob"]["exitCommand"]
    assert "for user in loki_admin;" in command and "admin user add myminio" in command
    assert not {'"', "\\"} & set(command), "the chart puts the command between double quotes"


def test_the_pods_and_the_job_are_restricted() -> None:
    chart = values()
    for pod in (chart["securityContext"], chart["postJob"]["securityContext"]):
        assert pod["enabled"] and pod["runAsNonRoot"] and pod["seccompProfile"] == {"type": "RuntimeDefault"}
    jobs = [chart[name] for name in ("makePolicyJob", "makeBucketJob", "makeUserJob")]
    assert all(job["securityContext"]["enabled"] for job in jobs), "else the chart leaves the containers' out"
    for container in (chart, *jobs):
        context = container["containerSecurityContext"]
        assert context["readOnlyRootFilesystem"] and context["allowPrivilegeEscalation"] is False
        assert context["capabilities"] == {"drop": ["ALL"]}


def test_what_minio_writes_at_its_start_is_on_a_volume() -> None:
    mounted = {mount["mountPath"] for mount in values()["extraVolumeMounts"]}
    assert mounted == {"/etc/minio/certs", "/tmp"}
    assert values()["environment"]["HOME"] == "/tmp"


def test_the_policy_of_the_chart_makes_way_for_one_that_limits_both_directions() -> None:
    assert values()["networkPolicy"] == {"enabled": False}
    policy = network_policy_spec(spec())
    assert policy["policyTypes"] == ["Ingress", "Egress"]
    assert policy["ingress"] == [{"ports": [{"port": 9000, "protocol": "TCP"}]}], "the S3 API, and not the console"
    to_itself, to_dns = policy["egress"]
    assert to_itself == {"to": [{"podSelector": policy["podSelector"]}], "ports": [{"port": 9000, "protocol": "TCP"}]}
    assert {(port["port"], port["protocol"]) for port in to_dns["ports"]} == {(53, "UDP"), (53, "TCP")}


def test_metrics_are_open_only_where_something_reads_them() -> None:
    assert values()["metrics"]["serviceMonitor"]["public"] is False
    assert values(service_monitor=True)["metrics"]["serviceMonitor"]["public"] is True


def test_pods_start_anew_when_users_keys_or_buckets_change_and_only_then() -> None:
    first = spec().credentials_checksum
    assert spec(memory="2Gi").credentials_checksum == first
    changes: list[dict[str, Any]] = [
        {"credentials_revision": "2"},
        {"users": {"logs": "loki_admin"}},
        {"further_buckets": {}},
    ]
    for change in changes:
        assert spec(**change).credentials_checksum != first
    assert values()["podAnnotations"] == {"checksum/users": first}
