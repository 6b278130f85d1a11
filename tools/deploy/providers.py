"""Which provider plugins the engine will use: its own, or this project's stand-ins where those cannot be had."""

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

STAND_INS = "sandbox/providers"
DOWNLOAD_HOST = "get.pulumi.com"
CONNECT_SECONDS = 1.5

STAND_IN_NOTICE = """\
!! The provider plugins are not installed and cannot be downloaded from here.
!! This run uses the project's stand-ins (sandbox/providers): what it shows is checked against the Kubernetes schemas
!! and rendered by Helm, but it is no substitute for the real providers before an up."""


@dataclass(frozen=True)
class Providers:
    """The plugins of one run."""

    stand_ins: bool
    variables: Mapping[str, str]
    missing: tuple[str, ...] = ()

    @property
    def install_commands(self) -> list[str]:
        """What installs the real plugins, on a machine that reaches their downloads."""
        return [f"pulumi plugin install resource {name} v{version(f'pulumi-{name}')}" for name in self.missing]


def choose_providers(
    root: Path,
    names: tuple[str, ...],
    variables: Mapping[str, str],
    *,
    reachable: Callable[[str], bool] | None = None,
) -> Providers:
    """Take the real plugins where they are installed or can be downloaded, else the stand-ins.

    `OBSERVABILITY_PROVIDERS=stand-in` asks for the stand-ins.
    """
    missing = tuple(name for name in names if shutil.which(f"pulumi-resource-{name}") is None)
    asked = variables.get("OBSERVABILITY_PROVIDERS") == "stand-in"
    if missing and not asked:
        installed = _installed(variables)
        missing = tuple(name for name in missing if (name, version(f"pulumi-{name}")) not in installed)
    if not asked and (not missing or (reachable or _reachable)(DOWNLOAD_HOST)):
        return Providers(False, {})
    path = f"{root / STAND_INS}{os.pathsep}{variables.get('PATH', os.defpath)}"
    return Providers(True, {"PATH": path, "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true"}, missing or names)


def _installed(variables: Mapping[str, str]) -> set[tuple[str, str]]:
    listing = subprocess.run(
        ["pulumi", "plugin", "ls", "--json"], capture_output=True, text=True, env=dict(variables), check=False
    )
    plugins = json.loads(listing.stdout) if listing.returncode == 0 else []
    return {(plugin["name"], str(plugin.get("version", "")).removeprefix("v")) for plugin in plugins}


def _reachable(host: str) -> bool:
    try:
        with socket.create_connection((host, 443), timeout=CONNECT_SECONDS):
            return True
    except OSError:
        return False
