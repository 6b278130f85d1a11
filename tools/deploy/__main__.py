"""`python -m tools.deploy preview|up|destroy|recover --stack NAME [--yes]`."""

import argparse
import sys
from pathlib import Path

from .commands import Refused, destroy, preview, recover, up
from .engine import Engine, EngineFailedError
from .stackfile import UnknownStackError, read_stack_file
from .target import UnreachableClusterError

COMMANDS = {"preview": preview, "up": up, "destroy": destroy, "recover": recover}


def main() -> int:
    """Run one command; print one sentence and return 1 where it cannot be done."""
    parser = argparse.ArgumentParser(prog="tools.deploy", description=__doc__)
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("--stack", default="dev")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    options = parser.parse_args()
    root = Path.cwd()
    try:
        stack = read_stack_file(root, options.stack)
        COMMANDS[options.command](Engine.for_stack(root, stack), options.yes)
    except EngineFailedError as failed:
        return failed.exit_code
    except (Refused, UnknownStackError, UnreachableClusterError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
