"""The library as a user installs it: the built wheel in an environment without this checkout."""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.checkout import ROOT
from tests.engine.inline import STAND_INS, InlineStack
from tests.engine.installation import install, run
from tests.installed_tools import ENGINE, require

EXAMPLE = ROOT / "examples" / "python-import" / "__main__.py"
PACKAGE = "pulumi_observability"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    directory = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(directory))
    (built,) = directory.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment in which the wheel, all that it and its extra for AWS ask for, and nothing else is installed."""
    with zipfile.ZipFile(wheel) as archive:
        metadata = archive.read(next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA")))
    asked = re.findall(r"^Requires-Dist: ([^;\n]+)", metadata.decode(), re.MULTILINE)
    return install(wheel, asked, tmp_path_factory.mktemp("environment"))


def stand_ins(directory: Path) -> Path:
    """The stand-in providers with this project's Python, as the program's has not what they need."""
    directory.mkdir()
    for plugin in STAND_INS.glob("pulumi-resource-*"):
        starter = directory / plugin.name
        starter.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{plugin}" "$@"\n')
        starter.chmod(0o755)
    return directory


def test_the_wheel_holds_the_components_with_their_types_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        metadata = archive.read(next(name for name in names if name.endswith(".dist-info/METADATA"))).decode()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {PACKAGE}
    assert {f"{PACKAGE}/py.typed", f"{PACKAGE}/demo/generator.py"} <= names
    plugin = {f"{PACKAGE}/{name}" for name in ("__main__.py", "_plugin.py", "PulumiPlugin.yaml")}
    assert not plugin & names, "the plugin is no part of the library"
    sources = {f"{PACKAGE}/{path.relative_to(ROOT / 'components')}" for path in (ROOT / "components").rglob("*.py")}
    assert sources - plugin <= names
    assert "Provides-Extra: aws" in metadata


def test_every_public_name_is_there_without_the_checkout(installed: Path) -> None:
    code = (
        f"import {PACKAGE} as library, sys; print(library.__file__);"
        "[getattr(library, name) for name in library.__all__]; assert 'components' not in sys.modules"
    )
    printed = run(str(installed / "bin" / "python"), "-I", "-c", code, cwd=installed)
    assert Path(printed.strip()).is_relative_to(installed)


@pytest.mark.engine
def test_the_example_previews_with_the_installed_wheel(installed: Path, tmp_path: Path) -> None:
    require(*ENGINE)
    search = [str(installed / "bin"), str(stand_ins(tmp_path / "plugins")), os.environ["PATH"]]
    stack = InlineStack(tmp_path, {"PATH": os.pathsep.join(search)})
    stack.configure(access_key_id="AKIAEXAMPLE", secret_access_key="example-secret-key")
    preview = stack.program(EXAMPLE.read_text(encoding="utf-8")).preview()
    assert preview.succeeded, preview.output
    for created in ("logging-loki", "tracing-tempo", "telemetry-agents", "bucket-secret", "datasources-traces"):
        assert created in preview, preview.output
    assert "example-secret-key" not in preview


def test_the_wheel_brings_types_that_catch_a_misspelt_argument(installed: Path, tmp_path: Path) -> None:
    program = EXAMPLE.read_text(encoding="utf-8").replace('"retention": "30d"', '"retentoin": "30d"')
    (tmp_path / "program.py").write_text(program)
    # The providers' packages take mypy a minute, and the arguments name none of their types.
    (tmp_path / "mypy.ini").write_text("[mypy]\n[mypy-pulumi_kubernetes.*,pulumi_aws.*]\nfollow_imports = skip\n")
    check = [sys.executable, "-m", "mypy", "--no-incremental", "--python-executable", str(installed / "bin" / "python")]
    done = subprocess.run([*check, "program.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert 'Extra key "retentoin" for TypedDict "LoggingArgs"' in done.stdout, done.stdout + done.stderr
    assert "Found 1 error" in done.stdout, done.stdout
