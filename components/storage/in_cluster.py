"""Buckets in the cluster itself, where nothing else is to be had: SeaweedFS in one pod, or on several hosts."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.core.v1 import Secret
from pulumi_kubernetes.helm.v3 import Release
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from .._guard import guard
from .._known import after
from .._merge import deep_merge
from .._namespace import own_namespace
from .._passwords import generated, secret_map
from .._pod_security import MANAGED_BY
from .._release import release
from ._guards import seaweedfs_problems
from .args import InClusterObjectStorageArgs
from .seaweedfs import IDENTITIES_KEY, REGION, identities, seaweedfs_values, service_monitor
from .seaweedfs_cluster import cluster_values
from .seaweedfs_cluster import service_monitor as cluster_monitor
from .seaweedfs_objects import cluster_budgets, cluster_service
from .spec import InClusterObjectStorageSpec


class InClusterObjectStorage(pulumi.ComponentResource):
    """An S3 store in the cluster, with its buckets and a key for each of them."""

    kind: pulumi.Output[str]
    """`in-cluster`."""
    endpoint: pulumi.Output[str]
    """URL of the S3 API in the cluster."""
    region: pulumi.Output[str]
    """Region that requests are signed for."""
    path_style: pulumi.Output[bool]
    """Whether the bucket goes into the path of a URL and not into its host: true."""
    buckets: pulumi.Output[Mapping[str, str]]
    """Bucket of each purpose."""
    prefixes: pulumi.Output[Mapping[str, str]]
    """Prefix of each purpose: empty, every purpose has a bucket."""
    kms_key_arn: pulumi.Output[str]
    """Empty: the store does not encrypt."""
    bucket_arns: pulumi.Output[Mapping[str, str]]
    """None: only AWS has them."""
    access_key_ids: pulumi.Output[Mapping[str, str]]
    """Access key of each purpose, good for its bucket alone. Secret."""
    secret_access_keys: pulumi.Output[Mapping[str, str]]
    """Secret key of each purpose. Secret."""
    credentials_revision: pulumi.Output[str]
    """Changes when the keys do, and is known before they are generated."""

    def __init__(self, name: str, args: InClusterObjectStorageArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        component = f'InClusterObjectStorage "{name}"'
        spec = InClusterObjectStorageSpec.check(component, args)
        super().__init__("observability:index:InClusterObjectStorage", name, {**args}, opts)
        known = spec.resolve(component)
        in_namespace = known.apply(lambda s: s.namespace)
        before = own_namespace(name, spec, in_namespace, self)
        revision = spec.credentials_revision
        self.access_key_ids, self.secret_access_keys = (
            secret_map({p: generated(f"{name}-{p}-{word}-key", length, revision, self) for p in spec.buckets})
            for word, length in (("access", 20), ("secret", 40))
        )
        before.append(
            Secret(
                f"{name}-identities",
                metadata=ObjectMetaArgs(name=spec.identities_secret, namespace=in_namespace, labels=MANAGED_BY),
                data=pulumi.Output.all(self.access_key_ids, self.secret_access_keys).apply(
                    lambda keys: _identities_data(spec.buckets, keys[0], keys[1])
                ),
                opts=pulumi.ResourceOptions(parent=self, depends_on=before),
            )
        )

        def problems(applied: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
            return seaweedfs_problems(applied, wanted, prepared=spec.allow_changes)

        store = release(
            f"{name}-seaweedfs",
            spec,
            namespace=in_namespace,
            values=known.apply(
                lambda s: deep_merge(cluster_values(s) if s.clustered else seaweedfs_values(s), s.values)
            ),
            parent=self,
            depends_on=before,
            hooks=guard(f"{name}-seaweedfs", problems),
        )
        ready: list[pulumi.Resource] = [store]
        if spec.clustered:
            ready.append(cluster_service(f"{name}-service", spec.release_name, in_namespace, self, store))
            cluster_budgets(f"{name}-budget", spec.release_name, in_namespace, self, store)
        if spec.service_monitor:
            self._service_monitor(f"{name}-service-monitor", spec, in_namespace, store)
        self.kind = pulumi.Output.from_input("in-cluster")
        self.endpoint = after(known.apply(lambda s: s.endpoint), *ready)
        self.region = pulumi.Output.from_input(REGION)
        self.path_style = pulumi.Output.from_input(True)
        self.buckets = after(dict(spec.buckets), *ready)
        self.prefixes = pulumi.Output.from_input(dict.fromkeys(spec.buckets, ""))
        self.kms_key_arn = pulumi.Output.from_input("")
        self.bucket_arns = pulumi.Output.from_input({})
        self.credentials_revision = known.apply(lambda s: s.credentials_checksum)
        self.register_outputs(
            {
                "kind": self.kind,
                "endpoint": self.endpoint,
                "region": self.region,
                "pathStyle": self.path_style,
                "buckets": self.buckets,
                "prefixes": self.prefixes,
                "kmsKeyArn": self.kms_key_arn,
                "bucketArns": self.bucket_arns,
                "accessKeyIds": self.access_key_ids,
                "secretAccessKeys": self.secret_access_keys,
                "credentialsRevision": self.credentials_revision,
            }
        )

    def _service_monitor(
        self, name: str, spec: InClusterObjectStorageSpec, in_namespace: pulumi.Output[str], store: Release
    ) -> None:
        # The chart's switch would also bring a dashboard whose datasource nothing provides.
        CustomResource(
            name,
            api_version="monitoring.coreos.com/v1",
            kind="ServiceMonitor",
            metadata=ObjectMetaArgs(
                name=spec.release_name,
                namespace=in_namespace,
                labels=pulumi.Output.from_input(spec.service_monitor_labels).apply(lambda own: {**MANAGED_BY, **own}),
            ),
            spec=(cluster_monitor if spec.clustered else service_monitor)(spec.release_name),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[store]),
        )


def _identities_data(
    buckets: Mapping[str, str], access_keys: Mapping[str, str], secret_keys: Mapping[str, str]
) -> dict[str, str]:
    keys = {purpose: (access_keys[purpose], secret_keys[purpose]) for purpose in buckets}
    return {IDENTITIES_KEY: b64encode(identities(buckets, keys).encode()).decode()}
