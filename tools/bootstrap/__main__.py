"""Command line: make the environment ready, then become the command in it."""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.bootstrap import venv
from tools.bootstrap.catalog import load
from tools.bootstrap.errors import SetupError
from tools.bootstrap.resolve import Resolver

ROOT = Path(__file__).resolve().parents[2]


def cache_root(env: Mapping[str, str]) -> Path:
    """Return the directory of the tools, for all checkouts: below ``$XDG_CACHE_HOME``, by default ``~/.cache``."""
    base = Path(env.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "pulumi-observability"


def environment(env: Mapping[str, str], root: Path, directories: Sequence[Path]) -> dict[str, str]:
    """Return ``env`` with the virtual environment first on PATH and the tools next.

    The order matters: the language host finds its interpreter as the first ``python3`` on PATH.
    """
    dropped = {"PYTHONHOME", "PYTHONDONTWRITEBYTECODE"}
    search = [venv.bin_directory(root), *dict.fromkeys(directories), env.get("PATH", os.defpath)]
    return {
        **{name: value for name, value in env.items() if name not in dropped},
        "PATH": os.pathsep.join(map(str, search)),
        "VIRTUAL_ENV": str(root / ".venv"),
    }


def report(line: str) -> None:
    """Print one line of progress, apart from what the command itself prints."""
    print(line, file=sys.stderr, flush=True)


def main(arguments: Sequence[str]) -> None:
    """Set up what was asked for and run the command; without one, only set up."""
    parser = argparse.ArgumentParser(prog="python3 -m tools.bootstrap")
    commands = parser.add_subparsers(required=True)
    run = commands.add_parser("run", help="set up, then run a command in the environment")
    run.add_argument("--for", dest="purpose", help="a purpose of tools.toml; without it no tool is resolved")
    run.add_argument("--with", dest="extras", default="", help="a purpose whose tools are used where they are found")
    run.add_argument("command", nargs="*", help="after --: the command and its arguments")
    options = parser.parse_args(arguments)

    cache = cache_root(os.environ)
    venv.ensure(ROOT, cache / "locks", report)
    directories: list[Path] = []
    if options.purpose:
        catalog = load(ROOT / "tools" / "tools.toml")
        resolver = Resolver(catalog, cache, os.environ.get("PATH", os.defpath), report)
        directories = resolver.resolve(options.purpose, options.extras)
    if options.command:
        env = environment(os.environ, ROOT, directories)
        try:
            os.execvpe(options.command[0], options.command, env)
        except FileNotFoundError:
            raise SetupError(f"{options.command[0]}: no such command on PATH ({env['PATH']})") from None


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except SetupError as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
