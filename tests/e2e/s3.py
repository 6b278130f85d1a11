"""A client of the stand-in of S3."""

from __future__ import annotations

from typing import Any

import boto3

from sandbox import aws


def s3_client(endpoint: str, region: str = aws.REGION) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name=region,
        aws_access_key_id=aws.FAKE_KEY,
        aws_secret_access_key=aws.FAKE_KEY,
    )
