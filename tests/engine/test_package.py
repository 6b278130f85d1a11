"""The package as the engine has it: the plugin started by the engine itself, its components in another's program."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.checkout import ROOT
from tests.engine.inline import STAND_INS, InlineStack, Run
from tests.installed_tools import ENGINE, require
from tools.docs.schema import SCHEMA_FILE

pytestmark = pytest.mark.engine

EXAMPLE = ROOT / "examples" / "yaml" / "Pulumi.yaml"
INTERPRETER = ROOT / "tests" / "engine" / "yaml_program.py"


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    """The plugin as an executable, which starts it as Python's language host does."""
    require(*ENGINE)
    executable = tmp_path / "plugins" / "pulumi-resource-observability"
    executable.parent.mkdir()
    executable.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{ROOT / "components"}" "$@"\n')
    executable.chmod(0o755)
    return executable


def previewed(program: Path, plugin: Path, directory: Path) -> Run:
    """Preview a YAML program on the stand-in providers and the plugin."""
    search = [str(plugin.parent), str(Path(sys.executable).parent), str(STAND_INS), os.environ["PATH"]]
    paths = {"YAML_PROGRAM": str(program), "PACKAGE_SCHEMA": str(ROOT / SCHEMA_FILE)}
    stack = InlineStack(directory, {"PATH": os.pathsep.join(search), **paths})
    stack.configure(accessKeyId="AKIAEXAMPLE", secretAccessKey="example-secret-key")
    return stack.program(INTERPRETER.read_text(encoding="utf-8")).preview()


def test_the_engine_gets_the_schema_that_is_committed(plugin: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PULUMI_HOME": str(tmp_path / "pulumi"), "PULUMI_SKIP_UPDATE_CHECK": "true"}
    command = ["pulumi", "package", "get-schema", str(plugin)]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    served, committed = json.loads(done.stdout), json.loads((ROOT / SCHEMA_FILE).read_text(encoding="utf-8"))
    assert set(served["resources"]) == set(committed["resources"])
    assert served["version"] == committed["version"]


def test_the_yaml_example_previews_with_components_that_the_plugin_makes(plugin: Path, tmp_path: Path) -> None:
    preview = previewed(EXAMPLE, plugin, tmp_path)
    assert preview.succeeded, preview.output
    for created in ("logging-loki", "telemetry-agents", "bucket-secret", "telemetry-config"):
        assert created in preview, preview.output
    assert 'logs: "http://loki-gateway.logging"' in preview, "outputs of the plugin's components come back"
    assert "example-secret-key" not in preview


def test_what_a_component_refuses_reaches_the_program_in_another_language(plugin: Path, tmp_path: Path) -> None:
    program = tmp_path / "Pulumi.yaml"
    program.write_text(EXAMPLE.read_text(encoding="utf-8").replace("retention: 30d", "retention: a while"))
    preview = previewed(program, plugin, tmp_path)
    assert not preview.succeeded
    assert "'logging' has a problem: 1 input is wrong" in preview, preview.output
    assert "property retention with value '{a while}' has a problem: must be a duration" in preview
