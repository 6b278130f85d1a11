"""The helm command: run, with its failures told and its environment kept apart from the user's."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..plugin import ProviderError


class HelmFailed(Exception):
    """What helm said on its way out."""


class Helm:
    def __init__(self, home: Path, kubeconfig: Path | None = None, context: str | None = None):
        self._environment = {
            **os.environ,
            "HELM_CACHE_HOME": str(home / "cache"),
            "HELM_CONFIG_HOME": str(home / "config"),
            "HELM_DATA_HOME": str(home / "data"),
        }
        self._server = []
        if kubeconfig and context:
            self._server = ["--kubeconfig", str(kubeconfig), "--kube-context", context]

    def run(self, words: Sequence[str], *, timeout: float, server: bool = False) -> str:
        """What the command prints; `server` lets it reach the cluster."""
        command = shutil.which("helm")
        if command is None:
            raise ProviderError("the helm command is not on PATH: install Helm 3")
        try:
            run = subprocess.run(
                [command, *words, *(self._server if server else [])],
                env=self._environment,
                capture_output=True,
                text=True,
                timeout=timeout,
            )
        except subprocess.TimeoutExpired as expired:
            raise HelmFailed(f"helm {words[0]} timed out after {timeout:g} s") from expired
        if run.returncode:
            lines = [line for line in run.stderr.splitlines() if line.startswith("Error:")]
            raise HelmFailed("; ".join(lines).removeprefix("Error: ") or run.stderr.strip())
        return run.stdout

    def query(self, words: Sequence[str]) -> Any:
        """The JSON that a command answers about the cluster."""
        return json.loads(self.run([*words, "--output", "json"], timeout=60, server=True) or "null")

    def entry(self, namespace: str, name: str) -> Mapping[str, Any] | None:
        """The release as `helm list` knows it, in whatever state it is, or nothing."""
        words = ["list", "--namespace", namespace, "--all", "--filter", f"^{name}$"]
        found = self.query(words) or []
        return dict(found[0]) if found else None
