"""The command line of the sandbox where none runs: it says so, and what would help."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import yaml

from sandbox import aws, credentials
from sandbox.__main__ import main
from sandbox.handle import Sandbox
from sandbox.layout import Layout


def test_up_without_the_tools_names_them_and_the_make_target(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["up", "--dir", str(tmp_path / "sandbox")]) == 1
    error = capsys.readouterr().err
    assert "etcd, kube-apiserver, kube-controller-manager, kube-scheduler, kwok not on PATH" in error
    assert "make sandbox" in error
    assert not (tmp_path / "sandbox").exists()


def test_up_that_fails_leaves_neither_processes_nor_credentials(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tools, directory = tmp_path / "bin", tmp_path / "sandbox"
    tools.mkdir()
    for name in ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok"):
        (tools / name).write_text("#!/bin/sh\necho this etcd is broken\nexit 1\n")
        (tools / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tools))
    assert main(["up", "--dir", str(directory)]) == 1
    error = capsys.readouterr().err
    assert "etcd ended while waiting for an answer of http://127.0.0.1:" in error
    assert "this etcd is broken" in error
    assert {path.name for path in directory.iterdir()} == {"lock", "logs"}


@pytest.mark.parametrize(("command", "code"), [("status", 1), ("down", 0)])
def test_a_command_without_a_running_sandbox_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, code: int
) -> None:
    assert main([command, "--dir", str(tmp_path)]) == code
    assert capsys.readouterr().out == f"no sandbox runs in {tmp_path}\n"


def test_env_without_a_sandbox_is_an_error_and_prints_nothing_to_evaluate(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["env", "--dir", str(tmp_path)]) == 1
    output = capsys.readouterr()
    assert output.out == ""
    assert "make sandbox" in output.err


def test_the_exports_survive_a_shell_whatever_the_directory_is_called(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "it's a $HOME")
    layout.root.mkdir()
    aws.record(layout.aws, 4566)
    script = Sandbox(layout).exports() + 'printf "%s\\n" "$KUBECONFIG" "$AWS_ENDPOINT_URL" "$AWS_ACCESS_KEY_ID"'
    shell = subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True, check=True)
    assert shell.stdout.splitlines() == [str(layout.kubeconfig), "http://127.0.0.1:4566", "observability-sandbox"]


def test_the_handle_reads_server_and_token_from_the_kubeconfig(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    config = credentials.kubeconfig("https://127.0.0.1:6443", b"", "secret")
    layout.kubeconfig.write_text(yaml.safe_dump(config))
    layout.aws.write_text(json.dumps({"endpoint": "http://127.0.0.1:1", "region": "eu-west-1"}))
    sandbox = Sandbox(layout)
    assert sandbox.api.connection.server == "https://127.0.0.1:6443"
    assert sandbox.context == "observability-sandbox"
    assert sandbox.aws_endpoint == "http://127.0.0.1:1"
