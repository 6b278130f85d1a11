"""Print every resolved setting of a stack with its origin: `python -m tools.settings --stack NAME`."""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pulumi

from tools.stackfile import StackFileError, read_stack_file

from .table import Row, rows


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="tools.settings", description="Show every setting of a stack.")
    parser.add_argument("--stack", default="dev")
    options = parser.parse_args()
    root = Path.cwd()
    try:
        read_stack_file(root, options.stack)
        table = rows(root, options.stack)
    except (StackFileError, pulumi.RunError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    show("\n".join(lines(table)))
    return 0


def show(text: str) -> None:
    """Print as much as the reader takes: `head` closes the pipe when it has enough."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        # Python writes what is left once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def lines(table: Sequence[Row]) -> Iterator[str]:
    """Write the rows in columns."""
    head = Row("setting", "value", "origin")
    settings = max(len(row.setting) for row in (head, *table))
    values = max(len(row.value) for row in (head, *table))
    for row in (head, *table):
        yield f"{row.setting:<{settings}}  {row.value:<{values}}  {row.origin}"


if __name__ == "__main__":
    sys.exit(main())
