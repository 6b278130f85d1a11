"""`python -m sandbox up|down|status|env [--dir DIRECTORY]`: a Kubernetes control plane on this machine."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from sandbox import controlplane
from sandbox.handle import Sandbox
from sandbox.layout import DEFAULT_DIRECTORY, Layout
from sandbox.processes import SandboxError


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox",
        description="A Kubernetes control plane and an AWS stand-in on this machine.",
        epilog="; ".join(f"{name}: {description}" for name, (_, description) in COMMANDS.items()),
    )
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("--dir", type=Path, default=DEFAULT_DIRECTORY, help="where its files are (%(default)s)")
    options = parser.parse_args(arguments)
    try:
        return COMMANDS[options.command][0](options.dir)
    except SandboxError as error:
        print(f"sandbox: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"sandbox: {options.command} was interrupted", file=sys.stderr)
        return 130


def _up(directory: Path) -> int:
    began = time.monotonic()
    sandbox = controlplane.up(directory)
    print(f"sandbox up in {time.monotonic() - began:.1f} s")
    print(f"  Kubernetes  {sandbox.api.connection.server}, context {sandbox.context} in {sandbox.kubeconfig}")
    print(f"  AWS         {sandbox.aws_endpoint}")
    print(f"  logs        {sandbox.layout.logs}")
    print('  use it      eval "$(.venv/bin/python -m sandbox env)"')
    return 0


def _down(directory: Path) -> int:
    ended = controlplane.down(directory)
    names = ", ".join(process.name for process in ended)
    print(f"sandbox down: ended {names}" if ended else f"no sandbox runs in {directory}")
    return 0


def _status(directory: Path) -> int:
    processes = controlplane.status(directory)
    for process, running in processes:
        print(f"{process.name:<24} {'running' if running else 'ended':<8} pid {process.pid:<8} {process.log}")
    if not processes:
        print(f"no sandbox runs in {directory}")
    return 0 if controlplane.is_up(Layout(directory.resolve())) else 1


def _env(directory: Path) -> int:
    sandbox = Sandbox(Layout(directory.resolve()))
    if not controlplane.is_up(sandbox.layout):
        raise SandboxError(f"no sandbox runs in {directory}; start one with `make sandbox`")
    print(sandbox.exports(), end="")
    return 0


COMMANDS = {
    "up": (_up, "start it, or print where the running one is"),
    "down": (_down, "end what up started and remove its state but the logs"),
    "status": (_status, "list its processes; exit code 1 unless all run"),
    "env": (_env, "print the exports that point kubectl, helm, pulumi and AWS SDKs at it"),
}

if __name__ == "__main__":
    sys.exit(main())
