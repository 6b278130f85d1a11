"""Values in messages: as JSON, shortened, and without what is or looks like a secret."""

import json
import re
from collections.abc import Mapping
from enum import Enum
from typing import Any

import pulumi
from pydantic import BaseModel

from ._plain_secrets import HIDDEN, redacted

SECRET = re.compile(r"password|secret|token|access_?key|htpasswd|credential", re.IGNORECASE)
"""Names that look like secrets."""
_USER_IN_URL = re.compile(r"//[^/@\s\"]+@")
_LONGEST_SHOWN = 80
_LARGEST_WHOLE = 1e15


def shown(value: Any) -> str:
    """Return a value as in the stack file; of a model, what was set."""
    text = json.dumps(_hidden(redacted(_plain(value))), default=str, ensure_ascii=False)
    text = _USER_IN_URL.sub("//[hidden]@", text)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 3]}..."


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        fields = type(value).model_fields
        return {
            field.alias or name: _plain(getattr(value, name))
            for name, field in fields.items()
            if name in value.model_fields_set
        }
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < _LARGEST_WHOLE:
        return int(value)
    if isinstance(value, Enum):
        return value.value
    return "(output)" if isinstance(value, pulumi.Output) else value


def _hidden(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: HIDDEN if SECRET.search(key) else _hidden(item) for key, item in value.items()}
    return [_hidden(item) for item in value] if isinstance(value, list) else value
