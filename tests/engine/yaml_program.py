"""Runs the `Pulumi.yaml` of a YAML program, whose components the engine has another package's plugin make.

Only what the examples use: components, Kubernetes providers, secrets from the configuration and references.
"""

import json
import os
import re
from pathlib import Path
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
import yaml

_REFERENCE = re.compile(r'\$\{(\w+)(?:\.(\w+))?(?:\["(\w+)"\])?\}')
_CAPITAL = re.compile(r"(?=[A-Z])")


def run(program: Path, schema: Path) -> None:
    """Create every resource of the program; `schema` tells which outputs each component has."""
    document = yaml.safe_load(program.read_text(encoding="utf-8"))
    components = json.loads(schema.read_text(encoding="utf-8"))["resources"]
    settings = pulumi.Config()
    known: dict[str, Any] = {name: settings.require_secret(name) for name in document["config"]}
    for name, entry in document["resources"].items():
        inputs = _resolved(entry["properties"], known)
        if entry["type"] == "pulumi:providers:kubernetes":
            options = {_CAPITAL.sub("_", key).lower(): value for key, value in inputs.items()}
            known[name] = kubernetes.Provider(name, **options)
            continue
        outputs = dict.fromkeys(components[entry["type"]]["properties"])
        opts = pulumi.ResourceOptions(providers=_resolved(entry["options"]["providers"], known))
        known[name] = pulumi.ComponentResource(entry["type"], name, {**outputs, **inputs}, opts, remote=True)
    for name, value in document["outputs"].items():
        pulumi.export(name, _resolved(value, known))


def _resolved(value: Any, known: dict[str, Any]) -> Any:
    if isinstance(value, dict):
        return {key: _resolved(item, known) for key, item in value.items()}
    if isinstance(value, list):
        return [_resolved(item, known) for item in value]
    reference = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
    if reference is None:
        return value
    name, output, key = reference.groups()
    found = pulumi.get(known[name], output) if output else known[name]
    return found[key] if key else found


run(Path(os.environ["YAML_PROGRAM"]), Path(os.environ["PACKAGE_SCHEMA"]))
