"""What the tools need to know of a stack before the engine runs: its file, read as plain data."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .engine_yaml import Document, EngineYamlError, read_document

PROJECT = "observability"
"""The name that `Pulumi.yaml` has. The settings' own constant takes 1.5 s to import, with every component."""


class StackFileError(Exception):
    """The file of a stack is of no use; the message is all that the user needs."""


class UnknownStackError(StackFileError):
    """There is no file for the stack."""


class MalformedStackFileError(StackFileError):
    """The file cannot be read."""


_TEXT_KEYS = ("secretsprovider", "encryptedkey", "encryptionsalt")
_KEYS = frozenset({"config", "environment", *_TEXT_KEYS})
"""What a stack file may hold at its top (https://www.pulumi.com/docs/iac/concepts/projects/stack-settings-file/)."""


@dataclass(frozen=True)
class StackFile:
    """One `Pulumi.<stack>.yaml`."""

    stack: str
    config: Mapping[str, Any]

    def area(self, name: str) -> Mapping[str, Any]:
        """Return one area of settings as written."""
        value = self.config.get(f"observability:{name}")
        return value if isinstance(value, Mapping) else {}

    @property
    def context(self) -> str:
        """The context of the kubeconfig that the stack names; empty for the current one."""
        return str(self.area("cluster").get("context", ""))

    @property
    def environment(self) -> str:
        """Development, staging or production."""
        return str(self.area("cluster").get("environment", "development"))

    @property
    def ip_families(self) -> list[str]:
        """The IP families of the pods; empty where the stack leaves them at the default."""
        families = self.area("cluster").get("ip_families")
        return families if isinstance(families, list) else []

    @property
    def kubernetes_version(self) -> str:
        """The minor version of Kubernetes that the stack states; empty where it states none."""
        return str(self.area("cluster").get("kubernetes_version", ""))

    @property
    def runs_prometheus(self) -> bool:
        """Whether the stack has its own Prometheus, with rules and alerts."""
        return self.area("metrics").get("kind") not in ("external", "none")

    @property
    def uses_aws(self) -> bool:
        """Whether the stack creates AWS resources."""
        return self.area("storage").get("kind") == "aws"

    @property
    def fake_aws_keys(self) -> bool:
        """Whether the stack file holds the examples' access key."""
        return str(self.config.get("aws:accessKey", "")).upper().startswith("FAKE")

    @property
    def providers(self) -> tuple[str, ...]:
        """The providers that the stack needs."""
        return ("kubernetes", "random", *(("aws",) if self.uses_aws else ()))


def read_stack_file(root: Path, stack: str) -> StackFile:
    """Read the file of `stack`; raise `StackFileError` where there is none, or none that can be read."""
    path = root / f"Pulumi.{stack}.yaml"
    if not path.exists():
        there = ", ".join(sorted(file.name.split(".")[1] for file in root.glob("Pulumi.*.yaml")))
        raise UnknownStackError(f"there is no stack {stack!r} ({path.name}): choose one with STACK=, there are {there}")
    document = _read(path)
    content = document.value
    written = _mapping(content, path.name, "config, with settings below it")
    if unknown := sorted(set(written) - _KEYS):
        raise MalformedStackFileError(
            f"{path.name} has {', '.join(unknown)} beside config, where nothing reads it; indent settings below config:"
        )
    for key in _TEXT_KEYS:
        if isinstance(written.get(key), dict | list):
            raise MalformedStackFileError(f"{key} in {path.name} must be text; restore what pulumi stack init wrote")
    settings = _mapping(written.get("config"), f"config in {path.name}", "settings, such as aws:region")
    return StackFile(stack, _qualified(settings, path.name, document.lines))


def _qualified(settings: Mapping[str, Any], file: str, lines: Mapping[tuple[int | str, ...], int]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    keys: dict[str, str] = {}
    for key, value in settings.items():
        name = qualified(key)
        # A key that is merged into config is written elsewhere.
        line = lines.get(("config", key))
        place = f"{file}, line {line}" if line else file
        if name.count(":") != 1:
            raise MalformedStackFileError(f"{place}: {key} must be the key of a setting; write namespace:name")
        if name in keys:
            raise MalformedStackFileError(
                f"{place}: {key} is the same setting as {keys[name]}, of which the engine takes one at random; "
                "merge them under one key"
            )
        found[name], keys[name] = value, key
    return found


def _read(path: Path) -> Document:
    try:
        return read_document(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise MalformedStackFileError(f"{path.name} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise MalformedStackFileError(f"{path.name}, line {line}: is not UTF-8; save it in that encoding") from None
    except EngineYamlError as error:
        where = f", line {error.line}" if error.line else ""
        raise MalformedStackFileError(f"{path.name}{where}: {error}") from None


def qualified(key: str) -> str:
    """Return the full name of a setting as the engine takes it.

    Without a namespace it is of this project; `config` between namespace and name has no meaning.
    """
    namespace, *between, name = key.split(":") if ":" in key else (PROJECT, key)
    return f"{namespace}:{name}" if between in ([], ["config"]) else key


def _mapping(content: Any, place: str, holds: str) -> Mapping[str, Any]:
    if content is None:
        return {}
    if isinstance(content, Mapping):
        return content
    raise MalformedStackFileError(f"{place} is {content!r:.60} and must hold keys: {holds}")
