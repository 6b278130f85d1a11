"""Thanos of a stack: the object store that its pods and the sidecars of Prometheus share, and their identities."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

import pulumi

import components
from components.metrics.spec import MetricsSpec
from components.thanos.roles import BUCKET_ROLES, ThanosRole
from components.thanos.spec import OBJSTORE_SECRET
from config import Settings
from config.storage import AwsStorage, ExternalStorage, Storage

from . import build_args
from .upstream import ObjectStore, ObjectStoreWithKeys, SidecarArgs, ThanosStoreArgs

Annotations = pulumi.Output[Mapping[str, str]]
Keys = tuple[pulumi.Input[str], pulumi.Input[str]]

PROMETHEUS = f"{MetricsSpec.model_fields['release_name'].default}-prometheus"
"""The ServiceAccount of Prometheus, whose sidecar uploads blocks."""


@dataclass(frozen=True)
class LongTermStore:
    """The object store of Thanos in the namespace of Prometheus."""

    secret_name: str
    revision: pulumi.Input[str]
    credentials_secret: str
    """An existing Secret with the keys; empty where the object store has them, or pods a role."""
    annotations: Mapping[str, Annotations] = field(default_factory=dict)
    """By ServiceAccount."""


def accounts(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield the ServiceAccounts that use the bucket of metrics, each with the actions that it needs."""
    area = settings.metrics.thanos
    if area is None:
        return
    yield PROMETHEUS, "thanos"
    for role in area.roles:
        if role in BUCKET_ROLES:
            yield f"thanos-{role}", "thanos-reader" if role is ThanosRole.STORE_GATEWAY else "thanos"


def create_long_term_store(
    settings: Settings,
    store: ObjectStore | None,
    namespaces: Mapping[str, pulumi.Output[str]],
    options: pulumi.ResourceOptions,
) -> LongTermStore | None:
    """Create the object store of Thanos, and on AWS a role for each ServiceAccount; `None` without Thanos."""
    if settings.metrics.thanos is None or store is None:
        return None
    namespace, storage = namespaces[settings.metrics.namespace], settings.storage
    keys, revision = credentials(settings, storage, store)
    annotations: dict[str, Annotations] = {}
    if isinstance(storage, AwsStorage):
        checksums: list[pulumi.Output[str]] = []
        for account, consumer in accounts(settings):
            role = build_args.aws_access_args(settings, storage, store, "metrics", consumer, namespace, account)
            access = components.AwsBucketAccess(f"metrics-access-{account}", role, options)
            annotations[account] = access.service_account_annotations
            checksums.append(access.checksum)
        revision = pulumi.Output.all(*checksums).apply(lambda texts: " ".join(map(str, texts)))
    arguments = build_args.thanos_object_store_args(settings, store, namespace, keys, revision)
    made = components.ThanosObjectStore("long-term-store", arguments, options)
    return LongTermStore(OBJSTORE_SECRET, made.revision, credentials_secret(settings), annotations)


def credentials(settings: Settings, store: Storage, made: ObjectStore) -> tuple[Keys | None, pulumi.Input[str]]:
    """Return the keys for the bucket of metrics, and a text that changes with them where it is known."""
    if isinstance(store, AwsStorage):
        return None, ""
    if not isinstance(store, ExternalStorage):
        generated = cast(ObjectStoreWithKeys, made)
        keys = generated.access_key_ids["metrics"], generated.secret_access_keys["metrics"]
        return keys, generated.credentials_revision
    access_key, secret_key = (settings.secret(f"metrics_{key}") for key in ("access_key_id", "secret_access_key"))
    if "metrics" in store.credentials or access_key is None or secret_key is None:
        return None, store.credentials_revision
    return (access_key, secret_key), store.credentials_revision


def credentials_secret(settings: Settings) -> str:
    """Return the existing Secret with the keys for the bucket of metrics; empty where there is none."""
    store = settings.storage
    return store.credentials.get("metrics", "") if isinstance(store, ExternalStorage) else ""


def sidecar_args(settings: Settings, store: LongTermStore | None) -> SidecarArgs:
    """Return the arguments of Prometheus for its sidecar; none without Thanos."""
    area = settings.metrics.thanos
    if store is None or area is None:
        return {}
    arguments: SidecarArgs = {
        "retention": area.local_retention,
        "objstore_secret": store.secret_name,
        "objstore_revision": store.revision,
        "objstore_credentials_secret": store.credentials_secret,
    }
    if PROMETHEUS in store.annotations:
        arguments["service_account_annotations"] = store.annotations[PROMETHEUS]
    if authority := build_args.storage_ca(settings.storage):
        arguments["storage_ca"] = authority["storage_ca"]
    return arguments


def thanos_store_args(settings: Settings, store: LongTermStore) -> ThanosStoreArgs:
    """Return the arguments of Thanos for its object store."""
    arguments: ThanosStoreArgs = {
        "objstore_secret": store.secret_name,
        "objstore_revision": store.revision,
        "credentials_secret": store.credentials_secret,
        "service_account_annotations": {
            role.value: store.annotations[f"thanos-{role}"]
            for role in BUCKET_ROLES
            if f"thanos-{role}" in store.annotations
        },
    }
    if authority := build_args.storage_ca(settings.storage):
        arguments["storage_ca"] = authority["storage_ca"]
    return arguments
