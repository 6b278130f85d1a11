"""The stand-in Kubernetes provider on a real API server: applied, drifted, mended, replaced, failed, removed."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from components.charts import GRAFANA_CHART, TEMPO
from sandbox.handle import Sandbox
from tests.engine.inline import InlineStack, Run
from tests.installed_tools import ENGINE, require

pytestmark = pytest.mark.e2e

PROVIDER = """
    import pulumi_kubernetes as kubernetes
    import pulumi_random as random

    grafana_version, tempo_version = "%s", "%s"
    cluster = kubernetes.Provider("cluster", cluster_identifier="sandbox", enable_config_map_mutable=True,
                                  enable_secret_mutable=True)
    namespace = kubernetes.core.v1.Namespace("ns", metadata={"name": "%s"},
                                             opts=pulumi.ResourceOptions(provider=cluster))
    inside = pulumi.ResourceOptions(provider=cluster, depends_on=[namespace])

    def named(name, **more):
        return {"name": name, "namespace": "%s", **more}
"""


@pytest.fixture
def stack(tmp_path: Path, sandbox: Sandbox) -> InlineStack:
    require(*ENGINE)
    return InlineStack(tmp_path, sandbox.env())


def in_namespace(name: str, text: str) -> str:
    return PROVIDER % (GRAFANA_CHART.default_version, TEMPO.default_version, name, name) + text


def succeeded(run: Run) -> Run:
    assert run.succeeded, run.output
    return run


def config_map(namespace: str, level: str) -> dict[str, Any]:
    """The ConfigMap as somebody else writes it, behind the engine's back."""
    metadata = {"name": "config", "namespace": namespace}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"level": level}}


def test_objects_are_applied_their_drift_is_mended_and_they_are_removed(stack: InlineStack, sandbox: Sandbox) -> None:
    stack.program(
        in_namespace(
            "drift",
            """
    password = random.RandomPassword("password", length=20)
    kubernetes.core.v1.Secret("secret", metadata=named("secret"), string_data={"password": password.result},
                              opts=inside)
    kubernetes.core.v1.ConfigMap("config", data={"level": "info"}, opts=inside,
                                 metadata=named("config", annotations={"pulumi.com/patchForce": "true"}))
    pulumi.export("password", password.result)
""",
        )
    )
    succeeded(stack.up())
    succeeded(stack.preview("--refresh", "--expect-no-changes"))
    password = stack.outputs()["password"]
    assert password not in str(stack.resources()), "a secret must be encrypted wherever it is in the state"

    path = "/api/v1/namespaces/drift"
    sandbox.api.delete(f"{path}/secrets/secret")
    sandbox.api.apply(config_map("drift", "debug"))
    mended = succeeded(stack.up("--refresh"))
    assert '"debug" => "info"' in mended
    assert "kubernetes:core/v1:Secret: (create)" in mended
    assert sandbox.get(f"{path}/configmaps/config")["data"] == {"level": "info"}

    succeeded(stack.destroy())
    names = [item["metadata"]["name"] for item in sandbox.get("/api/v1/namespaces")["items"]]
    assert "drift" not in names, "a destroy ends when the namespace is gone"


def test_a_field_of_another_manager_is_a_conflict_with_its_fix(stack: InlineStack, sandbox: Sandbox) -> None:
    program = in_namespace(
        "conflict",
        """
    kubernetes.core.v1.ConfigMap("config", metadata=named("config"), data={"level": "%s"}, opts=inside)
""",
    )
    succeeded(stack.program(program.replace("%s", "info")).up())
    sandbox.api.apply(config_map("conflict", "debug"))
    refused = stack.program(program.replace("%s", "warn")).preview()
    assert not refused.succeeded
    assert 'ConfigMap conflict/config: Apply failed with 1 conflict: conflict with "observability-sandbox"' in refused
    assert "pulumi.com/patchForce" in refused


def test_an_immutable_field_replaces_the_object_of_the_same_name(stack: InlineStack, sandbox: Sandbox) -> None:
    program = """
    kubernetes.apps.v1.StatefulSet("db", metadata=named("db"), opts=inside, spec={
        "replicas": 1, "serviceName": "%s", "selector": {"matchLabels": {"app": "db"}},
        "template": {"metadata": {"labels": {"app": "db"}}, "spec": {"containers": [{"name": "db", "image": "db:1"}]}}})
"""
    succeeded(stack.program(in_namespace("replace", program.replace("%s", "one"))).up())
    path = "/apis/apps/v1/namespaces/replace/statefulsets/db"
    before = sandbox.get(path)["metadata"]["uid"]
    stack.program(in_namespace("replace", program.replace("%s", "two")))
    assert "already exists" not in succeeded(stack.preview()), "a preview of a replacement is no clash"
    replaced = succeeded(stack.up())
    assert "kubernetes:apps/v1:StatefulSet: (replace)" in replaced
    after = sandbox.get(path)
    assert after["spec"]["serviceName"] == "two"
    assert after["metadata"]["uid"] != before, "the old object must be gone before one of its name can be made"


