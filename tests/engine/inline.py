"""A tiny program run by the real engine on the stand-in providers, in a directory of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.checkout import ROOT

STAND_INS = ROOT / "sandbox" / "providers"


@dataclass(frozen=True)
class Run:
    """One command of the engine: whether it succeeded and all that it said."""

    succeeded: bool
    output: str

    def __contains__(self, text: str) -> bool:
        return text in self.output


class InlineStack:
    """A stack on a file backend whose program is given as text."""

    def __init__(self, directory: Path, environment: Mapping[str, str] | None = None) -> None:
        self._directory = directory / "program"
        self._directory.mkdir()
        self.charts = directory / "cache" / "pulumi-observability" / "charts" / "minimal"
        state = directory / "state"
        state.mkdir()
        search = [str(Path(sys.executable).parent), str(STAND_INS), os.environ["PATH"]]
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "KUBE", "PULUMI_"))}
        self._environment = {
            **kept,
            "PATH": os.pathsep.join(search),
            "HOME": str(directory),
            "XDG_CACHE_HOME": str(directory / "cache"),
            "PULUMI_HOME": str(directory / "pulumi"),
            "PULUMI_BACKEND_URL": state.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "stand-in",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            # Chart repositories are out of reach, so that every machine renders the minimal charts.
            "HTTPS_PROXY": "http://127.0.0.1:9",
            "NO_PROXY": "127.0.0.1,localhost",
            **(environment or {}),
        }
        (self._directory / "Pulumi.yaml").write_text("name: inline\nruntime: python\n")
        created = self._pulumi("stack", "init", "test")
        assert created.succeeded, created.output

    def program(self, text: str) -> InlineStack:
        (self._directory / "__main__.py").write_text("import pulumi\n" + textwrap.dedent(text))
        return self

    def configure(self, **secrets: str) -> InlineStack:
        """Set secret settings of the program."""
        for key, value in secrets.items():
            done = self._pulumi("config", "set", "--secret", key, value)
            assert done.succeeded, done.output
        return self

    def preview(self, *more: str) -> Run:
        return self._pulumi("preview", "--diff", *more)

    def up(self, *more: str) -> Run:
        return self._pulumi("up", "--yes", "--skip-preview", "--diff", *more)

    def destroy(self) -> Run:
        return self._pulumi("destroy", "--yes", "--skip-preview")

    def outputs(self) -> dict[str, Any]:
        """The outputs of the stack, secrets in the clear."""
        return dict(json.loads(self._pulumi("stack", "output", "--json", "--show-secrets").output))

    def resources(self) -> dict[str, Any]:
        """The exported state, secrets encrypted: every resource by its name."""
        exported = json.loads(self._pulumi("stack", "export").output)
        return {entry["urn"].rpartition("::")[2]: entry for entry in exported["deployment"]["resources"]}

    def _pulumi(self, *words: str) -> Run:
        command = ["pulumi", *words, "--non-interactive"]
        command += ["--stack", "test"] if words[:2] != ("stack", "init") else []
        run = subprocess.run(
            command, cwd=self._directory, env=self._environment, capture_output=True, text=True, timeout=300
        )
        output = run.stdout if words[0] == "stack" and run.returncode == 0 else run.stdout + run.stderr
        return Run(run.returncode == 0, output)
