"""A consumer's access to its bucket by key: a Kubernetes Secret that the consumer reads into its environment."""

from base64 import b64encode
from collections.abc import Mapping
from hashlib import scrypt, sha256
from typing import Any, NotRequired, TypedDict

import pulumi
from pulumi_kubernetes.core.v1 import Secret
from pulumi_kubernetes.meta.v1 import ObjectMetaArgs

from .._known import after
from .._objects import OptionalObjectName
from .._pod_security import MANAGED_BY
from .._spec import Spec, rule
from ..units import Name

ACCESS_KEY_ID = "AWS_ACCESS_KEY_ID"
SECRET_ACCESS_KEY = "AWS_SECRET_ACCESS_KEY"
_SECRETS = ("access_key_id", "secret_access_key")


class SecretBucketAccessSpec(Spec):
    """What `SecretBucketAccess` takes."""

    namespace: Name
    secret_name: Name = "bucket-credentials"
    access_key_id: str = ""
    secret_access_key: str = ""
    existing_secret: OptionalObjectName = ""
    credentials_revision: str = ""

    @rule("existing_secret", "access_key_id", "secret_access_key")
    def _keys_or_a_secret_that_has_them(self) -> str | None:
        if self.existing_secret and (self.access_key_id or self.secret_access_key):
            return "give either existing_secret or access_key_id with secret_access_key, not both"
        if not self.existing_secret and not (self.access_key_id and self.secret_access_key):
            return (
                "give access_key_id and secret_access_key, or existing_secret: the name of a Secret in the same "
                f"namespace with the keys {ACCESS_KEY_ID} and {SECRET_ACCESS_KEY}, as its consumers read it whole"
            )
        return None


class SecretBucketAccessArgs(TypedDict):
    """Arguments of `SecretBucketAccess`."""

    namespace: pulumi.Input[str]
    """Namespace of the consumer."""
    secret_name: NotRequired[pulumi.Input[str]]
    """Name of the Secret that is created. Default `bucket-credentials`."""
    access_key_id: NotRequired[pulumi.Input[str]]
    """Access key; kept as a secret."""
    secret_access_key: NotRequired[pulumi.Input[str]]
    """Secret key; kept as a secret."""
    existing_secret: NotRequired[str]
    """Name of a Secret with the keys `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, in place of the two above."""
    credentials_revision: NotRequired[pulumi.Input[str]]
    """Word that changes whenever the credentials do. Default: derived from them, so unknown while they are."""


class SecretBucketAccess(pulumi.ComponentResource):
    """Access to a bucket by key, for the consumers in one namespace."""

    service_account_annotations: pulumi.Output[Mapping[str, str]]
    """None: the service account plays no part."""
    secret_name: pulumi.Output[str]
    """Secret that the consumer reads into its environment."""
    checksum: pulumi.Output[str]
    """Changes when the credentials change; empty for an existing Secret without a revision."""

    def __init__(self, name: str, args: SecretBucketAccessArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        component = f'SecretBucketAccess "{name}"'
        spec = SecretBucketAccessSpec.check(component, args, SecretBucketAccessArgs)
        inputs: dict[str, Any] = {**args}
        secrets = {key: pulumi.Output.secret(inputs[key]) for key in _SECRETS if key in inputs}
        super().__init__("observability:index:SecretBucketAccess", name, {**inputs, **secrets}, opts)
        sealed = spec.model_copy(update=secrets)
        # What is secret is resolved apart, so that nothing else becomes secret or unknown with it.
        hidden = {} if spec.existing_secret else dict.fromkeys(secrets, "hidden")
        open_part = spec.model_copy(update=hidden).resolve(component)
        checksum = pulumi.Output.unsecret(self._checksum(sealed, component))
        self.service_account_annotations = pulumi.Output.from_input({})
        self.secret_name = open_part.apply(lambda s: s.existing_secret or s.secret_name)
        self.checksum = checksum
        if not spec.existing_secret:
            secret = Secret(
                f"{name}-secret",
                metadata=ObjectMetaArgs(
                    name=open_part.apply(lambda s: s.secret_name),
                    namespace=open_part.apply(lambda s: s.namespace),
                    labels=MANAGED_BY,
                ),
                data=sealed.resolve(component).apply(_data),
                opts=pulumi.ResourceOptions(parent=self),
            )
            self.secret_name = after(self.secret_name, secret)
            self.checksum = after(checksum, secret)
        self.register_outputs(
            {
                "serviceAccountAnnotations": self.service_account_annotations,
                "secretName": self.secret_name,
                "checksum": self.checksum,
            }
        )

    def _checksum(self, spec: SecretBucketAccessSpec, component: str) -> pulumi.Output[str]:
        if spec.credentials_revision != "":
            return pulumi.Output.from_input(spec.credentials_revision).apply(_digest)
        if spec.existing_secret:
            return pulumi.Output.from_input("")
        return spec.resolve(component).apply(_fingerprint)


def _data(spec: SecretBucketAccessSpec) -> dict[str, str]:
    keys = {ACCESS_KEY_ID: spec.access_key_id, SECRET_ACCESS_KEY: spec.secret_access_key}
    return {key: b64encode(value.encode()).decode() for key, value in keys.items()}


def _digest(revision: str) -> str:
    return sha256(revision.encode()).hexdigest()[:16]


def _fingerprint(spec: SecretBucketAccessSpec) -> str:
    """Tell credentials apart without giving them away: slow and short, as it is shown in pod annotations."""
    known = f"{spec.access_key_id}\n{spec.secret_access_key}".encode()
    salt = f"{spec.namespace}/{spec.secret_name}".encode()
    return scrypt(known, salt=salt, n=2**12, r=8, p=1, dklen=6).hex()
