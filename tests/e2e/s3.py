"""The stand-in of S3: a server of its own, and clients."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import requests

from sandbox import aws, commands
from sandbox.processes import start, stop, wait_until_none

_SECONDS = 60.0


@contextmanager
def s3_server(directory: Path) -> Iterator[str]:
    """Run an empty store for as long as the block lasts, and yield its URL."""
    ports = commands.Ports.free()
    moto = start("aws", commands.aws(ports), directory / "moto.log", {"PATH": os.environ["PATH"]})
    address = aws.endpoint(ports.aws)
    try:
        wait_until_none(lambda: [] if _answers(f"{address}/moto-api/data.json") else [address], [moto], _SECONDS)
        yield address
    finally:
        stop([moto])


def s3_client(endpoint: str, region: str = aws.REGION) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name=region,
        aws_access_key_id=aws.FAKE_KEY,
        aws_secret_access_key=aws.FAKE_KEY,
    )


def _answers(url: str) -> bool:
    with requests.Session() as session:
        session.trust_env = False
        try:
            return session.get(url, timeout=2).ok
        except requests.RequestException:
            return False
