"""Write every object of a stack as YAML: `python -m tools.render --stack NAME --out DIR [--unchecked]`."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import pulumi

from components.alerting.notices import notices
from tools.contract import check

from .files import write
from .objects import RenderError, Rendering
from .stack import render


def main() -> int:
    """Render one stack to files and check it against the contract."""
    parser = argparse.ArgumentParser(prog="tools.render", description="Write every object that a stack would create.")
    parser.add_argument("--stack", default="dev")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--unchecked", action="store_true", help="skip the checks of the contract")
    options = parser.parse_args()
    root = Path.cwd()
    try:
        rendering = render(root, options.stack)
        files = write(rendering, options.out)
    except (RenderError, pulumi.RunError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print("\n".join(summary(rendering)))
    print(f"{files} files in {options.out}")
    return 0 if options.unchecked else _checked(rendering, root)


def _checked(rendering: Rendering, root: Path) -> int:
    report = check(rendering)
    for message in report.checked:
        print(f"checked: {message}")
    for message in report.unchecked:
        print(f"not checked: {message}")
    for finding in report.findings:
        print(f"contract: {finding}", file=sys.stderr)
    print(f"{len(report.findings)} violations of the contract")
    return 1 if report.findings else 0


def summary(rendering: Rendering) -> Iterator[str]:
    """Print what was rendered, a line a release, and the totals."""
    for warning in rendering.warnings:
        yield f"!! {warning}"
    yield from notices(rendering.alerting) if rendering.alerting else ()
    for release in rendering.releases:
        chart = f"{release.chart} {release.version}"
        yield f"{release!s:<34} {chart:<28} {release.objects:>4} objects  from {release.source}"
    own = sum(not item.origin.startswith("release ") for item in rendering.objects)
    yield (
        f"{len(rendering.objects)} objects: {len(rendering.objects) - own} from {len(rendering.releases)} releases, "
        f"{own} of the program itself; {len(rendering.aws)} AWS resources"
    )


if __name__ == "__main__":
    sys.exit(main())
