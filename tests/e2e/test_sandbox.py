"""The sandbox behaves like a cluster: what a kubelet, a volume driver or a cloud would do happens too."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox import aws, controlplane
from sandbox.api import ApiError
from sandbox.handle import Sandbox
from sandbox.processes import Process, stop
from tests.e2e.conftest import Eventually
from tests.e2e.s3 import s3_client

pytestmark = pytest.mark.e2e


@pytest.fixture
def namespace(sandbox: Sandbox, eventually: Eventually) -> Iterator[str]:
    """A namespace of the test's own, with its service account."""
    name = f"test-{secrets.token_hex(4)}"
    sandbox.api.apply(_manifest("v1", "Namespace", name))
    account = f"/api/v1/namespaces/{name}/serviceaccounts/default"
    eventually(lambda: sandbox.api.find(account), "a namespace gets its default service account")
    yield name
    sandbox.api.delete(f"/api/v1/namespaces/{name}")


def test_a_deployment_becomes_ready(sandbox: Sandbox, namespace: str, eventually: Eventually) -> None:
    path = _deploy(sandbox, namespace, "nginx:1.29", replicas=3)
    eventually(lambda: _status(sandbox, path, "readyReplicas") == 3, "three pods become ready")


def test_an_image_that_does_not_exist_fails_until_it_is_replaced(
    sandbox: Sandbox, namespace: str, eventually: Eventually
) -> None:
    path = _deploy(sandbox, namespace, "nginx:does-not-exist", replicas=1)
    eventually(lambda: _waiting_reasons(sandbox, namespace) == {"ImagePullBackOff"}, "the pull of the image fails")
    assert _status(sandbox, path, "readyReplicas") is None, "a pod without its image is never ready"
    _deploy(sandbox, namespace, "nginx:1.29", replicas=1)
    eventually(lambda: _status(sandbox, path, "readyReplicas") == 1, "the corrected rollout succeeds")


@pytest.mark.parametrize("storage_class", ["standard", "longhorn-crypto", "longhorn-crypto-local", "gp3"])
def test_a_stateful_set_gets_its_volume_in_every_storage_class(
    sandbox: Sandbox, namespace: str, eventually: Eventually, storage_class: str
) -> None:
    path = _deploy_with_volume(sandbox, namespace, storage_class, "1Gi")
    eventually(lambda: _status(sandbox, path, "readyReplicas") == 1, "the pod runs once its claim is bound")
    claim = sandbox.get(f"/api/v1/namespaces/{namespace}/persistentvolumeclaims/data-app-0")
    assert claim["status"]["phase"] == "Bound"


def test_a_claim_without_a_class_gets_the_default_one(sandbox: Sandbox, namespace: str, eventually: Eventually) -> None:
    path = _deploy_with_volume(sandbox, namespace, None, "1Gi")
    eventually(lambda: _status(sandbox, path, "readyReplicas") == 1, "the default class provisions the claim")


def test_a_volume_grows_with_its_claim(sandbox: Sandbox, namespace: str, eventually: Eventually) -> None:
    path = _deploy_with_volume(sandbox, namespace, "gp3", "1Gi")
    eventually(lambda: _status(sandbox, path, "readyReplicas") == 1, "the pod runs")
    name = "data-app-0"
    size = {"resources": {"requests": {"storage": "3Gi"}}}
    sandbox.api.apply({**_manifest("v1", "PersistentVolumeClaim", name, namespace), "spec": size})
    claim = f"/api/v1/namespaces/{namespace}/persistentvolumeclaims/{name}"
    eventually(lambda: _status(sandbox, claim, "capacity") == {"storage": "3Gi"}, "the claim reports its new size")


def test_a_volume_goes_with_its_claim(sandbox: Sandbox, namespace: str, eventually: Eventually) -> None:
    path = _deploy_with_volume(sandbox, namespace, "standard", "1Gi")
    eventually(lambda: _status(sandbox, path, "readyReplicas") == 1, "the pod runs")
    claim = f"/api/v1/namespaces/{namespace}/persistentvolumeclaims/data-app-0"
    volume = f"/api/v1/persistentvolumes/{sandbox.get(claim)['spec']['volumeName']}"
    sandbox.api.delete(path)
    eventually(lambda: not _pods(sandbox, namespace), "the pods go with their set")
    assert sandbox.api.find(volume), "the volume outlives the pods"
    sandbox.api.delete(claim)
    eventually(lambda: sandbox.api.find(volume) is None, "the volume of a deleted claim is deleted")


