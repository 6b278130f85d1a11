"""Every process of the sandbox listens on loopback only and keeps its files in the sandbox's directory."""

from __future__ import annotations

import re
import socket
from contextlib import ExitStack
from dataclasses import astuple
from pathlib import Path

import pytest

from sandbox import commands
from sandbox.commands import Ports
from sandbox.layout import Layout
from sandbox.processes import SandboxError

LAYOUT = Layout(Path("/sandbox"))
PORTS = Ports(etcd=1, etcd_peer=2, api_server=3, controller_manager=4, scheduler=5, kwok=6, aws=7)
COMMANDS = {
    "etcd": commands.etcd(LAYOUT, PORTS),
    "kube-apiserver": commands.api_server(LAYOUT, PORTS),
    "kube-controller-manager": commands.controller_manager(LAYOUT, PORTS),
    "kube-scheduler": commands.scheduler(LAYOUT, PORTS),
    "kwok": commands.kwok(LAYOUT, PORTS),
}


def test_free_ports_differ_from_each_other() -> None:
    ports = astuple(Ports.free())
    assert len(set(ports)) == len(ports)
    assert set(ports) <= set(commands.PORT_RANGE)


def test_a_port_that_somebody_listens_on_is_not_free(monkeypatch: pytest.MonkeyPatch) -> None:
    with ExitStack() as sockets:
        taken = [sockets.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(2)]
        first, second = (listener.getsockname()[1] for listener in taken)
        monkeypatch.setattr(commands, "PORT_RANGE", [first, second])
        with pytest.raises(SandboxError, match=r"no 7 free ports on 127\.0\.0\.1"):
            Ports.free()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_starts_the_program_of_its_name(name: str) -> None:
    assert COMMANDS[name][0] == name


@pytest.mark.parametrize("name", COMMANDS)
def test_every_address_to_listen_on_is_loopback(name: str) -> None:
    listening = [word for word in COMMANDS[name] if re.match(r"--(listen-|bind-|server-address)", word)]
    assert listening
    assert all("127.0.0.1" in word for word in listening), listening


def test_the_aws_stand_in_listens_on_loopback() -> None:
    assert commands.aws(PORTS)[-4:] == ["-H", "127.0.0.1", "-p", "7"]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_file_is_the_sandboxs_own_or_a_stage_of_this_project(name: str) -> None:
    paths = [word.partition("=")[2] for word in COMMANDS[name] if "=/" in word]
    own = (str(LAYOUT.root), str(commands.STAGES))
    assert paths
    assert [path for path in paths if not path.startswith(own)] == []


@pytest.mark.parametrize("name", ["kube-controller-manager", "kube-scheduler", "kwok"])
def test_no_controller_falls_back_to_the_kubeconfig_of_the_user(name: str) -> None:
    assert f"--kubeconfig={LAYOUT.kubeconfig}" in COMMANDS[name]


def test_kwok_reads_every_stage() -> None:
    stages = {Path(word.partition("=")[2]).name for word in COMMANDS["kwok"] if word.startswith("--config=")}
    assert stages == {"node.yaml", "pod.yaml", "service.yaml", "volume.yaml"}
