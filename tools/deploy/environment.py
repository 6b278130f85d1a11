"""The environment the engine runs in: state, passphrase, quiet start."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

DEMO_PASSPHRASE = "observability-demo"
"""Opens the examples' fake secrets; documented in docs/environments.md and refused for production."""

PRODUCTION_STATE_SCHEMES = ("s3://", "gs://", "azblob://", "https://")


@dataclass(frozen=True)
class EngineEnvironment:
    """What the engine is given beyond the caller's own environment."""

    variables: Mapping[str, str]
    backend: str
    demo_passphrase: bool

    @property
    def local_state(self) -> bool:
        """Whether the state is kept in this checkout or on this machine."""
        return not self.backend.startswith(PRODUCTION_STATE_SCHEMES)


def engine_environment(root: Path, outer: Mapping[str, str] = os.environ) -> EngineEnvironment:
    """Fill in what the caller has not chosen: state in `.pulumi-state/`, the examples' passphrase."""
    backend = outer.get("PULUMI_BACKEND_URL") or _project_backend(root)
    variables = {"PULUMI_SKIP_UPDATE_CHECK": "true"}
    if not backend:
        state = root / ".pulumi-state"
        state.mkdir(exist_ok=True)
        backend = f"file://{state}"
        variables["PULUMI_BACKEND_URL"] = backend
    demo = not (outer.get("PULUMI_CONFIG_PASSPHRASE") or outer.get("PULUMI_CONFIG_PASSPHRASE_FILE"))
    if demo:
        variables["PULUMI_CONFIG_PASSPHRASE"] = DEMO_PASSPHRASE
    return EngineEnvironment(variables, backend, demo or outer.get("PULUMI_CONFIG_PASSPHRASE") == DEMO_PASSPHRASE)


def _project_backend(root: Path) -> str:
    project = yaml.safe_load((root / "Pulumi.yaml").read_text())
    return str((project.get("backend") or {}).get("url") or "")
