"""Which provider plugins the engine will use: its own, or this project's stand-ins where those cannot be had."""

import os
import shutil
import socket
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
        missing = tuple(name for name in missing if not _installed(name, variables))
    if not asked and (not missing or (reachable or _reachable)(DOWNLOAD_HOST)):
        return Providers(False, {})
    path = f"{root / STAND_INS}{os.pathsep}{variables.get('PATH', os.defpath)}"
    return Providers(True, {"PATH": path, "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true"}, missing or names)


def _installed(name: str, variables: Mapping[str, str]) -> bool:
    """Whether the engine's folder of plugins has the version of the SDK, whole.

    `pulumi plugin ls` reads the same folder, and takes 0.25 s to start.
    """
    home = variables.get("PULUMI_HOME")
    folder = (Path(home) if home else Path.home() / ".pulumi") / "plugins"
    plugin = f"resource-{name}-v{version(f'pulumi-{name}')}"
    return (folder / plugin / f"pulumi-resource-{name}").is_file() and not (folder / f"{plugin}.partial").exists()


def _reachable(host: str) -> bool:
    try:
        with socket.create_connection((host, 443), timeout=CONNECT_SECONDS):
            return True
    except OSError:
        return False
