"""When the virtual environment counts as ready, and what makes it so."""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tools.bootstrap import venv
from tools.bootstrap.errors import SetupError

LOCK = """\
ruff==1.0 \\
    --hash=sha256:aa
uv==0.13.8 \\
    --hash=sha256:bb \\
    --hash=sha256:cc
    # via pulumi-observability (pyproject.toml)
wcwidth==1 \\
    --hash=sha256:dd
"""


class Checkout:
    """A checkout whose commands are recorded in place of being run."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.commands: list[Sequence[str]] = []
        self.fail = ""
        self.pip_settings = ""
        self.env: dict[str, str] = {}
        self.lock(LOCK)

    def lock(self, text: str) -> None:
        (self.root / "requirements.lock").write_text(text)

    def run(self, command: Sequence[str], **options: Any) -> subprocess.CompletedProcess[str]:
        self.commands.append(command)
        self.env = options.get("env") or {}
        if "config" in command:
            return subprocess.CompletedProcess(command, 0, self.pip_settings, "")
        if self.fail and self.fail in command:
            return subprocess.CompletedProcess(command, 1, "", "no route to the registry")
        if "venv" in command:
            for name in ("python", "uv"):
                file = self.root / ".venv" / "bin" / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.touch()
        return subprocess.CompletedProcess(command, 0, "uv 0.13.8 (x86_64)" if "--version" in command else "", "")

    def ensure(self) -> list[str]:
        """Set up and return which of the steps were taken."""
        self.commands.clear()
        venv.ensure(self.root, self.root / "locks", lambda line: None)
        return [step for step in ("venv", "install", "sync") for command in self.commands if step in command]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    made = Checkout(tmp_path)
    monkeypatch.setattr(subprocess, "run", made.run)
    return made


def test_a_fresh_checkout_gets_an_environment_from_the_lock_file(checkout: Checkout) -> None:
    assert checkout.ensure() == ["venv", "sync"]
    sync = checkout.commands[-1]
    assert {"--require-hashes", "--compile-bytecode", "requirements.lock"} <= set(sync)


def test_an_environment_that_fits_runs_no_command_at_all(checkout: Checkout) -> None:
    checkout.ensure()
    checkout.ensure()
    assert checkout.commands == []


def test_a_changed_lock_file_is_synced_into_the_environment_that_there_is(checkout: Checkout) -> None:
    checkout.ensure()
    checkout.lock(LOCK.replace("ruff==1.0", "ruff==1.1"))
    assert checkout.ensure() == ["sync"]


def test_a_new_pin_of_uv_is_installed_before_it_syncs(checkout: Checkout) -> None:
    checkout.ensure()
    checkout.lock(LOCK.replace("0.13.8", "0.14.0"))
    assert checkout.ensure() == ["install", "sync"]
    install = next(command for command in checkout.commands if "install" in command)
    assert "--require-hashes" in install


def test_an_environment_without_its_python_is_made_again(checkout: Checkout) -> None:
    checkout.ensure()
    (checkout.root / ".venv" / "bin" / "python").unlink()
    assert checkout.ensure() == ["venv", "sync"]


def test_an_environment_of_another_python_or_place_is_made_again(checkout: Checkout) -> None:
    checkout.ensure()
    stamp = checkout.root / ".venv" / ".requirements-stamp"
    stamp.write_text(stamp.read_text().replace("Python 3", "Python 2"))
    assert checkout.ensure() == ["venv", "sync"]


def test_an_environment_that_is_a_link_to_another_checkouts_is_left_whole(checkout: Checkout, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept").touch()
    (checkout.root / ".venv").symlink_to(elsewhere)
    with pytest.raises(SetupError, match="must not be a link to another environment; remove it"):
        checkout.ensure()
    assert (elsewhere / "kept").exists()
    assert checkout.commands == []


def test_a_failed_sync_is_tried_again_by_the_next_run(checkout: Checkout) -> None:
    checkout.fail = "sync"
    with pytest.raises(SetupError, match=r"(?s)no route to the registry.*PIP_INDEX_URL"):
        checkout.ensure()
    checkout.fail = ""
    assert "sync" in checkout.ensure()


def test_uv_takes_the_mirror_that_pip_would_take(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    checkout.pip_settings = (
        "global.extra-index-url='https://extra.test'\nglobal.index-url='https://site.test'\n"
        ":env:.index-url='https://mine.test'\n"
    )
    checkout.ensure()
    assert checkout.env["UV_DEFAULT_INDEX"] == "https://mine.test", "the last one listed wins, as in pip"


def test_an_index_that_was_named_to_uv_itself_stays(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://uv.test")
    checkout.pip_settings = "global.index-url='https://site.test'\n"
    checkout.ensure()
    assert checkout.env["UV_DEFAULT_INDEX"] == "https://uv.test"


def test_uv_is_installed_by_the_pin_and_the_hashes_of_the_lock_file() -> None:
    version, requirement = venv.pinned_uv(LOCK)
    assert version == "0.13.8"
    assert requirement == "uv==0.13.8 \\\n    --hash=sha256:bb \\\n    --hash=sha256:cc\n"


def test_the_committed_lock_file_pins_uv() -> None:
    lock = Path(__file__).parents[4] / "requirements.lock"
    assert venv.pinned_uv(lock.read_text())[1].count("--hash=") > 1
