"""What the stores and the accesses refuse, where, and what fixes it."""

import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import pytest

from components._model import described, is_placeholder, is_plain, is_user_known
from components._spec import REMOVE, ArgumentProblem, Fix, InvalidArgsError, Spec
from components.charts import MINIO, SEAWEEDFS_CHART
from components.storage.spec import (
    AwsBucketAccessSpec,
    AwsObjectStorageSpec,
    BucketLayoutSpec,
    ExternalObjectStorageSpec,
    InClusterObjectStorageSpec,
    MinioObjectStorageSpec,
    SecretBucketAccessSpec,
)
from tests.fixes import fix_of

KEY = "arn:aws:kms:eu-west-1:123456789012:key/a-b"
SPECS: list[type[Spec]] = [
    AwsBucketAccessSpec,
    AwsObjectStorageSpec,
    ExternalObjectStorageSpec,
    InClusterObjectStorageSpec,
    MinioObjectStorageSpec,
    SecretBucketAccessSpec,
]
VALID: dict[type[Spec], dict[str, Any]] = {
    AwsBucketAccessSpec: {
        "identity": "irsa",
        "oidc_issuer": "https://oidc.eks.eu-west-1.amazonaws.com/id/A",
        "actions_for": "loki",
        "account_id": "123456789012",
        "namespace": "logging",
        "service_account": "loki",
        "bucket": "acme-loki",
    },
    AwsObjectStorageSpec: {"region": "eu-west-1", "shared_bucket": "acme"},
    BucketLayoutSpec: {},
    ExternalObjectStorageSpec: {"endpoint": "https://s3.example.org", "shared_bucket": "acme"},
    InClusterObjectStorageSpec: {"namespace": "storage"},
    MinioObjectStorageSpec: {"namespace": "minio"},
    SecretBucketAccessSpec: {"namespace": "logging"},
}
CASES: list[tuple[type[Spec], dict[str, Any], str, str, Fix | None]] = [
    (BucketLayoutSpec, {}, "shared_bucket", "is missing", {"shared_bucket": "<shared_bucket>"}),
    (BucketLayoutSpec, {"buckets": {"logs": "acme"}, "shared_bucket": "all"}, "shared_bucket", "beside buckets", None),
    (
        BucketLayoutSpec,
        {"buckets": {"logs": "acme", "trace": "acme-t"}},
        "buckets.trace",
        "use logs, traces, metrics",
        {"buckets.trace": REMOVE},
    ),
    (
        BucketLayoutSpec,
        {"buckets": {"logs": "acme", "traces": "acme"}},
        "buckets.traces",
        "must not be the bucket of logs too",
        {"buckets": REMOVE, "shared_bucket": "acme"},
    ),
    (
        BucketLayoutSpec,
        {"buckets": {"logs": "acme", "traces": "other", "metrics": "acme"}},
        "buckets.metrics",
        "must not be the bucket of logs too",
        {"buckets.metrics": "<bucket>"},
    ),
    (BucketLayoutSpec, {"buckets": {"logs": "Acme"}}, "buckets.logs", "3 to 63 of a-z", {"buckets.logs": "<bucket>"}),
    (BucketLayoutSpec, {"shared_bucket": "Acme"}, "shared_bucket", "3 to 63", {"shared_bucket": "<shared_bucket>"}),
    (
        BucketLayoutSpec,
        {"shared_bucket": "acme", "prefixes": {"profiles": "p"}},
        "prefixes.profiles",
        "is not a purpose",
        {"prefixes.profiles": REMOVE},
    ),
    (
        BucketLayoutSpec,
        {"buckets": {"logs": "acme"}, "prefixes": {"traces": "t"}},
        "prefixes.traces",
        "has no bucket",
        {"prefixes.traces": REMOVE},
    ),
    (
        BucketLayoutSpec,
        {"shared_bucket": "acme", "prefixes": {"logs": "/logs/"}},
        "prefixes.logs",
        "without one at either end",
        {"prefixes.logs": "logs"},
    ),
    (
        BucketLayoutSpec,
        {"shared_bucket": "acme", "prefixes": {"logs": "my logs"}},
        "prefixes.logs",
        "letters, digits",
        {"prefixes.logs": REMOVE},
    ),
    (BucketLayoutSpec, {"shared_bucket": "acme", "prefixes": {"logs": ""}}, "prefixes", "may be empty", None),
    (
        BucketLayoutSpec,
        {"shared_bucket": "acme", "prefixes": {"logs": "x", "traces": "x"}},
        "prefixes",
        "within that of another",
        None,
    ),
    (
        BucketLayoutSpec,
        {"shared_bucket": "acme", "prefixes": {"logs": "tempo/logs"}},
        "prefixes",
        "within that of another",
        None,
    ),
    (
        AwsObjectStorageSpec,
        {"shared_bucket": "chunks"},
        "shared_bucket",
        "name of your organisation in front",
        {"shared_bucket": "<shared_bucket>"},
    ),
    (
        AwsObjectStorageSpec,
        {"shared_bucket": "acme.loki"},
        "shared_bucket",
        "must not have a dot",
        {"shared_bucket": "<shared_bucket>"},
    ),
    (AwsObjectStorageSpec, {"encryption": "s3", "kms_key_arn": KEY}, "kms_key_arn", "encryption s3", None),
    (AwsObjectStorageSpec, {"region": "xx-north-1"}, "region", "must be of a known partition", {"region": "<region>"}),
    (
        AwsObjectStorageSpec,
        {"region": "cn-north-1", "partition": "aws"},
        "partition",
        "must be aws-cn, the partition of region cn-north-1",
        None,
    ),
    (
        AwsObjectStorageSpec,
        {"region": "us-gov-west-1", "kms_key_arn": KEY},
        "kms_key_arn",
        "must be of partition aws-us-gov, as region and account are",
        {"kms_key_arn": "<kms_key_arn>"},
    ),
    (
        AwsObjectStorageSpec,
        {"region": "eu-west-3", "kms_key_arn": KEY},
        "kms_key_arn",
        "use a key of eu-west-3",
        {"kms_key_arn": "<kms_key_arn>"},
    ),
    (
        AwsBucketAccessSpec,
        {
            "region": "us-iso-east-1",
            "oidc_issuer": "oidc.example.org/A",
            "permissions_boundary": "arn:aws:iam::123456789012:policy/b",
        },
        "permissions_boundary",
        "use an ARN of aws-iso",
        {"permissions_boundary": "<permissions_boundary>"},
    ),
    (
        AwsBucketAccessSpec,
        {"region": "eu-west-3"},
        "oidc_issuer",
        "must be of region eu-west-3",
        {"oidc_issuer": "<oidc_issuer>"},
    ),
    (
        ExternalObjectStorageSpec,
        {"endpoint": "https://s3.eu-west-1.amazonaws.com"},
        "endpoint",
        "set region to eu-west-1",
        {"region": "eu-west-1"},
    ),
    (
        AwsObjectStorageSpec,
        {"create_buckets": False, "versioning": True},
        "versioning",
        "create_buckets false",
        {"versioning": REMOVE},
    ),
    (
        AwsObjectStorageSpec,
        {"create_buckets": False, "noncurrent_days": 7},
        "noncurrent_days",
        "create_buckets false",
        {"noncurrent_days": REMOVE},
    ),
    (
        AwsObjectStorageSpec,
        {"create_buckets": False, "protect": True},
        "protect",
        "create_buckets false",
        {"protect": REMOVE},
    ),
    (AwsBucketAccessSpec, {"bucket": "A"}, "bucket", "3 to 63", {"bucket": "<bucket>"}),
    (AwsBucketAccessSpec, {"role_name": "a b"}, "role_name", "at most 64", None),
    (
        AwsBucketAccessSpec,
        {"oidc_issuer": ""},
        "oidc_issuer",
        "aws eks describe-cluster",
        {"oidc_issuer": "<oidc_issuer>"},
    ),
    (
        AwsBucketAccessSpec,
        {"identity": "pod-identity"},
        "eks_cluster",
        "name of the EKS cluster",
        {"eks_cluster": "<eks_cluster>"},
    ),
    (InClusterObjectStorageSpec, {"buckets": {}}, "buckets", "at least one of logs, traces, metrics", None),
    (
        InClusterObjectStorageSpec,
        {"buckets": {"logs": "loki", "profiles": "a-b"}},
        "buckets.profiles",
        "is not a purpose",
        {"buckets.profiles": REMOVE},
    ),
    (InClusterObjectStorageSpec, {"buckets": {"logs": "A"}}, "buckets.logs", "3 to 63", {"buckets.logs": "loki"}),
    (
        InClusterObjectStorageSpec,
        {"buckets": {"logs": "a-b", "traces": "a-b"}},
        "buckets.traces",
        "must not be the bucket of another purpose",
        {"buckets.traces": "tempo"},
    ),
    (
        InClusterObjectStorageSpec,
        {"buckets": {"logs": "tempo", "traces": "tempo"}},
        "buckets.traces",
        "must not be the bucket of another purpose",
        {"buckets": REMOVE},
    ),
    (InClusterObjectStorageSpec, {"replicas": 2}, "replicas", "set 3 or more, or 1", {"replicas": 3}),
    (
        InClusterObjectStorageSpec,
        {"replicas": 3, "replication_factor": 3},
        "replicas",
        "set 4 or more",
        {"replicas": 4},
    ),
    (InClusterObjectStorageSpec, {"release_name": "a" * 53}, "release_name", "at most 52", None),
    (
        InClusterObjectStorageSpec,
        {"chart_version": "1.0.0"},
        "chart_version",
        f"use one of {SEAWEEDFS_CHART.default_version}",
        {"chart_version": SEAWEEDFS_CHART.default_version},
    ),
    (MinioObjectStorageSpec, {"buckets": {}}, "buckets", "at least one of logs, traces, metrics", None),
    (
        MinioObjectStorageSpec,
        {"buckets": {"logs": "chunks", "profiles": "a-b-c"}},
        "buckets.profiles",
        "is not a purpose",
        {"buckets.profiles": REMOVE},
    ),
    (MinioObjectStorageSpec, {"buckets": {"logs": "A"}}, "buckets.logs", "3 to 63", {"buckets.logs": "chunks"}),
    (
        MinioObjectStorageSpec,
        {"buckets": {"logs": "acme", "traces": "acme"}},
        "buckets.traces",
        "must not be named twice",
        {"buckets.traces": "traces"},
    ),
    (
        MinioObjectStorageSpec,
        {"buckets": {"logs": "chunks", "traces": "ruler"}},
        "buckets.traces",
        "must not be named twice",
        {"buckets.traces": "traces"},
    ),
    (
        MinioObjectStorageSpec,
        {"further_buckets": {"logs": ["ruler", "traces"]}},
        "further_buckets.logs.1",
        "must not be named twice",
        {"further_buckets.logs.1": REMOVE},
    ),
    (
        MinioObjectStorageSpec,
        {"further_buckets": {"logs": ["R"]}},
        "further_buckets.logs.0",
        "3 to 63",
        {"further_buckets.logs.0": REMOVE},
    ),
    (
        MinioObjectStorageSpec,
        {"buckets": {"logs": "chunks"}, "further_buckets": {"traces": ["more"]}},
        "further_buckets.traces",
        "traces has no bucket",
        {"further_buckets.traces": REMOVE},
    ),
    (
        MinioObjectStorageSpec,
        {"users": {"profiles": "pyro"}},
        "users.profiles",
        "is not a purpose",
        {"users.profiles": REMOVE},
    ),
    (
        MinioObjectStorageSpec,
        {"buckets": {"logs": "chunks"}, "users": {"traces": "tempo"}},
        "users.traces",
        "traces has no bucket",
        {"users.traces": REMOVE},
    ),
    (MinioObjectStorageSpec, {"users": {"logs": "lo ki"}}, "users.logs", "3 to 20", {"users.logs": REMOVE}),
    (MinioObjectStorageSpec, {"users": {"logs": "root"}}, "users.logs", "reserved by MinIO", {"users.logs": REMOVE}),
    (MinioObjectStorageSpec, {"users": {"logs": "readwrite"}}, "users.logs", "reserved", {"users.logs": REMOVE}),
    (
        MinioObjectStorageSpec,
        {"users": {"logs": "tempo"}},
        "users.logs",
        "must not be the user",
        {"users.logs": REMOVE},
    ),
    (
        MinioObjectStorageSpec,
        {"users": {"logs": "acme", "traces": "acme"}},
        "users.traces",
        "must not be the user",
        {"users.traces": REMOVE},
    ),
    (MinioObjectStorageSpec, {"release_name": "a" * 49}, "release_name", "at most 48", None),
    (
        MinioObjectStorageSpec,
        {"chart_version": "5.3.0"},
        "chart_version",
        f"use one of {MINIO.default_version}",
        {"chart_version": MINIO.default_version},
    ),
    (
        SecretBucketAccessSpec,
        {},
        "existing_secret",
        "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
        {"existing_secret": "<existing_secret>"},
    ),
    (
        SecretBucketAccessSpec,
        {"access_key_id": "AKID"},
        "existing_secret",
        "set access_key_id and secret_access_key",
        {"secret_access_key": "<secret_access_key>"},
    ),
    (
        SecretBucketAccessSpec,
        {"existing_secret": "loki", "access_key_id": "AKID", "secret_access_key": "KEY"},
        "existing_secret",
        "beside access_key_id",
        {"access_key_id": REMOVE, "secret_access_key": REMOVE},
    ),
]


