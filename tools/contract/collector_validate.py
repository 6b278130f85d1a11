"""The configurations of OpenTelemetry Collectors: what their pipelines name, and the Collector's own judgement.

`otelcol-contrib validate` finds unknown components and settings, and wrong values. It starts nothing.
"""

import os
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from components._shown import shown
from components.telemetry.collector.config import STORAGE_DIRECTORY
from components.telemetry.collector.values import FEATURE_GATES
from tools.alerts.programs import unusable
from tools.render import Rendering

from .finding import Finding, Validation

COMMAND = "otelcol-contrib"
_UNKNOWN = "unknown type"
"""In the message on a component that the Collector lacks: builds have other components than the distribution."""
_PARTS = {
    "receivers": ("receivers", "connectors"),
    "processors": ("processors",),
    "exporters": ("exporters", "connectors"),
}


@dataclass(frozen=True)
class CollectorConfiguration:
    """A configuration as a release of the chart runs it."""

    place: str
    text: str


def collector_configurations(rendering: Rendering) -> Iterator[CollectorConfiguration]:
    """Yield every configuration that a release of the chart `opentelemetry-collector` runs."""
    names = {
        (release.namespace, (release.values.get("configMap") or {}).get("existingName"))
        for release in rendering.releases
        if release.chart == "opentelemetry-collector"
    }
    for item in rendering.objects:
        if item.kind == "ConfigMap" and (item.namespace, item.name) in names:
            for name, text in (item.manifest.get("data") or {}).items():
                yield CollectorConfiguration(f"{item}: {name}", text)


def pipelines_name_their_components(rendering: Rendering) -> Iterator[Finding]:
    """A pipeline or a service that names a component which is not declared keeps the Collector from starting."""
    for configuration in collector_configurations(rendering):
        for message in problems(configuration.text):
            yield Finding(configuration.place, message)


def problems(text: str) -> Iterator[str]:
    """Yield what a configuration names and does not declare."""
    config: Mapping[str, Any] = yaml.safe_load(text)
    service = config.get("service") or {}
    for name in _undeclared(config, service.get("extensions"), ("extensions",)):
        yield f"service.extensions: {shown(name)} is not declared below extensions"
    for pipeline, parts in (service.get("pipelines") or {}).items():
        for part, declared_below in _PARTS.items():
            for name in _undeclared(config, (parts or {}).get(part), declared_below):
                below = " or ".join(declared_below)
                yield f"service.pipelines.{pipeline}.{part}: {shown(name)} is not declared below {below}"


def _undeclared(config: Mapping[str, Any], named: Sequence[str] | None, sections: Sequence[str]) -> list[str]:
    declared = {name for section in sections for name in config.get(section) or {}}
    return [name for name in named or () if name not in declared]


def validated_collectors(given: Iterable[CollectorConfiguration]) -> Validation:
    """Return what the Collector on PATH says of configurations."""
    found, wanted = Validation(), list(given)
    if not wanted:
        return found
    amount = f"{len(wanted)} configuration{'s' if len(wanted) > 1 else ''} of the OpenTelemetry Collector"
    if reason := unusable(COMMAND):
        found.unchecked.append(f"{amount} by `{COMMAND} validate`: {reason}")
        return found
    found.checked.append(f"{amount} by `{COMMAND} validate`")
    for each in wanted:
        message = _refusal(each.text)
        if _UNKNOWN in message:
            found.unchecked.append(f"{each.place} by `{COMMAND} validate`, which lacks a component of it: {message}")
        elif message:
            found.findings.append(Finding(each.place, f"{COMMAND} refuses it: {message}"))
    return found


def _refusal(text: str) -> str:
    """Return the errors of a configuration in one line; empty where it is valid."""
    with tempfile.TemporaryDirectory() as directory:
        # The directory of positions and queues must be there; the others are opened at the start alone.
        Path(directory, "config.yaml").write_text(text.replace(STORAGE_DIRECTORY, directory), encoding="utf-8")
        words = [COMMAND, "validate", f"--feature-gates={','.join(FEATURE_GATES)}", "--config=config.yaml"]
        names = {"OTEL_K8S_NODE_NAME": "node", "OTEL_K8S_POD_NAME": "pod"}
        environment = {**os.environ, **names}
        done = subprocess.run(words, cwd=directory, env=environment, capture_output=True, text=True, check=False)
    if not done.returncode:
        return ""
    return " ".join(done.stderr.removeprefix("Error: ").split()) or f"exit code {done.returncode}"
