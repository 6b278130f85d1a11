"""Where ingesters keep their write-ahead log: it must outlive the pod, or what was acknowledged is lost with it."""

import base64
import posixpath
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from sandbox.documents import load
from tools.render import RenderedObject, Rendering

from .finding import Finding
from .pods import Pod, pods_of

INGESTING = {"all", "write", "ingester", "scalable-single-binary"}
"""Values of `-target` with which a Loki or Tempo process acknowledges what it keeps in a log of its own.

Tempo 3 has no such process when distributed: the broker acknowledges, and a live-store that lost its disk reads on
from there.
"""


def every_write_ahead_log_is_on_a_volume(rendering: Rendering) -> Iterator[Finding]:
    """An emptyDir under an ingester's write-ahead log loses acknowledged data with the pod."""
    configs = {
        (item.namespace, item.kind, item.name): item
        for item in rendering.objects
        if item.kind in ("ConfigMap", "Secret")
    }
    for pod in pods_of(rendering.objects):
        for volume, config in _configs(pod, configs):
            directory = _directory(config)
            for container in pod.spec.get("containers") or []:
                if directory and _target(container, config, volume) & INGESTING:
                    yield from _problems(pod, container, directory)


def _problems(pod: Pod, container: Mapping[str, Any], directory: str) -> Iterator[Finding]:
    mounts = [
        mount
        for mount in container.get("volumeMounts") or []
        if f"{directory}/".startswith(mount["mountPath"].rstrip("/") + "/")
    ]
    if not mounts:
        yield Finding(pod.reference(container), f"keeps its write-ahead log in {directory}, on no volume at all")
        return
    name = max(mounts, key=lambda mount: len(mount["mountPath"]))["name"]
    volumes = {volume["name"]: volume for volume in pod.spec.get("volumes") or []}
    if "emptyDir" in volumes.get(name, {}):
        message = f"keeps its write-ahead log in {directory}, on the emptyDir {name}: give it a persistent volume"
        yield Finding(pod.reference(container), message)


def _configs(
    pod: Pod, objects: Mapping[tuple[str, str, str], RenderedObject]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for volume in pod.spec.get("volumes") or []:
        for kind, field, key in (("ConfigMap", "configMap", "name"), ("Secret", "secret", "secretName")):
            item = objects.get((pod.owner.namespace, kind, str((volume.get(field) or {}).get(key))))
            for text in _texts(item) if item else ():
                for config in _parsed(text):
                    yield volume["name"], config


def _texts(item: RenderedObject) -> Iterator[str]:
    yield from (item.manifest.get("stringData") or {}).values()
    for text in (item.manifest.get("data") or {}).values():
        yield base64.b64decode(text).decode(errors="replace") if item.kind == "Secret" else text


def _parsed(text: str) -> Iterator[Mapping[str, Any]]:
    try:
        document = load(text)
    except yaml.YAMLError:
        return
    if isinstance(document, Mapping) and {"ingester", "distributor"} & set(document):
        yield document


def _directory(config: Mapping[str, Any]) -> str | None:
    """Return the directory of the log: the configured one, or Loki's own default below its path prefix."""
    tempo = (((config.get("storage") or {}).get("trace") or {}).get("wal") or {}).get("path")
    if tempo:
        return str(tempo)
    if "schema_config" not in config:
        return None
    configured = ((config.get("ingester") or {}).get("wal") or {}).get("dir")
    prefix = str((config.get("common") or {}).get("path_prefix") or "")
    return str(configured) if configured else posixpath.join(prefix, "wal")


def _target(container: Mapping[str, Any], config: Mapping[str, Any], volume: str) -> set[str]:
    """Return the targets that a container runs: of its arguments, else of a configuration on its own volume."""
    words = [str(word) for word in [*(container.get("command") or []), *(container.get("args") or [])]]
    targets = [word.partition("=")[2] for word in words if word.lstrip("-").startswith("target=")]
    if not targets and any(mount["name"] == volume for mount in container.get("volumeMounts") or []):
        targets = [str(config.get("target") or "all")]
    return {target.strip() for value in targets for target in value.split(",")}