def problems_of(spec: type[Spec], args: Mapping[str, Any]) -> list[ArgumentProblem]:
    return spec.find_problems({**VALID[spec], **args})


def fixed(args: Mapping[str, Any], problem: ArgumentProblem) -> dict[str, Any]:
    """Return `args` with the fix of a problem, by default without the first argument of its rule that is set."""
    changed = deepcopy(dict(args))
    fix = problem.fix or {(next(name for name in problem.fields if name in changed),): REMOVE}
    for place, value in fix.items():
        holder: Any = changed
        *way, last = place
        for part in way:
            holder = holder[part]
        if value is REMOVE:
            del holder[last]
        else:
            holder[last] = value
    return changed


@pytest.mark.parametrize(("spec", "args", "place", "words", "fix"), CASES)
def test_a_violation_has_its_place_its_reason_and_a_fix_that_satisfies_the_rule(
    spec: type[Spec], args: dict[str, Any], place: str, words: str, fix: Fix | None
) -> None:
    arguments = {**VALID[spec], **args}
    (problem,) = spec.find_problems(arguments)
    assert problem.field == place
    assert words in problem.message
    assert fix_of(problem) == fix
    after = spec.find_problems(fixed(arguments, problem))
    if any(is_placeholder(str(value)) for value in (fix or {}).values()):
        assert set(fix or {}) <= {found.field for found in after}, "a placeholder is not a value"
    else:
        assert after == []


