"""The AWS stand-in: a moto server on loopback, its endpoint and fake keys for its clients."""

from __future__ import annotations

import json
from pathlib import Path

from sandbox.commands import HOST

REGION = "eu-west-1"
FAKE_KEY = "observability-sandbox"


def endpoint(port: int) -> str:
    """Return the URL of the stand-in."""
    return f"http://{HOST}:{port}"


def record(path: Path, port: int) -> None:
    """Write the endpoint and the region to `path`."""
    path.write_text(json.dumps({"endpoint": endpoint(port), "region": REGION}, indent=2) + "\n")


def environment(path: Path) -> dict[str, str]:
    """Return the variables that send an AWS SDK to the recorded stand-in, never to an account.

    The keys are set too, so that the user's own never reach a log of the stand-in.
    """
    recorded = json.loads(path.read_text())
    return {
        "AWS_ENDPOINT_URL": recorded["endpoint"],
        "AWS_REGION": recorded["region"],
        "AWS_DEFAULT_REGION": recorded["region"],
        "AWS_ACCESS_KEY_ID": FAKE_KEY,
        "AWS_SECRET_ACCESS_KEY": FAKE_KEY,
        "AWS_SESSION_TOKEN": "",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
