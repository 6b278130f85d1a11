"""State and passphrase: what the caller chose is kept, the rest is filled in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.deploy.environment import DEMO_PASSPHRASE, engine_environment


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
