"""Buckets that exist already, in any store that speaks S3."""

from collections.abc import Mapping
from typing import Annotated, NotRequired, TypedDict

import pulumi

from .._spec import rule
from ..units import form
from .buckets import BucketLayout
from .endpoint import parse_endpoint


class ExternalObjectStorageSpec(BucketLayout):
    """What `ExternalObjectStorage` takes."""

    endpoint: str
    region: Annotated[str, form(r"[A-Za-z0-9-]+", "a region's name: letters, digits and '-'")] = "us-east-1"
    path_style: bool = True

    @rule("endpoint")
    def _endpoint_is_an_s3_address(self) -> str | None:
        try:
            parse_endpoint(self.endpoint)
        except ValueError as error:
            return str(error)
        return None


class ExternalObjectStorageArgs(TypedDict):
    """Arguments of `ExternalObjectStorage`."""

    endpoint: pulumi.Input[str]
    """URL of the S3 API, such as `https://s3.example.org:9000`, without bucket, path and credentials."""
    region: NotRequired[pulumi.Input[str]]
    """Region that requests are signed for. Default `us-east-1`, which most stores take."""
    path_style: NotRequired[pulumi.Input[bool]]
    """Whether the bucket goes into the path of a URL. Default yes; no puts it in front of the host."""
    buckets: NotRequired[pulumi.Input[Mapping[str, str]]]
    """Bucket of each purpose (`logs`, `traces`, `metrics`). Either this or `shared_bucket`."""
    shared_bucket: NotRequired[pulumi.Input[str]]
    """One bucket for all purposes. Either this or `buckets`."""
    prefixes: NotRequired[pulumi.Input[Mapping[str, str]]]
    """Prefix of each purpose. Default `loki`, `tempo` and `thanos` in a shared bucket, else the whole bucket."""


class ExternalObjectStorage(pulumi.ComponentResource):
    """Buckets that exist already; nothing is created. Credentials go to a `SecretBucketAccess` for each consumer."""

    kind: pulumi.Output[str]
    """`external`."""
    endpoint: pulumi.Output[str]
    """URL of the S3 API, without a trailing slash."""
    region: pulumi.Output[str]
    """Region that requests are signed for."""
    path_style: pulumi.Output[bool]
    """Whether the bucket goes into the path of a URL and not into its host."""
    buckets: pulumi.Output[Mapping[str, str]]
    """Bucket of each purpose."""
    prefixes: pulumi.Output[Mapping[str, str]]
    """Prefix of each purpose; empty is the whole bucket."""
    kms_key_arn: pulumi.Output[str]
    """Empty: the store encrypts as it is set up to."""
    bucket_arns: pulumi.Output[Mapping[str, str]]
    """None: only AWS has them."""

    def __init__(self, name: str, args: ExternalObjectStorageArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        component = f'ExternalObjectStorage "{name}"'
        spec = ExternalObjectStorageSpec.check(component, args, ExternalObjectStorageArgs)
        super().__init__("observability:index:ExternalObjectStorage", name, {**args}, opts)
        known = spec.resolve(component)
        self.kind = pulumi.Output.from_input("external")
        self.endpoint = known.apply(lambda s: parse_endpoint(s.endpoint).url)
        self.region = known.apply(lambda s: s.region)
        self.path_style = known.apply(lambda s: s.path_style)
        self.buckets = known.apply(lambda s: s.bucket_of)
        self.prefixes = known.apply(lambda s: s.prefix_of)
        self.kms_key_arn = pulumi.Output.from_input("")
        self.bucket_arns = pulumi.Output.from_input({})
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
            }
        )
