"""The objects of a release, and what the containers of their pods would be run with."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from components._network_policy import COMPONENT

Object = Mapping[str, Any]
Flags = Mapping[str, str | Sequence[str]]

ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"
"""Where every container has the token of its service account."""
_VARIABLE = re.compile(r"\$(\$?)\((\w+)\)")


class Contents(Protocol):
    """Where the ConfigMaps and Secrets are that pods read."""

    def config_map(self, name: str) -> Mapping[str, str]:
        """Return the data of a ConfigMap."""

    def secret(self, name: str) -> Mapping[str, bytes]:
        """Return the data of a Secret."""


class Objects:
    """Rendered objects, found by kind and name."""

    def __init__(self, manifests: Iterable[Object]) -> None:
        self.manifests = tuple(manifests)

    def of(self, kind: str) -> list[Object]:
        """Return all objects of a kind."""
        return [each for each in self.manifests if each["kind"] == kind]

    def one(self, kind: str, name: str) -> Object:
        """Return the only object of this kind and name."""
        (found,) = (each for each in self.of(kind) if each["metadata"]["name"] == name)
        return found

    def workload(self, image: str, component: str = "") -> Object:
        """Return the only workload with a container of this image, and with the label of the component if one is given.

        The image is named without its registry and tag.
        """
        (found,) = self._workloads(image, component)
        return found

    def has(self, image: str, component: str) -> bool:
        """Whether there is a workload of this image and component."""
        return any(self._workloads(image, component))

    def _workloads(self, image: str, component: str) -> Iterator[Object]:
        for kind in ("Deployment", "StatefulSet", "DaemonSet"):
            for each in self.of(kind):
                template = each["spec"]["template"]
                images = [container["image"] for container in template["spec"]["containers"]]
                labels = template["metadata"].get("labels") or {}
                if any(f"/{image}:" in found for found in images) and component in ("", labels.get(COMPONENT)):
                    yield each

    def config_map(self, name: str) -> Mapping[str, str]:
        """Return the data of a ConfigMap."""
        return dict(self.one("ConfigMap", name)["data"])

    def secret(self, name: str) -> Mapping[str, bytes]:
        """Return the data of a Secret."""
        found = self.one("Secret", name)
        encoded = {key: base64.b64decode(text) for key, text in (found.get("data") or {}).items()}
        return encoded | {key: text.encode() for key, text in (found.get("stringData") or {}).items()}


class Pod:
    """A pod of a workload on this machine, where its volumes are below a directory.

    What a container mounts from Secrets and ConfigMaps is written there; a directory of the host stays where it is.
    """

    def __init__(self, workload: Object, contents: Contents, directory: Path, name: str = "") -> None:
        self.name = name or str(workload["metadata"]["name"])
        self.directory = directory
        self._spec = workload["spec"]["template"]["spec"]
        self._contents = contents

    def arguments(self, flags: Flags, container: str = "") -> list[str]:
        """Return the arguments of a container, by default of the only one, for this machine, with some flags replaced.

        A flag that is not among the arguments is added; one with several values is repeated.
        """
        variables, places = self.environment(container), self.places(container)
        given = [_expanded(argument, variables) for argument in self._container(container).get("args") or []]
        kept = [moved(argument, places) for argument in given if argument.partition("=")[0] not in flags]
        values = {flag: [value] if isinstance(value, str) else value for flag, value in flags.items()}
        return kept + [f"{flag}={value}" for flag in values for value in values[flag]]

    def argument(self, flag: str, container: str = "") -> str:
        """Return the value of a flag of a container with its variables."""
        return _expanded(self.flag(flag, container), self.environment(container))

    @property
    def account(self) -> str:
        """The service account."""
        return str(self._spec["serviceAccountName"])

    def flag(self, flag: str, container: str = "") -> str:
        """Return the value of a flag of a container as the pod has it."""
        (found,) = self.flags(flag, container)
        return found

    def flags(self, flag: str, container: str = "") -> list[str]:
        """Return every value of a flag of a container as the pod has it."""
        pairs = (argument.partition("=") for argument in self._container(container).get("args") or [])
        return [value for name, _, value in pairs if name == flag]

    def environment(self, container: str = "") -> dict[str, str]:
        """Return the variables of a container, but those that a node knows."""
        return dict(self._variables(self._container(container).get("env") or []))

    def places(self, container: str = "") -> dict[str, str]:
        """Return where each directory is that a container mounts, the deepest first."""
        volumes = {volume["name"]: volume for volume in self._spec.get("volumes") or []}
        places = {ACCOUNT: str(self.directory / ACCOUNT.lstrip("/"))}
        for mount in self._container(container).get("volumeMounts") or []:
            path, volume = mount["mountPath"], volumes.get(mount["name"], {})
            host = volume.get("hostPath") and str(volume["hostPath"]["path"]).rstrip("/")
            places[path] = str(self.directory / path.lstrip("/")) if host is None else host
        return {path: places[path] for path in sorted(places, key=len, reverse=True)}

    def write_files(self, container: str = "") -> None:
        """Write what a container mounts from Secrets and ConfigMaps, and make its other directories."""
        volumes = {volume["name"]: volume for volume in self._spec.get("volumes") or []}
        places = self.places(container)
        for mount in self._container(container).get("volumeMounts") or []:
            volume = volumes.get(mount["name"], {})
            if "hostPath" in volume:
                continue
            place = Path(places[mount["mountPath"]])
            for key, content in self._data(volume):
                write(content, place if mount.get("subPath") == key else place / key)
            if not place.is_file():
                place.mkdir(parents=True, exist_ok=True)

    def _container(self, name: str) -> Object:
        found: Object
        (found,) = (each for each in self._spec["containers"] if not name or each["name"] == name)
        return found

    def _variables(self, declared: Iterable[Object]) -> Iterator[tuple[str, str]]:
        for each in declared:
            source = each.get("valueFrom") or {}
            if "secretKeyRef" in source:
                reference = source["secretKeyRef"]
                yield each["name"], self._contents.secret(reference["name"])[reference["key"]].decode()
            elif source.get("fieldRef", {}).get("fieldPath") == "metadata.name":
                yield each["name"], self.name
            elif not source:
                yield each["name"], str(each.get("value", ""))

    def _data(self, volume: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
        for source in [volume, *volume.get("projected", {}).get("sources", [])]:
            if "configMap" in source:
                data = self._contents.config_map(source["configMap"]["name"])
                yield from _keyed({key: text.encode() for key, text in data.items()}, source["configMap"])
            if "secret" in source:
                name = source["secret"].get("secretName") or source["secret"]["name"]
                yield from _keyed(self._contents.secret(name), source["secret"])


def moved(text: str, places: Mapping[str, str]) -> str:
    """Return a flag or a text with a path at its end as it is on this machine."""
    flag, separator, path = text.rpartition("=")
    for pod, here in places.items():
        if path == pod or path.startswith(f"{pod}/"):
            return f"{flag}{separator}{(here + path.removeprefix(pod)) or '/'}"
    return text


def relocated(value: Any, places: Mapping[str, str]) -> Any:
    """Return a configuration with every path in it as it is on this machine."""
    if isinstance(value, dict):
        return {key: relocated(item, places) for key, item in value.items()}
    if isinstance(value, list):
        return [relocated(item, places) for item in value]
    return moved(value, places) if isinstance(value, str) else value


def write(content: bytes, file: Path) -> None:
    """Write a file, with its directory."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


def _keyed(data: Mapping[str, bytes], source: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Yield the keys of a volume by the names of their files."""
    files = {item["key"]: item["path"] for item in source.get("items") or []}
    yield from ((files.get(key, key), content) for key, content in data.items() if key in files or not files)


def _expanded(argument: str, variables: Mapping[str, str]) -> str:
    """Return an argument with its variables, as Kubernetes replaces them: `$$(NAME)` is the text `$(NAME)`."""
    return _VARIABLE.sub(lambda found: f"$({found[2]})" if found[1] else variables.get(found[2], found[0]), argument)
