"""What objects use of Kubernetes, by the version that has it."""

from typing import Any

import pytest

from tools.contract.kubernetes_versions import FEATURES, minor_version, missing_features
from tools.render import RenderedObject


def item(kind: str, spec: dict[str, Any]) -> RenderedObject:
    version = {"Service": "v1", "PodDisruptionBudget": "policy/v1", "Job": "batch/v1", "CronJob": "batch/v1"}
    return RenderedObject(
        {
            "apiVersion": version.get(kind, "apps/v1"),
            "kind": kind,
            "metadata": {"name": "a", "namespace": "n"},
            "spec": spec,
        },
        "release n/r",
    )


def workload(kind: str, pod: dict[str, Any], **spec: Any) -> RenderedObject:
    template = {"template": {"spec": pod}}
    return item(kind, {"jobTemplate": {"spec": template}} if kind == "CronJob" else {**template, **spec})


CONSTRAINT = {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway"}


@pytest.mark.parametrize(
    ("found", "since", "words"),
    [
        (workload("Deployment", {"initContainers": [{"restartPolicy": "Always"}]}), 29, "a sidecar that starts first"),
        (workload("CronJob", {"initContainers": [{}, {"restartPolicy": "Always"}]}), 29, "a sidecar"),
        (workload("DaemonSet", {"volumes": [{"image": {"reference": "a"}}]}), 35, "an image as a volume"),
        (workload("StatefulSet", {"topologySpreadConstraints": [{**CONSTRAINT, "minDomains": 2}]}), 27, "minDomains"),
        (workload("Job", {}, podFailurePolicy={"rules": []}), 26, "podFailurePolicy"),
        (workload("StatefulSet", {}, persistentVolumeClaimRetentionPolicy={"whenDeleted": "Delete"}), 27, "claims"),
        (item("PodDisruptionBudget", {"unhealthyPodEvictionPolicy": "AlwaysAllow"}), 27, "unhealthyPodEvictionPolicy"),
        (item("ValidatingAdmissionPolicy", {"validations": []}), 30, "an admission policy"),
        (item("Service", {"trafficDistribution": "PreferClose"}), 31, "trafficDistribution"),
    ],
)
def test_a_feature_is_missing_below_the_version_that_has_it(found: RenderedObject, since: int, words: str) -> None:
    assert list(missing_features([found], f"1.{since}")) == []
    (finding,) = missing_features([found], f"v1.{since - 1}.4-eks-1")
    assert words in finding.message and f"requires Kubernetes 1.{since}, not 1.{since - 1}" in finding.message


def test_what_every_version_has_is_not_missing() -> None:
    plain = {
        "initContainers": [{"name": "a"}],
        "volumes": [{"emptyDir": {}}],
        "topologySpreadConstraints": [CONSTRAINT],
    }
    assert list(missing_features([workload("Deployment", plain), item("Service", {"type": "ClusterIP"})], "1.25")) == []
    # A DaemonSet may have several unavailable pods in every version.
    strategy = {"rollingUpdate": {"maxUnavailable": "10%"}}
    assert list(missing_features([workload("DaemonSet", {}, updateStrategy=strategy)], "1.25")) == []


@pytest.mark.parametrize("version", ["1.28", "v1.28.5", "v1.28.5-eks-43840fb", "1.28.2+k3s1"])
def test_the_minor_version_is_that_of_any_build(version: str) -> None:
    assert minor_version(version) == "1.28"


def test_every_feature_has_a_version_that_some_cluster_lacks() -> None:
    assert all(25 < feature.since < 40 for feature in FEATURES)
