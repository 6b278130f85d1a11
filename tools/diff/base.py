"""The other side of the comparison: a revision of this project, rendered with its own code."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from components.charts import CHARTS_VARIABLE


class DiffError(Exception):
    """The two sides cannot be compared; the message has the reason and the fix."""


@contextmanager
def worktree(root: Path, revision: str) -> Iterator[Path]:
    """Check `revision` out in a directory of its own, and remove it again whatever happens."""
    commit = _git(root, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    if commit.returncode:
        raise DiffError(f"there is no revision {revision}: fetch it (git fetch), or name another one with BASE=")
    with tempfile.TemporaryDirectory(prefix="observability-base-") as scratch:
        tree = Path(scratch) / "tree"
        added = _git(root, "worktree", "add", "--quiet", "--detach", str(tree), commit.stdout.strip())
        if added.returncode:
            raise DiffError(f"{revision} could not be checked out: {added.stderr.strip()}")
        try:
            yield tree
        finally:
            _git(root, "worktree", "remove", "--force", str(tree))


def rendered(tree: Path, stack: str, out: Path) -> Path:
    """Render `stack` with the code in `tree` and the present environment; raise `DiffError` with its error."""
    command = [sys.executable, "-m", "tools.render", "--stack", stack, "--out", str(out), "--unchecked"]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    if mirror := environment.get(CHARTS_VARIABLE):
        environment[CHARTS_VARIABLE] = str(Path(mirror).resolve())
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise DiffError("\n  ".join([f"stack {stack} of {tree.name} does not render:", *reason[-12:]]))
    return out


def _git(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=False)
