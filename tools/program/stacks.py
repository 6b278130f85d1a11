"""A committed stack, run whole: its file as configuration, `__main__.py` as the program."""

import json
import runpy
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pulumi
import yaml

MASKED = "[secret]"
"""What stands for an encrypted value: it is never decrypted here."""


def program_of(root: Path, stack: str) -> Callable[[], Mapping[str, Any]]:
    """Give the program of `stack`, ready to be recorded; it returns the stack's exports."""
    return configured_program(root, yaml.safe_load((root / f"Pulumi.{stack}.yaml").read_text()).get("config") or {})


def configured_program(root: Path, config: Mapping[str, Any]) -> Callable[[], Mapping[str, Any]]:
    """Give the program with `config` as a stack file would hold it."""

    def run() -> Mapping[str, Any]:
        texts = {_qualified(key): _text(_masked(value)) for key, value in config.items()}
        secret = [_qualified(key) for key, value in config.items() if _holds_secure(value)]
        pulumi.runtime.set_all_config(texts, secret)
        runpy.run_path(str(root / "__main__.py"), run_name="__main__")
        stack = pulumi.runtime.settings.get_root_resource()
        return dict(getattr(stack, "outputs", {}))

    return run


def _qualified(key: str) -> str:
    return key if ":" in key else f"observability:{key}"


def _holds_secure(value: Any) -> bool:
    if isinstance(value, Mapping):
        return set(value) == {"secure"} or any(_holds_secure(item) for item in value.values())
    return isinstance(value, list) and any(_holds_secure(item) for item in value)


def _masked(value: Any) -> Any:
    if isinstance(value, Mapping):
        return MASKED if set(value) == {"secure"} else {key: _masked(item) for key, item in value.items()}
    return [_masked(item) for item in value] if isinstance(value, list) else value


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
