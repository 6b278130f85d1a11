"""The program of a stack of a few settings, and what its resources hold."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from config import SettingsError
from tools.program import Recording, record
from tools.program.stacks import configured_program

ROOT = Path(__file__).parents[2]


def stack(**config: Any) -> Recording:
    """Record a preview of a stack with these areas of settings."""
    return record(configured_program(ROOT, {"cluster": {"name": "test"}, **config}), preview=True, stack="test")


def refused(**config: Any) -> str:
    """Return the message that refuses these settings."""
    with pytest.raises(SettingsError) as raised:
        stack(**config)
    return str(raised.value)


def datasource(recording: Recording, signal: str) -> Any:
    """Return the datasource of `logs`, `traces` or `metrics` as Grafana reads it."""
    (file,) = recording.one(":ConfigMap", f"datasources-{signal}").plain()["data"].values()
    return yaml.safe_load(file)["datasources"][0]


def collectors(recording: Recording) -> str:
    """Return the configuration of the collectors."""
    (config,) = recording.one(":ConfigMap", "telemetry-config").plain()["data"].values()
    return str(config)
