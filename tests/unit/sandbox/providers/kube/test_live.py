"""A refresh shows what drifted, and nothing that the API server merely added or rewrote."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.providers.kube.live import inputs_of
from sandbox.providers.values import Secret

DEPLOYMENT: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web", "labels": {}},
    "spec": {
        "replicas": 2,
        "template": {
            "spec": {
                "containers": [{"name": "web", "image": "web:1", "resources": {"requests": {"cpu": "1000m"}}}],
            }
        },
    },
}


def live_deployment(**spec: Any) -> dict[str, Any]:
    container = {
        "name": "web",
        "image": "web:1",
        "imagePullPolicy": "IfNotPresent",
        "resources": {"requests": {"cpu": "1"}},
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "uid": "1", "annotations": {"deployment.kubernetes.io/revision": "1"}},
        "spec": {
            "replicas": 2,
            "strategy": {"type": "RollingUpdate"},
            "template": {"spec": {"containers": [{"name": "injected", "image": "side:1"}, container]}},
            **spec,
        },
    }


def test_defaults_rewritten_quantities_and_added_containers_are_no_drift() -> None:
    assert inputs_of(live_deployment(), DEPLOYMENT) == DEPLOYMENT


def test_a_changed_field_is_drift() -> None:
    assert inputs_of(live_deployment(replicas=5), DEPLOYMENT)["spec"]["replicas"] == 5


def test_a_removed_field_is_drift() -> None:
    live = live_deployment()
    del live["spec"]["template"]["spec"]["containers"][1]["image"]
    found = inputs_of(live, DEPLOYMENT)["spec"]["template"]["spec"]["containers"]
    assert found == [{"name": "web", "resources": {"requests": {"cpu": "1000m"}}}]


def test_the_text_of_a_secret_is_compared_with_its_encoded_data_and_stays_secret() -> None:
    inputs = {"kind": "Secret", "stringData": {"password": Secret("hunter2"), "user": Secret("u")}}
    live = {"kind": "Secret", "data": {"password": "Y2hhbmdlZA==", "user": "dQ=="}}
    found = inputs_of(live, inputs)
    assert found["stringData"] == {"password": Secret("changed"), "user": Secret("u")}


@pytest.mark.parametrize(
    ("wanted", "live"), [("0.5", "500m"), ("1024Mi", "1Gi"), ("1000k", "1M"), (1, "1"), ("1e3", "1k")]
)
def test_quantities_are_compared_by_amount(wanted: Any, live: str) -> None:
    assert inputs_of({"size": live}, {"size": wanted}) == {"size": wanted}
    assert inputs_of({"size": "7Gi"}, {"size": wanted}) == {"size": "7Gi"}
