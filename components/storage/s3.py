"""Names of buckets and prefixes, and the address of an S3 API in the notations of its clients.

Loki's classic client takes a URL; the one that Tempo and Thanos share takes `host[:port]` and a flag for plain HTTP.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address
from urllib.parse import urlsplit

from pydantic import ConfigDict, TypeAdapter, ValidationError

from ..units import HttpUrl

PURPOSES = ("logs", "traces", "metrics")
"""Purposes of buckets."""

DEFAULT_PREFIXES: Mapping[str, str] = {"logs": "loki", "traces": "tempo", "metrics": "thanos"}
"""Prefix of each purpose in a bucket that all of them share."""

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX = r"[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)*"
_RESERVED_BEGINNINGS = ("xn--", "sthree-", "amzn-s3-demo-")
_RESERVED_ENDS = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")
_LOKI_DEFAULTS = ("chunk", "chunks", "ruler", "admin")
_HTTP_URL = TypeAdapter(HttpUrl, config=ConfigDict(defer_build=True))


def name_problem(name: str) -> str | None:
    """Return why a bucket cannot have a name by the rules of S3, or `None`."""
    if _NAME.fullmatch(name) is None or ".." in name or _is_address(name):
        return (
            "must be 3 to 63 of a-z, 0-9, '-' and '.', beginning and ending with a letter or digit, and not in "
            "the form of an IP address; choose another name"
        )
    if name.startswith(_RESERVED_BEGINNINGS) or name.endswith(_RESERVED_ENDS):
        return "must not begin or end with what S3 reserves; choose another name"
    return None


def aws_name_problem(name: str) -> str | None:
    """Return why a bucket on AWS, where all accounts share one namespace, cannot have a name, or `None`."""
    if "." in name:
        return "must not have a dot, which AWS certificates do not cover; use '-' in its place"
    if name in _LOKI_DEFAULTS:
        # https://grafana.com/docs/loki/latest/setup/install/helm/deployment-guides/aws/
        return "must not be a default of Loki, which is taken on AWS; put the name of your organisation in front"
    return name_problem(name)


def prefix_problem(prefix: str) -> str | None:
    """Return why a text cannot be a prefix in a bucket, or `None`; the empty one is the whole bucket."""
    if prefix and re.fullmatch(_PREFIX, prefix) is None:
        return (
            "must be names of letters, digits, '.', '_' and '-', joined by '/', without one at either end; correct it"
        )
    return None


def _is_address(name: str) -> bool:
    try:
        IPv4Address(name)
    except ValueError:
        return False
    return True


@dataclass(frozen=True)
class Endpoint:
    """The address of an S3 API."""

    host_port: str
    """Host, with the port if the URL has one: `s3.example.org`, `seaweedfs:8333`, `[fd00::1]:9000`."""
    insecure: bool
    """Whether the scheme is `http`, without TLS."""

    @property
    def url(self) -> str:
        """The address with its scheme and without a trailing slash."""
        return f"{'http' if self.insecure else 'https'}://{self.host_port}"


def parse_endpoint(url: str) -> Endpoint:
    """Return the address in the URL of an S3 API: scheme, host and optional port; raise `ValueError` otherwise."""
    try:
        parts = urlsplit(_HTTP_URL.validate_python(url))
    except ValidationError as error:
        raise ValueError(error.errors()[0]["msg"].removeprefix("Value error, ")) from None
    if parts.path.strip("/"):
        raise ValueError(
            f"must not have the path {parts.path!r}; set the URL of the S3 API, {parts.scheme}://{parts.netloc}, "
            "and the bucket by name"
        )
    return Endpoint(host_port=parts.netloc.lower(), insecure=parts.scheme == "http")


def bucket_endpoint(url: str, region: str) -> Endpoint:
    """Return the address in the `endpoint` output of a storage component; the empty one is AWS S3 in `region`."""
    if url:
        return parse_endpoint(url)
    suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    return Endpoint(host_port=f"s3.{region}.{suffix}", insecure=False)


def store_address(endpoint: str, region: str) -> str:
    """Return the host of a store, with its port unless that is the default one, to compare stores in chart values.

    `endpoint` is a URL or `host[:port]`; the empty one is AWS S3 in `region`. An invalid address is returned as it is.
    """
    separator = "://" in endpoint
    try:
        parsed = bucket_endpoint(endpoint if separator or not endpoint else f"https://{endpoint}", region)
    except ValueError:
        return endpoint
    if not separator:
        return parsed.host_port.removesuffix(":443").removesuffix(":80")
    return parsed.host_port.removesuffix(":80" if parsed.insecure else ":443")
