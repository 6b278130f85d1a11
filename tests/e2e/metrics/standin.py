"""What this project's stand-in charts leave out and the published ones have, as far as these tests run it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

from tests.e2e.metrics.workloads import Object, Objects

_MONITORING = "monitoring.coreos.com/v1"


def completed(chart: str, values: Mapping[str, Any], manifests: Sequence[Object]) -> list[Object]:
    """Return the objects of a release of a stand-in chart, with what is missing in them."""
    objects = Objects(deepcopy(list(manifests)))
    complete = {
        "thanos": _complete_thanos,
        "kube-prometheus-stack": _complete_operator,
        "prometheus-blackbox-exporter": _complete_blackbox_exporter,
    }.get(chart)
    return [*objects.manifests, *(complete(values, objects) if complete else ())]


def _complete_thanos(values: Mapping[str, Any], objects: Objects) -> Iterator[Object]:
    name, object_store = values["fullnameOverride"], values["objstoreConfig"]
    common = ["--log.level=info", "--log.format=logfmt", "--http-address=0.0.0.0:10902"]
    memory = ["--enable-auto-gomemlimit", f"--auto-gomemlimit.ratio={values['autoGomemlimit']['ratio']}"]
    grpc, store = ["--grpc-address=0.0.0.0:10901"], ["--objstore.config-file=/etc/thanos/objstore.yaml"]
    domain = f"monitoring.svc.{values['clusterDomain']}"
    endpoints = [f"dnssrv+_grpc._tcp.{name}-store-gateway-headless.{domain}", *values["additionalEndpoints"]]
    flags = {
        "store": [*grpc, *store, "--data-dir=/var/thanos/store"],
        "compact": ["--wait", *store, "--data-dir=/var/thanos/compact"],
        "query": [
            *grpc,
            *(f"--query.replica-label={label}" for label in values["query"]["replicaLabels"]),
            *(f"--endpoint={endpoint}" for endpoint in endpoints),
        ],
        "query-frontend": [f"--query-frontend.downstream-url=http://{name}-query.{domain}:10902"],
    }
    for part, further in flags.items():
        spec: Any = objects.workload("thanos/thanos", part)["spec"]["template"]["spec"]
        (container,) = spec["containers"]
        container["args"] = [part, *common, *further, *memory, *container["args"][1:]]
        if store[0] in further:
            items = [{"key": object_store["key"], "path": "objstore.yaml"}]
            spec["volumes"].append({"name": "objstore", "secret": {"secretName": object_store["name"], "items": items}})
            container["volumeMounts"].append({"name": "objstore", "mountPath": "/etc/thanos"})
    yield from ()


def _complete_operator(values: Mapping[str, Any], objects: Objects) -> Iterator[Object]:
    name = values["fullnameOverride"]
    operator: Any = objects.workload("prometheus-operator/prometheus-operator")
    (container,) = operator["spec"]["template"]["spec"]["containers"]
    container["args"] += [f"--kubelet-service=kube-system/{name}-kubelet", "--kubelet-endpointslice=true"]
    for image, job, port in (
        ("kube-state-metrics/kube-state-metrics", "kube-state-metrics", "http"),
        ("prometheus/node-exporter", "node-exporter", "http-metrics"),
    ):
        workload = objects.workload(image)
        yield _monitor(workload, job, port)
    yield _kubelet_monitor(f"{name}-kubelet", values["kubelet"]["serviceMonitor"])
    for workload in (operator, objects.workload("kube-state-metrics/kube-state-metrics")):
        account = workload["spec"]["template"]["spec"]["serviceAccountName"]
        yield {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": account},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
            "subjects": [{"kind": "ServiceAccount", "name": account, "namespace": workload["metadata"]["namespace"]}],
        }


def _monitor(workload: Object, job: str, port: str) -> Object:
    """Return the ServiceMonitor of an exporter, whose own labels win over those of its pod."""
    metadata = workload["metadata"]
    endpoint = {"port": port, "honorLabels": True, "relabelings": [{"targetLabel": "job", "replacement": job}]}
    return {
        "apiVersion": _MONITORING,
        "kind": "ServiceMonitor",
        "metadata": {"name": metadata["name"], "namespace": metadata["namespace"]},
        "spec": {"selector": {"matchLabels": metadata["labels"]}, "endpoints": [endpoint]},
    }


def _kubelet_monitor(name: str, values: Mapping[str, Any]) -> Object:
    """Return the ServiceMonitor of kubelet and cAdvisor, without the metrics that it drops."""
    account = "/var/run/secrets/kubernetes.io/serviceaccount"
    path = {"action": "replace", "sourceLabels": ["__metrics_path__"], "targetLabel": "metrics_path"}
    common = {
        "port": "https-metrics",
        "scheme": "https",
        "honorLabels": True,
        "honorTimestamps": True,
        "tlsConfig": {"caFile": f"{account}/ca.crt", "insecureSkipVerify": True},
        "bearerTokenFile": f"{account}/token",
        "relabelings": [path],
    }
    measured = {"interval": values["cAdvisorInterval"], "trackTimestampsStaleness": True}
    return {
        "apiVersion": _MONITORING,
        "kind": "ServiceMonitor",
        "metadata": {"name": name},
        "spec": {
            "jobLabel": "k8s-app",
            "namespaceSelector": {"matchNames": ["kube-system"]},
            "selector": {"matchLabels": {"app.kubernetes.io/name": "kubelet", "k8s-app": "kubelet"}},
            "endpoints": [
                common,
                {**common, "path": "/metrics/cadvisor", **measured},
                {**common, "path": "/metrics/probes"},
            ],
        },
    }


def _complete_blackbox_exporter(values: Mapping[str, Any], objects: Objects) -> Iterator[Object]:
    spec: Any = objects.workload("prometheus/blackbox-exporter")["spec"]["template"]["spec"]
    (container,) = spec["containers"]
    spec["volumes"] = [{"name": "config", "configMap": {"name": values["fullnameOverride"]}}, *values["extraVolumes"]]
    container["volumeMounts"] = [{"name": "config", "mountPath": "/config"}, *values["extraVolumeMounts"]]
    container["env"] = values["extraEnv"]
    yield from ()
