from base64 import b64decode
from collections.abc import Mapping
from typing import Any

import pulumi
import pytest

from components._spec import InvalidArgsError
from components.storage import (
    InClusterObjectStorage,
)
from tests.components.stores import GENERATED, KEYS, secret_access
from tests.recording import UNKNOWN, record


def test_keys_go_into_a_secret_under_the_names_that_consumers_read() -> None:
    recording = record(lambda: secret_access(**KEYS))
    secret = recording.one(":Secret")
    assert secret.secrets == {"data"}
    decoded = {key: b64decode(value).decode() for key, value in secret.plain()["data"].items()}
    assert decoded == {"AWS_ACCESS_KEY_ID": "AKIDSECRETBYTES", "AWS_SECRET_ACCESS_KEY": "SECRETBYTES"}
    assert recording.one(":SecretBucketAccess").secrets == {"access_key_id", "secret_access_key"}
    assert recording.outputs["secret_name"] == secret.plain()["metadata"]["name"]


def test_the_checksum_differs_by_key_without_showing_the_key() -> None:
    def checksum(**args: Any) -> str:
        return str(record(lambda: secret_access(**{**KEYS, **args})).outputs["checksum"])

    first = checksum()
    assert first == checksum()
    assert first != checksum(secret_access_key="ANOTHER")
    assert first != checksum(access_key_id="ANOTHER")
    assert "SECRETBYTES" not in first and len(first) <= 16


def test_a_checksum_is_plain_and_a_revision_makes_it_known_before_the_keys() -> None:
    def build() -> Mapping[str, Any]:
        storage = InClusterObjectStorage("storage", {"namespace": "storage"})
        outputs = secret_access(
            namespace="logging",
            access_key_id=storage.access_key_ids.apply(lambda keys: keys["logs"]),
            secret_access_key=storage.secret_access_keys.apply(lambda keys: keys["logs"]),
            credentials_revision=storage.credentials_revision,
        )
        return {**outputs, "secret": pulumi.Output.from_input(outputs["checksum"].is_secret())}

    recording = record(build, preview=True, unknown=GENERATED)
    assert recording.outputs["checksum"]
    assert recording.outputs["secret"] is False
    assert recording.one(":Secret", "access-secret").plain()["data"] == UNKNOWN


def test_an_existing_secret_is_used_and_none_is_created() -> None:
    recording = record(lambda: secret_access(namespace="logging", existing_secret="from-vault"))
    assert not recording.of_type(":Secret")
    assert recording.outputs["secret_name"] == "from-vault"
    assert recording.outputs["checksum"] == ""
    revised = record(
        lambda: secret_access(namespace="logging", existing_secret="from-vault", credentials_revision="2026-05")
    )
    assert revised.outputs["checksum"]


@pytest.mark.parametrize(
    ("args", "reason"),
    [
        ({"access_key_id": "AKIDSECRETBYTES"}, "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"),
        ({"existing_secret": "x", **KEYS}, "set either existing_secret or both of these"),
        ({}, "set access_key_id and secret_access_key, or existing_secret"),
    ],
)
def test_half_or_double_credentials_are_refused_without_showing_them(args: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidArgsError) as refused:
        record(lambda: secret_access(**{"namespace": "logging", **args}))
    assert reason in str(refused.value)
    assert "SECRETBYTES" not in str(refused.value)
