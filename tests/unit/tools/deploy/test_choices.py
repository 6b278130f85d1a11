"""State, passphrase and plugins: what the caller chose is kept, the rest is filled in."""

from __future__ import annotations

import stat
from importlib.metadata import version
from pathlib import Path

import pytest

from tools.deploy.environment import DEMO_PASSPHRASE, engine_environment
from tools.deploy.providers import choose_providers
from tools.stackfile import StackFile, UnknownStackError, read_stack_file


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project without a backend of its own."""
    (tmp_path / "Pulumi.yaml").write_text("name: observability\nruntime: python\n")
    return tmp_path


def test_a_clean_clone_keeps_its_state_beside_it_under_the_examples_passphrase(root: Path) -> None:
    found = engine_environment(root, {})
    assert found.backend == f"file://{root}/.pulumi-state"
    assert found.variables["PULUMI_CONFIG_PASSPHRASE"] == DEMO_PASSPHRASE
    assert found.demo_passphrase
    assert found.local_state


def test_what_the_caller_chose_is_kept(root: Path) -> None:
    outer = {"PULUMI_BACKEND_URL": "s3://state", "PULUMI_CONFIG_PASSPHRASE_FILE": "/run/passphrase"}
    found = engine_environment(root, outer)
    assert not {"PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE"} & set(found.variables)
    assert not found.demo_passphrase
    assert not found.local_state


def test_a_backend_of_the_project_is_kept(root: Path) -> None:
    (root / "Pulumi.yaml").write_text("name: observability\nbackend: {url: 'gs://state'}\n")
    assert engine_environment(root, {}).backend == "gs://state"


def test_the_examples_passphrase_is_known_even_where_the_caller_gives_it(root: Path) -> None:
    assert engine_environment(root, {"PULUMI_CONFIG_PASSPHRASE": DEMO_PASSPHRASE}).demo_passphrase


def test_stand_ins_are_taken_only_where_plugins_are_neither_there_nor_to_be_had(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(root))
    variables = {"PATH": str(root), "PULUMI_HOME": str(root)}
    assert not choose_providers(root, ("random",), variables, reachable=lambda host: True).stand_ins
    chosen = choose_providers(root, ("random",), variables, reachable=lambda host: False)
    assert chosen.stand_ins
    assert chosen.variables["PATH"].startswith(f"{root}/sandbox/providers:")
    assert chosen.install_commands[0].startswith("pulumi plugin install resource random v")


def test_an_installed_plugin_is_taken_without_a_network(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _command(root / "pulumi-resource-random", "true")
    monkeypatch.setenv("PATH", str(root))
    assert not choose_providers(
        root, ("random",), {}, reachable=lambda host: pytest.fail("asked the network")
    ).stand_ins


def test_a_plugin_in_the_engines_folder_is_taken_without_a_network(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(root))
    plugin = root / "plugins" / f"resource-random-v{version('pulumi-random')}"
    plugin.mkdir(parents=True)
    _command(plugin / "pulumi-resource-random", "true")
    variables = {"PULUMI_HOME": str(root)}
    assert not choose_providers(
        root, ("random",), variables, reachable=lambda host: pytest.fail("asked the network")
    ).stand_ins


@pytest.mark.parametrize("left", ["resource-random-v0.0.1/pulumi-resource-random", "resource-random-v{}.partial"])
def test_a_plugin_of_another_version_or_half_a_download_is_not_installed(
    root: Path, left: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(root))
    here = version("pulumi-random")
    if "partial" in left:
        (root / "plugins" / f"resource-random-v{here}").mkdir(parents=True)
        _command(root / "plugins" / f"resource-random-v{here}" / "pulumi-resource-random", "true")
    file = root / "plugins" / left.format(here)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    assert choose_providers(root, ("random",), {"PULUMI_HOME": str(root)}, reachable=lambda host: False).stand_ins


def test_stand_ins_can_be_asked_for(root: Path) -> None:
    asked = {"OBSERVABILITY_PROVIDERS": "stand-in"}
    assert choose_providers(root, ("random",), asked, reachable=lambda host: True).stand_ins


def test_a_stack_file_tells_its_cluster_and_its_providers(root: Path) -> None:
    (root / "Pulumi.prod.yaml").write_text(
        "config:\n  observability:cluster: {context: prod-eu1, environment: production}\n"
        "  observability:storage: {kind: aws}\n  aws:accessKey: FAKEKEY\n"
    )
    stack = read_stack_file(root, "prod")
    assert (stack.context, stack.environment) == ("prod-eu1", "production")
    assert stack.providers == ("kubernetes", "random", "aws")
    assert stack.fake_aws_keys


def test_a_key_without_a_namespace_is_of_this_project_as_pulumi_takes_it(root: Path) -> None:
    (root / "Pulumi.prod.yaml").write_text("config:\n  cluster: {environment: production, context: prod-eu1}\n")
    stack = read_stack_file(root, "prod")
    assert (stack.context, stack.environment) == ("prod-eu1", "production")


def test_a_stack_file_of_nothing_is_a_laptops() -> None:
    stack = StackFile("dev", {})
    assert (stack.context, stack.environment, stack.providers) == ("", "development", ("kubernetes", "random"))


def test_an_unknown_stack_is_told_with_those_that_there_are(root: Path) -> None:
    (root / "Pulumi.dev.yaml").write_text("config: {}\n")
    with pytest.raises(UnknownStackError, match=r"there is no stack 'prod' .* there are dev"):
        read_stack_file(root, "prod")


def test_an_empty_stack_file_sets_nothing(root: Path) -> None:
    (root / "Pulumi.dev.yaml").write_text("")
    assert read_stack_file(root, "dev").config == {}


def _command(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
