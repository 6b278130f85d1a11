"""The AWS stand-in's account: clients of the moto server, and never of AWS itself."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from ..plugin import ProviderError
from ..values import Properties

_DEFAULT_REGION: Final = "us-east-1"
_FAKE: Final = "stand-in"
_SETTINGS: Final = re.compile(r"region|version|accessKey|secretKey|skip\w+")
"""Those that the program may set; all but the region are without effect here."""


class Account:
    """The moto server that `AWS_ENDPOINT_URL` names; keys of the user never reach it."""

    def __init__(self, config: Properties):
        surplus = sorted(key for key, value in config.items() if value is not None and not _SETTINGS.fullmatch(key))
        if surplus:
            raise ProviderError(f"the stand-in AWS provider does not have the setting {', '.join(surplus)}")
        self.region: str = config.get("region") or _DEFAULT_REGION
        self._lock = threading.Lock()
        self._clients: dict[tuple[str, str], Any] = {}

    def client(self, service: str, region: str | None = None) -> Any:
        """Return a boto3 client of the moto server; raise `ProviderError` where none is named."""
        key = (service, region or self.region)
        with self._lock:
            if key not in self._clients:
                self._clients[key] = self._connect(*key)
            return self._clients[key]

    def _connect(self, service: str, region: str) -> Any:
        import boto3
        from botocore.config import Config

        return boto3.client(
            service,
            region_name=region,
            endpoint_url=_endpoint(service),
            aws_access_key_id=_FAKE,
            aws_secret_access_key=_FAKE,
            config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 2}, connect_timeout=3),
        )


def _endpoint(service: str) -> str:
    url = os.environ.get("AWS_ENDPOINT_URL")
    if not url:
        raise ProviderError(
            f"the stand-in AWS provider has no server for {service}; set AWS_ENDPOINT_URL to a moto server, or use the "
            "real provider for an account"
        )
    if (urlsplit(url).hostname or "").endswith(("amazonaws.com", "amazonaws.com.cn", "api.aws")):
        raise ProviderError(
            f"AWS_ENDPOINT_URL = {url}: the stand-in AWS provider never talks to AWS; name a moto server"
        )
    return url


def pairs(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]


def mapping(tags: list[dict[str, str]] | None, key: str = "Key", value: str = "Value") -> dict[str, str]:
    return {tag[key]: tag[value] for tag in tags or []}
