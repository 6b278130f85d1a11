"""Print the settings that the load of a stack needs: `python -m tools.size --stack NAME`."""

import argparse
import sys
from pathlib import Path

import pulumi

from config import Settings
from config.errors import SettingsError, set_command, setting_path
from config.source import Source
from tools.program.stacks import with_settings
from tools.stackfile import StackFileError, read_stack_file
from wiring.load import report

from .block import lines, sized


def main() -> int:
    """Print the block, then the report of what it deploys."""
    parser = argparse.ArgumentParser(prog="tools.size", description="Print the sizes that a stack's load needs.")
    parser.add_argument("--stack", default="dev")
    options = parser.parse_args()
    try:
        print(sizes(Path.cwd(), options.stack))
    except (StackFileError, pulumi.RunError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def sizes(root: Path, stack: str) -> str:
    """Return the block for `stack` and the report; raise where it states no load or the block would be refused."""
    config = read_stack_file(root, stack).config
    settings = with_settings(config, stack, _settings)
    if not settings.load.is_set:
        command = set_command(setting_path("load", "logs_gb_per_day"), 100)
        raise StackFileError(
            f"observability:load is not set; state what is expected, such as\n  {command} --stack {stack}"
        )
    block = "\n".join(lines(settings, config))
    try:
        after = with_settings(sized(settings, config), stack, _settings)
    except SettingsError as error:
        raise StackFileError(
            f"the modes that are set cannot take observability:load\n{report(settings)}\n{error}"
        ) from None
    return (
        f"# In Pulumi.{stack}.yaml, in place of the same keys under config:\n{block}\n\n"
        f"{report(after).replace('Sizes as deployed', 'Sizes once committed', 1)}"
    )


def _settings(settings: Settings, _: Source) -> Settings:
    return settings


if __name__ == "__main__":
    sys.exit(main())
