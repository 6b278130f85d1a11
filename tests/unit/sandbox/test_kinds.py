"""Type tokens of the engine to kinds of the API server, and what of a kind cannot change in place."""

from __future__ import annotations

import pytest

from sandbox.kinds import Kind, MutableData, is_immutable, kind_of

IN_PLACE = MutableData(config_maps=True, secrets=True)


@pytest.mark.parametrize(
    ("token", "api_version", "kind"),
    [
        ("kubernetes:core/v1:Namespace", "v1", "Namespace"),
        ("kubernetes:v1:Service", "v1", "Service"),
        ("kubernetes:apps/v1:StatefulSet", "apps/v1", "StatefulSet"),
        ("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", "rbac.authorization.k8s.io/v1", "ClusterRole"),
        ("kubernetes:monitoring.coreos.com/v1:PrometheusRule", "monitoring.coreos.com/v1", "PrometheusRule"),
    ],
)
def test_a_token_names_a_kind(token: str, api_version: str, kind: str) -> None:
    assert kind_of(token) == Kind(api_version, kind)


@pytest.mark.parametrize("token", ["kubernetes:yaml:ConfigGroup", "aws:s3/bucket:Bucket", "kubernetes:core/v1"])
def test_a_token_of_something_else_is_refused(token: str) -> None:
    with pytest.raises(ValueError, match="does not name a kind of Kubernetes object"):
        kind_of(token)


def test_name_and_namespace_make_a_new_object_of_any_kind() -> None:
    assert is_immutable("Anything", ("metadata", "name"), IN_PLACE)
    assert is_immutable("Anything", ("metadata", "namespace"), IN_PLACE)
    assert not is_immutable("Anything", ("metadata", "labels", "name"), IN_PLACE)


def test_a_volume_claim_template_cannot_change_but_replicas_can() -> None:
    path = ("spec", "volumeClaimTemplates", 0, "spec", "resources", "requests", "storage")
    assert is_immutable("StatefulSet", path, IN_PLACE)
    assert not is_immutable("StatefulSet", ("spec", "replicas"), IN_PLACE)


def test_data_changes_in_place_only_with_the_switch_of_the_provider() -> None:
    assert is_immutable("ConfigMap", ("data", "config.yaml"), MutableData())
    assert is_immutable("Secret", ("stringData", "password"), MutableData())
    assert not is_immutable("ConfigMap", ("data", "config.yaml"), IN_PLACE)
    assert not is_immutable("Secret", ("stringData", "password"), IN_PLACE)
    assert is_immutable("Secret", ("type",), IN_PLACE), "the API server refuses a change of a Secret's type"
