"""KMS keys."""

from __future__ import annotations

from typing import Any

from ..values import Properties
from .account import Account, mapping
from .kinds import AwsKind, unless_missing


class Key(AwsKind):
    properties = frozenset(
        {"description", "policy", "enableKeyRotation", "deletionWindowInDays", "tags", "region", "keyUsage"}
        | {"multiRegion", "bypassPolicyLockoutSafetyCheck"}
    )
    immutable = frozenset({"region", "keyUsage", "multiRegion"})
    computed = ("arn", "keyId", "tagsAll")
    documents = frozenset({"policy"})

    def create(self, aws: Account, inputs: Properties) -> str:
        wanted = {
            "Description": inputs.get("description"),
            "Policy": inputs.get("policy"),
            "KeyUsage": inputs.get("keyUsage"),
            "MultiRegion": inputs.get("multiRegion"),
            "Tags": [{"TagKey": key, "TagValue": value} for key, value in aws.tags(inputs).items()],
        }
        kms = _kms(aws, inputs)
        id = str(kms.create_key(**{k: v for k, v in wanted.items() if v})["KeyMetadata"]["KeyId"])
        if inputs.get("enableKeyRotation"):
            kms.enable_key_rotation(KeyId=id)
        return id

    def read(self, aws: Account, id: str, inputs: Properties) -> Properties | None:
        kms = _kms(aws, inputs)
        found = unless_missing(lambda: kms.describe_key(KeyId=id))
        if found is None or found["KeyMetadata"]["KeyState"] == "PendingDeletion":
            return None
        key = found["KeyMetadata"]
        tags = mapping(kms.list_resource_tags(KeyId=id)["Tags"], "TagKey", "TagValue")
        return {
            "arn": key["Arn"],
            "keyId": id,
            "description": key["Description"],
            "keyUsage": key.get("KeyUsage", "ENCRYPT_DECRYPT"),
            "enableKeyRotation": kms.get_key_rotation_status(KeyId=id)["KeyRotationEnabled"],
            "policy": kms.get_key_policy(KeyId=id, PolicyName="default")["Policy"],
            "tags": {name: value for name, value in tags.items() if name not in aws.settings.default_tags},
            "tagsAll": tags,
        }

    def update(self, aws: Account, id: str, inputs: Properties) -> None:
        kms, tags = _kms(aws, inputs), aws.tags(inputs)
        kms.update_key_description(KeyId=id, Description=inputs.get("description") or "")
        (kms.enable_key_rotation if inputs.get("enableKeyRotation") else kms.disable_key_rotation)(KeyId=id)
        if inputs.get("policy"):
            kms.put_key_policy(KeyId=id, PolicyName="default", Policy=inputs["policy"])
        old = mapping(kms.list_resource_tags(KeyId=id)["Tags"], "TagKey", "TagValue")
        kms.untag_resource(KeyId=id, TagKeys=[key for key in old if key not in tags])
        kms.tag_resource(KeyId=id, Tags=[{"TagKey": k, "TagValue": v} for k, v in tags.items()])

    def delete(self, aws: Account, id: str, inputs: Properties) -> None:
        days = inputs.get("deletionWindowInDays") or 30
        unless_missing(lambda: _kms(aws, inputs).schedule_key_deletion(KeyId=id, PendingWindowInDays=days))


def _kms(aws: Account, inputs: Properties) -> Any:
    return aws.client("kms", inputs.get("region"))
