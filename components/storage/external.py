"""Buckets that exist already, in any store that speaks S3."""

from collections.abc import Mapping

import pulumi

from .._outputs import outputs_of
from .args import ExternalObjectStorageArgs
from .s3 import parse_endpoint
from .spec import ExternalObjectStorageSpec


class ExternalObjectStorage(pulumi.ComponentResource):
    """Buckets that exist already; nothing is created. Credentials go to a `SecretBucketAccess` for each consumer."""

    kind: pulumi.Output[str]
    """`external`."""
    endpoint: pulumi.Output[str]
    """URL of the S3 API, without a trailing slash."""
    region: pulumi.Output[str]
    """Region that requests are signed for."""
    path_style: pulumi.Output[bool]
    """Whether the bucket is part of the path of a URL, not of the host name."""
    buckets: pulumi.Output[Mapping[str, str]]
    """Bucket of each purpose."""
    prefixes: pulumi.Output[Mapping[str, str]]
    """Prefix of each purpose; empty is the whole bucket."""
    kms_key_arn: pulumi.Output[str]
    """Empty: the store encrypts by its own configuration."""
    bucket_arns: pulumi.Output[Mapping[str, str]]
    """None: only AWS has them."""

    def __init__(self, name: str, args: ExternalObjectStorageArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        component = f'ExternalObjectStorage "{name}"'
        spec = ExternalObjectStorageSpec.check(component, args)
        super().__init__("observability:index:ExternalObjectStorage", name, {**args}, opts)
        resolved = spec.resolve(component)
        self.kind = pulumi.Output.from_input("external")
        self.endpoint = resolved.apply(lambda s: parse_endpoint(s.endpoint).url)
        self.region = resolved.apply(lambda s: s.region)
        self.path_style = resolved.apply(lambda s: s.path_style)
        self.buckets = resolved.apply(lambda s: s.bucket_of)
        self.prefixes = resolved.apply(lambda s: s.prefix_of)
        self.kms_key_arn = pulumi.Output.from_input("")
        self.bucket_arns = pulumi.Output.from_input({})
        self.register_outputs(outputs_of(self))
