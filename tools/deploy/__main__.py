"""Run the engine: `python -m tools.deploy COMMAND --stack NAME [--yes] [-- ARGUMENTS OF PULUMI, OR OF THE SHELL]`."""

import argparse
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path

from tools.alerts.programs import unchecked_by_a_preview
from tools.stackfile import StackFileError, read_stack_file

from .confirmation import Refused
from .engine import Engine, EngineFailedError, MissingEngineError, StateError
from .kubectl import UnreachableClusterError

COMMANDS = ("preview", "up", "destroy", "recover", "shell", "alert-test")
EXPLAINED = (Refused, StackFileError, UnreachableClusterError, MissingEngineError, StateError)
"""Errors whose message is all that the user needs."""


def main() -> int:
    """Run one command; print one sentence and return 1 where it cannot be done."""
    parser = argparse.ArgumentParser(prog="tools.deploy", description=__doc__)
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("--stack", default="dev")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    own, engine_arguments = _split(sys.argv[1:])
    options = parser.parse_args(own)
    root = Path.cwd()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)  # in step with what the engine prints itself
    try:
        stack = read_stack_file(root, options.stack)
        run = _command(options.command)
        run(Engine.for_stack(root, stack, engine_arguments), options.yes)
    except EngineFailedError as failed:
        return failed.exit_code
    except EXPLAINED as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _command(name: str) -> Callable[[Engine, bool], None]:
    """Return the command of this name."""
    if name in ("preview", "shell"):
        return {"preview": _preview, "shell": _shell}[name]
    if name == "alert-test":
        from .alert_test import alert_test

        return alert_test
    from . import recovery, update  # import the program and Helm's renderer, 2 s that a preview does without

    return {"up": update.up, "destroy": update.destroy, "recover": recovery.recover}[name]


def _preview(engine: Engine, _yes: bool) -> None:
    """Show what an `up` would do; reads the cluster where there is one, changes nothing."""
    engine.preview()
    if engine.stack.runs_prometheus:
        print(unchecked_by_a_preview(), file=sys.stderr)


def _shell(engine: Engine, _yes: bool) -> None:
    """Open a shell in which `pulumi` and the other tools work on the stack as `make` would."""
    engine.select()
    engine.become(os.environ.get("SHELL") or "bash", *engine.extra)


def _split(arguments: list[str]) -> tuple[list[str], tuple[str, ...]]:
    """Part our own arguments from those of the engine, which follow `--`."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    return arguments[:end], tuple(arguments[end + 1 :])


if __name__ == "__main__":
    sys.exit(main())
