"""The commands that some tests run: they are skipped where one is not on PATH."""

import shutil

import pytest

ENGINE = ("pulumi", "pulumi-language-python", "helm")
"""What a run of the real engine on the stand-in providers needs."""


def require(*tools: str) -> None:
    """Skip the test where one of these commands is not on PATH."""
    if missing := [tool for tool in tools if shutil.which(tool) is None]:
        pytest.skip(f"not on PATH: {', '.join(missing)}; `make test` puts them there")
