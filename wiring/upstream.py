"""Arguments that come from the cluster or from outputs of other components."""

from collections.abc import Mapping, Sequence
from typing import Protocol, TypedDict

import pulumi

from components._args import CertificateReference


class Placement(TypedDict):
    """The nodes that the pods of every area run on where it states none."""

    node_selector: Mapping[str, str]
    tolerations: Sequence[Mapping[str, object]]


class Pods(TypedDict):
    """The registry, the pull secrets and the priority of the pods of every area that states none."""

    image_registry: str
    image_pull_secrets: Sequence[str]
    priority_class: str


class Monitors(TypedDict):
    """Whether there are ServiceMonitors, and the labels that the operator's Prometheus selects them by."""

    service_monitor: bool
    service_monitor_labels: Mapping[str, str]


class ClusterDns(TypedDict):
    """The DNS of the cluster."""

    dns_service: str
    dns_namespace: str
    cluster_domain: str


class ReleaseSource(TypedDict):
    """Where a chart comes from, in a namespace that the stack creates."""

    create_namespace: bool
    charts_dir: str


class BucketArgs(TypedDict, total=False):
    """The bucket of a backend, and the identity for access to it."""

    store: str
    bucket: pulumi.Input[str]
    bucket_prefix: pulumi.Input[str]
    endpoint: pulumi.Input[str]
    region: pulumi.Input[str]
    path_style: pulumi.Input[bool]
    storage_ca: CertificateReference
    service_account: str
    service_account_annotations: pulumi.Input[Mapping[str, pulumi.Input[str]]]
    credentials_secret: pulumi.Input[str]
    credentials_checksum: pulumi.Input[str]


class BackendCacheArgs(TypedDict, total=False):
    """The cache of a backend."""

    cache_endpoint: pulumi.Input[str]
    cache_password_secret: pulumi.Input[str]
    cache_password_key: pulumi.Input[str]
    cache_checksum: pulumi.Input[str]


class ServerAuthArgs(TypedDict):
    """The authentication that Loki and Tempo require of clients."""

    tls_secret: str
    client_certificates: bool
    logins_secret: str
    metrics_namespaces: Sequence[str]


class ObjectStore(Protocol):
    """The outputs of every storage component."""

    buckets: pulumi.Output[Mapping[str, str]]
    prefixes: pulumi.Output[Mapping[str, str]]
    endpoint: pulumi.Output[str]
    region: pulumi.Output[str]
    path_style: pulumi.Output[bool]
    kms_key_arn: pulumi.Output[str]


class ObjectStoreWithKeys(ObjectStore, Protocol):
    """The outputs of a storage component that generates the keys of its users."""

    access_key_ids: pulumi.Output[Mapping[str, str]]
    secret_access_keys: pulumi.Output[Mapping[str, str]]
    credentials_revision: pulumi.Output[str]
