"""What `up` refuses before it renders and before it asks, and what it renders for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.kinds import HELM_RELEASE
from tests.checkout import ROOT
from tests.unit.tools.deploy.fakes import cluster, engine
from tools.deploy import update
from tools.deploy.cluster import HelmRelease
from tools.deploy.confirmation import Refused
from tools.deploy.engine import Engine
from tools.render import RenderError
from tools.stackfile import read_stack_file

LOKI = HelmRelease("logging", "loki", "deployed", 3)


class Asked(Exception):
    """The user was asked."""


@pytest.fixture
def up(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run an `up` of one release up to the question, in a cluster with `present` and a state with `resources`."""

    def run(present: list[HelmRelease], resources: list[dict[str, Any]]) -> list[str]:
        opened: list[str] = []

        def ask(*_: object) -> None:
            raise Asked

        def key(release: HelmRelease) -> tuple[str, str]:
            return (release.namespace, release.name)

        rendering = SimpleNamespace(objects=(), releases=[SimpleNamespace(namespace="logging", name="loki")])
        monkeypatch.setattr(update, "inspect_cluster", lambda _: cluster())
        monkeypatch.setattr(update, "render", lambda *_: rendering)
        monkeypatch.setattr(update, "masked_objects", lambda _: [])
        monkeypatch.setattr(update, "check", lambda *_: SimpleNamespace(findings=[]))
        monkeypatch.setattr(
            update, "helm_releases", lambda _, names: [r for r in present if (r.namespace, r.name) in names]
        )
        monkeypatch.setattr(update, "confirm", ask)
        monkeypatch.setattr(Engine, "open", lambda _: opened.append("state"))
        monkeypatch.setattr(Engine, "export", lambda _: {"deployment": {"resources": resources}})
        with pytest.raises(Asked):
            update.up(engine(), False)
        return opened

    return run


def test_a_release_that_the_state_does_not_have_is_refused_before_the_question(up: Any) -> None:
    with pytest.raises(Refused) as refused:
        up([LOKI], [])
    message = str(refused.value)
    assert "Helm release = logging/loki (revision 3, deployed): must be in the state of the stack" in message
    assert "helm uninstall loki --namespace logging" in message
    assert "import it with the id logging/loki" in message


def test_a_release_of_the_stack_is_upgraded(up: Any) -> None:
    resource = {"type": HELM_RELEASE, "inputs": {"namespace": "logging", "name": "loki"}}
    assert up([LOKI], [resource]) == ["state"]


def test_releases_of_other_names_are_none_of_the_stack_s_business(up: Any) -> None:
    assert up([HelmRelease("shop", "loki", "deployed", 1)], []) == [], "a new stack is not made before the question"


def rendered_versions(stack: str, server: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
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
    (refusal,) = rendered_versions(stack, "v1.30.2", monkeypatch)
    assert f"observability:cluster.kubernetes_version = {version}" in refusal
    assert "must be 1.30" in refusal and f"--stack {stack}" in refusal


@pytest.mark.parametrize(("stack", "server"), [("distributed", "v1.28.9-eks-1"), ("dev", "v1.24.3")])
def test_up_renders_the_charts_for_the_version_of_the_cluster(
    stack: str, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert rendered_versions(stack, server, monkeypatch) == [server[1:5]]
