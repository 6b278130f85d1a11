"""IAM roles and their inline policies."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from ..values import Properties
from .account import Account, mapping, pairs
from .kinds import AwsKind, unless_missing


class Role(AwsKind):
    properties = frozenset(
        {"name", "assumeRolePolicy", "description", "path", "maxSessionDuration", "permissionsBoundary", "tags"}
        | {"forceDetachPolicies"}
    )
    immutable = frozenset({"name", "path"})
    computed = ("arn", "uniqueId", "createDate", "tagsAll")
    named_by = "name"
    documents = frozenset({"assumeRolePolicy"})

    def create(self, aws: Account, inputs: Properties) -> str:
        wanted = {
            "Path": inputs.get("path"),
            "Description": inputs.get("description"),
            "MaxSessionDuration": inputs.get("maxSessionDuration"),
            "PermissionsBoundary": inputs.get("permissionsBoundary"),
            "Tags": pairs(aws.tags(inputs)),
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
        tags = mapping(role.get("Tags"))
        return {
            "name": role["RoleName"],
            "arn": role["Arn"],
            "path": role["Path"],
            "uniqueId": role["RoleId"],
            "createDate": role["CreateDate"].isoformat(),
            "description": role.get("Description") or "",
            "maxSessionDuration": role.get("MaxSessionDuration", 3600),
            "assumeRolePolicy": _text(role["AssumeRolePolicyDocument"]),
            "tags": {key: value for key, value in tags.items() if key not in aws.settings.default_tags},
            "tagsAll": tags,
        }

    def update(self, aws: Account, id: str, inputs: Properties) -> None:
        iam, tags = aws.client("iam"), aws.tags(inputs)
        iam.update_assume_role_policy(RoleName=id, PolicyDocument=inputs["assumeRolePolicy"])
        more = {"MaxSessionDuration": inputs["maxSessionDuration"]} if inputs.get("maxSessionDuration") else {}
        iam.update_role(RoleName=id, Description=inputs.get("description") or "", **more)
        old = mapping(iam.list_role_tags(RoleName=id)["Tags"])
        iam.untag_role(RoleName=id, TagKeys=[key for key in old if key not in tags])
        iam.tag_role(RoleName=id, Tags=pairs(tags))

    def delete(self, aws: Account, id: str, inputs: Properties) -> None:
        iam = aws.client("iam")
        if inputs.get("forceDetachPolicies"):
            for policy in iam.list_attached_role_policies(RoleName=id)["AttachedPolicies"]:
                iam.detach_role_policy(RoleName=id, PolicyArn=policy["PolicyArn"])
        unless_missing(lambda: iam.delete_role(RoleName=id))


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
