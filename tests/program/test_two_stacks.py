"""Two stacks on one cluster, told apart by their namespaces alone: nothing of the cluster or of a node is in both.

What lies outside the cluster has the names that a stack file chooses: buckets, their prefixes and the domain.
Charts are taken from `OBSERVABILITY_CHARTS`, from their repositories where those can be reached, and else from this
project's stand-ins.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.checkout import ROOT
from tests.installed_tools import require
from tools.contract.pods import pods_of
from tools.program.stacks import configured_program
from tools.render import Rendering
from tools.render.stack import render_program
from tools.stackfile import read_stack_file

KAFKA = {"mode": "distributed", "chart_version": "3.3.0", "kafka_address": "kafka.messaging:9092"}
STACKS: dict[str, Mapping[str, Any]] = {
    "everything-in-the-cluster": {"cluster": {"name": "one"}, "demo": {"enabled": True}, "caching": {"kind": "valkey"}},
    "collectors-through-the-api-and-kafka": {
        "cluster": {"name": "one"},
        "storage": {"kind": "minio"},
        "logging": {"mode": "distributed", "replicas": 3, "ingester_zones": ["a", "b", "c"]},
        "tracing": {**KAFKA, "gateway": True},
        "telemetry": {"log_source": "api"},
    },
    "aws": read_stack_file(ROOT, "eks").config,
}


def named(config: Mapping[str, Any], namespace: str, bucket: str) -> dict[str, Any]:
    """Return the configuration with namespaces, buckets and domain of its own.

    A cluster has one Prometheus operator, whose Prometheus scrapes the pods of every stack.
    """
    areas = {key.removeprefix("observability:"): value for key, value in config.items()}
    server = "http://prometheus-prometheus.monitoring:9090"
    urls = {"remote_write_url": f"{server}/api/v1/write", "otlp_url": f"{server}/api/v1/otlp", "query_url": server}
    areas["metrics"] = {"kind": "external", **urls}
    areas.pop("alerting", None)
    areas["retention"] = {name: kept for name, kept in areas.get("retention", {}).items() if name != "metrics"}
    for area in ("logging", "tracing", "telemetry", "metrics", "grafana", "demo", "caching", "storage"):
        settings = areas.get(area, {})
        runs = settings or area not in ("demo", "caching")
        if runs and settings.get("kind") not in ("external", "aws"):
            areas[area] = {**settings, "namespace": f"{namespace}-{area}"}
    if areas["storage"].get("kind") == "aws":
        areas["storage"] = {**areas["storage"], "buckets": {"logs": f"{bucket}-logs", "traces": f"{bucket}-traces"}}
    if "ingress" in areas:
        areas["ingress"] = {**areas["ingress"], "domain": f"{bucket}.example.org"}
    return areas


def claims(rendering: Rendering) -> Iterator[str]:
    """Yield everything of which the cluster, a node, a broker or the account has one by its name."""
    # Releases share the definitions of their kinds: Helm leaves those that exist as they are. Stand-in charts name
    # their cluster roles after the release alone, which the published charts do not.
    left_out = {"CustomResourceDefinition"}
    if any(release.stand_in for release in rendering.releases):
        left_out |= {"ClusterRole", "ClusterRoleBinding"}
    yield from (str(item) for item in rendering.objects if item.kind not in left_out)
    for pod in pods_of(rendering.objects):
        mounts = [mount for container in pod.containers for mount in container.get("volumeMounts") or []]
        written = {mount["name"] for mount in mounts if not mount.get("readOnly")}
        for volume in pod.spec.get("volumes") or []:
            if "hostPath" in volume and volume["name"] in written:
                yield f"directory of the node {volume['hostPath']['path']}"
        for port in (port for container in pod.containers for port in container.get("ports") or []):
            if pod.spec.get("hostNetwork") or port.get("hostPort"):
                yield f"port of the node {port.get('hostPort') or port['containerPort']}"
        for container in pod.containers:
            yield from (f"cluster {flag}" for flag in container.get("args") or [] if "--cluster.name" in str(flag))
    for item in rendering.objects:
        if item.kind == "IngressRoute":
            yield from (f"route {route['match']}" for route in item.manifest["spec"]["routes"])
    for release in rendering.releases:
        if kafka := (release.values.get("ingest") or {}).get("kafka"):
            yield f"topic {kafka['topic']} of {kafka['address']}"
    for resource in rendering.aws:
        if resource.type in ("aws:iam/role:Role", "aws:s3/bucket:Bucket", "aws:kms/alias:Alias"):
            yield f"{resource.type} {resource.inputs.get('name') or resource.inputs.get('bucket')}"
        elif resource.type == "aws:eks/podIdentityAssociation:PodIdentityAssociation":
            yield json.dumps({key: resource.inputs[key] for key in ("clusterName", "namespace", "serviceAccount")})


def without_digest(claim: str) -> str:
    """Return a claim without the digest of the specification in the name of a Job."""
    return re.sub(r"^(Job \S+)-[0-9a-f]{10}$", r"\1", claim)


@pytest.mark.parametrize("topology", STACKS)
def test_two_stacks_share_nothing_of_the_cluster(topology: str) -> None:
    require("helm")
    one, other = (
        set(claims(render_program(configured_program(ROOT, named(STACKS[topology], name, bucket)), name)))
        for name, bucket in (("blue", "acme"), ("green", "globex"))
    )
    assert one & other == set()
    renamed = {claim.replace("blue", "green").replace("acme", "globex") for claim in one}
    assert {without_digest(claim) for claim in renamed} == {without_digest(claim) for claim in other}
