"""Buckets in the cluster on SeaweedFS: in one pod, or on several servers."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi_kubernetes.core.v1 import Secret, Service, ServicePortArgs, ServiceSpecArgs
from pulumi_kubernetes.helm.v3 import Release
from pulumi_kubernetes.meta.v1 import LabelSelectorArgs, ObjectMetaArgs
from pulumi_kubernetes.policy.v1 import PodDisruptionBudget, PodDisruptionBudgetSpecArgs

from .._guard import guard
from .._kubernetes import MANAGED_BY
from .._merge import deep_merge
from .._namespace import create_namespace_if
from .._outputs import known_after
from .._passwords import generate_password, secret_map
from .._release import release
from .._service_monitor import create_service_monitor
from .args import InClusterObjectStorageArgs
from .seaweedfs_buckets import create_buckets
from .seaweedfs_values import (
    IDENTITIES_KEY,
    PARTS,
    REGION,
    identities,
    part_labels,
    seaweedfs_values,
    service_monitor_spec,
)
from .spec import SEAWEEDFS_S3_PORT, InClusterObjectStorageSpec
from .update_guard import seaweedfs_problems


class InClusterObjectStorage(pulumi.ComponentResource):
    """An S3 store in the cluster, with its buckets and a key for each of them."""

    kind: pulumi.Output[str]
    """`in-cluster`."""
    endpoint: pulumi.Output[str]
    """URL of the S3 API in the cluster."""
    region: pulumi.Output[str]
    """Region that requests are signed for."""
    path_style: pulumi.Output[bool]
    """Whether the bucket is part of the path of a URL, not of the host name: true."""
    buckets: pulumi.Output[Mapping[str, str]]
    """Bucket of each purpose."""
    prefixes: pulumi.Output[Mapping[str, str]]
    """Prefix of each purpose: empty, every purpose has a bucket."""
    kms_key_arn: pulumi.Output[str]
    """Empty: the store does not encrypt."""
    bucket_arns: pulumi.Output[Mapping[str, str]]
    """None: only AWS has them."""
    access_key_ids: pulumi.Output[Mapping[str, str]]
    """Access key of each purpose, valid for its bucket alone. Secret."""
    secret_access_keys: pulumi.Output[Mapping[str, str]]
    """Secret key of each purpose. Secret."""
    credentials_revision: pulumi.Output[str]
    """Changes when the keys do, and is known before they are generated."""

    def __init__(self, name: str, args: InClusterObjectStorageArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        component = f'InClusterObjectStorage "{name}"'
        spec = InClusterObjectStorageSpec.check(component, args)
        super().__init__("observability:index:InClusterObjectStorage", name, {**args}, opts)
        resolved = spec.resolve(component)
        in_namespace = resolved.apply(lambda s: s.namespace)
        before = create_namespace_if(name, spec, in_namespace, self)
        revision = spec.credentials_revision
        self.access_key_ids, self.secret_access_keys = (
            secret_map({p: generate_password(f"{name}-{p}-{word}-key", length, revision, self) for p in spec.buckets})
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

        def problems(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
            return seaweedfs_problems(old, new, allowed=spec.allow_changes)

        store = release(
            f"{name}-seaweedfs",
            spec,
            namespace=in_namespace,
            values=resolved.apply(lambda s: deep_merge(seaweedfs_values(s), s.values)),
            parent=self,
            depends_on=before,
            hooks=guard(f"{name}-seaweedfs", problems),
        )
        buckets = create_buckets(f"{name}-buckets", spec, resolved, parent=self, store=store)
        ready: list[pulumi.Resource] = [store, buckets]
        if spec.clustered:
            ready.append(self._service(f"{name}-service", spec, in_namespace, store))
            self._budgets(f"{name}-budget", spec, in_namespace, store)
        if spec.service_monitor:
            # The chart's switch would also bring a dashboard whose datasource nothing provides.
            create_service_monitor(
                f"{name}-service-monitor",
                name=spec.release_name,
                namespace=in_namespace,
                labels=spec.service_monitor_labels,
                spec=service_monitor_spec(spec),
                release=store,
                parent=self,
            )
        self.kind = pulumi.Output.from_input("in-cluster")
        self.endpoint = known_after(resolved.apply(lambda s: s.endpoint), *ready)
        self.region = pulumi.Output.from_input(REGION)
        self.path_style = pulumi.Output.from_input(True)
        self.buckets = known_after(dict(spec.buckets), *ready)
        self.prefixes = pulumi.Output.from_input(dict.fromkeys(spec.buckets, ""))
        self.kms_key_arn = pulumi.Output.from_input("")
        self.bucket_arns = pulumi.Output.from_input({})
        self.credentials_revision = resolved.apply(lambda s: s.credentials_checksum)
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

    def _service(
        self, name: str, spec: InClusterObjectStorageSpec, in_namespace: pulumi.Output[str], store: Release
    ) -> Service:
        return Service(
            name,
            metadata=ObjectMetaArgs(name=spec.release_name, namespace=in_namespace, labels=MANAGED_BY),
            spec=ServiceSpecArgs(
                selector=part_labels(spec.release_name, "filer"),
                # A client reads at once what it has written only from the same filer.
                session_affinity="ClientIP",
                ports=[ServicePortArgs(name="s3", port=SEAWEEDFS_S3_PORT, target_port=SEAWEEDFS_S3_PORT)],
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[store]),
        )

    def _budgets(
        self, name: str, spec: InClusterObjectStorageSpec, in_namespace: pulumi.Output[str], store: Release
    ) -> None:
        # The chart has no PodDisruptionBudgets.
        for part in PARTS:
            labels = part_labels(spec.release_name, part)
            PodDisruptionBudget(
                f"{name}-{part}",
                metadata=ObjectMetaArgs(name=f"{spec.release_name}-{part}", namespace=in_namespace, labels=MANAGED_BY),
                spec=PodDisruptionBudgetSpecArgs(max_unavailable=1, selector=LabelSelectorArgs(match_labels=labels)),
                opts=pulumi.ResourceOptions(parent=self, depends_on=[store]),
            )


def _identities_data(
    buckets: Mapping[str, str], access_keys: Mapping[str, str], secret_keys: Mapping[str, str]
) -> dict[str, str]:
    keys = {purpose: (access_keys[purpose], secret_keys[purpose]) for purpose in buckets}
    return {IDENTITIES_KEY: b64encode(identities(buckets, keys).encode()).decode()}
