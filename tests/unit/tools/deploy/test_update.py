"""What `up` refuses before it renders, and what it renders for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.unit.tools.deploy.fakes import cluster, engine
from tools.deploy import update
from tools.deploy.confirmation import Refused
from tools.render import RenderError
from tools.stackfile import read_stack_file

ROOT = Path(__file__).parents[4]


def up(stack: str, server: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Run `up` of a committed stack up to its rendering; return the versions that it renders for."""
    rendered: list[str] = []

    def render(_root: Path, _stack: str, version: str) -> Any:
        rendered.append(version)
        raise RenderError("its chart requires another version")

    monkeypatch.setattr(update, "inspect_cluster", lambda _context: cluster(version=server))
    monkeypatch.setattr(update, "render", render)
    stack_engine = replace(engine(), root=ROOT, stack=read_stack_file(ROOT, stack))
    with pytest.raises(Refused) as refused:
        update.up(stack_engine, True)
    return rendered or [str(refused.value)]


@pytest.mark.parametrize(("stack", "version"), [("distributed", "1.28"), ("minimal", "1.26")])
def test_up_refuses_a_cluster_of_another_version_before_it_renders(
    stack: str, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (refusal,) = up(stack, "v1.30.2", monkeypatch)
    assert f"observability:cluster.kubernetes_version = {version}" in refusal
    assert "must be 1.30" in refusal and f"--stack {stack}" in refusal


@pytest.mark.parametrize(("stack", "server"), [("distributed", "v1.28.9-eks-1"), ("dev", "v1.24.3")])
def test_up_renders_the_charts_for_the_version_of_the_cluster(
    stack: str, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert up(stack, server, monkeypatch) == [server[1:5]]
