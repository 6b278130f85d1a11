"""What one kind of AWS resource can do, in the terms of the stand-in."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from ..values import Properties
from .account import Account

_T = TypeVar("_T")
_MISSING: Final = re.compile(
    r"^(NoSuch.*|404|NotFoundException|ResourceNotFoundException|ParameterNotFound|.*NotFoundError)$"
)
_INITIALS: Final = {
    "sseAlgorithm": "SSEAlgorithm",
    "kmsMasterKeyId": "KMSMasterKeyID",
    "id": "ID",
}
_CAMEL: Final = {pascal: camel for camel, pascal in _INITIALS.items()}


class AwsKind(ABC):
    """One kind of resource: its properties, which of them are immutable, and its life."""

    properties: frozenset[str]
    immutable: frozenset[str] = frozenset()
    computed: tuple[str, ...] = ()
    fixed: Mapping[str, Any] = {}
    """Properties that may only have one value."""
    named_by: str | None = None
    documents: frozenset[str] = frozenset()

    @abstractmethod
    def create(self, aws: Account, inputs: Properties) -> str:
        """Create it and return its id."""

    @abstractmethod
    def read(self, aws: Account, id: str, inputs: Properties) -> Properties | None:
        """Return its live properties with the computed ones; None where it does not exist."""

    @abstractmethod
    def update(self, aws: Account, id: str, inputs: Properties) -> None:
        """Change the live one to the inputs."""

    @abstractmethod
    def delete(self, aws: Account, id: str, inputs: Properties) -> None: ...


def unless_missing(call: Callable[[], _T]) -> _T | None:
    """Return the result of a call; None where AWS answers that the resource does not exist."""
    from botocore.exceptions import ClientError

    try:
        return call()
    except ClientError as error:
        if _MISSING.match(str(error.response["Error"]["Code"])):
            return None
        raise


def to_aws(value: Any) -> Any:
    """Return property names as the AWS API spells them: `daysAfterInitiation` is `DaysAfterInitiation`."""
    if isinstance(value, Mapping):
        return {_INITIALS.get(key, key[:1].upper() + key[1:]): to_aws(item) for key, item in value.items()}
    return [to_aws(item) for item in value] if isinstance(value, list) else value


def from_aws(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {_CAMEL.get(key, key[:1].lower() + key[1:]): from_aws(item) for key, item in value.items()}
    return [from_aws(item) for item in value] if isinstance(value, list) else value
