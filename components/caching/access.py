"""Access of a reader to a cache: the password in a Secret of the reader's namespace."""

import json
from base64 import b64encode

import pulumi
from pulumi_kubernetes.core.v1 import Secret
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from .._cache import Database
from .._kubernetes import MANAGED_BY
from .._outputs import known_after
from .args import CacheAccessArgs
from .spec import PASSWORD_KEY, CacheAccessSpec

THANOS_KEY = "thanos-response-cache.yaml"


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
        self.register_outputs(
            {"secretName": self.secret_name, "passwordKey": self.password_key, "thanosKey": self.thanos_key}
        )


def _data(password: str, spec: CacheAccessSpec) -> dict[str, str]:
    files = {PASSWORD_KEY: password}
    if spec.thanos_endpoint:
        files[THANOS_KEY] = thanos_response_cache(spec.thanos_endpoint, password)
    return {name: b64encode(text.encode()).decode() for name, text in files.items()}


def thanos_response_cache(endpoint: str, password: str) -> str:
    """Return the configuration of a cache for the query frontend of Thanos; JSON is YAML."""
    # https://thanos.io/tip/components/query-frontend.md/#redis
    return json.dumps({"type": "REDIS", "config": {"addr": endpoint, "password": password, "db": int(Database.THANOS)}})
