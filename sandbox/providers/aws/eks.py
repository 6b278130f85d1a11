"""The Pod Identity associations of EKS."""

from __future__ import annotations

import json
import uuid
from typing import Any, Final

from ..plugin import ProviderError
from ..values import Properties
from .account import Account
from .kinds import AwsKind, unless_missing

_ASSOCIATIONS: Final = "/stand-in/eks/pod-identity-associations/"


class PodIdentityAssociation(AwsKind):
    """Kept by this stand-in in the moto server's parameter store: moto has no Pod Identity."""

    properties = frozenset({"clusterName", "namespace", "serviceAccount", "roleArn", "tags", "region"})
    immutable = frozenset({"clusterName", "namespace", "serviceAccount", "region"})
    computed = ("associationArn", "associationId")

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
        region = inputs.get("region") or aws.region
        account = str(aws.client("sts").get_caller_identity()["Account"])
        cluster = inputs["clusterName"]
        arn = f"arn:aws:eks:{region}:{account}:podidentityassociation/{cluster}/{id}"
        value = json.dumps({**wanted, "associationArn": arn, "associationId": id})
        _ssm(aws, inputs).put_parameter(Name=_ASSOCIATIONS + id, Value=value, Type="String", Overwrite=True)

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


def _ssm(aws: Account, inputs: Properties) -> Any:
    return aws.client("ssm", inputs.get("region"))
