"""A committed stack, run whole: its file as configuration, `__main__.py` as the program."""

import json
import runpy
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pulumi

from config import Settings, load
from config.source import Source, read
from tools.stackfile import qualified, read_stack_file
from wiring.component_errors import component_problems

from .recording import record

_T = TypeVar("_T")

WELL_FORMED = {"observability:ui_users": f"stand-in:$2b$10${'stand.in.' * 5}ui.users"}
"""Stand-ins of encrypted values that the program checks the form of."""


def program_of(root: Path, stack: str) -> Callable[[], Mapping[str, Any]]:
    """Return the program of `stack`, ready to be recorded; it returns the stack's exports."""
    return configured_program(root, read_stack_file(root, stack).config)


def configured_program(root: Path, config: Mapping[str, Any]) -> Callable[[], Mapping[str, Any]]:
    """Return the program with `config` as a stack file would hold it."""

    def run() -> Mapping[str, Any]:
        configure(config)
        with _own_interrupt_handler():
            runpy.run_path(str(root / "__main__.py"), run_name="__main__")
        stack = pulumi.runtime.settings.get_root_resource()
        return dict(getattr(stack, "outputs", {}))

    return run


def with_settings(config: Mapping[str, Any], stack: str, read_from: Callable[[Settings, Source], _T]) -> _T:
    """Return what `read_from` reads from the settings of `config`; raise `SettingsError` where they are wrong."""
    found: list[_T] = []

    def run() -> None:
        configure(config)
        source = read()
        found.append(read_from(load(source, component_problems), source))

    record(run, preview=True, stack=stack)
    return found[0]


def configure(config: Mapping[str, Any]) -> None:
    """Set the configuration of the running program to `config`."""
    texts = {qualified(key): _text(_masked(qualified(key), value)) for key, value in config.items()}
    secret = [qualified(key) for key, value in config.items() if _holds_secure(value)]
    pulumi.runtime.set_all_config(texts, secret)


@contextmanager
def _own_interrupt_handler() -> Iterator[None]:
    """Keep this process's handler of Ctrl-C: the program sets its own for the engine's process."""
    handler = signal.getsignal(signal.SIGINT)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)


def _holds_secure(value: Any) -> bool:
    if isinstance(value, Mapping):
        return set(value) == {"secure"} or any(_holds_secure(item) for item in value.values())
    return isinstance(value, list) and any(_holds_secure(item) for item in value)


def _masked(key: str, value: Any) -> Any:
    """Put a stand-in for each encrypted value: none is ever decrypted here, and each differs from the others."""
    if isinstance(value, Mapping):
        if set(value) == {"secure"}:
            return WELL_FORMED.get(key, f"[secret {key}]")
        return {name: _masked(f"{key}.{name}", item) for name, item in value.items()}
    return [_masked(key, item) for item in value] if isinstance(value, list) else value


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str)
