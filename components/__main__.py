"""The components, served to every Pulumi language: `pulumi package add <repository>/components`."""

import sys
import tomllib
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]


def serve() -> None:
    """Run the provider plugin of package `observability` until the engine stops it."""
    # Started as `python <this directory>`, which would find our `logging` where Python's own is meant.
    sys.path[0] = str(CHECKOUT)
    from pulumi.provider import main

    from components._plugin import Plugin

    version = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["version"]
    main(Plugin(version), sys.argv[1:])


if __name__ == "__main__":
    serve()
