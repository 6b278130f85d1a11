"""What this project's stand-in charts leave out and the published ones have, as far as these tests run it."""

from __future__ import annotations

import json
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
    ruler, receive = values.get("rule") or {}, values.get("receive") or {}
    own_replicas = [label for label, runs in (("rule_replica", ruler), ("receive_replica", receive)) if runs]
    common = ["--log.level=info", "--log.format=logfmt", "--http-address=0.0.0.0:10902"]
    memory = ["--enable-auto-gomemlimit", f"--auto-gomemlimit.ratio={values['autoGomemlimit']['ratio']}"]
    grpc, store = ["--grpc-address=0.0.0.0:10901"], ["--objstore.config-file=/etc/thanos/objstore.yaml"]
    domain = f"monitoring.svc.{values['clusterDomain']}"
    asked = ["store-gateway", *(["rule"] if ruler else []), *(["receive-ingestor"] if receive else [])]
    endpoints = [f"dnssrv+_grpc._tcp.{name}-{part}-headless.{domain}" for part in asked]
    ingestor = f"{name}-receive-ingestor"
    ingestor_address = f"{ingestor}-headless.{domain}:10901"
    writes = [*grpc, "--remote-write.address=0.0.0.0:19291", '--label=receive_replica="$(NAME)"']
    flags = {
        "store-gateway": [*grpc, *store, "--data-dir=/var/thanos/store"],
        "compact": ["--wait", *store, "--data-dir=/var/thanos/compact"],
        "query": [
            *grpc,
            *(f"--query.replica-label={label}" for label in (*values["query"]["replicaLabels"], *own_replicas)),
            *(f"--endpoint={endpoint}" for endpoint in (*endpoints, *values["additionalEndpoints"])),
        ],
        "query-frontend": [f"--query-frontend.downstream-url=http://{name}-query.{domain}:10902"],
        "rule": [
            *[*grpc, *store, "--data-dir=/var/thanos/rule", '--label=rule_replica="$(NAME)"'],
            *(f"--alert.label-drop={label}" for label in (*own_replicas, *values["query"]["replicaLabels"])),
            *[f"--tsdb.retention={ruler.get('retention')}", "--tsdb.block-duration=2h", "--eval-interval=1m"],
            *[f"--query=dnssrv+_http._tcp.{name}-query.{domain}", "--rule-file=/etc/thanos/rules/*.yaml"],
            "--alertmanagers.config-file=/etc/thanos/alertmanagers-config.yaml",
        ],
        "receive-router": [
            *[*writes, "--receive.hashrings-file=/etc/thanos/hashrings.json"],
            f"--receive.replication-factor={receive.get('replicationFactor')}",
        ],
        "receive-ingestor": [
            *[*writes, *store, "--tsdb.path=/var/thanos/receive", f"--tsdb.retention={receive.get('retention')}"],
            f"--receive.local-endpoint=$(NAME).{ingestor_address}",
        ],
    }
    for part, further in flags.items():
        if not objects.has("thanos/thanos", part):
            continue
        spec: Any = objects.workload("thanos/thanos", part)["spec"]["template"]["spec"]
        (container,) = spec["containers"]
        target, *own = container["args"]
        container["args"] = [target, *common, *further, *memory, *own]
        container.setdefault("env", []).append(
            {"name": "NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}
        )
        if store[0] in further:
            secret = {"secretName": object_store["name"]}
            _mount(spec, "secret", secret, object_store["key"], "/etc/thanos/objstore.yaml")
    if ruler:
        spec = objects.workload("thanos/thanos", "rule")["spec"]["template"]["spec"]
        alertmanagers, rules = f"{name}-rule-alertmanagers-config", f"{name}-rule-rules"
        _mount(spec, "secret", {"secretName": alertmanagers}, "config", "/etc/thanos/alertmanagers-config.yaml")
        _mount(spec, "configMap", {"name": rules}, "", "/etc/thanos/rules")
        yield _data("Secret", alertmanagers, stringData={"config": ruler["alertmanagersConfig"]["value"]})
        yield _data("ConfigMap", rules, data={"rules.yaml": ruler["rules"]["value"]})
    if receive:
        spec = objects.workload("thanos/thanos", "receive-router")["spec"]["template"]["spec"]
        hashrings = f"{name}-receive-router-hashrings"
        _mount(spec, "configMap", {"name": hashrings}, "hashrings.json", "/etc/thanos/hashrings.json")
        names = [f"{ingestor}-{number}.{ingestor_address}" for number in range(receive["ingestor"]["replicas"])]
        ring = json.dumps([{"hashring": "default", "tenants": [], "endpoints": names}])
        yield _data("ConfigMap", hashrings, data={"hashrings.json": ring})


def _mount(spec: Any, kind: str, source: Mapping[str, Any], key: str, path: str) -> None:
    """Mount one key of a Secret or ConfigMap as a file, or with none all of them as a directory."""
    (container,) = spec["containers"]
    volume = path.rpartition("/")[2].partition(".")[0]
    spec.setdefault("volumes", []).append({"name": volume, kind: dict(source)})
    container.setdefault("volumeMounts", []).append(
        {"name": volume, "mountPath": path} | ({"subPath": key} if key else {})
    )


def _data(kind: str, name: str, **content: Mapping[str, str]) -> Object:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}, **content}


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
            "attachMetadata": {"node": False},
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
