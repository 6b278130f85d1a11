"""A consumer's access to its bucket by key: a Kubernetes Secret that the consumer reads into its environment."""

from collections.abc import Mapping
from hashlib import scrypt, sha256
from typing import Any

import pulumi
from pulumi_kubernetes.core.v1 import Secret
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from .._kubernetes import MANAGED_BY, secret_data
from .._outputs import known_after, outputs_of
from .args import SecretBucketAccessArgs
from .spec import ACCESS_KEY_ID, SECRET_ACCESS_KEY, SecretBucketAccessSpec

_SECRETS = ("access_key_id", "secret_access_key")


class SecretBucketAccess(pulumi.ComponentResource):
    """Access to a bucket by key, for the consumers in one namespace."""

    service_account_annotations: pulumi.Output[Mapping[str, str]]
    """None: the ServiceAccount has no role."""
    secret_name: pulumi.Output[str]
    """Secret that the consumer reads into its environment."""
    checksum: pulumi.Output[str]
    """Changes when the credentials change; empty for an existing Secret without a revision."""

    def __init__(self, name: str, args: SecretBucketAccessArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        component = f'SecretBucketAccess "{name}"'
        spec = SecretBucketAccessSpec.check(component, args)
        inputs: dict[str, Any] = {**args}
        secrets = {key: pulumi.Output.secret(inputs[key]) for key in _SECRETS if key in inputs}
        super().__init__("observability:index:SecretBucketAccess", name, {**inputs, **secrets}, opts)
        sealed = spec.model_copy(update=secrets)
        # Secrets are resolved separately, so that nothing else becomes secret or unknown with them.
        hidden = {} if spec.existing_secret else dict.fromkeys(secrets, "hidden")
        resolved = spec.model_copy(update=hidden).resolve(component)
        checksum = pulumi.Output.unsecret(self._checksum(sealed, component))
        self.service_account_annotations = pulumi.Output.from_input({})
        self.secret_name = resolved.apply(lambda s: s.existing_secret or s.secret_name)
        self.checksum = checksum
        if not spec.existing_secret:
            secret = Secret(
                f"{name}-secret",
                metadata=ObjectMetaArgs(
                    name=resolved.apply(lambda s: s.secret_name),
                    namespace=resolved.apply(lambda s: s.namespace),
                    labels=MANAGED_BY,
                ),
                data=sealed.resolve(component).apply(_data),
                opts=pulumi.ResourceOptions(parent=self),
            )
            self.secret_name = known_after(self.secret_name, secret)
            self.checksum = known_after(checksum, secret)
        self.register_outputs(outputs_of(self))

    def _checksum(self, spec: SecretBucketAccessSpec, component: str) -> pulumi.Output[str]:
        if spec.credentials_revision != "":
            return pulumi.Output.from_input(spec.credentials_revision).apply(_digest)
        if spec.existing_secret:
            return pulumi.Output.from_input("")
        return spec.resolve(component).apply(_fingerprint)


def _data(spec: SecretBucketAccessSpec) -> dict[str, str]:
    return secret_data({ACCESS_KEY_ID: spec.access_key_id, SECRET_ACCESS_KEY: spec.secret_access_key})


def _digest(revision: str) -> str:
    return sha256(revision.encode()).hexdigest()[:16]


def _fingerprint(spec: SecretBucketAccessSpec) -> str:
    return fingerprint(spec.access_key_id, spec.secret_access_key, f"{spec.namespace}/{spec.secret_name}")


def fingerprint(access_key_id: str, secret_access_key: str, salt: str) -> str:
    """Return a short, slow hash that changes with the credentials, as pod annotations show it."""
    credentials = f"{access_key_id}\n{secret_access_key}".encode()
    return scrypt(credentials, salt=salt.encode(), n=2**12, r=8, p=1, dklen=6).hex()
