"""What `Grafana` registers."""

from typing import Any

from pulumi_random import RandomPassword

from components.grafana import Grafana
from tests.recording import UNKNOWN, Registered, outputs_of, record

RELEASE = "kubernetes:helm.sh/v3:Release"
PASSWORD = "random:index/randomPassword:RandomPassword"


def build(name: str = "ui", **more: Any) -> Grafana:
    args: Any = {"namespace": "grafana", **more}
    return Grafana(name, args)


def metadata(resource: Registered) -> Any:
    return resource.plain()["metadata"]


def test_the_outputs_are_the_address_of_grafana() -> None:
    assert record(lambda: outputs_of(build())).outputs == {
        "namespace": "grafana",
        "url": "http://grafana.grafana",
        "service": "grafana",
        "port": 80,
        "admin_secret": "grafana-admin",
    }


def test_a_password_is_generated_into_a_secret_and_into_nothing_else() -> None:
    recording = record(build)
    secret = recording.one(":Secret")
    assert "stringData" in secret.secrets
    assert secret.plain()["stringData"]["admin-password"] == "generated-ui-admin-password"
    others = [each for each in recording.resources if each.urn != secret.urn]
    assert not [each.name for each in others if "generated-ui-admin-password" in str(each.inputs)]


def test_an_existing_secret_is_used_and_none_is_made() -> None:
    recording = record(lambda: outputs_of(build(admin={"secret": "vault", "key": "password"})))
    assert recording.of_type(":Secret") == recording.of_type(PASSWORD) == []
    assert recording.outputs["admin_secret"] == "vault"
    assert recording.one(RELEASE).plain()["values"]["admin"] == {"existingSecret": "vault", "passwordKey": "password"}


def test_the_sidecars_may_read_config_maps_and_nothing_else() -> None:
    recording = record(build)
    (rule,) = recording.one(":ClusterRole").plain()["rules"]
    assert (rule["resources"], rule["verbs"]) == (["configmaps"], ["get", "list", "watch"])
    binding = recording.one(":ClusterRoleBinding").plain()
    assert binding["subjects"] == [{"kind": "ServiceAccount", "name": "grafana", "namespace": "grafana"}]
    assert binding["roleRef"]["name"] == metadata(recording.one(":ClusterRole"))["name"]


def test_two_of_one_name_in_two_namespaces_share_nothing_of_the_cluster() -> None:
    def two() -> None:
        build("one", namespace="one")
        build("two", namespace="two")

    recording = record(two)
    for kind in (":ClusterRole", ":ClusterRoleBinding"):
        names = [metadata(each)["name"] for each in recording.of_type(kind)]
        assert len(set(names)) == 2, kind


def test_the_component_is_parent_of_every_resource() -> None:
    recording = record(build)
    component = recording.one("observability:index:Grafana")
    own = [each for each in recording.resources if each.name.startswith("ui-")]
    assert len(own) == 6
    assert {each.parent for each in own} == {component.urn}


def test_a_created_namespace_is_restricted_and_optional() -> None:
    labels = metadata(record(build).one(":Namespace"))["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    assert record(lambda: build(create_namespace=False)).of_type(":Namespace") == []


def test_values_of_the_caller_come_last() -> None:
    values = record(lambda: build(values={"replicas": 2, "service": {"port": 8080}})).one(RELEASE).plain()["values"]
    assert (values["replicas"], values["service"]["port"]) == (2, 8080)


def test_a_namespace_that_is_not_known_yet_leaves_the_topology_known() -> None:
    late = frozenset({f"{PASSWORD}.result"})
    recording = record(lambda: build(namespace=RandomPassword("late", length=8).result), preview=True, unknown=late)
    assert recording.one(RELEASE).plain()["name"] == "grafana"
    assert recording.one(RELEASE).plain()["values"] == UNKNOWN


def test_the_preview_shows_the_values_before_the_password_is_made() -> None:
    recording = record(build, preview=True, unknown=frozenset({f"{PASSWORD}.result"}))
    assert recording.one(RELEASE).plain()["values"]["admin"]["existingSecret"] == "grafana-admin"


def test_a_service_monitor_bears_the_labels_that_its_prometheus_selects_by() -> None:
    assert not record(build).of_type(":ServiceMonitor")
    recording = record(lambda: build(service_monitor=True, service_monitor_labels={"release": "kps"}))
    assert metadata(recording.one(":ServiceMonitor"))["labels"]["release"] == "kps"
