"""A cache in the cluster: Valkey, which speaks Redis's protocol."""

from base64 import b64encode

import pulumi
from pulumi_kubernetes.core.v1 import Secret
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from .._kubernetes import MANAGED_BY
from .._merge import deep_merge
from .._namespace import create_namespace_if
from .._outputs import known_after
from .._passwords import generate_password
from .._release import release
from .args import CacheArgs
from .spec import PASSWORD_KEY, CacheSpec
from .values import cache_values


class Cache(pulumi.ComponentResource):
    """A cache on Valkey with a password, which each reader gets from a `CacheAccess`."""

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
        spec = CacheSpec.check(component, args)
        super().__init__("observability:index:Cache", name, {**args}, opts)
        resolved = spec.resolve(component)
        in_namespace = resolved.apply(lambda s: s.namespace)
        created = create_namespace_if(name, spec, in_namespace, self)
        self.password = generate_password(f"{name}-password", 40, spec.credentials_revision, self)
        secret = Secret(
            f"{name}-secret",
            metadata=ObjectMetaArgs(name=spec.password_secret, namespace=in_namespace, labels=MANAGED_BY),
            data=self.password.apply(lambda plain: {PASSWORD_KEY: b64encode(plain.encode()).decode()}),
            opts=pulumi.ResourceOptions(parent=self, depends_on=created),
        )
        cache = release(
            f"{name}-valkey",
            spec,
            namespace=in_namespace,
            values=resolved.apply(lambda s: deep_merge(cache_values(s), s.values)),
            parent=self,
            depends_on=[*created, secret],
        )
        self.endpoint = known_after(resolved.apply(lambda s: s.endpoint), cache)
        self.password_secret = known_after(spec.password_secret, secret)
        self.password_key = pulumi.Output.from_input(PASSWORD_KEY)
        self.credentials_revision = resolved.apply(lambda s: s.credentials_checksum)
        self.register_outputs(
            {
                "endpoint": self.endpoint,
                "passwordSecret": self.password_secret,
                "passwordKey": self.password_key,
                "password": self.password,
                "credentialsRevision": self.credentials_revision,
            }
        )
