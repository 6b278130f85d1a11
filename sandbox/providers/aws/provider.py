"""The stand-in for the AWS provider: resources on a moto server, and previews without any server."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final, TypeVar

from ..differences import Difference, Path, compare
from ..plugin import CheckFailed, Found, Log, Provider, ProviderError, Resource
from ..values import UNKNOWN, Properties, Secret, Unknown, mark_secrets, plain
from . import eks, iam, kms
from .account import Account
from .buckets import SETTINGS, Bucket, same_document
from .kinds import AwsKind

_T = TypeVar("_T")

KINDS: Final[dict[str, AwsKind]] = {
    "aws:s3/bucket:Bucket": Bucket(),
    **{f"aws:s3/{name[0].lower()}{name[1:]}:{name}": kind for name, kind in SETTINGS.items()},
    "aws:iam/role:Role": iam.Role(),
    "aws:iam/rolePolicy:RolePolicy": iam.RolePolicy(),
    "aws:kms/key:Key": kms.Key(),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": eks.PodIdentityAssociation(),
}


class AwsProvider(Provider):
    name = "aws"
    notice = "This is the project's stand-in for the AWS provider, for tests and previews: it never talks to AWS."

    def __init__(self, log: Log):
        super().__init__(log)
        self.configure({})

    def configure(self, config: Properties) -> None:
        self._aws = Account(config)

    def check(self, resource: Resource, olds: Properties, news: Properties) -> Properties:
        kind, inputs = _kind(resource), {key: value for key, value in news.items() if value is not None}
        unknown = sorted(set(inputs) - kind.properties)
        if unknown:
            reason = f"the stand-in AWS provider does not have this property of {resource.type}"
            raise CheckFailed([(key, reason) for key in unknown])
        for key, value in kind.fixed.items():
            if inputs.get(key, value) != value:
                raise CheckFailed([(key, f"the stand-in AWS provider has only {json.dumps(value)} for it")])
        if kind.named_by and kind.named_by not in inputs:
            raise CheckFailed([(kind.named_by, "the stand-in AWS provider generates no names; set it")])
        for key in kind.documents & set(inputs):
            text = plain(inputs[key])
            if not isinstance(text, Unknown):
                _check_document(key, text)
        return inputs

    def diff(self, resource: Resource, old_inputs: Properties, old_outputs: Properties, news: Properties) -> Difference:
        kind = _kind(resource)
        old, new = plain(old_inputs), plain(news)
        for key in kind.documents & set(old) & set(new):
            if isinstance(new[key], str) and same_document(str(old[key]), new[key]):
                new[key] = old[key]

        def is_replacement(path: Path) -> bool:
            return path[0] in kind.immutable

        same_name = kind.named_by is None or old.get(kind.named_by) == new.get(kind.named_by)
        return compare(old, new, is_replacement, delete_before_replace=same_name)

    def create(self, resource: Resource, inputs: Properties) -> tuple[str, Properties]:
        kind = _kind(resource)
        if resource.preview:
            return "", {**inputs, **dict.fromkeys(kind.computed, UNKNOWN)}
        id = _call(resource, lambda: kind.create(self._aws, plain(inputs)))
        return id, self._outputs(resource, kind, id, inputs)

    def update(
        self, resource: Resource, old_inputs: Properties, old_outputs: Properties, news: Properties
    ) -> Properties:
        kind = _kind(resource)
        if resource.preview:
            return {**old_outputs, **news}
        _call(resource, lambda: kind.update(self._aws, resource.id, plain(news)))
        return self._outputs(resource, kind, resource.id, news)

    def read(self, resource: Resource, inputs: Properties, outputs: Properties) -> Found | None:
        kind = _kind(resource)
        known = plain(inputs or outputs)
        live = _call(resource, lambda: kind.read(self._aws, resource.id, known))
        if live is None:
            return None
        wanted = inputs or {key: value for key, value in live.items() if key in kind.properties}
        read = {key: _live_input(kind, key, value, live) for key, value in wanted.items()}
        read |= {key: live[key] for key in ("tags",) if live.get(key) and key not in read}
        return Found(resource.id, {**wanted, **live, **read}, dict(mark_secrets(read, inputs)))

    def delete(self, resource: Resource, inputs: Properties, outputs: Properties) -> None:
        kind = _kind(resource)
        _call(resource, lambda: kind.delete(self._aws, resource.id, plain(inputs or outputs)))

    def _outputs(self, resource: Resource, kind: AwsKind, id: str, inputs: Properties) -> Properties:
        live = _call(resource, lambda: kind.read(self._aws, id, plain(inputs)))
        if live is None:
            raise ProviderError(f"{resource.type} {id} was made, and the server does not know it")
        return {**live, **inputs}


def _kind(resource: Resource) -> AwsKind:
    if resource.type not in KINDS:
        known = ", ".join(type.rpartition(":")[2] for type in KINDS)
        raise ProviderError(f"the stand-in AWS provider has no {resource.type}; it has {known}")
    return KINDS[resource.type]


def _call(resource: Resource, call: Callable[[], _T]) -> _T:
    """Return the result of a call of the AWS API; raise `ProviderError` with the resource's name."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return call()
    except (BotoCoreError, ClientError) as error:
        raise ProviderError(f"{resource.type.rpartition(':')[2]} {resource.name}: {error}") from error


def _live_input(kind: AwsKind, key: str, wanted: Any, live: Properties) -> Any:
    """Return the live value of an input; an equal document keeps its text, a write-only input its value."""
    if key not in live or isinstance(wanted, Secret):
        return wanted
    if key in kind.documents and same_document(plain(wanted), live[key]):
        return wanted
    return _narrowed(live[key], wanted)


def _narrowed(live: Any, wanted: Any) -> Any:
    """Return the live value with the keys that were asked for: the server adds its defaults."""
    if isinstance(live, dict) and isinstance(wanted, dict):
        return {key: _narrowed(value, wanted[key]) for key, value in live.items() if key in wanted}
    if isinstance(live, list) and isinstance(wanted, list) and len(live) == len(wanted):
        return [_narrowed(have, want) for have, want in zip(live, wanted, strict=True)]
    return live


def _check_document(key: str, text: Any) -> None:
    try:
        json.loads(text)
    except (TypeError, ValueError) as error:
        raise CheckFailed([(key, f"this is not a JSON document: {error}")]) from error