@pytest.mark.parametrize(
    ("spec", "args", "place", "words"),
    [
        (InClusterObjectStorageSpec, {"replication_factor": 1}, "replication_factor", "at least 2"),
        (InClusterObjectStorageSpec, {"replicas": 0}, "replicas", "at least 1"),
        (InClusterObjectStorageSpec, {"allow_changes": ["volumes"]}, "allow_changes.0", "one of topology, servers"),
        (InClusterObjectStorageSpec, {"volume_size": "100Mi"}, "volume_size", "at least 1Gi"),
        (MinioObjectStorageSpec, {"volume_size": "100Mi"}, "volume_size", "at least 1Gi"),
        (MinioObjectStorageSpec, {"mode": "gateway"}, "mode", "one of standalone, distributed"),
        (AwsBucketAccessSpec, {"oidc_issuer": "https://"}, "oidc_issuer", "host and path of an OIDC issuer"),
        (AwsBucketAccessSpec, {"account_id": "12"}, "account_id", "12 digits"),
        (AwsObjectStorageSpec, {"kms_key_arn": "alias/mine"}, "kms_key_arn", "ARN of a KMS key"),
        (ExternalObjectStorageSpec, {"endpoint": "s3.example.org"}, "endpoint", "http:// or https://"),
        (ExternalObjectStorageSpec, {"region": "eu west"}, "region", "letters, digits"),
    ],
)
def test_a_value_of_another_form_is_refused(spec: type[Spec], args: dict[str, Any], place: str, words: str) -> None:
    (problem,) = problems_of(spec, args)
    assert problem.field == place
    assert words in problem.message


