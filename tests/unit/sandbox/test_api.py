"""The API client finds the path of any object from what the server says about its kind."""

from __future__ import annotations

import pytest

from sandbox.api import Api, Object, UnknownKind
from sandbox.kubeconfig import Connection, NoCluster, connect

RESOURCES: dict[str, list[Object]] = {
    "/api/v1": [
        {"name": "namespaces", "kind": "Namespace", "namespaced": False},
        {"name": "pods", "kind": "Pod", "namespaced": True},
        {"name": "pods/eviction", "kind": "Eviction", "namespaced": True},
    ],
    "/apis/traefik.io/v1alpha1": [{"name": "ingressroutes", "kind": "IngressRoute", "namespaced": True}],
}


def connection() -> Connection:
    """A connection to a server that nobody has started."""
    named = {
        "name": "here",
        "context": {"cluster": "here", "user": "here"},
        "cluster": {"server": "https://127.0.0.1:1"},
        "user": {"token": "t"},
    }
    return connect({"current-context": "here", "contexts": [named], "clusters": [named], "users": [named]})


class Discovery(Api):
    """An API that knows RESOURCES and counts how often it was asked."""

    asked = 0

    def get(self, path: str) -> Object:
        self.asked += 1
        return {"resources": RESOURCES[path]}


@pytest.fixture
def api() -> Discovery:
    return Discovery(connection(), "test")


@pytest.mark.parametrize(
    ("version", "kind", "namespace", "path"),
    [
        ("v1", "Namespace", None, "/api/v1/namespaces/x"),
        ("v1", "Pod", "team", "/api/v1/namespaces/team/pods/x"),
        ("v1", "Pod", None, "/api/v1/namespaces/default/pods/x"),
        ("traefik.io/v1alpha1", "IngressRoute", "team", "/apis/traefik.io/v1alpha1/namespaces/team/ingressroutes/x"),
    ],
)
def test_the_path_follows_group_scope_and_namespace(
    api: Discovery, version: str, kind: str, namespace: str | None, path: str
) -> None:
    metadata = {"name": "x"} | ({"namespace": namespace} if namespace else {})
    assert api.path_of({"apiVersion": version, "kind": kind, "metadata": metadata}) == path


def test_a_kind_is_asked_for_once(api: Discovery) -> None:
    for name in ("one", "two"):
        api.path_of({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}})
    assert api.asked == 1


def test_a_kind_that_the_server_does_not_know_is_an_error_that_names_it(api: Discovery) -> None:
    with pytest.raises(UnknownKind, match="has no kind v1/Eviction"):
        api.path_of({"apiVersion": "v1", "kind": "Eviction", "metadata": {"name": "x"}})


def test_a_server_that_does_not_answer_is_an_error_with_the_address() -> None:
    with pytest.raises(NoCluster, match=r"no answer from https://127\.0\.0\.1:1 \(context here"):
        Api(connection(), "test").get("/api/v1/nodes")
