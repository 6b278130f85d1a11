"""The environment that a command is run in."""

import os
from pathlib import Path

from tools.bootstrap.__main__ import cache_root, environment


def test_the_virtual_environment_comes_first_on_path_and_the_tools_next() -> None:
    env = environment({"PATH": "/usr/bin"}, Path("/here"), [Path("/c/helm"), Path("/c/pulumi"), Path("/c/helm")])
    assert env["PATH"].split(os.pathsep) == ["/here/.venv/bin", "/c/helm", "/c/pulumi", "/usr/bin"]
    assert env["VIRTUAL_ENV"] == "/here/.venv"


def test_settings_of_another_python_do_not_reach_the_command() -> None:
    env = environment({"PYTHONHOME": "/x", "PYTHONDONTWRITEBYTECODE": "1", "HOME": "/h"}, Path("/here"), [])
    assert {"PYTHONHOME", "PYTHONDONTWRITEBYTECODE"}.isdisjoint(env)
    assert env["HOME"] == "/h"


def test_the_cache_is_outside_the_checkout_and_follows_xdg() -> None:
    assert cache_root({"XDG_CACHE_HOME": "/x"}) == Path("/x/pulumi-observability")
    assert cache_root({"XDG_CACHE_HOME": ""}) == Path.home() / ".cache" / "pulumi-observability"
