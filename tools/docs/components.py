"""One page a component: what it takes and what it gives, from the package's schema."""

import re
from collections.abc import Mapping
from typing import Any

from tools.docs.markdown import page, prose, split_default, table

_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_LOCAL_TYPE = "#/types/"
Schema = Mapping[str, Any]


def class_name(token: str) -> str:
    """Return `Logging` for `observability:index:Logging`."""
    return token.rsplit(":", 1)[-1]


def python_name(name: str) -> str:
    """Return the name as Python spells it: `push_url` for `pushUrl`."""
    return _WORDS.sub("_", name).lower()


def page_name(token: str) -> str:
    """Return the file name of a component's page."""
    return f"{_WORDS.sub('-', class_name(token)).lower()}.md"


def component_page(token: str, schema: Schema) -> str:
    """Write the page of one component."""
    resource = schema["resources"][token]
    used = _used_types(resource["inputProperties"], schema["types"])
    nested = [section for name in dict.fromkeys(used) for section in _nested_type(name, schema["types"][name])]
    return page(
        class_name(token),
        [prose(resource["description"])],
        [f"Type `{token}`. Names are those of Python; other languages write `queryUrl` for `query_url`."],
        ["## Inputs"],
        _inputs(resource["inputProperties"], resource["requiredInputs"]),
        ["An input marked † must be known when the component is constructed: it takes no output."],
        *nested,
        ["## Outputs"],
        table(["name", "type", "meaning"], [_output(name, prop) for name, prop in resource["properties"].items()]),
    )


def _used_types(properties: Mapping[str, Any], types: Mapping[str, Any]) -> list[str]:
    """Return the types of properties, each followed by those of its own properties."""
    found = [name for prop in properties.values() for name in _types_in(prop)]
    return [used for name in found for used in (name, *_used_types(types[name]["properties"], types))]


def _nested_type(name: str, type_schema: Mapping[str, Any]) -> list[list[str]]:
    fields = _inputs(type_schema["properties"], type_schema.get("required") or [])
    return [[f"## {class_name(name)}"], [prose(type_schema.get("description"))], fields]


def _inputs(properties: Mapping[str, Any], required: list[str]) -> list[str]:
    rows = [_input(name, prop, name in required) for name, prop in properties.items()]
    return table(["name", "type", "default", "meaning"], rows)


def _input(name: str, prop: Mapping[str, Any], required: bool) -> list[str]:
    default, meaning = split_default(prop.get("description"))
    known = " †" if prop.get("plain") else ""
    return [f"`{python_name(name)}`", f"{_type(prop)}{known}", "**required**" if required else default, meaning]


def _output(name: str, prop: Mapping[str, Any]) -> list[str]:
    return [f"`{python_name(name)}`", _type(prop), prose(prop.get("description"))]


def _type(prop: Mapping[str, Any]) -> str:
    reference = prop.get("$ref")
    if reference:
        return f"[{class_name(reference)}](#{class_name(reference).lower()})" if _LOCAL_TYPE in reference else "any"
    if prop["type"] == "array":
        return f"list of {_type(prop['items'])}"
    if prop["type"] == "object":
        return f"map of {_type(prop['additionalProperties'])}"
    return str(prop["type"])


def _types_in(prop: Mapping[str, Any]) -> list[str]:
    reference = prop.get("$ref") or ""
    inner = prop.get("items") or prop.get("additionalProperties") or {}
    return [reference.removeprefix(_LOCAL_TYPE)] if _LOCAL_TYPE in reference else _types_in(inner) if inner else []
