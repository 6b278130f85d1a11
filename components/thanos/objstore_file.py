"""The object store of Thanos as a file (https://thanos.io/tip/thanos/storage.md/#s3); JSON is YAML."""

import json
from hashlib import sha256
from typing import Any

from .._bucket import CA_PATH
from ..storage.s3 import bucket_endpoint, store_address
from .spec import ThanosObjectStoreSpec

LOCATION = "observability/location"
"""Annotation of the Secret with the place of the blocks, which the update guard compares."""


def objstore_file(spec: ThanosObjectStoreSpec) -> str:
    """Return the file; its keys are those of the environment or of a role where the spec has none."""
    endpoint = bucket_endpoint(spec.endpoint, spec.region)
    config: dict[str, Any] = {
        "bucket": spec.bucket,
        "endpoint": endpoint.host_port,
        "insecure": endpoint.insecure,
        "bucket_lookup_type": "path" if spec.path_style else "virtual-hosted",
    }
    if spec.region:
        config["region"] = spec.region
    if spec.access_key_id:
        config |= {"access_key": spec.access_key_id, "secret_key": spec.secret_access_key}
    elif not spec.endpoint:
        # The chain of the SDK of AWS has Pod Identity and web identity tokens.
        config["aws_sdk_auth"] = True
    if spec.storage_ca is not None:
        config["http_config"] = {"tls_config": {"ca_file": CA_PATH}}
    if spec.kms_key_arn:
        config["sse_config"] = {"type": "SSE-KMS", "kms_key_id": spec.kms_key_arn}
    return json.dumps({"type": "S3", "config": config, "prefix": spec.bucket_prefix})


def location(spec: ThanosObjectStoreSpec) -> str:
    """Return the place of the blocks."""
    place = f"{store_address(spec.endpoint, spec.region)}/{spec.bucket}"
    return f"{place}/{spec.bucket_prefix}" if spec.bucket_prefix else place


def revision(spec: ThanosObjectStoreSpec, credentials: str) -> str:
    """Return a text that changes with the file; `credentials` is one that changes with its keys."""
    without_keys = spec.model_copy(update={"access_key_id": "", "secret_access_key": ""})
    return sha256(f"{objstore_file(without_keys)}\n{credentials}".encode()).hexdigest()[:16]