def test_a_job_completes(sandbox: Sandbox, namespace: str, eventually: Eventually) -> None:
    template = {"spec": {"restartPolicy": "Never", "containers": [_container("busybox:1")]}}
    sandbox.api.apply({**_manifest("batch/v1", "Job", "app", namespace), "spec": {"template": template}})
    path = f"/apis/batch/v1/namespaces/{namespace}/jobs/app"
    eventually(lambda: _status(sandbox, path, "succeeded") == 1, "the job's pod succeeds")


def test_a_pod_that_is_not_to_restart_completes(sandbox: Sandbox, namespace: str, eventually: Eventually) -> None:
    spec = {"restartPolicy": "Never", "containers": [_container("busybox:1")]}
    sandbox.api.apply({**_manifest("v1", "Pod", "hook", namespace), "spec": spec})
    path = f"/api/v1/namespaces/{namespace}/pods/hook"
    eventually(lambda: _status(sandbox, path, "phase") == "Succeeded", "a test or hook pod of a chart succeeds")


def test_a_load_balancer_gets_an_address(sandbox: Sandbox, namespace: str, eventually: Eventually) -> None:
    spec = {"type": "LoadBalancer", "ports": [{"port": 80}], "selector": {"app": "app"}}
    sandbox.api.apply({**_manifest("v1", "Service", "app", namespace), "spec": spec})
    path = f"/api/v1/namespaces/{namespace}/services/app"
    eventually(lambda: _status(sandbox, path, "loadBalancer"), "the Service gets an ingress address")


def test_an_ingress_gets_an_address(sandbox: Sandbox, namespace: str, eventually: Eventually) -> None:
    backend = {"service": {"name": "app", "port": {"number": 80}}}
    manifest = _manifest("networking.k8s.io/v1", "Ingress", "app", namespace)
    sandbox.api.apply({**manifest, "spec": {"defaultBackend": backend}})
    path = f"/apis/networking.k8s.io/v1/namespaces/{namespace}/ingresses/app"
    eventually(lambda: _status(sandbox, path, "loadBalancer"), "the Ingress gets an address")


def test_a_privileged_pod_is_refused_in_a_restricted_namespace(sandbox: Sandbox, namespace: str) -> None:
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    sandbox.api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace, "labels": labels}})
    container = {**_container("busybox:1"), "securityContext": {"privileged": True}}
    pod = {**_manifest("v1", "Pod", "app", namespace), "spec": {"containers": [container]}}
    with pytest.raises(ApiError, match='violates PodSecurity "restricted:latest"'):
        sandbox.api.apply(pod)


def test_only_what_tolerates_the_taint_runs_on_storage_nodes(
    sandbox: Sandbox, namespace: str, eventually: Eventually
) -> None:
    selector = {"nodeSelector": {"node.kubernetes.io/role": "storage"}}
    path = _deploy(sandbox, namespace, "nginx:1.29", replicas=1, **selector)
    eventually(lambda: "Unschedulable" in _scheduling(sandbox, namespace), "the scheduler respects the taint")
    toleration = {"key": "node-role.kubernetes.io/storage", "operator": "Exists"}
    _deploy(sandbox, namespace, "nginx:1.29", replicas=1, **selector, tolerations=[toleration])
    eventually(lambda: _status(sandbox, path, "readyReplicas") == 1, "a pod that tolerates the taint runs")


@pytest.mark.parametrize(
    ("version", "kind", "spec"),
    [
        ("monitoring.coreos.com/v1", "ServiceMonitor", {"selector": {}, "endpoints": [{"port": "http"}]}),
        ("monitoring.coreos.com/v1", "PrometheusRule", {"groups": []}),
        (
            "traefik.io/v1alpha1",
            "IngressRoute",
            {"routes": [{"kind": "Rule", "match": "Host(`grafana.example.org`)", "services": [{"name": "grafana"}]}]},
        ),
    ],
)
def test_the_custom_resources_of_the_platform_are_accepted(
    sandbox: Sandbox, namespace: str, version: str, kind: str, spec: dict[str, Any]
) -> None:
    created = sandbox.api.apply({**_manifest(version, kind, "app", namespace), "spec": spec})
    assert created["spec"] == spec


