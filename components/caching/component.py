"""A cache in the cluster, Valkey, which speaks Redis's protocol, and the access of each reader to it."""

import json

import pulumi
from pulumi_kubernetes.core.v1 import Secret
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from .._cache import Database
from .._kubernetes import MANAGED_BY, secret_data
from .._namespace import create_namespace_if
from .._outputs import known_after, outputs_of
from .._passwords import generate_password
from .._release import release
from .args import CacheAccessArgs, CacheArgs
from .spec import PASSWORD_KEY, CacheAccessSpec, CacheSpec
from .values import cache_values

THANOS_KEY = "thanos-response-cache.yaml"


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
            data=self.password.apply(lambda plain: secret_data({PASSWORD_KEY: plain})),
            opts=pulumi.ResourceOptions(parent=self, depends_on=created),
        )
        cache = release(
            f"{name}-valkey",
            spec,
            namespace=in_namespace,
            values=resolved.apply(cache_values),
            parent=self,
            depends_on=[*created, secret],
        )
        self.endpoint = known_after(resolved.apply(lambda s: s.endpoint), cache)
        self.password_secret = known_after(spec.password_secret, secret)
        self.password_key = pulumi.Output.from_input(PASSWORD_KEY)
        self.credentials_revision = resolved.apply(lambda s: s.credentials_checksum)
        self.register_outputs(outputs_of(self))


class CacheAccess(pulumi.ComponentResource):
    """The password of a cache in a Secret in the namespace of one of its readers."""

    secret_name: pulumi.Output[str]
    """Name of the Secret with the password."""
    password_key: pulumi.Output[str]
    """Key of the password in that Secret."""
    thanos_key: pulumi.Output[str]
    """Key of the file for Thanos in that Secret; empty without `thanos_endpoint`."""

    def __init__(self, name: str, args: CacheAccessArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        component = f'CacheAccess "{name}"'
        spec = CacheAccessSpec.check(component, args)
        password = pulumi.Output.secret(args["password"])
        super().__init__("observability:index:CacheAccess", name, {**args, "password": password}, opts)
        # The password is resolved separately, so that nothing else becomes secret or unknown with it.
        resolved = spec.model_copy(update={"password": "hidden"}).resolve(component)
        secret = Secret(
            f"{name}-secret",
            metadata=ObjectMetaArgs(
                name=resolved.apply(lambda s: s.secret_name),
                namespace=resolved.apply(lambda s: s.namespace),
                labels=MANAGED_BY,
            ),
            data=pulumi.Output.all(password, resolved).apply(lambda both: _data(*both)),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.secret_name = known_after(resolved.apply(lambda s: s.secret_name), secret)
        self.password_key = pulumi.Output.from_input(PASSWORD_KEY)
        self.thanos_key = resolved.apply(lambda s: THANOS_KEY if s.thanos_endpoint else "")
        self.register_outputs(outputs_of(self))


def _data(password: str, spec: CacheAccessSpec) -> dict[str, str]:
    files = {PASSWORD_KEY: password}
    if spec.thanos_endpoint:
        files[THANOS_KEY] = thanos_response_cache(spec.thanos_endpoint, password)
    return secret_data(files)


def thanos_response_cache(endpoint: str, password: str) -> str:
    """Return the configuration of a cache for the query frontend of Thanos; JSON is YAML."""
    # https://thanos.io/tip/components/query-frontend.md/#redis
    return json.dumps({"type": "REDIS", "config": {"addr": endpoint, "password": password, "db": int(Database.THANOS)}})
