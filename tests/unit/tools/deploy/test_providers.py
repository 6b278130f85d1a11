"""Plugins: an installed one is used, the stand-ins only where none can be downloaded or where they are requested."""

from __future__ import annotations

import stat
from importlib.metadata import version
from pathlib import Path

import pytest

from tools.deploy.providers import choose_providers


def test_stand_ins_are_taken_only_where_plugins_are_neither_there_nor_to_be_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    variables = {"PATH": str(tmp_path), "PULUMI_HOME": str(tmp_path)}
    assert not choose_providers(tmp_path, ("random",), variables, reachable=lambda host: True).stand_ins
    chosen = choose_providers(tmp_path, ("random",), variables, reachable=lambda host: False)
    assert chosen.stand_ins
    assert chosen.variables["PATH"].startswith(f"{tmp_path}/sandbox/providers:")
    assert chosen.install_commands[0].startswith("pulumi plugin install resource random v")


def test_an_installed_plugin_is_taken_without_a_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _executable(tmp_path / "pulumi-resource-random", "true")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not choose_providers(
        tmp_path, ("random",), {}, reachable=lambda host: pytest.fail("asked the network")
    ).stand_ins


def test_a_plugin_in_the_engines_folder_is_taken_without_a_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    plugin = tmp_path / "plugins" / f"resource-random-v{version('pulumi-random')}"
    plugin.mkdir(parents=True)
    _executable(plugin / "pulumi-resource-random", "true")
    variables = {"PULUMI_HOME": str(tmp_path)}
    assert not choose_providers(
        tmp_path, ("random",), variables, reachable=lambda host: pytest.fail("asked the network")
    ).stand_ins


@pytest.mark.parametrize("left", ["resource-random-v0.0.1/pulumi-resource-random", "resource-random-v{}.partial"])
def test_a_plugin_of_another_version_or_half_a_download_is_not_installed(
    tmp_path: Path, left: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    here = version("pulumi-random")
    if "partial" in left:
        (tmp_path / "plugins" / f"resource-random-v{here}").mkdir(parents=True)
        _executable(tmp_path / "plugins" / f"resource-random-v{here}" / "pulumi-resource-random", "true")
    file = tmp_path / "plugins" / left.format(here)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    assert choose_providers(
        tmp_path, ("random",), {"PULUMI_HOME": str(tmp_path)}, reachable=lambda host: False
    ).stand_ins


def test_stand_ins_can_be_asked_for(tmp_path: Path) -> None:
    asked = {"OBSERVABILITY_PROVIDERS": "stand-in"}
    assert choose_providers(tmp_path, ("random",), asked, reachable=lambda host: True).stand_ins


def _executable(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
