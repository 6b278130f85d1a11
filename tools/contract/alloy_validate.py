"""Alloy's own judgement of its configurations, where an `alloy` is on PATH.

`alloy validate` (https://grafana.com/docs/alloy/latest/reference/cli/validate/) finds unknown components, arguments and
blocks, missing ones, and components that the stability level does not permit. It starts nothing.
"""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.bootstrap.catalog import fits
from tools.bootstrap.errors import NotServed
from tools.bootstrap.resolve import version_of
from tools.render import Rendering

from .alloy_reference import TAGS
from .finding import Finding, Validation

COMMAND = "alloy"
_ERROR = re.compile(r"^Error: (\S+:\d+:\d+: .+)", re.MULTILINE)
_DEFAULT_LEVEL = "generally-available"


@dataclass(frozen=True)
class Configuration:
    """A configuration as a release of the chart runs it."""

    place: str
    text: str
    chart_version: str
    stability_level: str = _DEFAULT_LEVEL

    @property
    def alloy(self) -> str:
        """The version of the Alloy that the chart installs, such as `1.18.1`."""
        return TAGS[self.chart_version].removeprefix("v")


def configurations(rendering: Rendering) -> Iterator[Configuration]:
    """Yield every configuration that a release of the chart `alloy` runs."""
    releases = {
        (release.namespace, _alloy(release.values).get("configMap", {}).get("name")): release
        for release in rendering.releases
        if release.chart == "alloy"
    }
    for item in rendering.objects:
        if item.kind == "ConfigMap" and (release := releases.get((item.namespace, item.name))):
            level = _alloy(release.values).get("stabilityLevel", _DEFAULT_LEVEL)
            for name, text in (item.manifest.get("data") or {}).items():
                if name.endswith(".alloy"):
                    yield Configuration(f"{item}: {name}", text, release.version, level)


def _alloy(values: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = values.get("alloy") or {}
    return found


def validated(given: Iterable[Configuration]) -> Validation:
    """Return what the Alloy on PATH says of configurations; one that is older than theirs is not asked."""
    found, wanted = Validation(), list(given)
    if not wanted:
        return found
    file = shutil.which(COMMAND)
    if file is None:
        found.unchecked.append(f"{_amount(wanted)} by `alloy validate`: alloy is not on PATH")
        return found
    try:
        version = version_of(file, ["--version"]).removeprefix("v")
    except NotServed as error:
        found.unchecked.append(f"{_amount(wanted)} by `alloy validate`: {error}")
        return found
    known = [each for each in wanted if fits(version, f">={each.alloy},<{int(each.alloy.partition('.')[0]) + 1}")]
    for each in known:
        if message := _refusal(file, each):
            found.findings.append(Finding(each.place, f"alloy {version} refuses it: {message}"))
    if known:
        found.checked.append(f"{_amount(known)} by `alloy validate` of {version} ({Path(file).parent})")
    if others := [each for each in wanted if each not in known]:
        versions = " and ".join(sorted({each.alloy for each in others}))
        found.unchecked.append(f"{_amount(others)} by `alloy validate`: {file} is {version}, and theirs is {versions}")
    return found


def _amount(configurations: Sequence[Configuration]) -> str:
    count = len(configurations)
    return f"{count} configuration{'s' if count > 1 else ''} of Alloy"


def _refusal(file: str, configuration: Configuration) -> str:
    """Return the errors of a configuration in one line, without the text that they quote; empty where it is valid."""
    with tempfile.TemporaryDirectory() as directory:
        text = Path(directory, "config.alloy")
        text.write_text(configuration.text, encoding="utf-8")
        words = [file, "validate", f"--stability.level={configuration.stability_level}", text.name]
        done = subprocess.run(words, cwd=directory, capture_output=True, text=True, check=False)
    if not done.returncode:
        return ""
    return "; ".join(_ERROR.findall(done.stderr)) or f"exit code {done.returncode}"
