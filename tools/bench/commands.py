"""What is measured: the commands of a user, and an empty program on the same engine, state and providers."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import yaml

from tools.bench.measure import Command, CommandFailedError
from tools.bootstrap.__main__ import cache_root
from tools.bootstrap.venv import bin_directory
from tools.deploy.environment import engine_environment
from tools.deploy.providers import choose_providers
from tools.stackfile import read_stack_file

EMPTY_PROGRAM = Path(__file__).with_name("empty_program.py")
EMPTY_STACK = "empty"


def program(root: Path, stack: str) -> Command:
    """Return the run of the program of `stack` under mocks."""
    return Command([sys.executable, "-m", "tools.bench.program", stack], root, _with_bytecode(os.environ))


def fuzz(root: Path, files: int) -> Command:
    """Return the tests that check this many stack files of any kind, and each setting with every wrong value."""
    tests = ["tests/program/test_any_stack_file.py", "tests/program/test_wrong_values.py"]
    environment = {**_with_bytecode(os.environ), "FUZZ_FILES": str(files), "WRONG_VALUES_STEP": "1"}
    return Command([sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *tests], root, environment)


def make(root: Path, target: str, *variables: str, state: Path | None = None) -> Command:
    """Return `make TARGET` as a user runs it, with its state in the directory `state` where one is given."""
    environment = _of_the_user(root, os.environ)
    return Command(["make", target, *variables], root, {**environment, **(_backend(state) if state else {})})


def preview_of_empty_program(root: Path, stack: str, directory: Path, state: Path) -> Command:
    """Write the empty program to `directory`; return its preview in the environment of `make preview`.

    The stack file has the settings of `stack` for the engine itself. Raises `CommandFailedError`.
    """
    stack_file = read_stack_file(root, stack)
    runtime = yaml.safe_load((root / "Pulumi.yaml").read_text())["runtime"]
    runtime["options"]["virtualenv"] = str(root / runtime["options"]["virtualenv"])
    settings = {key: value for key, value in stack_file.config.items() if key.startswith("pulumi:")}
    directory.mkdir()
    _write(directory / "Pulumi.yaml", {"name": "empty", "runtime": runtime})
    _write(directory / f"Pulumi.{EMPTY_STACK}.yaml", {"config": settings})
    shutil.copyfile(EMPTY_PROGRAM, directory / "__main__.py")

    outer = {**_with_bytecode(os.environ), **_backend(state)}
    environment = {**outer, **engine_environment(root, outer).variables}
    environment |= choose_providers(root, stack_file.providers, environment).variables
    made = subprocess.run(
        ["pulumi", "stack", "init", EMPTY_STACK, "--non-interactive"],
        cwd=directory,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode != 0:
        raise CommandFailedError(f"the empty program has no stack: {made.stderr.strip()}")
    return Command(["pulumi", "preview", "--stack", EMPTY_STACK, "--non-interactive"], directory, environment)


def _backend(state: Path) -> dict[str, str]:
    state.mkdir(exist_ok=True)
    return {"PULUMI_BACKEND_URL": state.as_uri()}


def _of_the_user(root: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Return `environment` without what tools.bootstrap put before PATH to start this benchmark."""
    tools = cache_root(environment) / "tools"
    found = environment.get("PATH", os.defpath).split(os.pathsep)
    path = [entry for entry in found if Path(entry) != bin_directory(root) and tools not in Path(entry).parents]
    kept = {name: value for name, value in _with_bytecode(environment).items() if name != "VIRTUAL_ENV"}
    return {**kept, "PATH": os.pathsep.join(path)}


def _with_bytecode(environment: Mapping[str, str]) -> dict[str, str]:
    """Return `environment` as one in which Python keeps bytecode, which is most of the start-up time."""
    return {name: value for name, value in environment.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _write(file: Path, content: Mapping[str, object]) -> None:
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