def test_the_aws_stand_in_keeps_buckets(sandbox: Sandbox) -> None:
    client = s3_client(sandbox.aws_endpoint)
    client.create_bucket(Bucket="logs", CreateBucketConfiguration={"LocationConstraint": aws.REGION})
    try:
        assert "logs" in {bucket["Name"] for bucket in client.list_buckets()["Buckets"]}
    finally:
        client.delete_bucket(Bucket="logs")
        client.close()


def test_a_second_sandbox_runs_beside_the_first_starts_anew_without_a_process_and_down_leaves_none(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    second = controlplane.up(tmp_path)
    try:
        assert second.api.connection.server != sandbox.api.connection.server
        assert controlplane.up(tmp_path).api.connection.server == second.api.connection.server, (
            "a second up finds the running sandbox"
        )
        before = _all_run(tmp_path)
        stop([process for process in before if process.name == "kube-scheduler"])
        controlplane.up(tmp_path)
        started = _all_run(tmp_path)
        assert len(started) == len(before)
        assert [process.name for process in before if process.is_running()] == [], "nothing of the first run is left"
    finally:
        controlplane.down(tmp_path)
    assert [process.name for process in started if process.is_running()] == []
    assert not second.kubeconfig.exists(), "a kubeconfig that leads nowhere is not left behind"
    assert sandbox.get("/api/v1/nodes")["items"], "the first sandbox is untouched"


def _all_run(directory: Path) -> list[Process]:
    """Return the processes of a sandbox, of which each runs."""
    found = controlplane.status(directory)
    assert found and all(running for _, running in found)
    return [process for process, _ in found]


def _manifest(version: str, kind: str, name: str, namespace: str | None = None) -> dict[str, Any]:
    metadata = {"name": name} if namespace is None else {"name": name, "namespace": namespace}
    return {"apiVersion": version, "kind": kind, "metadata": metadata}


def _container(image: str) -> dict[str, Any]:
    return {"name": "app", "image": image}


def _pods_of(image: str, **pod_spec: Any) -> dict[str, Any]:
    labels = {"app": "app"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [_container(image)], **pod_spec}}
    return {"selector": {"matchLabels": labels}, "template": template}


def _deploy(sandbox: Sandbox, namespace: str, image: str, replicas: int, **pod_spec: Any) -> str:
    spec = {"replicas": replicas, **_pods_of(image, **pod_spec)}
    sandbox.api.apply({**_manifest("apps/v1", "Deployment", "app", namespace), "spec": spec})
    return f"/apis/apps/v1/namespaces/{namespace}/deployments/app"


def _deploy_with_volume(sandbox: Sandbox, namespace: str, storage_class: str | None, size: str) -> str:
    claim: dict[str, Any] = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}}
    if storage_class:
        claim["storageClassName"] = storage_class
    templates = [{"metadata": {"name": "data"}, "spec": claim}]
    spec = {"serviceName": "app", **_pods_of("postgres:18"), "volumeClaimTemplates": templates}
    sandbox.api.apply({**_manifest("apps/v1", "StatefulSet", "app", namespace), "spec": spec})
    return f"/apis/apps/v1/namespaces/{namespace}/statefulsets/app"


def _status(sandbox: Sandbox, path: str, field: str) -> Any:
    return sandbox.get(path).get("status", {}).get(field)


def _pods(sandbox: Sandbox, namespace: str) -> list[dict[str, Any]]:
    return list(sandbox.get(f"/api/v1/namespaces/{namespace}/pods")["items"])


def _waiting_reasons(sandbox: Sandbox, namespace: str) -> set[str]:
    statuses = [status for pod in _pods(sandbox, namespace) for status in pod["status"].get("containerStatuses", [])]
    return {status["state"]["waiting"]["reason"] for status in statuses if "waiting" in status["state"]}


def _scheduling(sandbox: Sandbox, namespace: str) -> set[str]:
    pods = _pods(sandbox, namespace)
    return {condition.get("reason", "") for pod in pods for condition in pod["status"].get("conditions", [])}