def test_every_violation_of_a_rule_is_reported_at_once() -> None:
    found = problems_of(AwsObjectStorageSpec, {"create_buckets": False, "versioning": True, "protect": False})
    assert [problem.field for problem in found] == ["versioning", "protect"]
    users = problems_of(MinioObjectStorageSpec, {"users": {"logs": "a", "traces": "root"}})
    assert [problem.field for problem in users] == ["users.logs", "users.traces"]


def test_the_layout_of_buckets_may_be_an_output_only_where_nothing_is_created() -> None:
    for name in ("buckets", "shared_bucket", "prefixes"):
        assert is_plain(AwsObjectStorageSpec.model_fields[name])
        assert not is_plain(ExternalObjectStorageSpec.model_fields[name])
        declared = BucketLayoutSpec.model_fields[name].description
        assert AwsObjectStorageSpec.model_fields[name].description == declared


def test_names_that_only_the_user_knows_are_never_invented() -> None:
    known = {name for spec in SPECS for name, field in spec.model_fields.items() if is_user_known(field)}
    assert {"shared_bucket", "oidc_issuer", "eks_cluster", "endpoint", "account_id", "kms_key_arn", "bucket"} <= known


@pytest.mark.parametrize(("spec", "name"), [(spec, name) for spec in SPECS for name in spec.model_fields])
def test_every_argument_is_described_and_its_examples_are_valid(spec: type[Spec], name: str) -> None:
    field = spec.model_fields[name]
    assert described(name, field)
    for example in field.examples or ():
        found = spec.find_problems({**VALID[spec], name: example})
        assert name not in {str(problem.location[0]) for problem in found if not problem.fields}


