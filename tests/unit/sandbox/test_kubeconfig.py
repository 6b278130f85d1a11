"""Which cluster a provider's settings reach, and what is said when they reach none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.kubeconfig import NoCluster, connect
from sandbox.providers.kube.cluster import Cluster, Settings, same_cluster
from sandbox.providers.plugin import ProviderError


def kubeconfig(**servers: str) -> dict[str, Any]:
    return {
        "current-context": next(iter(servers)),
        "contexts": [{"name": name, "context": {"cluster": name, "user": "me"}} for name in servers],
        "clusters": [{"name": name, "cluster": {"server": server}} for name, server in servers.items()],
        "users": [{"name": "me", "user": {"token": "t0ken"}}],
    }


@pytest.fixture(autouse=True)
def no_cluster_of_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("KUBECONFIG", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


def test_a_kubeconfig_is_given_as_a_path_as_text_or_by_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = kubeconfig(dev="http://127.0.0.1:1/", prod="http://127.0.0.1:2")
    file = tmp_path / "config"
    file.write_text(yaml.safe_dump(document))
    assert connect(str(file)).server == "http://127.0.0.1:1"
    assert connect(file.read_text(), "prod").server == "http://127.0.0.1:2"
    assert connect(document, "prod").headers == {"Authorization": "Bearer t0ken"}
    monkeypatch.setenv("KUBECONFIG", f"{tmp_path / 'absent'}:{file}")
    assert connect(context="prod").source == str(file)


def test_a_context_that_does_not_exist_is_an_error_that_lists_those_that_do() -> None:
    with pytest.raises(NoCluster, match=r"has no context 'staging' \(it has dev, prod\)"):
        connect(kubeconfig(dev="http://a", prod="http://b"), "staging")


@pytest.mark.parametrize("user", [{}, {"client-certificate-data": "eA=="}, {"exec": {"command": "aws"}}])
def test_a_user_without_a_token_is_refused(user: dict[str, Any]) -> None:
    with pytest.raises(NoCluster, match=r"context 'prod' of .* without a token"):
        connect({**kubeconfig(prod="http://a"), "users": [{"name": "me", "user": user}]})


def test_without_a_kubeconfig_the_error_names_the_places(tmp_path: Path) -> None:
    with pytest.raises(NoCluster, match=str(tmp_path / "home" / ".kube" / "config")):
        connect()


def test_an_unreachable_cluster_is_reported_with_its_address() -> None:
    cluster = Cluster(Settings(kubeconfig=kubeconfig(dev="http://127.0.0.1:9")))
    assert not cluster.reachable
    with pytest.raises(ProviderError, match=r"cluster is unreachable: no answer from http://127.0.0.1:9 \(context dev"):
        _ = cluster.api


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ({"clusterIdentifier": "a", "context": "x"}, {"clusterIdentifier": "a", "context": "y"}, True),
        ({"clusterIdentifier": "a"}, {"clusterIdentifier": "b"}, False),
        ({"kubeconfig": kubeconfig(a="http://a")}, {"kubeconfig": kubeconfig(renamed="http://a")}, True),
        ({"kubeconfig": kubeconfig(a="http://a")}, {"kubeconfig": kubeconfig(a="http://b")}, False),
        ({"kubeconfig": kubeconfig(a="http://a")}, {"kubeconfig": "/nowhere"}, False),
    ],
)
def test_a_cluster_is_the_same_by_its_identifier_or_else_by_its_address(
    old: dict[str, Any], new: dict[str, Any], same: bool
) -> None:
    assert same_cluster(old, new) is same


def test_settings_arrive_as_booleans_or_as_their_text() -> None:
    settings = Settings.of({"enableConfigMapMutable": "true", "enableSecretMutable": True, "enablePatchForce": "false"})
    assert settings.mutable.config_maps and settings.mutable.secrets and not settings.patch_force
