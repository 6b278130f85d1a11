"""The AWS stand-in's account: clients of the moto server, and never of AWS itself."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from ..plugin import ProviderError
from ..values import Properties

_DEFAULT_REGION: Final = "us-east-1"
_FAKE: Final = "stand-in"


@dataclass(frozen=True)
class Settings:
    """The provider's own settings, as the AWS provider names them."""

    region: str = _DEFAULT_REGION
    endpoints: Mapping[str, str] = field(default_factory=dict)
    default_tags: Mapping[str, str] = field(default_factory=dict)
    access_key: str = _FAKE
    secret_key: str = _FAKE

    @classmethod
    def of(cls, config: Properties) -> Settings:
        endpoints: dict[str, str] = {}
        for group in config.get("endpoints") or []:
            endpoints |= {service: url for service, url in group.items() if url}
        region = config.get("region") or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
        return cls(
            region=region or _DEFAULT_REGION,
            endpoints=endpoints,
            default_tags=(config.get("defaultTags") or {}).get("tags") or {},
            access_key=config.get("accessKey") or os.environ.get("AWS_ACCESS_KEY_ID") or _FAKE,
            secret_key=config.get("secretKey") or os.environ.get("AWS_SECRET_ACCESS_KEY") or _FAKE,
        )


class Account:
    def __init__(self, settings: Settings):
        self.settings = settings
        self._lock = threading.Lock()
        self._clients: dict[tuple[str, str], Any] = {}

    def client(self, service: str, region: str | None = None) -> Any:
        """A boto3 client of the moto server; without one an error that says how to name it."""
        key = (service, region or self.settings.region)
        with self._lock:
            if key not in self._clients:
                self._clients[key] = self._connect(*key)
            return self._clients[key]

    def tags(self, inputs: Properties) -> dict[str, str]:
        """The tags of a resource with the default tags of the provider below them."""
        return {**self.settings.default_tags, **(inputs.get("tags") or {})}

    def _connect(self, service: str, region: str) -> Any:
        import boto3
        from botocore.config import Config

        return boto3.client(
            service,
            region_name=region,
            endpoint_url=self._endpoint(service),
            aws_access_key_id=self.settings.access_key,
            aws_secret_access_key=self.settings.secret_key,
            config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 2}, connect_timeout=3),
        )

    def _endpoint(self, service: str) -> str:
        named = self.settings.endpoints.get(service)
        url = named or os.environ.get(f"AWS_ENDPOINT_URL_{service.upper()}") or os.environ.get("AWS_ENDPOINT_URL")
        if not url:
            raise ProviderError(
                f"the stand-in AWS provider has no server for {service}: it talks to a moto server alone, "
                "named by the provider's endpoints or AWS_ENDPOINT_URL; for an account use the real provider"
            )
        if (urlsplit(url).hostname or "").endswith(("amazonaws.com", "amazonaws.com.cn", "api.aws")):
            raise ProviderError(f"the stand-in AWS provider never talks to AWS, and {url} is AWS")
        return url


def pairs(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]


def mapping(tags: list[dict[str, str]] | None, key: str = "Key", value: str = "Value") -> dict[str, str]:
    return {tag[key]: tag[value] for tag in tags or []}


def partition_of(region: str) -> dict[str, str]:
    """The partition of a region as botocore knows it: `partition` and `dnsSuffix`."""
    import botocore.session

    known = botocore.session.get_session().get_data("partitions")["partitions"]
    outputs = next(one["outputs"] for one in known if re.match(one["regionRegex"], region))
    return {"partition": outputs["name"], "dnsSuffix": outputs["dnsSuffix"]}
