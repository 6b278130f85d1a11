"""The base of every area of settings."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any, TypeVar

from pydantic import ConfigDict, Field

from components._objects import LabelKey, LabelValue, OptionalObjectName, Toleration
from components._tenants import Tenant
from components._unsettled import Settling
from components.units import Duration, Hostname, HttpUrl, MemorySize, Name, Quantity, VolumeSize

from .problems import Problem

__all__ = [
    "Area",
    "Duration",
    "Hostname",
    "HttpUrl",
    "LabelKey",
    "LabelValue",
    "MemorySize",
    "Name",
    "NodeSelector",
    "OptionalObjectName",
    "PodSecurity",
    "Quantity",
    "SecretReference",
    "Tenant",
    "Tolerations",
    "Values",
    "VolumeSize",
    "rule",
    "rules_of",
]

RuleMethod = TypeVar("RuleMethod", bound=Callable[..., Iterator[Problem]])


def rule(method: RuleMethod) -> RuleMethod:
    """Mark a method that finds what fields of one area do wrong together; it ends where it reads a wrong one."""
    method.__dict__["is_rule"] = True
    return method


class Area(Settling):
    """One area of settings: unknown keys are refused, what was read never changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def rules_of(area: Area) -> Iterator[Callable[[], Iterator[Problem]]]:
    """Give the rules between the fields of an area."""
    for name in dir(type(area)):
        if hasattr(getattr(type(area), name, None), "is_rule"):
            yield getattr(area, name)


class SecretReference(Area):
    """A key of a Kubernetes Secret that exists already, so that External Secrets or a human may own it."""

    secret: Name = Field(description="Name of the Secret, in the namespace of what reads it.", examples=["admin"])
    key: str = Field(min_length=1, description="Key in the Secret.", examples=["password"])


class PodSecurity(StrEnum):
    """A level of the Pod Security Standards."""

    RESTRICTED = "restricted"
    BASELINE = "baseline"
    PRIVILEGED = "privileged"


NodeSelector = Annotated[
    Mapping[LabelKey, LabelValue],
    Field(description="Labels that a node must have. Default: none.", examples=[{"pool": "obs"}]),
]
Tolerations = Annotated[
    Sequence[Toleration],
    Field(description="Tolerations as in a pod's specification. Default: none."),
]
Values = Annotated[
    Mapping[str, Any],
    Field(description="Chart values laid over what the component builds, last. Default: nothing."),
]
