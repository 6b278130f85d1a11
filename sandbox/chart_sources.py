"""Where a release's chart comes from: a path, the mirror, its repository, or this project's minimal chart."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from sandbox.helm import Helm, HelmFailed
from sandbox.providers.plugin import ProviderError

# That of components/charts.py: importing the library would add two seconds to each preview.
CHARTS_VARIABLE: Final = "OBSERVABILITY_CHARTS"
MINIMAL_CHARTS: Final = Path(__file__).resolve().parent / "charts"
_PULL_SECONDS: Final = 8.0
_NO_NETWORK: Final = re.compile(
    r"no such host|dial tcp|connection refused|i/o timeout|deadline exceeded|network is unreachable"
    r"|proxyconnect|TLS handshake|certificate signed by|403 |Forbidden|timed out|EOF",
    re.IGNORECASE,
)


def charts_cache() -> Path:
    """Return the directory where charts are kept between runs."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pulumi-observability" / "charts"
    cache.mkdir(parents=True, exist_ok=True)
    return cache


@dataclass(frozen=True)
class ChartReference:
    """A chart as a release names it."""

    chart: str
    version: str | None
    repository: str | None

    @property
    def name(self) -> str:
        return self.chart.rstrip("/").rpartition("/")[2]

    def __str__(self) -> str:
        return " ".join(filter(None, ("chart", self.name, self.version)))


class Charts:
    """Finds charts; each is looked for once in the life of the provider."""

    def __init__(self, helm: Helm, warn: Callable[[str], None], cache: Path):
        self._helm = helm
        self._warn = warn
        self._cache = cache
        self._lock = threading.Lock()
        self._found: dict[ChartReference, Path] = {}
        self._network_error = ""

    @property
    def minimal_directory(self) -> Path:
        """Where the stand-ins of charts that could not be had are put together."""
        return self._cache / "minimal"

    def locate(self, reference: ChartReference) -> Path:
        with self._lock:
            if reference not in self._found:
                self._found[reference] = self._locate(reference)
            return self._found[reference]

    def _locate(self, reference: ChartReference) -> Path:
        if reference.repository is None and not reference.chart.startswith("oci://"):
            path = Path(reference.chart).expanduser()
            if not path.exists():
                raise ProviderError(f"there is no chart at {path}, and the release names no repository for it")
            return path
        return self._mirrored(reference) or self._pulled(reference) or self._minimal(reference)

    def _mirrored(self, reference: ChartReference) -> Path | None:
        mirror = os.environ.get(CHARTS_VARIABLE)
        if not mirror:
            return None
        unpacked = Path(mirror) / f"{reference.name}-{reference.version}"
        return next((path for path in (unpacked, Path(f"{unpacked}.tgz")) if path.exists()), None)

    def _pulled(self, reference: ChartReference) -> Path | None:
        target = self._cache / "pulled" / f"{reference.name}-{reference.version}.tgz"
        if reference.version and target.exists():
            return target
        if self._network_error:
            return None
        target.parent.mkdir(parents=True, exist_ok=True)
        words = ["pull", reference.chart, "--destination", str(target.parent)]
        words += ["--repo", reference.repository] if reference.repository else []
        words += ["--version", reference.version] if reference.version else []
        try:
            self._helm.run(words, timeout=_PULL_SECONDS)
        except HelmFailed as failed:
            if not _NO_NETWORK.search(str(failed)):
                raise ProviderError(f"{reference} could not be pulled: {failed}") from failed
            self._network_error = str(failed)
            return None
        return target if target.exists() else _newest(target.parent, reference.name)

    def _minimal(self, reference: ChartReference) -> Path:
        tried = f"not in ${CHARTS_VARIABLE} ({os.environ.get(CHARTS_VARIABLE) or 'unset'}), not in {_source(reference)}"
        contents = MINIMAL_CHARTS / f"{reference.name}.yaml"
        if not contents.is_file():
            raise ProviderError(
                f"{reference} could not be had ({tried}: {self._network_error}) and there is no stand-in for it: "
                f"set {CHARTS_VARIABLE} to a directory that has {reference.name}-{reference.version}[.tgz]"
            )
        self._warn(
            f"{reference} could not be had ({tried}): using this project's stand-in chart, "
            f"which has its Services and workloads by name alone. Set {CHARTS_VARIABLE} to use the real one."
        )
        return compose(reference, contents, self.minimal_directory)


def compose(reference: ChartReference, contents: Path, target: Path) -> Path:
    """Write the minimal chart of this name: the shared templates and the list of what the chart has.

    Several processes may do so at once: each writes its own copy, and the first to finish names it.
    """
    version = reference.version or "0.0.0"
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target) as scratch:
        draft = Path(scratch) / "chart"
        shutil.copytree(MINIMAL_CHARTS / "templates", draft / "templates")
        shutil.copyfile(contents, draft / "contents.yaml")
        versions = yaml.safe_load((MINIMAL_CHARTS / "versions.yaml").read_text())
        document = {
            "apiVersion": "v2",
            "name": reference.name,
            "version": version,
            "appVersion": str((versions.get(reference.name) or {}).get(version, version)),
            "description": f"Stand-in of {reference.name}: its Services and workloads by name",
        }
        (draft / "Chart.yaml").write_text(yaml.safe_dump(document))
        chart = target / _digest(draft) / f"{reference.name}-{version}"
        chart.parent.mkdir(exist_ok=True)
        if not chart.exists():
            with suppress(OSError):
                draft.rename(chart)
        return chart


def _digest(folder: Path) -> str:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]


def _source(reference: ChartReference) -> str:
    return reference.repository or reference.chart


def _newest(folder: Path, name: str) -> Path | None:
    return max(folder.glob(f"{name}-*.tgz"), key=lambda path: path.stat().st_mtime, default=None)