def layout(**args: Any) -> BucketLayoutSpec:
    return BucketLayoutSpec.check("Storage", args)


def test_a_shared_bucket_keeps_every_purpose_in_a_prefix_of_its_own() -> None:
    shared = layout(shared_bucket="acme")
    assert shared.bucket_of == {"logs": "acme", "traces": "acme", "metrics": "acme"}
    assert shared.prefix_of == {"logs": "loki", "traces": "tempo", "metrics": "thanos"}
    assert shared.distinct == {"shared": "acme"}
    assert layout(shared_bucket="acme", prefixes={"logs": "a/b"}).prefix_of["logs"] == "a/b"


def test_buckets_of_their_own_are_used_whole_unless_a_prefix_is_given() -> None:
    own = layout(buckets={"logs": "acme-loki", "traces": "acme-tempo"}, prefixes={"traces": "blocks"})
    assert own.prefix_of == {"logs": "", "traces": "blocks"}
    assert own.distinct == own.bucket_of


def test_prefixes_that_begin_alike_are_still_apart() -> None:
    assert layout(shared_bucket="acme", prefixes={"logs": "obs", "traces": "obs-traces"}).prefix_of["logs"] == "obs"


@pytest.mark.parametrize("endpoint", ["http://s3.example.org:9000/acme", "https://[fd00::1]:9000/acme/"])
def test_an_endpoint_with_a_path_is_refused_with_the_one_without(endpoint: str) -> None:
    server = endpoint.partition("/acme")[0]
    message = (
        rf"must not have the path '/acme/?'; set the URL of the S3 API, {re.escape(server)}, and the bucket by name"
    )
    args = {"endpoint": endpoint, "shared_bucket": "acme"}
    with pytest.raises(InvalidArgsError, match=message):
        ExternalObjectStorageSpec.check("test", args)
    assert ExternalObjectStorageSpec.check("test", {**args, "endpoint": f"{server}/"})
