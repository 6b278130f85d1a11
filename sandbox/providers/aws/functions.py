"""The functions that programs call on the AWS provider."""

from __future__ import annotations

import json
import zlib
from typing import Any

from ..plugin import ProviderError
from ..values import Properties
from .account import Account, partition_of


def call(aws: Account, token: str, args: Properties) -> Properties:
    name = token.rpartition(":")[2]
    region = args.get("region") or args.get("name") or aws.settings.region
    if name == "getCallerIdentity":
        who = aws.client("sts").get_caller_identity()
        return {"accountId": who["Account"], "arn": who["Arn"], "userId": who["UserId"], "id": who["Account"]}
    if name == "getRegion":
        endpoint = f"ec2.{region}.{partition_of(region)['dnsSuffix']}"
        return {"name": region, "region": region, "id": region, "endpoint": endpoint, "description": region}
    if name == "getPartition":
        known = partition_of(region)
        reverse = ".".join(reversed(known["dnsSuffix"].split(".")))
        return {**known, "id": known["partition"], "reverseDnsPrefix": reverse}
    if name == "getPolicyDocument":
        return policy_document(args)
    raise ProviderError(f"the stand-in AWS provider has no function {token}")


def policy_document(args: Properties) -> Properties:
    """The JSON of a policy that is written as arguments."""
    document: dict[str, Any] = {"Version": args.get("version") or "2012-10-17"}
    if args.get("policyId"):
        document["Id"] = args["policyId"]
    document["Statement"] = [_statement(statement) for statement in args.get("statements") or []]
    text = json.dumps(document, indent=2)
    return {
        **args,
        "id": str(zlib.crc32(text.encode())),
        "json": text,
        "minifiedJson": json.dumps(document, separators=(",", ":")),
    }


def _statement(given: Properties) -> dict[str, Any]:
    statement: dict[str, Any] = {"Sid": given["sid"]} if given.get("sid") else {}
    statement["Effect"] = given.get("effect") or "Allow"
    for key in ("actions", "notActions", "resources", "notResources"):
        if given.get(key):
            statement[key[:1].upper() + key[1:-1]] = _one_or_many(given[key])
    for key in ("principals", "notPrincipals"):
        if given.get(key):
            statement[key[:1].upper() + key[1:-1]] = _principals(given[key])
    conditions: dict[str, Any] = {}
    for condition in given.get("conditions") or []:
        conditions.setdefault(condition["test"], {})[condition["variable"]] = _one_or_many(condition["values"])
    return {**statement, "Condition": conditions} if conditions else statement


def _principals(given: list[Properties]) -> Any:
    if any(entry["type"] == "*" for entry in given):
        return "*"
    return {entry["type"]: _one_or_many(entry["identifiers"]) for entry in given}


def _one_or_many(given: list[str]) -> Any:
    return given[0] if len(given) == 1 else sorted(given)
