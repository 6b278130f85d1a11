"""IAM roles and their inline policies."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from ..values import Properties
from .account import Account, mapping, pairs
from .kinds import AwsKind, unless_missing


class Role(AwsKind):
    properties = frozenset({"name", "assumeRolePolicy", "description", "permissionsBoundary", "tags"})
    immutable = frozenset({"name"})
    computed = ("arn",)
    named_by = "name"
    documents = frozenset({"assumeRolePolicy"})

    def create(self, aws: Account, inputs: Properties) -> str:
        wanted = {
            "Description": inputs.get("description"),
            "PermissionsBoundary": inputs.get("permissionsBoundary"),
            "Tags": pairs(inputs.get("tags") or {}),
        }
        aws.client("iam").create_role(
            RoleName=inputs["name"],
            AssumeRolePolicyDocument=inputs["assumeRolePolicy"],
            **{key: value for key, value in wanted.items() if value},
        )
        return str(inputs["name"])

    def read(self, aws: Account, id: str, inputs: Properties) -> Properties | None:
        found = unless_missing(lambda: aws.client("iam").get_role(RoleName=id))
        if found is None:
            return None
        role = found["Role"]
        return {
            "name": role["RoleName"],
            "arn": role["Arn"],
            "description": role.get("Description") or "",
            "assumeRolePolicy": _text(role["AssumeRolePolicyDocument"]),
            "tags": mapping(role.get("Tags")),
        }

    def update(self, aws: Account, id: str, inputs: Properties) -> None:
        iam, tags = aws.client("iam"), inputs.get("tags") or {}
        iam.update_assume_role_policy(RoleName=id, PolicyDocument=inputs["assumeRolePolicy"])
        iam.update_role(RoleName=id, Description=inputs.get("description") or "")
        old = mapping(iam.list_role_tags(RoleName=id)["Tags"])
        iam.untag_role(RoleName=id, TagKeys=[key for key in old if key not in tags])
        iam.tag_role(RoleName=id, Tags=pairs(tags))

    def delete(self, aws: Account, id: str, inputs: Properties) -> None:
        unless_missing(lambda: aws.client("iam").delete_role(RoleName=id))


class RolePolicy(AwsKind):
    properties = frozenset({"name", "role", "policy"})
    immutable = frozenset({"name", "role"})
    named_by = "name"
    documents = frozenset({"policy"})

    def create(self, aws: Account, inputs: Properties) -> str:
        id = f"{inputs['role']}:{inputs['name']}"
        self.update(aws, id, inputs)
        return id

    def read(self, aws: Account, id: str, inputs: Properties) -> Properties | None:
        role, _, name = id.partition(":")
        iam = aws.client("iam")
        found = unless_missing(lambda: iam.get_role_policy(RoleName=role, PolicyName=name))
        return found and {"role": role, "name": name, "policy": _text(found["PolicyDocument"])}

    def update(self, aws: Account, id: str, inputs: Properties) -> None:
        role, _, name = id.partition(":")
        aws.client("iam").put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=inputs["policy"])

    def delete(self, aws: Account, id: str, inputs: Properties) -> None:
        role, _, name = id.partition(":")
        unless_missing(lambda: aws.client("iam").delete_role_policy(RoleName=role, PolicyName=name))


def _text(document: Any) -> str:
    return unquote(document) if isinstance(document, str) else json.dumps(document)
