"""A copy of this project in a directory of a test's own: its stack files can be changed, its state is its own."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import yaml

from tools.deploy.environment import DEMO_PASSPHRASE

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("__main__.py", "Pulumi*.yaml", "components", "config", "wiring", "sandbox", "tools", "examples")
FOREIGN = ("AWS_", "KUBE", "PULUMI_", "OBSERVABILITY_")


@dataclass(frozen=True)
class Done:
    """One finished command."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def output(self) -> str:
        """All that it said."""
        return self.stdout + self.stderr


class Checkout:
    """The project's program and tools, without its tests; commands run in it as `make` would run them."""

    def __init__(self, directory: Path, environment: Mapping[str, str] | None = None) -> None:
        self.root = directory / "project"
        self.root.mkdir()
        for source in (path for part in PARTS for path in ROOT.glob(part)):
            if source.is_dir():
                shutil.copytree(source, self.root / source.name)
            else:
                shutil.copy2(source, self.root / source.name)
        (self.root / ".venv").symlink_to(ROOT / ".venv")
        (directory / "state").mkdir()
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)},
            **{name: os.environ[name] for name in ("OBSERVABILITY_CHARTS",) if name in os.environ},
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            "KUBECONFIG": str(directory / "no-kubeconfig"),
            "PULUMI_HOME": str(_pulumi_home(directory)),
            "PULUMI_BACKEND_URL": (directory / "state").as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": DEMO_PASSPHRASE,
            **(environment or {}),
        }

    def settings(self, stack: str) -> dict[str, Any]:
        """Return the configuration of a stack file as it is now."""
        return dict(yaml.safe_load(self._stack_file(stack).read_text())["config"])

    def configure(self, stack: str, changes: Mapping[str, Any]) -> None:
        """Change keys of a stack file; an object is merged into the one that is there, `None` removes a key."""
        content = yaml.safe_load(self._stack_file(stack).read_text())
        for key, value in changes.items():
            before = content["config"].pop(key, None)
            if isinstance(before, dict) and isinstance(value, dict) and "secure" not in before:
                content["config"][key] = before | value
            elif value is not None:
                content["config"][key] = value
        self._stack_file(stack).write_text(yaml.safe_dump(content))

    def restore(self, stack: str) -> None:
        """Put the committed stack file back."""
        shutil.copy2(ROOT / f"Pulumi.{stack}.yaml", self._stack_file(stack))

    def deploy(self, command: str, stack: str, *arguments: str) -> Done:
        """Run a command of the deploy tools, with everything confirmed."""
        return self.run(*self.deploy_command(command, stack, *arguments))

    @staticmethod
    def deploy_command(command: str, stack: str, *arguments: str) -> list[str]:
        """Return the command line of `deploy`."""
        return [sys.executable, "-m", "tools.deploy", command, "--stack", stack, "--yes", *arguments]

    def run(self, *command: str, **variables: str) -> Done:
        """Run any command in this checkout, with more environment variables."""
        environment = self.environment | variables
        done = subprocess.run(command, cwd=self.root, env=environment, capture_output=True, text=True)
        return Done(done.returncode, done.stdout, done.stderr)

    def call(self, main: Callable[[], int], *arguments: str) -> int:
        """Return the exit code of a tool that is run in this process, as if it were started in this checkout."""
        with (
            patch.dict(os.environ, self.environment, clear=True),
            patch.object(sys, "argv", ["a tool", *arguments]),
            contextlib.chdir(self.root),
        ):
            return main()

    def changes(self, stack: str) -> set[tuple[str, str]]:
        """Return operation and name of everything that a preview would change; fail where the preview does."""
        done = self.deploy("preview", stack, "--", "--json")
        assert done.exit_code == 0, done.output
        steps = json.loads(done.stdout)["steps"]
        return {(step["op"], step["urn"].rpartition("::")[2]) for step in steps if step["op"] != "same"}

    def _stack_file(self, stack: str) -> Path:
        return self.root / f"Pulumi.{stack}.yaml"


def _pulumi_home(directory: Path) -> Path:
    """A home without the user's logins and workspaces, but with the plugins that are installed."""
    home = directory / "pulumi"
    home.mkdir()
    theirs = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi") / "plugins"
    if theirs.is_dir():
        (home / "plugins").symlink_to(theirs)
    return home
