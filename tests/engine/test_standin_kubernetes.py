"""The stand-in Kubernetes provider under the real engine, without a cluster."""

from __future__ import annotations

import pytest

from components.charts import LOKI
from tests.engine.inline import InlineStack

pytestmark = pytest.mark.engine

PROVIDER = """
    import pulumi_kubernetes as kubernetes
    import pulumi_random as random

    cluster = kubernetes.Provider("cluster", kubeconfig="/nonexistent/kubeconfig", context="none",
                                  cluster_identifier="test")
    inside = pulumi.ResourceOptions(provider=cluster)
"""

RELEASE = """
    kubernetes.helm.v3.Release(
        "logs", name="loki", namespace="obs", chart="loki", version="%s",
        repository_opts={"repo": "https://grafana-community.github.io/helm-charts"},
        values={"deploymentMode": %s, "singleBinary": {"replicas": 2}},
        opts=inside,
    )
"""
SECRET = """
    kubernetes.core.v1.Namespace("obs", metadata={"name": "obs"}, opts=inside)
    password = random.RandomPassword("password", length=16)
    secret = kubernetes.core.v1.Secret("credentials", metadata={"name": "credentials"},
                                       string_data={"password": password.result}, opts=inside)
    pulumi.export("uid", secret.metadata.uid)
    pulumi.export("data", secret.string_data)
"""


def test_a_preview_needs_no_cluster_and_a_deployment_names_the_address_it_tried(inline_stack: InlineStack) -> None:
    stack = inline_stack.program(PROVIDER + SECRET + RELEASE % (LOKI.default_version, '"Monolithic"'))
    preview = stack.preview()
    assert preview.succeeded, preview.output
    assert "kubernetes:core/v1:Namespace: (create)" in preview
    assert "uid : [unknown]" in preview, "the uid of an object that does not exist cannot be known"
    assert "data: [secret]" in preview
    replaced = f"chart loki {LOKI.default_version} could not be had"
    assert replaced in preview and "OBSERVABILITY_CHARTS" in preview, "a stand-in chart is loud"

    deployment = stack.up()
    assert not deployment.succeeded
    assert "the Kubernetes cluster is unreachable: there is no kubeconfig at /nonexistent/kubeconfig" in deployment


def test_an_unknown_field_is_an_error_that_names_its_path(inline_stack: InlineStack) -> None:
    run = inline_stack.program(
        PROVIDER
        + """
    kubernetes.apiextensions.CustomResource(
        "web", api_version="v1", kind="Service", metadata={"name": "web"}, opts=inside,
        spec={"ports": [{"port": 80, "targetPot": 8080}]},
    )
"""
    ).preview()
    assert not run.succeeded
    assert "spec.ports[0].targetPot" in run and "this field does not exist" in run


def test_values_that_the_chart_refuses_fail_the_preview(inline_stack: InlineStack) -> None:
    run = inline_stack.program(PROVIDER + RELEASE % (LOKI.default_version, '"Sideways"')).preview()
    assert not run.succeeded
    assert "release loki does not render" in run and "Sideways" in run
