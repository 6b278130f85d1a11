"""KMS keys."""

from __future__ import annotations

from typing import Any

from ..values import Properties
from .account import Account, mapping
from .kinds import AwsKind, unless_missing


class Key(AwsKind):
    properties = frozenset({"description", "enableKeyRotation", "deletionWindowInDays", "tags", "region"})
    immutable = frozenset({"region"})
    computed = ("arn",)

    def create(self, aws: Account, inputs: Properties) -> str:
        kms = _kms(aws, inputs)
        created = kms.create_key(Description=inputs.get("description") or "", Tags=_tags(inputs))
        id = str(created["KeyMetadata"]["KeyId"])
        if inputs.get("enableKeyRotation"):
            kms.enable_key_rotation(KeyId=id)
        return id

    def read(self, aws: Account, id: str, inputs: Properties) -> Properties | None:
        kms = _kms(aws, inputs)
        found = unless_missing(lambda: kms.describe_key(KeyId=id))
        if found is None or found["KeyMetadata"]["KeyState"] == "PendingDeletion":
            return None
        key = found["KeyMetadata"]
        return {
            "arn": key["Arn"],
            "description": key["Description"],
            "enableKeyRotation": kms.get_key_rotation_status(KeyId=id)["KeyRotationEnabled"],
            "tags": mapping(kms.list_resource_tags(KeyId=id)["Tags"], "TagKey", "TagValue"),
        }

    def update(self, aws: Account, id: str, inputs: Properties) -> None:
        kms = _kms(aws, inputs)
        kms.update_key_description(KeyId=id, Description=inputs.get("description") or "")
        (kms.enable_key_rotation if inputs.get("enableKeyRotation") else kms.disable_key_rotation)(KeyId=id)
        old = mapping(kms.list_resource_tags(KeyId=id)["Tags"], "TagKey", "TagValue")
        kms.untag_resource(KeyId=id, TagKeys=[key for key in old if key not in (inputs.get("tags") or {})])
        kms.tag_resource(KeyId=id, Tags=_tags(inputs))

    def delete(self, aws: Account, id: str, inputs: Properties) -> None:
        days = inputs.get("deletionWindowInDays") or 30
        unless_missing(lambda: _kms(aws, inputs).schedule_key_deletion(KeyId=id, PendingWindowInDays=days))


def _kms(aws: Account, inputs: Properties) -> Any:
    return aws.client("kms", inputs.get("region"))


def _tags(inputs: Properties) -> list[dict[str, str]]:
    return [{"TagKey": key, "TagValue": value} for key, value in (inputs.get("tags") or {}).items()]
