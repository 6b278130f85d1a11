"""An S3 address in the notations of its consumers, which agree on nothing but the host.

Loki's classic client takes a URL; the one that Tempo and Thanos share takes `host[:port]` and a flag for plain HTTP.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from pydantic import ConfigDict, TypeAdapter, ValidationError

from ..units import HttpUrl

_HTTP_URL = TypeAdapter(HttpUrl, config=ConfigDict(defer_build=True))


@dataclass(frozen=True)
class Endpoint:
    """The address of an S3 API."""

    host_port: str
    """Host, with the port where one was named: `s3.example.org`, `seaweedfs:8333`, `[fd00::1]:9000`."""
    insecure: bool
    """Whether the API is spoken without TLS."""

    @property
    def url(self) -> str:
        """The address with its scheme and without a trailing slash."""
        return f"{'http' if self.insecure else 'https'}://{self.host_port}"


def parse_endpoint(url: str) -> Endpoint:
    """Read the URL of an S3 API: scheme, host and where needed port; raise `ValueError` for anything else."""
    try:
        parts = urlsplit(_HTTP_URL.validate_python(url))
    except ValidationError as error:
        raise ValueError(error.errors()[0]["msg"].removeprefix("Value error, ")) from None
    if parts.path.strip("/"):
        raise ValueError(
            f"{url!r} has the path {parts.path!r}: give the address of the S3 API alone, "
            f"{parts.scheme}://{parts.netloc}, and the bucket by name"
        )
    return Endpoint(host_port=parts.netloc.lower(), insecure=parts.scheme == "http")


def bucket_endpoint(url: str, region: str) -> Endpoint:
    """Read the `endpoint` output of a storage component; the empty one is AWS S3 in `region`."""
    if url:
        return parse_endpoint(url)
    suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    return Endpoint(host_port=f"s3.{region}.{suffix}", insecure=False)


def store_address(endpoint: str, region: str) -> str:
    """Give what tells one store from another in applied values: its host, and its port where that is no default.

    `endpoint` is a URL or `host[:port]`; the empty one is AWS S3 in `region`. What is no address is given back.
    """
    separator = "://" in endpoint
    try:
        known = bucket_endpoint(endpoint if separator or not endpoint else f"https://{endpoint}", region)
    except ValueError:
        return endpoint
    if not separator:
        return known.host_port.removesuffix(":443").removesuffix(":80")
    return known.host_port.removesuffix(":80" if known.insecure else ":443")
