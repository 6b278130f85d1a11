"""What stops an `up` before it begins."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.unit.tools.deploy.fakes import STAND_INS, cluster, engine, pod, workload
from tools.deploy.capacity import Capacity, free, needs_of
from tools.deploy.engine import Engine
from tools.deploy.preflight_checks import (
    crds_of_other_releases,
    describe,
    failed_checks,
    other_version,
    too_new_features,
)
from tools.render import RenderedObject

GIB = 1024**3
SIDECAR = RenderedObject(
    {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "grafana", "namespace": "ui"},
        "spec": {"template": {"spec": {"initContainers": [{"name": "first", "restartPolicy": "Always"}]}}},
    },
    "release ui/grafana",
)
PRODUCTION: dict[str, Any] = {"observability:cluster": {"environment": "production"}}


def nodes(*labels: dict[str, str]) -> list[dict[str, Any]]:
    return [{"metadata": {"labels": each}} for each in labels]


def test_a_daemon_set_needs_its_share_on_every_node() -> None:
    objects = [workload("DaemonSet", "alloy", "1Gi"), workload("StatefulSet", "loki", "2Gi", replicas=3)]
    needs = needs_of(objects, nodes({}, {}, {}, {}))
    assert needs == Capacity(cpu=2 + 3 * 0.5, memory=10 * GIB)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("selector", "rules", "counted"),
    [
        ({"pool": "obs"}, [], 1),
        ({}, [{"key": "type", "operator": "NotIn", "values": ["virtual-kubelet"]}], 2),
        ({}, [{"key": "pool", "operator": "In", "values": ["obs", "other"]}], 1),
        ({}, [{"key": "pool", "operator": "Exists"}], 1),
        ({}, [{"key": "pool", "operator": "DoesNotExist"}], 2),
        ({"pool": "obs"}, [{"key": "type", "operator": "Exists"}], 0),
    ],
)
def test_a_daemon_set_needs_nothing_on_nodes_that_it_does_not_select(
    selector: dict[str, str], rules: list[dict[str, Any]], counted: int
) -> None:
    collectors = workload("DaemonSet", "alloy", "1Gi")
    required = {"nodeSelectorTerms": [{"matchExpressions": rules}]}
    collectors["spec"]["template"]["spec"] |= {
        "nodeSelector": selector,
        "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": required}},
    }
    cluster_nodes = nodes({"pool": "obs"}, {"type": "virtual-kubelet"}, {})
    assert needs_of([collectors], cluster_nodes).memory == counted * GIB


def test_what_the_stack_runs_already_is_free_for_it() -> None:
    nodes, mine = cluster().nodes, [workload("StatefulSet", "loki", "2Gi")]
    pods = [pod("loki-0", "2Gi"), pod("elsewhere-0", "1Gi")]
    assert free(nodes, pods, mine).memory == 7 * GIB
    assert free(nodes, pods, []).memory == 5 * GIB


def test_a_cluster_that_is_too_small_is_refused_with_both_figures() -> None:
    found = failed_checks(engine(), cluster(memory="1Gi"), [workload("Deployment", "grafana", "2Gi")])
    assert found == [
        "requests = 0.5 CPU, 2.0 GiB: must be at most the free 4 CPU, 1.0 GiB; add nodes, or lower replicas"
    ]


def test_a_sufficient_cluster_passes() -> None:
    assert failed_checks(engine(), cluster(), [workload("StatefulSet", "loki", "2Gi", claims=("fast",))]) == []


def test_missing_custom_resources_are_named() -> None:
    objects = [{"kind": "IngressRoute"}, {"kind": "ServiceMonitor"}]
    found = failed_checks(engine(), cluster(crds={"ingressroutes.traefik.io": ""}), objects)
    assert found == [
        "CRDs = servicemonitors.monitoring.coreos.com: must exist in the cluster; install them, or disable their users"
    ]


def test_an_unknown_storage_class_is_reported_with_the_known_ones() -> None:
    found = failed_checks(engine(), cluster(), [workload("StatefulSet", "loki", "2Gi", claims=("gp3",))])
    assert found == ["StorageClass = gp3: does not exist in the cluster; use one of fast, standard"]


def test_volumes_of_no_class_need_a_default_one() -> None:
    without_default = cluster(default_storage_class="")
    claim = {"kind": "PersistentVolumeClaim", "spec": {}}
    assert failed_checks(engine(), without_default, [claim]) == [
        "StorageClass: must be set without a default one in the cluster; set observability:cluster.storage_class"
    ]


def test_stand_ins_serve_the_sandbox_alone() -> None:
    loopback = "https://127.0.0.1:6443"
    standing_in = engine(providers=STAND_INS)
    assert failed_checks(standing_in, cluster("observability-sandbox", server=loopback), []) == []
    for other in (cluster("observability-sandbox"), cluster("prod", server=loopback)):
        [told] = failed_checks(standing_in, other, [])
        assert told.startswith(f"context = {other.context}: must be the sandbox")
        assert "pulumi plugin install resource random v" in told


def test_the_examples_keys_only_reach_a_stand_in_of_aws() -> None:
    config = {"aws:accessKey": "FAKEACCESSKEY"}
    assert "aws:accessKey: must not be that of the examples" in failed_checks(engine(config), cluster(), [])[0]
    moto = {"AWS_ENDPOINT_URL": "http://127.0.0.1:5000"}
    assert failed_checks(engine(config, variables=moto), cluster(), []) == []


def test_production_refuses_the_examples_passphrase_and_a_local_state() -> None:
    unfit = engine(PRODUCTION, backend="file:///state", demo_passphrase=True)
    assert [told.partition(":")[0] for told in failed_checks(unfit, cluster(), [])] == [
        "passphrase",
        "state = file",
    ]
    assert failed_checks(engine(PRODUCTION), cluster(), []) == []


def stating(version: str) -> Engine:
    return engine({"observability:cluster": {"kubernetes_version": version}})


@pytest.mark.parametrize(
    ("stated", "server"), [("1.28", "v1.28.5-eks-43840fb"), ("1.28", "1.28.2+k3s1"), ("", "v1.24.0")]
)
def test_a_server_of_the_stated_version_is_accepted(stated: str, server: str) -> None:
    assert other_version(stating(stated), cluster(version=server)) is None


@pytest.mark.parametrize("server", ["1.27", "1.29"])
def test_a_server_of_another_version_is_refused_with_both_and_the_fix(server: str) -> None:
    assert other_version(stating("1.28"), cluster(version=f"v{server}.3")) == (
        f"observability:cluster.kubernetes_version = 1.28: must be {server}, the version of the cluster of context "
        "somewhere; set it, or use another context\n    pulumi config set --path --type string "
        f"observability:cluster.kubernetes_version {server} --stack test"
    )


def test_the_sandbox_serves_a_stack_of_every_version() -> None:
    sandbox = cluster("observability-sandbox", server="https://127.0.0.1:6443", version="v1.28.0")
    assert other_version(stating("1.26"), sandbox) is None
    assert too_new_features(stating(""), sandbox, [SIDECAR]) == []


def test_what_an_older_server_does_not_have_is_named_with_the_setting_that_leaves_it_out() -> None:
    (found,) = too_new_features(stating(""), cluster(version="v1.28.5"), [SIDECAR])
    assert found.startswith("observability:cluster.kubernetes_version: is missing, and ")
    assert "Deployment ui/grafana" in found and "requires Kubernetes 1.29, not 1.28" in found
    assert found.endswith("observability:cluster.kubernetes_version 1.28 --stack test")
    assert too_new_features(stating(""), cluster(version="v1.29.0"), [SIDECAR]) == []


def test_a_target_is_described_before_anything_is_asked() -> None:
    objects = [workload("StatefulSet", "loki", "2Gi", claims=("",)), {"kind": "IngressRoute", "metadata": {}}]
    assert describe(engine(), cluster(), objects).splitlines() == [
        "target   somewhere (https://10.0.0.1:6443, Kubernetes v1.36.1, 1 nodes)",
        "needs    0.5 CPU, 2.0 GiB of 4 CPU, 8.0 GiB free",
        "volumes  StorageClass standard (the default)",
        "CRDs     ingressroutes.traefik.io missing",
        "state    s3://state",
    ]


def test_the_service_that_a_gateway_resolves_through_must_be_in_the_cluster() -> None:
    file = "http {\n  resolver kube-dns.kube-system.svc.cluster.local.;\n  server { listen 8080; }\n}\n"
    gateway = {"kind": "ConfigMap", "metadata": {"name": "loki-gateway"}, "data": {"nginx.conf": file}}
    elsewhere = cluster(services=frozenset({"coredns.kube-system", "kube-dns.other"}))
    assert failed_checks(engine(), elsewhere, [gateway, gateway]) == [
        "dns_resolver = kube-dns.kube-system: must be a Service of the cluster, as gateways resolve names through it; "
        "use the DNS servers of the pods, or set another Service or an address\n"
        "    pulumi config set --path observability:cluster.dns_resolver resolv.conf --stack test"
    ]
    assert failed_checks(engine(), cluster(services=frozenset({"kube-dns.kube-system"})), [gateway]) == []


@pytest.mark.parametrize(
    ("families", "first", "commands"),
    [
        (None, "IPv6", ["set --path 'observability:cluster.ip_families[0]' IPv6"]),
        (
            ["IPv4", "IPv6"],
            "IPv6",
            [
                "rm --path observability:cluster.ip_families",
                "set --path 'observability:cluster.ip_families[0]' IPv6",
                "set --path 'observability:cluster.ip_families[1]' IPv4",
            ],
        ),
        (
            ["IPv6"],
            "IPv4",
            [
                "rm --path observability:cluster.ip_families",
                "set --path 'observability:cluster.ip_families[0]' IPv4",
                "set --path 'observability:cluster.ip_families[1]' IPv6",
            ],
        ),
    ],
)
def test_the_first_ip_family_must_be_that_of_the_services(
    families: list[str] | None, first: str, commands: list[str]
) -> None:
    settings = {"observability:cluster": {"ip_families": families}} if families else {}
    (message,) = failed_checks(engine(settings), cluster(ip_family=first), [])
    head, *fixes = message.split("\n    ")
    assert head.startswith(f"observability:cluster.ip_families = {json.dumps(families or [])}: must begin with {first}")
    assert fixes == [f"pulumi config {command} --stack test" for command in commands]
    assert failed_checks(engine(), cluster(), []) == []


@pytest.mark.parametrize("line", ["resolver 172.20.0.10;", "resolver [fd00::a];", "include /tmp/resolver.conf;"])
def test_an_address_and_the_servers_of_the_pod_need_no_service(line: str) -> None:
    gateway = {"kind": "ConfigMap", "metadata": {"name": "loki-gateway"}, "data": {"nginx.conf": f"http {{ {line} }}"}}
    assert failed_checks(engine(), cluster(), [gateway]) == []


CRD = "prometheuses.monitoring.coreos.com"
DEFINITION = RenderedObject(
    {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": CRD}},
    "release monitoring/prometheus-operator-crds",
)


def test_definitions_that_the_stack_brings_are_not_missing() -> None:
    objects = [DEFINITION.manifest, {"kind": "Prometheus", "metadata": {"name": "p"}}]
    assert failed_checks(engine(), cluster(), objects) == []


@pytest.mark.parametrize(("owner", "named"), [("ops/kps", "Helm release ops/kps"), ("", "no Helm release")])
def test_definitions_of_another_owner_are_refused_with_both_ways_out(owner: str, named: str) -> None:
    (problem,) = crds_of_other_releases(engine(), cluster(crds={CRD: owner}), [DEFINITION])
    assert f"CRDs = {CRD}: must belong to release monitoring/prometheus-operator-crds, and belong to {named}" in problem
    assert "observability:metrics.install_operator false --stack test" in problem
    assert f"kubectl annotate --overwrite crd {CRD} meta.helm.sh/release-name=prometheus-operator-crds" in problem


@pytest.mark.parametrize("crds", [{}, {CRD: "monitoring/prometheus-operator-crds"}])
def test_own_and_new_definitions_are_no_problem(crds: dict[str, str]) -> None:
    assert crds_of_other_releases(engine(), cluster(crds=crds), [DEFINITION]) == []


SCHEDULER = {
    "kind": "Service",
    "metadata": {"name": "prometheus-kube-scheduler", "namespace": "kube-system"},
    "spec": {"selector": {"component": "kube-scheduler"}},
}


@pytest.mark.parametrize(
    ("pods", "reason"),
    [
        ([], "no pod has its labels"),
        ([["kube-scheduler", "--bind-address=127.0.0.1"]], "its pods listen at 127.0.0.1 alone"),
        ([["kube-scheduler", "--bind-address=0.0.0.0"]], ""),
        ([["kube-scheduler", "--bind-address=127.0.0.1"], ["kube-scheduler"]], ""),
    ],
)
def test_parts_of_the_control_plane_that_cannot_be_scraped_are_named(pods: list[list[str]], reason: str) -> None:
    metadata = {"name": "kube-scheduler-a", "namespace": "kube-system", "labels": {"component": "kube-scheduler"}}
    running = [{"metadata": metadata, "spec": {"containers": [{"command": command}]}} for command in pods]
    text = describe(engine(), replace(cluster(), pods=running), [SCHEDULER])
    assert ("targets" in text) is bool(reason)
    if reason:
        assert f"targets  cannot be scraped: prometheus-kube-scheduler ({reason})" in text


def part(name: str, port: int, labels: dict[str, str]) -> dict[str, Any]:
    spec = {"selector": labels, "ports": [{"port": port, "targetPort": port}]}
    return {"kind": "Service", "metadata": {"name": name, "namespace": "kube-system"}, "spec": spec}


@pytest.mark.parametrize(
    ("labels", "container", "on_loopback", "reason"),
    [
        ({"component": "etcd"}, {"command": ["etcd"]}, False, "etcd has no --listen-metrics-urls"),
        ({"component": "etcd"}, {"command": ["etcd", "--listen-metrics-urls=http://0.0.0.0:2381"]}, False, ""),
        (
            {"component": "etcd"},
            {"command": ["etcd", "--listen-metrics-urls=http://127.0.0.1:2381"]},
            False,
            "127.0.0.1",
        ),
        ({"k8s-app": "kube-proxy"}, {}, True, "metricsBindAddress of kube-proxy is 127.0.0.1"),
        ({"k8s-app": "kube-proxy"}, {}, False, ""),
        ({"k8s-app": "kube-dns"}, {"ports": [{"containerPort": 53}]}, False, "its pods have no port 2381"),
        ({"k8s-app": "kube-dns"}, {"ports": [{"containerPort": 2381}]}, False, ""),
    ],
)
def test_what_hides_each_part_of_the_control_plane_is_known(
    labels: dict[str, str], container: dict[str, Any], on_loopback: bool, reason: str
) -> None:
    pod = {"metadata": {"name": "p", "namespace": "kube-system", "labels": labels}, "spec": {"containers": [container]}}
    state = replace(cluster(), pods=[pod], proxy_on_loopback=on_loopback)
    text = describe(engine(), state, [part("prometheus-part", 2381, labels)])
    assert ("targets" in text) is bool(reason) and reason in text
