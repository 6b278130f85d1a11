"""A revision rendered with its own code, in a worktree that is gone afterwards."""

import os
import subprocess
from pathlib import Path

import pytest

from tools.diff.__main__ import compare_with
from tools.diff.base import DiffError, rendered, worktree

RENDERER = """\
import argparse, pathlib, sys
parser = argparse.ArgumentParser()
parser.add_argument("--stack"); parser.add_argument("--out"); parser.add_argument("--unchecked", action="store_true")
options = parser.parse_args()
if pathlib.Path("broken").exists():
    sys.exit("error: the settings are wrong")
target = pathlib.Path(options.out) / "apps"
target.mkdir(parents=True)
(target / "configmap-text.yaml").write_text("kind: ConfigMap\\ndata: {text: %s}\\n")
"""


def git(root: Path, *words: str) -> str:
    identity = {f"GIT_{role}_{what}": "tests" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environment = {**os.environ, **identity, "GIT_CONFIG_GLOBAL": os.devnull}
    done = subprocess.run(["git", *words], cwd=root, env=environment, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose last commit renders `one`, and whose working tree renders `two`."""
    root = tmp_path / "project"
    (root / "tools/render").mkdir(parents=True)
    (root / "tools/__init__.py").touch()
    (root / "tools/render/__init__.py").touch()
    (root / "Pulumi.dev.yaml").write_text("config: {}\n")
    (root / "tools/render/__main__.py").write_text(RENDERER % "one")
    git(root, "init", "--quiet", "--initial-branch", "main")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message", "One")
    (root / "tools/render/__main__.py").write_text(RENDERER % "two")
    return root


def worktrees(root: Path) -> int:
    return len(git(root, "worktree", "list").splitlines())


def test_the_base_is_rendered_by_its_own_code(project: Path) -> None:
    comparison = compare_with(project, "dev", "main")
    (change,) = comparison.changes
    assert [line for line in change.lines if line[0] in "+-"] == ["-  text: one", "+  text: two"]
    assert worktrees(project) == 1


def test_a_stack_of_the_working_tree_alone_is_new(project: Path) -> None:
    (project / "Pulumi.prod.yaml").write_text("config: {}\n")
    assert compare_with(project, "prod", "main").new_stack


def test_a_failed_rendering_is_reported_and_the_worktree_removed(project: Path) -> None:
    with worktree(project, "main") as tree:
        (tree / "broken").touch()
        with pytest.raises(DiffError, match=r"does not render:\s+error: the settings are wrong"):
            rendered(tree, "dev", project / "out")
    assert worktrees(project) == 1


def test_a_revision_that_is_not_there_is_named(project: Path) -> None:
    with pytest.raises(DiffError, match=r"no revision origin/main: fetch it"):
        compare_with(project, "dev", "origin/main")
