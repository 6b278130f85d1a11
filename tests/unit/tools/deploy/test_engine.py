"""How the engine and kubectl are run, with small scripts in their place."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from config import errors
from tests.checkout import ROOT
from tests.unit.tools.deploy import fakes
from tools import stackfile
from tools.deploy.confirmation import Refused, confirm
from tools.deploy.engine import Engine, EngineFailedError, MissingEngineError, StateError
from tools.deploy.kubectl import UnreachableClusterError, kubectl
from tools.stackfile import StackFile


@pytest.fixture
def bin_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only directory on PATH beside the system's shell."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def test_without_a_terminal_the_engine_prints_line_by_line(
    bin_directory: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    _command(bin_directory / "pulumi", 'echo "$@"')
    fakes.engine(variables=os.environ).run("preview")
    assert capfd.readouterr().out == "preview --stack test --non-interactive\n"


def test_on_a_terminal_the_engine_draws_its_live_display(
    bin_directory: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _command(bin_directory / "pulumi", 'echo "$@"')
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    fakes.engine(variables=os.environ).run("preview")
    assert capfd.readouterr().out == "preview --stack test\n"


def test_a_failure_of_the_engine_keeps_its_exit_code(bin_directory: Path) -> None:
    _command(bin_directory / "pulumi", "exit 3")
    with pytest.raises(EngineFailedError) as failed:
        fakes.engine(variables=os.environ).run("up")
    assert failed.value.exit_code == 3


def test_an_interruption_lets_the_engine_end_what_it_has_begun(tmp_path: Path) -> None:
    _command(tmp_path / "pulumi", "trap 'echo tidied; exit 0' INT\necho begun\nwhile :; do sleep 0.1; done")
    script = "import os; from tests.unit.tools.deploy.fakes import engine; engine(variables=os.environ).run('up')"
    with subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "begun\n"
        os.killpg(process.pid, signal.SIGINT)
        assert process.stdout.read() == "tidied\n"
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("failing", "what"), [("stack", "state at s3://state of stack test"), ("config", "secrets of stack test")]
)
def test_secrets_that_cannot_be_decrypted_are_reported_with_reason_and_fix(
    bin_directory: Path, failing: str, what: str
) -> None:
    says = f'[ "$1" != {failing} ] || echo "error: no such key" >&2; [ "$1" != config ] && [ "$1" != {failing} ]'
    _command(bin_directory / "pulumi", says)
    with pytest.raises(StateError) as told:
        fakes.engine(variables=os.environ).open()
    sentence, *ways = str(told.value).splitlines()
    assert sentence == f"the {what} cannot be opened: no such key"
    assert {"PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"} <= set(
        " ".join(ways).split()
    )


def test_a_stack_that_is_there_is_opened_by_one_call(bin_directory: Path) -> None:
    _command(bin_directory / "pulumi", 'echo "$1" >> "${0%/*}/calls"')
    fakes.engine(variables=os.environ).open()
    assert (bin_directory / "calls").read_text().split() == ["config"]


def test_a_new_stack_is_made_before_its_secrets_are_opened(bin_directory: Path) -> None:
    """As with the engine, there is no configuration of a stack that is not there."""
    script = 'here=${0%/*}; echo "$1" >> "$here/calls"; [ "$1" = stack ] && echo > "$here/there"; [ -e "$here/there" ]'
    _command(bin_directory / "pulumi", script)
    fakes.engine(variables=os.environ).open()
    assert (bin_directory / "calls").read_text().split() == ["config", "stack", "config"]


STUB = 'here=${0%/*}; echo "$1" >> "$here/calls"; [ "$1" != preview ] || [ -e "$here/works" ]'
"""Records its calls; its preview fails unless there is a file `works`."""


def local_engine(directory: Path) -> Engine:
    _command(directory / "pulumi", STUB)
    return replace(fakes.engine(variables=os.environ, backend=f"file://{directory}"), root=ROOT)


@pytest.mark.parametrize(
    ("suffix", "calls"), [(".json", ["preview"]), (".json.gz", ["preview"]), (".txt", ["config", "preview"])]
)
def test_a_local_stack_that_is_there_is_previewed_by_one_call(
    bin_directory: Path, suffix: str, calls: list[str]
) -> None:
    (bin_directory / "works").touch()
    engine = local_engine(bin_directory)
    state = bin_directory / ".pulumi" / "stacks" / engine.project / f"test{suffix}"
    state.parent.mkdir(parents=True)
    state.touch()
    engine.preview()
    assert (bin_directory / "calls").read_text().split() == calls


def test_a_preview_that_cannot_decrypt_the_secrets_names_the_fix(bin_directory: Path) -> None:
    engine = local_engine(bin_directory)
    state = bin_directory / ".pulumi" / "stacks" / engine.project / "test.json"
    state.parent.mkdir(parents=True)
    state.touch()
    with pytest.raises(EngineFailedError):
        engine.preview()
    _command(bin_directory / "pulumi", '[ "$1" = stack ] || { echo "error: incorrect passphrase" >&2; exit 255; }')
    with pytest.raises(StateError, match="secrets of stack test cannot be opened: incorrect passphrase"):
        engine.preview()


def test_a_preview_imports_neither_the_program_nor_an_sdk() -> None:
    script = "import sys, tools.deploy.__main__; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {"pulumi", "components", "config", "pydantic", "tools.render"} & set(done.stdout.split())


def test_the_project_has_one_name() -> None:
    assert yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["name"] == stackfile.PROJECT == errors.PROJECT


def test_a_shell_has_the_state_and_the_passphrase_of_make() -> None:
    script = (
        "import os; from tests.unit.tools.deploy.fakes import engine;"
        "variables = {**os.environ, 'PULUMI_BACKEND_URL': 'file:///here'};"
        "engine(variables=variables).become('sh', '-c', 'echo $PULUMI_BACKEND_URL')"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "file:///here\n"


def test_a_missing_engine_is_one_sentence(bin_directory: Path) -> None:
    with pytest.raises(MissingEngineError, match="run this through make"):
        Engine.for_stack(bin_directory, StackFile("dev", {}))


def test_a_missing_kubectl_is_reported_with_its_download(bin_directory: Path) -> None:
    with pytest.raises(UnreachableClusterError, match=r"kubectl is not on PATH .* https://kubernetes.io/docs"):
        kubectl("", "version")


def test_an_unreachable_cluster_is_reported_with_its_context_and_the_reason(bin_directory: Path) -> None:
    _command(
        bin_directory / "kubectl", "echo 'E1120 memcache.go: noise' >&2; echo 'error: no route to host' >&2; exit 1"
    )
    with pytest.raises(UnreachableClusterError) as told:
        kubectl("prod", "version")
    assert str(told.value) == (
        "kubectl against context prod failed: `kubectl --request-timeout=10s --context=prod version`: no route to host"
    )


@pytest.mark.parametrize("answer", ["", "n\n", "no\n", "\n"])
def test_nothing_is_done_unless_it_is_confirmed(answer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def answered(_: str) -> str:
        if not answer:
            raise EOFError
        return answer

    monkeypatch.setattr("builtins.input", answered)
    with pytest.raises(Refused, match="nothing was changed"):
        confirm("Deploy?", yes=False)


def _command(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
