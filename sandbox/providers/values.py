"""Property values as the providers handle them: plain JSON, `Secret` around what is secret, `UNKNOWN` at preview."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from google.protobuf import struct_pb2
from pulumi.runtime import rpc

_SIGNATURE: Final = rpc._special_sig_key
_SECRET: Final = rpc._special_secret_sig
_OUTPUT: Final = rpc._special_output_value_sig

Properties = dict[str, Any]


class Unknown:
    """A value that is known after the deployment."""

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __deepcopy__(self, memo: object) -> Unknown:
        return self


UNKNOWN: Final = Unknown()


@dataclass(frozen=True)
class Secret:
    """A value that the engine keeps encrypted and masked."""

    value: Any


def from_struct(struct: struct_pb2.Struct) -> Properties:
    return {key: _from_value(value) for key, value in struct.fields.items()}


def _from_value(value: struct_pb2.Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        return _from_object(from_struct(value.struct_value))
    if kind == "list_value":
        return [_from_value(item) for item in value.list_value.values]
    if kind == "string_value":
        return UNKNOWN if value.string_value == rpc.UNKNOWN else value.string_value
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    return value.bool_value if kind == "bool_value" else None


def _from_object(fields: Properties) -> Any:
    signature = fields.get(_SIGNATURE)
    if signature == _SECRET:
        return Secret(fields.get("value"))
    if signature == _OUTPUT:
        inner = fields.get("value", UNKNOWN)
        return Secret(inner) if fields.get("secret") else inner
    return fields


def to_struct(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    for key, value in properties.items():
        struct.fields[key].CopyFrom(_to_value(value))
    return struct


def _to_value(value: Any) -> struct_pb2.Value:
    if value is None:
        return struct_pb2.Value(null_value=struct_pb2.NULL_VALUE)
    if isinstance(value, bool):
        return struct_pb2.Value(bool_value=value)
    if isinstance(value, int | float):
        return struct_pb2.Value(number_value=value)
    if isinstance(value, str):
        return struct_pb2.Value(string_value=value)
    if isinstance(value, Unknown):
        return struct_pb2.Value(string_value=rpc.UNKNOWN)
    if isinstance(value, Secret):
        return struct_pb2.Value(struct_value=to_struct({_SIGNATURE: _SECRET, "value": value.value}))
    if isinstance(value, Mapping):
        return struct_pb2.Value(struct_value=to_struct(value))
    if isinstance(value, list | tuple):
        return struct_pb2.Value(list_value=struct_pb2.ListValue(values=[_to_value(item) for item in value]))
    raise TypeError(f"a property cannot hold a {type(value).__name__}")


def transform(value: Any, leaf: Callable[[Any], Any]) -> Any:
    """Return a value with `leaf` applied to all that is neither a map nor a list."""
    if isinstance(value, Mapping):
        return {key: transform(item, leaf) for key, item in value.items()}
    if isinstance(value, list):
        return [transform(item, leaf) for item in value]
    return leaf(value)


def plain(value: Any) -> Any:
    """Return the value with every `Secret` opened; unknowns stay."""
    return transform(value, lambda leaf: plain(leaf.value) if isinstance(leaf, Secret) else leaf)


def has_unknown(value: Any) -> bool:
    if isinstance(value, Secret):
        return has_unknown(value.value)
    if isinstance(value, Mapping):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in value)
    return isinstance(value, Unknown)


def has_secret(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(has_secret(item) for item in value.values())
    if isinstance(value, list):
        return any(has_secret(item) for item in value)
    return isinstance(value, Secret)


def without_nulls(value: Any) -> Any:
    """Return the value without the keys whose value is null."""
    if isinstance(value, Mapping):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in value]
    return value


def mark_secrets(outputs: Any, inputs: Any) -> Any:
    """Make secret in `outputs` what is secret at the same place of `inputs`; a list with a secret is secret whole."""
    if isinstance(outputs, Secret):
        return outputs
    if isinstance(inputs, Secret) or (isinstance(inputs, list) and has_secret(inputs)):
        return Secret(plain(outputs))
    if isinstance(inputs, Mapping) and isinstance(outputs, Mapping):
        return {key: mark_secrets(value, inputs.get(key)) for key, value in outputs.items()}
    return outputs
