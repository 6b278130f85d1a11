from typing import Any

import pulumi
import pytest

from components._spec import InvalidArgsError
from components.logging import Logging, LoggingArgs
from components.namespaces import Namespace
from components.namespaces.spec import NamespaceSpec
from tests.fixes import fix_of
from tests.recording import record


def build(**args: Any) -> dict[str, Any]:
    arguments: Any = {"name": "logging", **args}
    return {"name": Namespace("ns", arguments).name}


def test_a_namespace_is_restricted_and_owned_by_its_component() -> None:
    recording = record(build)
    made = recording.one("v1:Namespace")
    assert made.parent == recording.one("index:Namespace").urn
    labels = made.plain()["metadata"]["labels"]
    for way in ("enforce", "audit", "warn"):
        assert labels[f"pod-security.kubernetes.io/{way}"] == "restricted"
    assert not made.request.protect


def test_node_agents_get_a_privileged_namespace_that_still_warns() -> None:
    labels = record(lambda: build(level="privileged")).one("v1:Namespace").plain()["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "privileged"
    assert labels["pod-security.kubernetes.io/warn"] == "restricted"


def test_a_protected_namespace_outlives_its_code() -> None:
    request = record(lambda: build(protect=True)).one("v1:Namespace").request
    assert request.protect and request.retainOnDelete


def test_the_name_is_known_at_preview_and_makes_consumers_wait() -> None:
    recording = record(lambda: build(name=pulumi.Output.from_input("tracing")), preview=True)
    assert recording.outputs == {"name": "tracing"}


@pytest.mark.parametrize(
    ("args", "reason"),
    [({"name": "Logging"}, 'name = "Logging": must be at most 63'), ({"level": "open"}, 'level = "open"')],
)
def test_a_wrong_name_or_level_is_refused(args: dict[str, str], reason: str) -> None:
    with pytest.raises(InvalidArgsError, match=reason):
        record(lambda: build(**args))


@pytest.mark.parametrize("name", ["default", "kube-public"])
def test_a_namespace_of_the_cluster_is_not_created(name: str) -> None:
    with pytest.raises(InvalidArgsError, match=f'name = "{name}": '):
        record(lambda: {"name": Namespace("it", {"name": name}).name})


def test_another_name_of_a_namespace_is_known_to_the_user_only() -> None:
    (problem,) = NamespaceSpec.find_problems({"name": "default"})
    assert fix_of(problem) == {"name": "<name>"}


def test_a_component_lives_in_a_namespace_of_the_cluster_where_it_does_not_create_it() -> None:
    args: LoggingArgs = {"namespace": "default", "store": "filesystem"}
    with pytest.raises(InvalidArgsError, match="set create_namespace to false"):
        record(lambda: {"url": Logging("it", args).query_url})
    kept = record(lambda: {"url": Logging("it", {**args, "create_namespace": False}).query_url})
    assert not kept.of_type("v1:Namespace")
