"""The storage components and their consumers' access, built with as little as they need."""

from typing import Any

from components.storage import (
    AwsBucketAccess,
    AwsObjectStorage,
    ExternalObjectStorage,
    InClusterObjectStorage,
    MinioObjectStorage,
    SecretBucketAccess,
)
from tests.recording import Registered, outputs_of

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
    "eks_cluster": "prod",
    "region": "eu-west-1",
}
EXTERNAL: dict[str, Any] = {"endpoint": "https://s3.example.org/", "shared_bucket": "acme"}
KEYS: dict[str, Any] = {"namespace": "logging", "access_key_id": "AKIDSECRETBYTES", "secret_access_key": "SECRETBYTES"}
GENERATED = frozenset({"random:index/randomPassword:RandomPassword.result"})
NEW_KEY = frozenset({"aws:kms/key:Key.arn"})


def aws(name: str = "storage", **args: Any) -> dict[str, Any]:
    storage: Any = {**AWS, **args}
    return outputs_of(AwsObjectStorage(name, storage))


def access(**args: Any) -> dict[str, Any]:
    arguments: Any = {**IRSA, **args} if args.get("identity", "irsa") == "irsa" else {**POD_IDENTITY, **args}
    return outputs_of(AwsBucketAccess("access", arguments))


def secret_access(name: str = "access", **args: Any) -> dict[str, Any]:
    arguments: Any = args
    return outputs_of(SecretBucketAccess(name, arguments))


def external(**args: Any) -> dict[str, Any]:
    arguments: Any = {**EXTERNAL, **args}
    return outputs_of(ExternalObjectStorage("storage", arguments))


def in_cluster(name: str = "storage", **args: Any) -> dict[str, Any]:
    arguments: Any = {"namespace": "storage", **args}
    return outputs_of(InClusterObjectStorage(name, arguments))


def minio(name: str = "storage", **args: Any) -> dict[str, Any]:
    arguments: Any = {"namespace": "minio", **args}
    return outputs_of(MinioObjectStorage(name, arguments))


def protected(resource: Registered) -> bool:
    return bool(resource.request.protect) and bool(resource.request.retainOnDelete)
