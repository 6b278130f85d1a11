"""The helm command: run, with its failures reported and its environment kept apart from the user's."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import yaml

from sandbox.documents import DUMPER
from sandbox.providers.plugin import ProviderError
from sandbox.validation import KUBE_VERSION

API_VERSIONS: Final = (
    "monitoring.coreos.com/v1",
    *(f"monitoring.coreos.com/v1/{kind}" for kind in ("ServiceMonitor", "PodMonitor", "PrometheusRule", "Probe")),
    "traefik.io/v1alpha1",
    *(f"traefik.io/v1alpha1/{kind}" for kind in ("IngressRoute", "Middleware")),
)
_TEMPLATE_SECONDS: Final = 120.0


class HelmFailed(Exception):
    """The last message of helm."""


class Helm:
    def __init__(
        self,
        home: Path,
        kubeconfig: Path | None = None,
        context: str | None = None,
        cancelled: threading.Event | None = None,
    ):
        self._cancelled = cancelled or threading.Event()
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
        """Return what the command prints; `server` lets it reach the cluster."""
        command = shutil.which("helm")
        if command is None:
            raise ProviderError("the helm command is not on PATH; install Helm 3")
        process = subprocess.Popen(
            [command, *words, *(self._server if server else [])],
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        out, err = self._outcome(process, words[0], timeout)
        if process.returncode:
            lines = [line for line in err.splitlines() if line.startswith("Error:")]
            raise HelmFailed("; ".join(lines).removeprefix("Error: ") or err.strip())
        return out

    def _outcome(self, process: subprocess.Popen[str], word: str, timeout: float) -> tuple[str, str]:
        """Return what the command prints by its end; a cancelled one is asked to end, so that it notes the failure."""
        deadline = time.monotonic() + timeout
        while True:
            try:
                return process.communicate(timeout=0.2)
            except subprocess.TimeoutExpired:
                if time.monotonic() > deadline:
                    process.kill()
                    process.communicate()
                    raise HelmFailed(f"helm {word} timed out after {timeout:g} s") from None
                if self._cancelled.is_set():
                    process.terminate()

    def template(
        self,
        name: str,
        namespace: str,
        chart: Path,
        values: Mapping[str, Any],
        *more: str,
        kubernetes_version: str = KUBE_VERSION,
    ) -> str:
        """Return what `helm template` prints of a release, its CustomResourceDefinitions among it."""
        words = ["template", name, str(chart), "--namespace", namespace, "--include-crds"]
        words += ["--kube-version", kubernetes_version]
        words += [word for version in API_VERSIONS for word in ("--api-versions", version)]
        with values_file(values) as file:
            return self.run([*words, *more, "--values", file], timeout=_TEMPLATE_SECONDS)

    def query(self, words: Sequence[str]) -> Any:
        """Return the JSON that a command answers about the cluster."""
        return json.loads(self.run([*words, "--output", "json"], timeout=60, server=True) or "null")

    def entry(self, namespace: str, name: str) -> Mapping[str, Any] | None:
        """Return the release as `helm list` knows it, in any state; None where there is none."""
        words = ["list", "--namespace", namespace, "--all", "--filter", f"^{name}$"]
        found = self.query(words) or []
        return dict(found[0]) if found else None


@contextmanager
def values_file(values: Mapping[str, Any]) -> Iterator[str]:
    """Write the values of a release to a file for as long as helm reads it."""
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        yaml.dump(dict(values), file, Dumper=DUMPER)
        file.flush()
        yield file.name
