"""A cache in the cluster: Valkey, which speaks Redis's protocol."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi
from pulumi_kubernetes.core.v1 import Secret
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from .._known import after
from .._merge import deep_merge
from .._namespace import own_namespace
from .._passwords import generated
from .._pod_security import MANAGED_BY
from .._release import release
from .spec import PASSWORD_KEY, CacheSpec
from .values import cache_values


class CacheArgs(TypedDict):
    """Arguments of `Cache`."""

    namespace: pulumi.Input[str]
    """Namespace of the cache."""
    create_namespace: NotRequired[bool]
    """Whether to create the namespace. Default yes."""
    pod_security: NotRequired[str]
    """Pod security level of a created namespace. Default `restricted`."""
    protect_namespace: NotRequired[bool]
    """Refuse to delete a created namespace. Default no: a cache fills itself again."""
    size_mib: NotRequired[pulumi.Input[int]]
    """Memory for entries in MiB; at it, the least recently used go. The pod takes a fifth more. Default 512, at
    least 32."""
    cpu: NotRequired[pulumi.Input[str]]
    """CPU requested. Default `50m`."""
    node_selector: NotRequired[pulumi.Input[Mapping[str, str]]]
    """Labels of the nodes to run on. Default: any node."""
    tolerations: NotRequired[pulumi.Input[Sequence[Mapping[str, Any]]]]
    """Taints to tolerate, as in a pod. Default: none."""
    service_monitor: NotRequired[bool]
    """Whether to run an exporter with a ServiceMonitor, which needs the Prometheus operator's CRDs. Default no."""
    service_monitor_labels: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Labels of the ServiceMonitor, by which the operator's Prometheus picks it up: kube-prometheus-stack's wants
    `release`, with the name of its own release. Default none."""
    credentials_revision: NotRequired[str]
    """Change this word to generate a new password; the cache and its readers start anew with it. Default `1`."""
    release_name: NotRequired[str]
    """Name of the Helm release, and of the Service. Default `valkey`."""
    chart_version: NotRequired[str]
    """Version of the chart `valkey`. Default the first supported one."""
    charts_dir: NotRequired[str]
    """Directory to take the chart from. Default: its repository."""
    values: NotRequired[Mapping[str, Any]]
    """Chart values laid over what the component sets."""
    max_history: NotRequired[int]
    """Revisions that Helm keeps. Default 2, at least 1."""
    timeout_seconds: NotRequired[int]
    """How long Helm waits for the release, in seconds. Default 600."""
    atomic: NotRequired[bool]
    """Whether a failed upgrade is rolled back. Default no."""
    skip_await: NotRequired[bool]
    """Whether not to wait for the pods. Default no."""


class Cache(pulumi.ComponentResource):
    """A cache on Valkey that asks for a password, for readers that are each given it by a `CacheAccess`."""

    endpoint: pulumi.Output[str]
    """Host and port of the cache in the cluster."""
    password_secret: pulumi.Output[str]
    """Name of the Secret with the password, in the namespace of the cache."""
    password_key: pulumi.Output[str]
    """Key of the password in that Secret."""
    password: pulumi.Output[str]
    """The password of the user `default`. Secret."""
    credentials_revision: pulumi.Output[str]
    """Changes when the password does, and is known before it is generated."""

    def __init__(self, name: str, args: CacheArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        component = f'Cache "{name}"'
        spec = CacheSpec.check(component, args, CacheArgs)
        super().__init__("observability:index:Cache", name, {**args}, opts)
        known = spec.resolve(component)
        in_namespace = known.apply(lambda s: s.namespace)
        home = own_namespace(name, spec, in_namespace, self)
        self.password = generated(f"{name}-password", 40, spec.credentials_revision, self)
        secret = Secret(
            f"{name}-secret",
            metadata=ObjectMetaArgs(name=spec.password_secret, namespace=in_namespace, labels=MANAGED_BY),
            data=self.password.apply(lambda plain: {PASSWORD_KEY: b64encode(plain.encode()).decode()}),
            opts=pulumi.ResourceOptions(parent=self, depends_on=home),
        )
        cache = release(
            f"{name}-valkey",
            spec,
            namespace=in_namespace,
            values=known.apply(lambda s: deep_merge(cache_values(s), s.values)),
            parent=self,
            depends_on=[*home, secret],
        )
        self.endpoint = after(known.apply(lambda s: s.endpoint), cache)
        self.password_secret = after(spec.password_secret, secret)
        self.password_key = pulumi.Output.from_input(PASSWORD_KEY)
        self.credentials_revision = known.apply(lambda s: s.credentials_checksum)
        self.register_outputs(
            {
                "endpoint": self.endpoint,
                "passwordSecret": self.password_secret,
                "passwordKey": self.password_key,
                "password": self.password,
                "credentialsRevision": self.credentials_revision,
            }
        )
