"""Compare the objects of two revisions: `python -m tools.diff --stack NAME [--base REVISION] [--markdown FILE]`."""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from .base import DiffError, rendered, worktree
from .changes import Comparison, compare
from .markdown import comment

_COLOURS = {"+": "\033[32m", "-": "\033[31m", "@": "\033[36m"}


def main() -> int:
    """Show what the working tree changes in the objects of a stack; 0 whether it changes any or none."""
    parser = argparse.ArgumentParser(prog="tools.diff", description="Compare the objects of a stack with a revision.")
    parser.add_argument("--stack", default="dev")
    parser.add_argument("--base", default="origin/main", help="the revision to compare with")
    parser.add_argument("--markdown", type=Path, help="also write the comment of a pull request to this file")
    options = parser.parse_args()
    try:
        comparison = compare_with(Path.cwd(), options.stack, options.base)
    except DiffError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print("\n".join(report(comparison, colour=sys.stdout.isatty())))
    if options.markdown:
        options.markdown.write_text(comment(comparison))
    return 0


def compare_with(root: Path, stack: str, base: str) -> Comparison:
    """Render both sides and compare them; raise `DiffError` where one cannot be rendered."""
    with tempfile.TemporaryDirectory(prefix="observability-diff-") as scratch, worktree(root, base) as tree:
        after = rendered(root, stack, Path(scratch) / "after")
        known = (tree / f"Pulumi.{stack}.yaml").is_file()
        before = rendered(tree, stack, Path(scratch) / "before") if known else None
        return compare(stack, base, before, after)


def report(comparison: Comparison, *, colour: bool) -> Iterator[str]:
    """Write the comparison for a terminal."""
    for change in comparison.changes:
        added, removed = change.counts
        yield f"{change.kind.value} {change.path} (+{added} -{removed})"
        for line in change.lines:
            paint = _COLOURS.get(line[:1], "") if colour else ""
            yield f"  {paint}{line}\033[0m" if paint else f"  {line}"
    for name, before, after in comparison.images:
        yield f"image {name}: {before or '(none)'} -> {after or '(none)'}"
    yield comparison.summary


if __name__ == "__main__":
    sys.exit(main())
