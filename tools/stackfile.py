"""What the tools need to know of a stack before the engine runs: its file, read as plain data."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

PROJECT = "observability"
"""The name that `Pulumi.yaml` has. The settings' own constant takes 1.5 s to import, with every component."""


class StackFileError(Exception):
    """The file of a stack is of no use; the message is all that the user needs."""


class UnknownStackError(StackFileError):
    """There is no file for the stack."""


class MalformedStackFileError(StackFileError):
    """The file cannot be read."""


_KEYS = frozenset({"config", "secretsprovider", "encryptedkey", "encryptionsalt", "environment"})
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
    def kubernetes_version(self) -> str:
        """The minor version of Kubernetes that the stack states; empty where it states none."""
        return str(self.area("cluster").get("kubernetes_version", ""))

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
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), _UniqueKeys)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise MalformedStackFileError(f"{path.name} is no YAML{_where(error)}") from None
    written = _mapping(content, path.name, "config, with settings below it")
    if unknown := sorted(str(key) for key in set(written) - _KEYS):
        raise MalformedStackFileError(
            f"{path.name} has {', '.join(unknown)} beside config, where nothing reads it: indent settings below config:"
        )
    config = _mapping(written.get("config"), f"config in {path.name}", "settings, such as aws:region")
    return StackFile(stack, {qualified(str(key)): value for key, value in config.items()})


def qualified(key: str) -> str:
    """Return the full name of a setting: without a namespace it is of this project, as Pulumi takes it."""
    return key if ":" in key else f"{PROJECT}:{key}"


class _UniqueKeys(yaml.SafeLoader):
    """Refuses a key that is written twice, which the engine does too, and of which YAML would take the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value} is written twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def _where(error: Exception) -> str:
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
    line = f", line {mark.line + 1}" if mark else ""
    return f"{line}: {problem or error}; correct it there, or set values with pulumi config set --path"


def _mapping(content: Any, place: str, holds: str) -> Mapping[str, Any]:
    if content is None:
        return {}
    if isinstance(content, Mapping):
        return content
    raise MalformedStackFileError(f"{place} is {content!r:.60} and must hold keys: {holds}")
