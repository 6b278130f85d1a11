"""What the tools need to know of a stack before the engine runs: its file, read as plain data."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


class UnknownStackError(Exception):
    """There is no file for the stack."""


@dataclass(frozen=True)
class StackFile:
    """One `Pulumi.<stack>.yaml`."""

    stack: str
    config: Mapping[str, Any]

    def area(self, name: str) -> Mapping[str, Any]:
        """Give one area of settings as written."""
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
    """Read the file of `stack`; raise `UnknownStackError` with the stacks that there are."""
    path = root / f"Pulumi.{stack}.yaml"
    if not path.exists():
        there = ", ".join(sorted(file.name.split(".")[1] for file in root.glob("Pulumi.*.yaml")))
        raise UnknownStackError(f"there is no stack {stack!r} ({path.name}): choose one with STACK=, there are {there}")
    content = yaml.safe_load(path.read_text()) or {}
    return StackFile(stack, content.get("config") or {})
