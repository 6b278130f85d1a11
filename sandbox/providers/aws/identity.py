"""IAM roles and policies, KMS keys, and the Pod Identity associations of EKS."""

from __future__ import annotations

import json
import uuid
from typing import Any, Final
from urllib.parse import unquote

from ..plugin import ProviderError
from ..values import Properties
from .account import Account, mapping, pairs
from .kinds import AwsKind, unless_missing

_ASSOCIATIONS: Final = "/stand-in/eks/pod-identity-associations/"


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


class Policy(AwsKind):
    properties = frozenset({"name", "policy", "description", "path", "tags"})
    immutable = frozenset({"name", "description", "path"})
    computed = ("arn", "policyId", "attachmentCount", "tagsAll")
    named_by = "name"
    documents = frozenset({"policy"})

    def create(self, aws: Account, inputs: Properties) -> str:
        wanted = {"Path": inputs.get("path"), "Description": inputs.get("description")}
        made = aws.client("iam").create_policy(
            PolicyName=inputs["name"],
            PolicyDocument=inputs["policy"],
            Tags=pairs(aws.tags(inputs)),
            **{key: value for key, value in wanted.items() if value},
        )
        return str(made["Policy"]["Arn"])

    def read(self, aws: Account, id: str, inputs: Properties) -> Properties | None:
        iam = aws.client("iam")
        found = unless_missing(lambda: iam.get_policy(PolicyArn=id))
        if found is None:
            return None
        policy = found["Policy"]
        version = iam.get_policy_version(PolicyArn=id, VersionId=policy["DefaultVersionId"])["PolicyVersion"]
        tags = mapping(policy.get("Tags"))
        return {
            "name": policy["PolicyName"],
            "arn": id,
            "path": policy["Path"],
            "policyId": policy["PolicyId"],
            "attachmentCount": policy["AttachmentCount"],
            "description": policy.get("Description") or "",
            "policy": _text(version["Document"]),
            "tags": {key: value for key, value in tags.items() if key not in aws.settings.default_tags},
            "tagsAll": tags,
        }

    def update(self, aws: Account, id: str, inputs: Properties) -> None:
        iam, tags = aws.client("iam"), aws.tags(inputs)
        old = [v for v in iam.list_policy_versions(PolicyArn=id)["Versions"] if not v["IsDefaultVersion"]]
        for version in old:
            iam.delete_policy_version(PolicyArn=id, VersionId=version["VersionId"])
        iam.create_policy_version(PolicyArn=id, PolicyDocument=inputs["policy"], SetAsDefault=True)
        had = mapping(iam.list_policy_tags(PolicyArn=id)["Tags"])
        iam.untag_policy(PolicyArn=id, TagKeys=[key for key in had if key not in tags])
        iam.tag_policy(PolicyArn=id, Tags=pairs(tags))

    def delete(self, aws: Account, id: str, inputs: Properties) -> None:
        iam = aws.client("iam")
        found = unless_missing(lambda: iam.list_policy_versions(PolicyArn=id))
        for version in (found or {}).get("Versions", []):
            if not version["IsDefaultVersion"]:
                iam.delete_policy_version(PolicyArn=id, VersionId=version["VersionId"])
        unless_missing(lambda: iam.delete_policy(PolicyArn=id))


class RolePolicyAttachment(AwsKind):
    properties = frozenset({"role", "policyArn"})
    immutable = properties

    def create(self, aws: Account, inputs: Properties) -> str:
        aws.client("iam").attach_role_policy(RoleName=inputs["role"], PolicyArn=inputs["policyArn"])
        return f"{inputs['role']}/{inputs['policyArn']}"

    def read(self, aws: Account, id: str, inputs: Properties) -> Properties | None:
        role, _, arn = id.partition("/")
        found = unless_missing(lambda: aws.client("iam").list_attached_role_policies(RoleName=role)) or {}
        attached = any(policy["PolicyArn"] == arn for policy in found.get("AttachedPolicies", []))
        return {"role": role, "policyArn": arn} if attached else None

    def update(self, aws: Account, id: str, inputs: Properties) -> None: ...

    def delete(self, aws: Account, id: str, inputs: Properties) -> None:
        role, _, arn = id.partition("/")
        unless_missing(lambda: aws.client("iam").detach_role_policy(RoleName=role, PolicyArn=arn))


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
            "keyUsage": key["KeyUsage"],
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


