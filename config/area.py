"""The base of every area of settings."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from components._tenants import Tenant
from components.units import Duration, Hostname, HttpUrl, Name, Quantity

__all__ = [
    "Area",
    "Duration",
    "Hostname",
    "HttpUrl",
    "Name",
    "NodeSelector",
    "PodSecurity",
    "Quantity",
    "SecretReference",
    "Tenant",
    "Tolerations",
    "Values",
]


class Area(BaseModel):
    """One area of settings: unknown keys are refused, what was read never changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SecretReference(Area):
    """A key of a Kubernetes Secret that exists already, so that External Secrets or a human may own it."""

    secret: Name = Field(description="Name of the Secret, in the namespace of what reads it.")
    key: str = Field(min_length=1, description="Key in the Secret.")


class PodSecurity(StrEnum):
    """A level of the Pod Security Standards."""

    RESTRICTED = "restricted"
    BASELINE = "baseline"
    PRIVILEGED = "privileged"


NodeSelector = Annotated[
    Mapping[str, str], Field(description="Labels that a node must have. Default: none.", examples=[{"pool": "obs"}])
]
Tolerations = Annotated[
    Sequence[Mapping[str, Any]],
    Field(description="Tolerations as in a pod's specification. Default: none."),
]
Values = Annotated[
    Mapping[str, Any],
    Field(description="Chart values laid over what the component builds, last. Default: nothing."),
]
