"""Set-up of a fresh machine with nothing but the standard library: the virtual environment and the tools.

Run as ``python3 -m tools.bootstrap run --for preview -- <command>``.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - this line is what an older Python meets
    sys.exit(
        f"Python 3.11 or newer is needed, {sys.executable} is {sys.version_info[0]}.{sys.version_info[1]}. "
        "Name another one: make PYTHON=python3.12 preview"
    )
