import json
import subprocess
import sys
from base64 import b64decode
from collections.abc import Mapping
from typing import Any

import pulumi
import pytest

from components._spec import InvalidArgsError
from components.storage import (
    AwsBucketAccess,
    AwsObjectStorage,
    ExternalObjectStorage,
    InClusterObjectStorage,
    SecretBucketAccess,
)
from tests.recording import UNKNOWN, Recording, Registered, record

AWS: dict[str, Any] = {"buckets": {"logs": "acme-loki", "traces": "acme-tempo"}, "region": "eu-west-1"}
IRSA: dict[str, Any] = {
    "identity": "irsa",
    "actions_for": "loki",
    "account_id": "123456789012",
    "oidc_issuer": "https://oidc.eks.eu-west-1.amazonaws.com/id/A",
    "namespace": "logging",
    "service_account": "loki",
    "bucket": "acme-loki",
}
POD_IDENTITY: dict[str, Any] = {
    **{key: value for key, value in IRSA.items() if key != "oidc_issuer"},
    "identity": "pod-identity",
    "cluster_name": "prod",
    "region": "eu-west-1",
}
EXTERNAL: dict[str, Any] = {"endpoint": "https://s3.example.org/", "shared_bucket": "acme"}
KEYS: dict[str, Any] = {"namespace": "logging", "access_key_id": "AKIDSECRETBYTES", "secret_access_key": "SECRETBYTES"}
GENERATED = frozenset({"random:index/randomPassword:RandomPassword.result"})
NEW_KEY = frozenset({"aws:kms/key:Key.arn"})


def outputs_of(component: pulumi.ComponentResource) -> dict[str, Any]:
    return {key: getattr(component, key) for key in type(component).__annotations__}


def aws(name: str = "storage", **args: Any) -> dict[str, Any]:
    storage: Any = {**AWS, **args}
    return outputs_of(AwsObjectStorage(name, storage))


def access(**args: Any) -> dict[str, Any]:
    given: Any = {**IRSA, **args} if args.get("identity", "irsa") == "irsa" else {**POD_IDENTITY, **args}
    return outputs_of(AwsBucketAccess("access", given))


def secret_access(**args: Any) -> dict[str, Any]:
    given: Any = args
    return outputs_of(SecretBucketAccess("access", given))


def external(**args: Any) -> dict[str, Any]:
    given: Any = {**EXTERNAL, **args}
    return outputs_of(ExternalObjectStorage("storage", given))


def in_cluster(name: str = "storage", **args: Any) -> dict[str, Any]:
    given: Any = {"namespace": "storage", **args}
    return outputs_of(InClusterObjectStorage(name, given))


def protected(resource: Registered) -> bool:
    return bool(resource.request.protect) and bool(resource.request.retainOnDelete)


def policy_of(recording: Recording, name: str) -> dict[str, dict[str, Any]]:
    document = json.loads(recording.one(":RolePolicy", name).plain()["policy"])
    return {statement["Sid"]: statement for statement in document["Statement"]}


def test_the_three_storages_promise_the_same() -> None:
    promised = AwsObjectStorage.__annotations__
    assert ExternalObjectStorage.__annotations__ == promised
    in_the_cluster = InClusterObjectStorage.__annotations__
    assert {key: in_the_cluster[key] for key in promised} == promised
    assert set(in_the_cluster) - set(promised) == {"access_key_ids", "secret_access_keys", "credentials_revision"}
    assert AwsBucketAccess.__annotations__ == SecretBucketAccess.__annotations__


