"""Write the catalogue: `python -m tools.catalogue [PROGRAM…]`, by the end-to-end test that starts the programs."""

import os
import subprocess
import sys

from tools.catalogue import RECORD_VARIABLE


def main() -> int:
    chosen = ["-k", " or ".join(sys.argv[1:])] if sys.argv[1:] else []
    command = [sys.executable, "-m", "pytest", "tests/e2e/alerting/test_catalogue.py", *chosen]
    return subprocess.run(command, env={**os.environ, RECORD_VARIABLE: "1"}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
