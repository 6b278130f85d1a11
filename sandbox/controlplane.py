"""Bring one sandbox up and down: the order of its processes, and what has to answer before the next."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import requests
import yaml

from sandbox import aws, cluster, commands, credentials
from sandbox.api import Api, ApiError
from sandbox.commands import HOST, Ports
from sandbox.handle import Sandbox
from sandbox.kubeconfig import NoCluster, connect
from sandbox.layout import FIELD_MANAGER, Layout
from sandbox.processes import Process, Registry, SandboxError, start, stop, wait_until_none

TOOLS = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok")
PROCESS_COUNT = len(TOOLS) + 1


def up(directory: Path, seconds: float = 90) -> Sandbox:
    """Return the running sandbox below `directory`, started when it is not; on failure nothing is left running.

    `seconds` bounds each single wait. A sandbox of which a process has died is started anew, empty.
    """
    layout = Layout(directory.resolve())
    _require_tools()
    with _locked(layout):
        if not is_up(layout):
            _clear(layout)
            try:
                _start_all(layout, seconds)
            except (ApiError, NoCluster) as error:
                _clear(layout)
                raise SandboxError(f"{error}; the logs are in {layout.logs}") from error
            except BaseException:
                _clear(layout)
                raise
    return Sandbox(layout)


def down(directory: Path) -> list[Process]:
    """End what `up` started below `directory` and remove its state but the logs; return the processes ended."""
    layout = Layout(directory.resolve())
    if not layout.root.exists():
        return []
    with _locked(layout):
        return _clear(layout)


def status(directory: Path) -> list[tuple[Process, bool]]:
    """Return every recorded process with whether it runs; empty when nothing is recorded."""
    return [(process, process.is_running()) for process in _registry(directory.resolve()).read()]


def is_up(layout: Layout) -> bool:
    """Return whether every process runs; fewer records than processes mean an interrupted start."""
    processes = _registry(layout.root).read()
    return len(processes) == PROCESS_COUNT and all(process.is_running() for process in processes)


def _registry(root: Path) -> Registry:
    return Registry(Layout(root).processes)


def _require_tools() -> None:
    absent = [tool for tool in TOOLS if shutil.which(tool) is None]
    if absent:
        raise SandboxError(
            f"{', '.join(absent)} not on PATH; `make sandbox` fetches or builds the sandbox's tools and sets PATH"
        )


@contextmanager
def _locked(layout: Layout) -> Iterator[None]:
    layout.root.mkdir(parents=True, exist_ok=True)
    with layout.lock.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SandboxError(
                f"another command is starting or ending the sandbox in {layout.root}; wait for it to finish"
            ) from None
        yield


def _clear(layout: Layout) -> list[Process]:
    ended = stop(reversed(_registry(layout.root).read()))
    for path in layout.of_one_run():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    return ended


def _start_all(layout: Layout, seconds: float) -> None:
    ports = Ports.free()
    launch = _Launcher(layout)
    moto = launch("aws", commands.aws(ports))
    etcd = launch("etcd", commands.etcd(layout, ports))
    server = f"https://{HOST}:{ports.api_server}"
    token = credentials.write(layout)
    config = credentials.kubeconfig(server, layout.ca_certificate.read_bytes(), token)
    _write_private(layout.kubeconfig, yaml.safe_dump(config, sort_keys=False))
    api = Api(connect(str(layout.kubeconfig)), FIELD_MANAGER)

    _wait(f"http://{HOST}:{ports.etcd}/health", None, [etcd], seconds)
    api_server = launch("kube-apiserver", commands.api_server(layout, ports))
    definitions = cluster.custom_resource_definitions()
    _wait(f"{server}/readyz", layout.ca_certificate, [etcd, api_server], seconds)
    followers = [
        launch("kube-scheduler", commands.scheduler(layout, ports)),
        launch("kube-controller-manager", commands.controller_manager(layout, ports)),
        launch("kwok", commands.kwok(layout, ports)),
    ]
    cluster.install(api, definitions)
    watched = [etcd, api_server, *followers]
    wait_until_none(lambda: cluster.missing(api, definitions), watched, seconds)
    _wait(f"https://{HOST}:{ports.scheduler}/readyz", layout.ca_certificate, watched, seconds)
    _wait(f"{aws.endpoint(ports.aws)}/moto-api/data.json", None, [moto], seconds)
    aws.record(layout.aws, ports.aws)
    sandbox = Sandbox(layout)
    _write_private(layout.environment, sandbox.exports())


class _Launcher:
    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._registry = Registry(layout.processes)

    def __call__(self, name: str, command: Sequence[str]) -> Process:
        # Without this a process would pick up the user's cluster, or leave files in the home directory.
        environment = {name: value for name, value in os.environ.items() if name != "KUBECONFIG"}
        environment["KWOK_WORKDIR"] = str(self._layout.root / "kwok")
        process = start(name, command, self._layout.log(name), environment)
        self._registry.add(process)
        return process


def _wait(url: str, ca_certificate: Path | None, watched: Sequence[Process], seconds: float) -> None:
    with requests.Session() as session:
        session.trust_env = False
        session.verify = str(ca_certificate) if ca_certificate else True

        def missing() -> list[str]:
            try:
                answered = session.get(url, timeout=2).ok
            except requests.RequestException:
                answered = False
            return [] if answered else [f"an answer of {url}"]

        wait_until_none(missing, watched, seconds)


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(text)