def test_a_workload_that_never_gets_ready_fails_the_update_and_stays_in_the_state(stack: InlineStack) -> None:
    failed = stack.program(
        in_namespace(
            "unready",
            """
    kubernetes.apps.v1.Deployment("web", opts=inside,
                                  metadata=named("web", annotations={"pulumi.com/timeoutSeconds": "2"}), spec={
        "replicas": 1, "selector": {"matchLabels": {"app": "web"}},
        "template": {"metadata": {"labels": {"app": "web"}},
                     "spec": {"nodeSelector": {"nowhere": "here"}, "containers": [{"name": "web", "image": "web:1"}]}}})
""",
        )
    ).up()
    assert not failed.succeeded
    assert "Deployment unready/web did not become ready within 2 s: 0 of 1 pods are ready" in failed
    assert stack.resources()["web"]["id"] == "unready/web"


def test_an_object_that_is_there_already_is_not_taken_over(stack: InlineStack, sandbox: Sandbox) -> None:
    sandbox.api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "taken"}})
    stack.program(in_namespace("taken", ""))
    assert "Namespace taken already exists: unless it is deleted first" in succeeded(stack.preview())
    refused = stack.up()
    assert not refused.succeeded
    assert "Namespace taken already exists; import it" in refused


def test_what_the_api_server_refuses_fails_the_preview(stack: InlineStack) -> None:
    program = in_namespace(
        "refused",
        """
    kubernetes.core.v1.Service("web", metadata=named("web"), opts=inside,
                               spec={"selector": {"app": "web"}, "ports": [{"port": %s}]})
""",
    )
    succeeded(stack.program(program.replace("%s", "80")).up())
    refused = stack.program(program.replace("%s", "70000")).preview()
    assert not refused.succeeded
    assert "Service refused/web" in refused and "must be between 1 and 65535" in refused


def test_a_release_is_installed_its_drift_is_found_and_it_is_removed(stack: InlineStack, sandbox: Sandbox) -> None:
    stack.program(
        in_namespace(
            "release",
            """
    release = kubernetes.helm.v3.Release(
        "grafana", name="grafana", namespace="release", chart="grafana", version=grafana_version,
        repository_opts={"repo": "https://grafana-community.github.io/helm-charts"}, timeout=120,
        values={"replicas": 2, "resources": {"requests": {"cpu": "10m"}}}, opts=inside)
    pulumi.export("status", release.status)
    pulumi.export("names", release.resource_names)
""",
        )
    )
    succeeded(stack.up())
    outputs = stack.outputs()
    assert (outputs["status"]["status"], outputs["status"]["revision"]) == ("deployed", 1)
    assert outputs["names"]["Service/v1"] == ["release/grafana"]
    deployment = "/apis/apps/v1/namespaces/release/deployments/grafana"
    assert sandbox.get(deployment)["status"]["availableReplicas"] == 2, "up waits for the pods"
    succeeded(stack.preview("--refresh", "--expect-no-changes"))

    words = [
        "upgrade",
        "grafana",
        str(next(stack.charts.rglob(f"grafana-{GRAFANA_CHART.default_version}"))),
        "--namespace",
        "release",
    ]
    by_hand = [*words, "--reuse-values", "--set", "replicas=3", "--kubeconfig", str(sandbox.kubeconfig)]
    subprocess.run(["helm", *by_hand], check=True, capture_output=True)
    mended = succeeded(stack.up("--refresh"))
    assert "replicas: 3 => 2" in " ".join(mended.output.split())
    assert sandbox.get(deployment)["spec"]["replicas"] == 2

    succeeded(stack.destroy())
    assert not [
        item for item in sandbox.get("/apis/apps/v1/deployments")["items"] if item["metadata"]["namespace"] == "release"
    ]


def test_a_release_that_fails_stays_in_the_state_and_is_mended_by_the_next_update(stack: InlineStack) -> None:
    program = """
    release = kubernetes.helm.v3.Release(
        "grafana", name="grafana", namespace="mended", chart="grafana", version=grafana_version, timeout=5,
        repository_opts={"repo": "https://grafana-community.github.io/helm-charts"}, opts=inside,
        values={"nodeSelector": {%s}})
    pulumi.export("status", release.status)
"""
    failed = stack.program(in_namespace("mended", program.replace("%s", '"nowhere": "here"'))).up()
    assert not failed.succeeded
    assert "Helm release mended/grafana failed:" in failed
    assert stack.resources()["grafana"]["outputs"]["status"]["status"] == "failed"

    succeeded(stack.program(in_namespace("mended", program.replace("%s", ""))).up())
    status = stack.outputs()["status"]
    assert (status["status"], status["revision"]) == ("deployed", 2)


def test_a_release_uninstalled_by_hand_is_installed_again(stack: InlineStack, sandbox: Sandbox) -> None:
    stack.program(
        in_namespace(
            "again",
            """
    kubernetes.helm.v3.Release(
        "tempo", name="tempo", namespace="again", chart="tempo", version=tempo_version, skip_await=True,
        repository_opts={"repo": "https://grafana-community.github.io/helm-charts"}, opts=inside)
""",
        )
    )
    succeeded(stack.up())
    words = ["helm", "uninstall", "tempo", "--namespace", "again", "--kubeconfig", str(sandbox.kubeconfig)]
    subprocess.run(words, check=True, capture_output=True)
    again = succeeded(stack.up("--refresh"))
    assert "kubernetes:helm.sh/v3:Release: (create)" in again
    assert sandbox.get("/apis/apps/v1/namespaces/again/statefulsets/tempo")["metadata"]["name"] == "tempo"
