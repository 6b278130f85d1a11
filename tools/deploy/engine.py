"""The Pulumi engine for one stack of this checkout."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import yaml

from tools.stackfile import StackFile

from .environment import EngineEnvironment, engine_environment
from .providers import STAND_IN_NOTICE, Providers, choose_providers


class MissingEngineError(Exception):
    """There is no `pulumi` command."""


class StateError(Exception):
    """The state cannot be opened."""


class EngineFailedError(Exception):
    """The engine ended with an error that it has printed itself."""

    def __init__(self, exit_code: int) -> None:
        super().__init__(f"the engine ended with exit code {exit_code}")
        self.exit_code = exit_code


_WAYS_TO_OPEN = """\
PULUMI_BACKEND_URL names another place of the state; PULUMI_CONFIG_PASSPHRASE is the passphrase of the secrets,
PULUMI_CONFIG_PASSPHRASE_FILE a file with it (docs/environments.md)"""


@dataclass(frozen=True)
class Engine:
    """Runs `pulumi` with the state, passphrase and providers of one stack."""

    root: Path
    stack: StackFile
    environment: EngineEnvironment
    providers: Providers
    variables: Mapping[str, str]
    extra: tuple[str, ...] = ()
    """What the user adds to the engine's command, such as `--diff`."""

    @classmethod
    def for_stack(cls, root: Path, stack: StackFile, extra: tuple[str, ...] = ()) -> "Engine":
        """Choose state and providers, and print what matters; raise `MissingEngineError` without the engine."""
        if shutil.which("pulumi") is None:
            raise MissingEngineError("pulumi is not on PATH; run this through make, which installs it")
        environment = engine_environment(root)
        variables = {**os.environ, **environment.variables}
        providers = choose_providers(root, stack.providers, variables)
        if providers.stand_ins:
            print(STAND_IN_NOTICE, file=sys.stderr)
        return cls(root, stack, environment, providers, {**variables, **providers.variables}, extra)

    @property
    def project(self) -> str:
        """The project's name, as `Pulumi.yaml` has it."""
        return str(yaml.safe_load((self.root / "Pulumi.yaml").read_text())["name"])

    def preview(self) -> None:
        """Preview the stack, created if it is new; raise `StateError` as `open` does, else `EngineFailedError`.

        An existing local stack is opened by the preview alone, and again only to explain a failure: the call
        takes a twentieth of a preview's time.
        """
        if not self._exists_locally():
            self.open()
        try:
            self.run("preview")
        except EngineFailedError:
            self.open()
            raise

    def _exists_locally(self) -> bool:
        stacks = Path(self.environment.backend.removeprefix("file://")) / ".pulumi" / "stacks" / self.project
        return any((stacks / f"{self.stack.stack}{suffix}").is_file() for suffix in (".json", ".json.gz"))

    def open(self) -> None:
        """Make the stack where it is new; raise `StateError` where its state or its secrets cannot be opened."""
        # Opening the secrets opens the state too, so a stack that is there takes one call.
        if self._secrets().returncode != 0:
            self.select()

    def select(self) -> None:
        """Make the stack the one that `pulumi` works on without `--stack`, new or not; raise `StateError`."""
        name = self.stack.stack
        for what, run in {
            f"state at {self.environment.backend}": lambda: self._pulumi("stack", "select", name, "--create"),
            "secrets": self._secrets,
        }.items():
            done = run()
            if done.returncode != 0:
                reason = (done.stderr or done.stdout).strip().removeprefix("error: ")
                raise StateError(f"the {what} of stack {name} cannot be opened: {reason}\n{_WAYS_TO_OPEN}")

    def _secrets(self) -> subprocess.CompletedProcess[str]:
        return self._pulumi("config", "--stack", self.stack.stack, "--show-secrets")

    def run(self, *arguments: str) -> None:
        """Run a command of the engine, its output going to the user; raise `EngineFailedError`.

        On a terminal the engine draws its live display, else it prints line by line.
        """
        plain = [] if sys.stdout.isatty() else ["--non-interactive"]
        command = ["pulumi", *arguments, "--stack", self.stack.stack, *plain, *self.extra]
        with _interruptions_left_to_the_engine():
            done = subprocess.run(command, cwd=self.root, env=dict(self.variables), check=False)
        if done.returncode != 0:
            raise EngineFailedError(done.returncode)

    def become(self, *command: str) -> NoReturn:
        """Become another command, with the state, the passphrase and the providers of the stack."""
        os.execvpe(command[0], command, dict(self.variables))

    def export(self) -> dict[str, Any]:
        """Return the stack's state."""
        state: dict[str, Any] = json.loads(self._capture("stack", "export", "--stack", self.stack.stack))
        return state

    def import_state(self, state: Mapping[str, Any]) -> None:
        """Replace the stack's state."""
        self._capture("stack", "import", "--stack", self.stack.stack, standard_input=json.dumps(state))

    def cancel(self) -> None:
        """Release the stack's lock."""
        self._capture("cancel", "--yes", self.stack.stack)

    def _capture(self, *arguments: str, standard_input: str | None = None) -> str:
        done = self._pulumi(*arguments, standard_input=standard_input)
        if done.returncode != 0:
            print(done.stderr or done.stdout, file=sys.stderr)
            raise EngineFailedError(done.returncode)
        return done.stdout

    def _pulumi(self, *arguments: str, standard_input: str | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["pulumi", *arguments, "--non-interactive"],
            cwd=self.root,
            env=dict(self.variables),
            input=standard_input,
            capture_output=True,
            text=True,
            check=False,
        )


@contextmanager
def _interruptions_left_to_the_engine() -> Iterator[None]:
    """Ignore Ctrl-C, which reaches the engine too: it ends what it has begun and gives its lock back."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
