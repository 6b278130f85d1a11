"""Names, labels and tolerations as Kubernetes accepts them.

https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
"""

import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import pulumi
from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from ._messages import PLAIN_SECRET
from ._model import USER_KNOWN, StrictModel

MANAGED_BY = {"app.kubernetes.io/managed-by": "pulumi", "app.kubernetes.io/part-of": "observability"}
"""Labels of every object that the components create themselves."""

_SUBDOMAIN = re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*")
_LABEL = re.compile(r"[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?", re.ASCII)

_OPERATORS = ("Exists", "Equal")
_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_KEYS = ("key", "operator", "value", "effect", "tolerationSeconds")


def secret_data(contents: Mapping[str, str]) -> dict[str, str]:
    """Return the `data` of a Secret with `contents`: in base64."""
    return {key: b64encode(content.encode()).decode() for key, content in contents.items()}


def _object_name(text: str) -> str:
    if len(text) > 253 or _SUBDOMAIN.fullmatch(text) is None:
        raise ValueError(
            "must be at most 253 of a-z, 0-9, '-' and '.', beginning and ending with a letter or digit, as names "
            "of objects are; correct it"
        )
    return text


def _object_name_or_nothing(text: str) -> str:
    return _object_name(text) if text else text


def _label_key(text: str) -> str:
    prefix, slash, name = text.rpartition("/")
    if _LABEL.fullmatch(name) is None or (slash and (len(prefix) > 253 or _SUBDOMAIN.fullmatch(prefix) is None)):
        raise ValueError(
            "must be the key of a label: at most 63 letters, digits, '-', '_' and '.', if need be after a domain "
            "and '/'; use one such as node.kubernetes.io/pool"
        )
    return text


def _label_value(text: str) -> str:
    if text and _LABEL.fullmatch(text) is None:
        raise ValueError(
            "must be the value of a label: at most 63 letters, digits, '-', '_' and '.', beginning and ending "
            "with a letter or digit; correct it"
        )
    return text


def _toleration(toleration: Mapping[str, Any]) -> Mapping[str, Any]:
    known = not any(isinstance(value, pulumi.Output) for value in toleration.values())
    if known and (problem := _problem_of_toleration(toleration)):
        raise ValueError(problem)
    return toleration


def _problem_of_toleration(toleration: Mapping[str, Any]) -> str | None:
    if unknown := sorted(set(toleration) - set(_KEYS)):
        return f"a toleration has no {', '.join(unknown)}; use {', '.join(_KEYS)}"
    operator, effect = toleration.get("operator") or "Equal", toleration.get("effect")
    if operator not in _OPERATORS:
        return f"operator {operator!r} must be {' or '.join(_OPERATORS)}; set one of them"
    if effect and effect not in _EFFECTS:
        return f"effect {effect!r} must be one of {', '.join(_EFFECTS)}; set one of them, or remove it for all effects"
    if operator == "Exists" and toleration.get("value"):
        return "operator Exists must not have a value; remove value, or use operator Equal"
    if not toleration.get("key"):
        rule = "operator Equal requires a key; set that of the taint, or operator Exists for all taints"
        return None if operator == "Exists" else rule
    seconds = toleration.get("tolerationSeconds")
    if seconds is not None and (not isinstance(seconds, int | float) or isinstance(seconds, bool)):
        return f"tolerationSeconds {seconds!r} must be a number; set a number of seconds"
    if seconds is not None and effect != "NoExecute":
        return "tolerationSeconds requires effect NoExecute; set that, or remove tolerationSeconds"
    return _problem_of_parts(toleration)


def _problem_of_parts(toleration: Mapping[str, Any]) -> str | None:
    try:
        _label_key(str(toleration["key"]))
        _label_value(str(toleration.get("value") or ""))
    except ValueError as error:
        return str(error)
    return None


ObjectName = Annotated[str, AfterValidator(_object_name), USER_KNOWN]
"""Name of an existing object such as a Secret or StorageClass: an RFC 1123 subdomain."""

OptionalObjectName = Annotated[str, AfterValidator(_object_name_or_nothing), USER_KNOWN]
"""An `ObjectName`, or the empty string where there is none."""

LabelKey = Annotated[str, AfterValidator(_label_key)]
"""Key of a label, with or without a domain in front."""

LabelValue = Annotated[str, AfterValidator(_label_value)]
"""Value of a label; may be empty."""

Toleration = Annotated[Mapping[str, Any], AfterValidator(_toleration)]
"""One toleration, as in a pod's specification."""

NodeSelector = Mapping[LabelKey, LabelValue]
"""Labels that a node must have."""

Tolerations = Sequence[Toleration]
"""Tolerations, as in a pod's specification."""


class SecretReference(StrictModel):
    """A key of a Kubernetes Secret that exists already, made by External Secrets or by hand."""

    @model_validator(mode="before")
    @classmethod
    def _is_no_plain_secret(cls, data: Any) -> Any:
        if isinstance(data, str):
            raise PydanticCustomError(
                PLAIN_SECRET, "must be the secret and key of an existing Secret; remove the plain text, and rotate it"
            )
        return data

    secret: ObjectName = Field(
        description="Name of the Secret, in the namespace of its reader.", examples=["grafana-admin"]
    )
    key: Annotated[str, USER_KNOWN] = Field(min_length=1, description="Key in the Secret.", examples=["password"])


class CertificateReference(StrictModel):
    """A key with certificates in a Secret or a ConfigMap that exists already."""

    secret: OptionalObjectName = Field(
        default="",
        description="Name of the Secret, in the namespace of its reader. Default: none, with `config_map`.",
        examples=["s3-ca"],
    )
    config_map: OptionalObjectName = Field(
        default="",
        description="Name of the ConfigMap, in the namespace of its reader. Default: none, with `secret`.",
        examples=["s3-ca"],
    )
    key: Annotated[str, USER_KNOWN] = Field(
        min_length=1, description="Key of the certificates, in PEM.", examples=["ca.crt"]
    )

    def volume(self, name: str, file: str) -> dict[str, Any]:
        """Return a volume with the certificates as `file`."""
        items = [{"key": self.key, "path": file}]
        if self.secret:
            return {"name": name, "secret": {"secretName": self.secret, "items": items}}
        return {"name": name, "configMap": {"name": self.config_map, "items": items}}
