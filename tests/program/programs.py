"""The program of a stack of a few settings, and what its resources hold."""

from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from config import SettingsError
from tests.checkout import ROOT
from tools.program import Recording, record
from tools.program.stacks import configured_program


def record_stack(config: Mapping[str, Any], *, name: str = "test", preview: bool = True) -> Recording:
    """Record the program with `config` as a stack file would hold it."""
    return record(configured_program(ROOT, config), preview=preview, stack=name)


def stack(**areas: Any) -> Recording:
    """Record a preview of a stack with these areas of settings."""
    return record_stack({"aws:region": "eu-west-1", "cluster": {"name": "test"}, **areas})


def refused(**areas: Any) -> str:
    """Return the message that refuses these settings."""
    with pytest.raises(SettingsError) as raised:
        stack(**areas)
    return str(raised.value)


def datasource(recording: Recording, signal: str) -> Any:
    """Return the datasource of `logs`, `traces` or `metrics` as Grafana reads it."""
    (file,) = recording.one(":ConfigMap", f"datasources-{signal}").plain()["data"].values()
    return yaml.safe_load(file)["datasources"][0]


def collectors(recording: Recording) -> str:
    """Return the configuration of the collectors."""
    (config,) = recording.one(":ConfigMap", "telemetry-config").plain()["data"].values()
    return str(config)