def test_the_aws_package_is_loaded_only_for_what_is_on_aws() -> None:
    program = (
        "import sys, components.storage as storage; storage.ExternalObjectStorage; "
        "assert 'pulumi_aws' not in sys.modules; storage.AwsObjectStorage; assert 'pulumi_aws' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_every_public_name_is_there_and_no_other() -> None:
    import components.storage as storage

    for name in storage.__all__:
        assert getattr(storage, name).__module__.startswith("components.storage")
    with pytest.raises(AttributeError, match="has no attribute 'GcsObjectStorage'"):
        storage.GcsObjectStorage  # noqa: B018  (the access is what is tested)


def test_aws_buckets_are_closed_owned_encrypted_and_reached_by_tls_alone() -> None:
    recording = record(aws)
    for word, bucket in (("logs", "acme-loki"), ("traces", "acme-tempo")):
        made = recording.one("bucket:Bucket", f"storage-{word}").plain()
        assert made["bucket"] == bucket and made["forceDestroy"] is False
        block = recording.one(":BucketPublicAccessBlock", f"storage-{word}-access-block").plain()
        switches = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
        assert all(block[switch] is True for switch in switches)
        owner = recording.one(":BucketOwnershipControls", f"storage-{word}-ownership").plain()
        assert owner["rule"] == {"objectOwnership": "BucketOwnerEnforced"}
        (rule,) = recording.one("Configuration", f"storage-{word}-encryption").plain()["rules"]
        assert rule["bucketKeyEnabled"] is True
        assert rule["applyServerSideEncryptionByDefault"] == {
            "sseAlgorithm": "aws:kms",
            "kmsMasterKeyId": "arn:aws:mock:::storage-key",
        }
        policy = json.loads(recording.one(":BucketPolicy", f"storage-{word}-policy").plain()["policy"])
        assert policy["Statement"][0]["Resource"] == [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
        (lifecycle,) = recording.one("Configuration", f"storage-{word}-lifecycle").plain()["rules"]
        assert lifecycle["abortIncompleteMultipartUpload"] == {"daysAfterInitiation": 1}
        assert lifecycle["filter"] == {} and "expiration" not in lifecycle
    assert not recording.of_type(":BucketVersioning")


def test_everything_that_guards_a_bucket_is_as_hard_to_delete_as_the_bucket() -> None:
    recording = record(lambda: aws(versioning=True))
    guards = (
        "bucket:Bucket",
        ":BucketPublicAccessBlock",
        ":BucketOwnershipControls",
        ":BucketServerSideEncryptionConfiguration",
        ":BucketPolicy",
        ":BucketVersioning",
        ":Key",
    )
    for suffix in guards:
        assert recording.of_type(suffix), suffix
        assert all(protected(resource) for resource in recording.of_type(suffix)), suffix
    open_again = record(lambda: aws(protect=False))
    assert not any(protected(resource) for resource in open_again.resources)


def test_a_versioned_bucket_drops_what_is_no_longer_current() -> None:
    recording = record(lambda: aws(versioning=True, noncurrent_days=3))
    assert recording.one(":BucketVersioning", "storage-logs-versioning").plain()["versioningConfiguration"] == {
        "status": "Enabled"
    }
    _, noncurrent = recording.one("Configuration", "storage-logs-lifecycle").plain()["rules"]
    assert noncurrent["noncurrentVersionExpiration"] == {"noncurrentDays": 3}
    assert noncurrent["expiration"] == {"expiredObjectDeleteMarker": True}


def test_a_created_key_is_rotated_and_its_deletion_can_be_taken_back_for_30_days() -> None:
    key = record(aws).one(":Key").plain()
    assert key["enableKeyRotation"] is True
    assert key["deletionWindowInDays"] == 30


@pytest.mark.parametrize(
    ("args", "algorithm", "arn"),
    [
        (
            {"kms_key_arn": "arn:aws:kms:eu-west-1:123456789012:key/a-b"},
            "aws:kms",
            "arn:aws:kms:eu-west-1:123456789012:key/a-b",
        ),
        ({"encryption": "s3"}, "AES256", ""),
    ],
)
def test_no_key_is_created_where_one_is_given_or_none_is_wanted(args: dict[str, str], algorithm: str, arn: str) -> None:
    recording = record(lambda: aws(**args))
    assert not recording.of_type(":Key")
    (rule,) = recording.one("Configuration", "storage-logs-encryption").plain()["rules"]
    assert rule["applyServerSideEncryptionByDefault"]["sseAlgorithm"] == algorithm
    assert recording.outputs["kms_key_arn"] == arn


def test_a_key_that_is_an_output_is_a_given_key() -> None:
    recording = record(lambda: aws(kms_key_arn=pulumi.Output.from_input("arn:aws:kms:eu-west-1:123456789012:key/a-b")))
    assert not recording.of_type(":Key")


def test_a_shared_bucket_is_created_once() -> None:
    recording = record(lambda: outputs_of(AwsObjectStorage("s", {"shared_bucket": "acme-obs", "region": "eu-west-1"})))
    assert [bucket.name for bucket in recording.of_type("bucket:Bucket")] == ["s-shared"]
    assert recording.outputs["buckets"] == dict.fromkeys(("logs", "traces", "metrics"), "acme-obs")
    assert recording.outputs["prefixes"] == {"logs": "loki", "traces": "tempo", "metrics": "thanos"}


def test_what_consumers_need_of_aws_is_known_before_anything_exists() -> None:
    def build() -> dict[str, Any]:
        outputs = aws()
        del outputs["kms_key_arn"]
        return outputs

    recording = record(build, preview=True, unknown=NEW_KEY)
    assert recording.outputs == {
        "kind": "aws",
        "endpoint": "",
        "region": "eu-west-1",
        "path_style": False,
        "buckets": {"logs": "acme-loki", "traces": "acme-tempo"},
        "prefixes": {"logs": "", "traces": ""},
        "bucket_arns": {"logs": "arn:aws:s3:::acme-loki", "traces": "arn:aws:s3:::acme-tempo"},
    }


def test_tags_reach_everything_that_takes_them() -> None:
    recording = record(lambda: aws(tags={"team": "sre"}))
    for suffix in ("bucket:Bucket", ":Key"):
        assert all(resource.plain()["tags"] == {"team": "sre"} for resource in recording.of_type(suffix))


@pytest.mark.parametrize(
    ("args", "reason"),
    [
        ({"buckets": {"logs": "chunks"}}, "your organisation's name in front"),
        ({"buckets": {"logs": "acme.loki"}}, "has a dot"),
        ({"region": "Ireland"}, "region = 'Ireland'"),
        ({"encryption": "none"}, "encryption = 'none'"),
        (
            {"encryption": "s3", "kms_key_arn": "arn:aws:kms:eu-west-1:123456789012:key/a"},
            'only used with encryption "kms"',
        ),
        ({"kms_key_arn": "alias/mine"}, "kms_key_arn = 'alias/mine'"),
        ({"noncurrent_days": 0}, "noncurrent_days = 0"),
        ({"force_destroy": True}, "there is no such argument"),
    ],
)
def test_a_wrong_argument_is_named_with_its_value(args: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidArgsError) as refused:
        record(lambda: aws(**args))
    assert reason in str(refused.value)


def test_irsa_gives_the_service_account_its_role_before_the_role_exists() -> None:
    recording = record(
        lambda: access(kms_key_arn=AwsObjectStorage("storage", AWS).kms_key_arn),  # type: ignore[arg-type]  # a dict of Any
        preview=True,
        unknown=NEW_KEY,
    )
    role = recording.one(":Role").plain()
    assert recording.outputs["service_account_annotations"] == {
        "eks.amazonaws.com/role-arn": f"arn:aws:iam::123456789012:role/{role['name']}"
    }
    assert recording.outputs["secret_name"] == ""
    (trust,) = json.loads(role["assumeRolePolicy"])["Statement"]
    subject = trust["Condition"]["StringEquals"]["oidc.eks.eu-west-1.amazonaws.com/id/A:sub"]
    assert subject == "system:serviceaccount:logging:loki"
    assert recording.one(":RolePolicy").plain()["policy"] == UNKNOWN, "only the policy waits for the key"
    assert not recording.of_type(":PodIdentityAssociation")


def test_pod_identity_associates_the_role_and_needs_no_annotation() -> None:
    recording = record(lambda: access(identity="pod-identity", actions_for="tempo"))
    association = recording.one(":PodIdentityAssociation").plain()
    assert association["clusterName"] == "prod"
    assert (association["namespace"], association["serviceAccount"]) == ("logging", "loki")
    assert recording.outputs["service_account_annotations"] == {}
    (trust,) = json.loads(recording.one(":Role").plain()["assumeRolePolicy"])["Statement"]
    assert trust["Condition"]["StringEquals"]["aws:RequestTag/eks-cluster-arn"].endswith(":cluster/prod")


def test_a_role_is_allowed_its_prefix_and_its_key_alone() -> None:
    key = "arn:aws:kms:eu-west-1:123456789012:key/a"
    allowed = policy_of(record(lambda: access(prefix="loki", kms_key_arn=key)), "access-policy")
    assert allowed["List"]["Resource"] == "arn:aws:s3:::acme-loki"
    assert allowed["Objects"]["Resource"] == "arn:aws:s3:::acme-loki/loki/*"
    assert allowed["Key"]["Resource"] == key
    assert "Key" not in policy_of(record(access), "access-policy")


def test_a_long_role_name_is_cut_and_stays_distinct() -> None:
    names = {
        record(lambda bucket=bucket: access(bucket=bucket)).one(":Role").plain()["name"]  # type: ignore[misc]  # bound now
        for bucket in ("a" * 63, "a" * 62 + "b")
    }
    assert len(names) == 2
    assert all(len(name) <= 64 for name in names)


@pytest.mark.parametrize(
    ("args", "reason"),
    [
        ({"identity": "keys"}, "identity = 'keys'"),
        ({"oidc_issuer": ""}, 'identity "irsa" needs the cluster\'s issuer'),
        ({"identity": "pod-identity", "cluster_name": ""}, "needs the name of the EKS cluster"),
        ({"actions_for": "mimir"}, "use one of loki, tempo, thanos"),
        ({"account_id": "12"}, "account_id = '12'"),
        ({"service_account": "*"}, "'*' is no Kubernetes name"),
    ],
)
def test_access_that_would_not_work_or_be_too_wide_is_refused(args: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidArgsError) as refused:
        record(lambda: access(**args))
    assert reason in str(refused.value)


def test_changing_the_way_of_access_starts_pods_anew() -> None:
    by_irsa = record(access).outputs["checksum"]
    assert by_irsa != record(lambda: access(identity="pod-identity")).outputs["checksum"]
    assert by_irsa == record(access).outputs["checksum"]


def test_keys_go_into_a_secret_under_the_names_that_consumers_read() -> None:
    recording = record(lambda: secret_access(**KEYS))
    secret = recording.one(":Secret")
    assert secret.secrets == {"data"}
    decoded = {key: b64decode(value).decode() for key, value in secret.plain()["data"].items()}
    assert decoded == {"AWS_ACCESS_KEY_ID": "AKIDSECRETBYTES", "AWS_SECRET_ACCESS_KEY": "SECRETBYTES"}
    assert recording.one(":SecretBucketAccess").secrets == {"access_key_id", "secret_access_key"}
    assert recording.outputs["secret_name"] == secret.plain()["metadata"]["name"]


def test_the_checksum_tells_keys_apart_without_showing_them() -> None:
    def checksum(**args: Any) -> str:
        return str(record(lambda: secret_access(**{**KEYS, **args})).outputs["checksum"])

    first = checksum()
    assert first == checksum()
    assert first != checksum(secret_access_key="ANOTHER")
    assert first != checksum(access_key_id="ANOTHER")
    assert "SECRETBYTES" not in first and len(first) <= 16


def test_a_checksum_is_plain_and_a_revision_makes_it_known_before_the_keys() -> None:
    def build() -> Mapping[str, Any]:
        storage = InClusterObjectStorage("storage", {"namespace": "storage"})
        outputs = secret_access(
            namespace="logging",
            access_key_id=storage.access_key_ids.apply(lambda keys: keys["logs"]),
            secret_access_key=storage.secret_access_keys.apply(lambda keys: keys["logs"]),
            credentials_revision=storage.credentials_revision,
        )
        return {**outputs, "secret": pulumi.Output.from_input(outputs["checksum"].is_secret())}

    recording = record(build, preview=True, unknown=GENERATED)
    assert recording.outputs["checksum"]
    assert recording.outputs["secret"] is False
    assert recording.one(":Secret", "access-secret").plain()["data"] == UNKNOWN


def test_an_existing_secret_is_used_and_none_is_created() -> None:
    recording = record(lambda: secret_access(namespace="logging", existing_secret="from-vault"))
    assert not recording.of_type(":Secret")
    assert recording.outputs["secret_name"] == "from-vault"
    assert recording.outputs["checksum"] == ""
    revised = record(
        lambda: secret_access(namespace="logging", existing_secret="from-vault", credentials_revision="2026-05")
    )
    assert revised.outputs["checksum"]


@pytest.mark.parametrize(
    ("args", "reason"),
    [
        ({"access_key_id": "AKIDSECRETBYTES"}, "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"),
        ({"existing_secret": "x", **KEYS}, "not both"),
        ({}, "give access_key_id and secret_access_key, or existing_secret"),
    ],
)
def test_half_or_double_credentials_are_refused_without_showing_them(args: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidArgsError) as refused:
        record(lambda: secret_access(**{"namespace": "logging", **args}))
    assert reason in str(refused.value)
    assert "SECRETBYTES" not in str(refused.value)


def test_an_external_store_creates_nothing_and_says_where_it_is() -> None:
    recording = record(external)
    assert {resource.type for resource in recording.resources} <= {
        "pulumi:pulumi:Stack",
        "observability:index:ExternalObjectStorage",
    }
    assert recording.outputs == {
        "kind": "external",
        "endpoint": "https://s3.example.org",
        "region": "us-east-1",
        "path_style": True,
        "buckets": dict.fromkeys(("logs", "traces", "metrics"), "acme"),
        "prefixes": {"logs": "loki", "traces": "tempo", "metrics": "thanos"},
        "kms_key_arn": "",
        "bucket_arns": {},
    }


def test_an_address_that_is_wrong_is_refused_at_once_and_also_when_it_comes_late() -> None:
    with pytest.raises(InvalidArgsError, match="the bucket by name"):
        record(lambda: external(endpoint="https://s3.example.org/acme"))
    with pytest.raises(ValueError, match="the bucket by name"):
        record(lambda: external(endpoint=pulumi.Output.from_input("https://s3.example.org/acme")))


def test_the_store_in_the_cluster_is_known_while_its_keys_are_not() -> None:
    def build() -> dict[str, Any]:
        outputs = in_cluster()
        return {key: value for key, value in outputs.items() if not key.startswith(("access_key", "secret_access"))}

    recording = record(build, preview=True, unknown=GENERATED)
    assert recording.outputs["endpoint"] == "http://seaweedfs-all-in-one.storage:8333"
    assert recording.outputs["path_style"] is True
    assert recording.outputs["buckets"] == {"logs": "loki", "traces": "tempo", "metrics": "thanos"}
    assert recording.one(":Release").plain()["values"]["allInOne"]["s3"]["enableAuth"] is True


def test_generated_keys_are_secret_and_stay_out_of_the_chart() -> None:
    recording = record(in_cluster)
    identities = recording.one(":Secret")
    assert identities.secrets == {"data"}
    document = json.loads(b64decode(identities.plain()["data"]["seaweedfs_s3_config"]))
    assert {identity["name"]: identity["actions"][0] for identity in document["identities"]} == {
        "logs": "Read:loki",
        "traces": "Read:tempo",
        "metrics": "Read:thanos",
    }
    keys = {identity["credentials"][0]["secretKey"] for identity in document["identities"]}
    assert len(keys) == 3
    assert "generated-" in keys.copy().pop()
    assert "generated-" not in json.dumps(recording.one(":Release").plain())


def test_outputs_with_keys_are_secret() -> None:
    def build() -> Mapping[str, Any]:
        outputs = in_cluster()
        return {key: outputs[key].is_secret() for key in ("access_key_ids", "secret_access_keys", "endpoint")}

    assert record(build).outputs == {"access_key_ids": True, "secret_access_keys": True, "endpoint": False}


def test_new_keys_are_generated_when_the_revision_changes() -> None:
    passwords = record(lambda: in_cluster(credentials_revision="2")).of_type(":RandomPassword")
    assert len(passwords) == 6
    assert all(password.plain()["keepers"] == {"revision": "2"} for password in passwords)


def test_the_store_lives_in_a_restricted_namespace_unless_there_is_one() -> None:
    labels = record(in_cluster).one(":Namespace").plain()["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    assert not record(lambda: in_cluster(create_namespace=False)).of_type(":Namespace")
    assert protected(record(lambda: in_cluster(protect_namespace=True)).one(":Namespace"))


def test_a_service_monitor_is_there_only_when_asked_for() -> None:
    assert not record(in_cluster).of_type(":ServiceMonitor")
    monitor = record(lambda: in_cluster(service_monitor=True)).one(":ServiceMonitor").plain()
    assert monitor["spec"]["endpoints"] == [{"port": "server-metrics", "interval": "30s"}]


def test_two_stores_live_side_by_side() -> None:
    def build() -> None:
        in_cluster("one")
        in_cluster("two", namespace="other", release_name="second")
        aws("three")
        aws("four", buckets={"logs": "acme-other"})

    recording = record(build)
    names = {release.plain()["name"] for release in recording.of_type(":Release")}
    assert names == {"seaweedfs", "second"}
    children = [
        r for r in recording.resources if r.type not in ("pulumi:pulumi:Stack",) and "observability:" not in r.type
    ]
    assert all("observability:index:" in child.parent for child in children), "every child belongs to its component"


def test_consumers_wait_for_the_store_and_its_guards() -> None:
    def build() -> None:
        outputs = in_cluster()
        on_aws = aws("cloud")
        for name, source in (("one", outputs["endpoint"]), ("two", on_aws["buckets"].apply(lambda b: b["logs"]))):
            SecretBucketAccess(name, {**KEYS, "namespace": "logging", "secret_name": source.apply(lambda _: "keys")})  # type: ignore[typeddict-item]  # a dict of Any

    recording = record(build)
    waited = {name: set(recording.one(":Secret", f"{name}-secret").request.dependencies) for name in ("one", "two")}
    assert recording.one(":Release").urn in waited["one"]
    assert {guard.urn for guard in recording.of_type(":BucketPolicy")} & waited["two"]
