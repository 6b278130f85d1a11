"""From a program to the configuration that its Loki reads."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from components.charts import CHARTS_VARIABLE
from sandbox.documents import load
from sandbox.helm import Helm
from tests.checkout import ROOT
from tests.e2e.loki.charts import TEMPLATE, chart_at_hand
from tools.program import record
from tools.program.stacks import configured_program
from tools.render.resources import whole_numbers

Configuration = dict[str, Any]
_RELEASE = ":Release"
_LOKI = re.compile(r"(?:.*/)?loki(?:-(?P<version>\d[^/]*?)(?:\.tgz)?)?")
"""The chart as a release names it: by its name, or by where it lies where `OBSERVABILITY_CHARTS` has it."""


_IN_A_CLONE = """
import json, sys
from dataclasses import asdict
from tests.e2e.loki.configuration import release_of_stack
print(json.dumps(asdict(release_of_stack(json.load(sys.stdin)))))
"""


@dataclass(frozen=True)
class Release:
    """Loki's Helm release as the program registers it."""

    name: str
    namespace: str
    version: str
    values: Mapping[str, Any]


def release_of(program: Callable[[], Any]) -> Release:
    """Run a program that has one Loki, and give the release of it."""
    releases = [whole_numbers(found.plain()) for found in record(program, preview=True, stack="loki").of_type(_RELEASE)]
    ((chart, loki),) = [(chart, each) for each in releases if (chart := _LOKI.fullmatch(each["chart"]))]
    return Release(loki["name"], loki["namespace"], loki.get("version") or chart["version"], loki["values"])


def release_of_stack(config: Mapping[str, Any]) -> Release:
    """Return the release of a stack that is configured as a stack file would say it."""
    return release_of(configured_program(ROOT, config))


def release_of_clean_clone(config: Mapping[str, Any], into: Path) -> Release:
    """Clone what is committed of this checkout, and give the release that the program of the clone makes."""
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(into)], check=True)
    done = subprocess.run(
        [sys.executable, "-c", _IN_A_CLONE],
        cwd=into,
        input=json.dumps(config),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Release(**json.loads(done.stdout.splitlines()[-1]))


class Renderer:
    """Renders configurations with the charts at hand, each found once."""

    def __init__(self, scratch: Path) -> None:
        self._helm = Helm(scratch / "helm")
        self._chart = cache(lambda version: chart_at_hand(version, scratch / "charts", self._helm))

    def __call__(self, release: Release) -> Configuration:
        """Return the configuration that the pods of `release` mount; skip the test where its chart cannot be had."""
        chart = self._chart(release.version)
        if chart is None:
            pytest.skip(f"needs loki-{release.version} in the directory {CHARTS_VARIABLE}")
        return self.with_chart(release, chart)

    def with_chart(self, release: Release, chart: Path) -> Configuration:
        """Return the configuration that this chart makes of the values of `release`."""
        rendered = self._helm.template(release.name, release.namespace, chart, release.values, "--show-only", TEMPLATE)
        configuration: Configuration = load(load(rendered)["data"]["config.yaml"])
        return configuration