class Alias(AwsKind):
    properties = frozenset({"name", "targetKeyId", "region"})
    immutable = frozenset({"name", "region"})
    computed = ("arn", "targetKeyArn")

    def create(self, aws: Account, inputs: Properties) -> str:
        _kms(aws, inputs).create_alias(AliasName=inputs["name"], TargetKeyId=inputs["targetKeyId"])
        return str(inputs["name"])

    def read(self, aws: Account, id: str, inputs: Properties) -> Properties | None:
        kms = _kms(aws, inputs)
        pages = kms.get_paginator("list_aliases").paginate()
        for alias in (alias for page in pages for alias in page["Aliases"]):
            if alias["AliasName"] == id and "TargetKeyId" in alias:
                key = kms.describe_key(KeyId=alias["TargetKeyId"])["KeyMetadata"]
                # An alias may be given the key's id or its ARN; AWS answers the id.
                given = inputs.get("targetKeyId")
                target = given if given in (key["KeyId"], key["Arn"]) else key["KeyId"]
                return {"name": id, "arn": alias["AliasArn"], "targetKeyId": target, "targetKeyArn": key["Arn"]}
        return None

    def update(self, aws: Account, id: str, inputs: Properties) -> None:
        _kms(aws, inputs).update_alias(AliasName=id, TargetKeyId=inputs["targetKeyId"])

    def delete(self, aws: Account, id: str, inputs: Properties) -> None:
        unless_missing(lambda: _kms(aws, inputs).delete_alias(AliasName=id))


class PodIdentityAssociation(AwsKind):
    """Kept by this stand-in in the moto server's parameter store: moto has no Pod Identity."""

    properties = frozenset(
        {"clusterName", "namespace", "serviceAccount", "roleArn", "tags", "targetRoleArn", "region"}
        | {"disableSessionTags", "policy"}
    )
    immutable = frozenset({"clusterName", "namespace", "serviceAccount", "region"})
    computed = ("associationArn", "associationId", "externalId", "tagsAll")

    def create(self, aws: Account, inputs: Properties) -> str:
        id = f"a-{uuid.uuid4().hex[:16]}"
        for other in self._all(aws, inputs):
            if all(other[key] == inputs[key] for key in ("clusterName", "namespace", "serviceAccount")):
                raise ProviderError(
                    f"service account {inputs['namespace']}/{inputs['serviceAccount']} of cluster "
                    f"{inputs['clusterName']} already has the Pod Identity association {other['associationId']}"
                )
        self.update(aws, id, inputs)
        return id

    def read(self, aws: Account, id: str, inputs: Properties) -> Properties | None:
        found = unless_missing(lambda: _ssm(aws, inputs).get_parameter(Name=_ASSOCIATIONS + id))
        return found and json.loads(found["Parameter"]["Value"])

    def update(self, aws: Account, id: str, inputs: Properties) -> None:
        wanted = {key: inputs[key] for key in self.properties - {"region"} if inputs.get(key) is not None}
        self._validate(aws, wanted)
        region = inputs.get("region") or aws.settings.region
        account = str(aws.client("sts").get_caller_identity()["Account"])
        cluster = inputs["clusterName"]
        arn = f"arn:aws:eks:{region}:{account}:podidentityassociation/{cluster}/{id}"
        more = {"associationArn": arn, "associationId": id, "tagsAll": aws.tags(inputs)}
        more |= {"externalId": f"{region}/{account}/{cluster}/{id}"} if inputs.get("targetRoleArn") else {}
        _ssm(aws, inputs).put_parameter(
            Name=_ASSOCIATIONS + id, Value=json.dumps({**wanted, **more}), Type="String", Overwrite=True
        )

    def delete(self, aws: Account, id: str, inputs: Properties) -> None:
        unless_missing(lambda: _ssm(aws, inputs).delete_parameter(Name=_ASSOCIATIONS + id))

    def _all(self, aws: Account, inputs: Properties) -> list[Properties]:
        pages = _ssm(aws, inputs).get_paginator("get_parameters_by_path").paginate(Path=_ASSOCIATIONS)
        return [json.loads(found["Value"]) for page in pages for found in page["Parameters"]]

    def _validate(self, aws: Account, wanted: Properties) -> None:
        """Check the request against the EKS service model, and that its role exists."""
        from botocore.session import get_session
        from botocore.validate import ParamValidator

        model = get_session().get_service_model("eks").operation_model("CreatePodIdentityAssociation")
        report = ParamValidator().validate(wanted, model.input_shape)
        if report.has_errors():
            raise ProviderError(f"EKS would refuse this Pod Identity association: {report.generate_report()}")
        name = str(wanted["roleArn"]).rpartition("/")[2]
        if unless_missing(lambda: aws.client("iam").get_role(RoleName=name)) is None:
            raise ProviderError(
                f"the Pod Identity association names the role {wanted['roleArn']}, which does not exist"
            )


def _kms(aws: Account, inputs: Properties) -> Any:
    return aws.client("kms", inputs.get("region"))


def _ssm(aws: Account, inputs: Properties) -> Any:
    return aws.client("ssm", inputs.get("region"))


def _text(document: Any) -> str:
    return unquote(document) if isinstance(document, str) else json.dumps(document)
