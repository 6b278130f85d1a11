"""One sandbox a test session: started in a directory of its own, ended whatever the tests did."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sandbox import controlplane
from sandbox.handle import Sandbox

Eventually = Callable[[Callable[[], object], str], None]


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A running control plane: `kubeconfig`, `context`, `aws_endpoint`, `get(path)`, `api`, `env()`."""
    yield from _running(tmp_path_factory.mktemp("sandbox"))


@pytest.fixture(scope="session")
def empty_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A control plane of its own for whole stacks, which must find nothing there and leave nothing."""
    yield from _running(tmp_path_factory.mktemp("empty-sandbox"))


def _running(directory: Path) -> Iterator[Sandbox]:
    try:
        yield controlplane.up(directory)
    finally:
        controlplane.down(directory)


@pytest.fixture
def eventually() -> Eventually:
    """Wait, at most a minute, until a condition holds; fail with the given sentence when it never does."""

    def wait(holds: Callable[[], object], otherwise: str) -> None:
        deadline = time.monotonic() + 60
        while not holds():
            if time.monotonic() > deadline:
                pytest.fail(otherwise)
            time.sleep(0.1)

    return wait
