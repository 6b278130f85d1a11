"""Which pods hold a token of the Kubernetes API: a stolen one may do what its ServiceAccount may."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tools.render import ReleaseSummary, Rendering

from .finding import Finding
from .pods import Pod, pods_of

FIELD = "automountServiceAccountToken"


@dataclass(frozen=True)
class Need:
    """Why pods of a chart hold a token."""

    chart: str
    container: str
    """Beginning of the name of the container that it is for."""
    why: str
    version: str = ""
    """Beginning of the versions of the chart that it holds for."""
    beside: str = ""
    """Beginning of the name of a container that some pod of the release must have."""


NEEDS = (
    Need("alloy", "alloy", "watches pods, and reads their logs where it does not read files"),
    Need("opentelemetry-collector", "opentelemetry-collector", "watches pods, or the events of the cluster"),
    Need("kube-prometheus-stack", "prometheus", "finds out what to scrape"),
    Need("kube-prometheus-stack", "kube-prometheus-stack", "the operator makes pods of custom resources"),
    Need("kube-prometheus-stack", "kube-state-metrics", "reads the objects of the cluster"),
    Need("loki", "loki-sc-rules", "gathers ConfigMaps with rules"),
    Need("loki", "", "the chart has one switch for all its pods", version="6.", beside="loki-sc-rules"),
    Need("loki", "rollout-operator", "restarts ingesters zone by zone"),
    Need("grafana", "grafana-sc-", "gathers ConfigMaps with datasources and dashboards"),
    Need("minio", "minio", "the chart has no value that leaves it out; the account has no rights"),
    Need("seaweedfs", "post-install-job", "the chart has no value that leaves it out; the account has no rights"),
)
"""Every reason that there is."""


def no_pod_holds_a_token_without_a_reason(rendering: Rendering) -> Iterator[Finding]:
    """A pod that never asks the Kubernetes API has no token for it; stand-in charts are not checked."""
    accounts = {
        (item.namespace, item.name): item.manifest for item in rendering.objects if item.kind == "ServiceAccount"
    }
    releases = {f"release {release}": release for release in rendering.releases}
    containers: dict[str, set[str]] = {}
    for pod in pods_of(rendering.objects):
        containers.setdefault(pod.owner.origin, set()).update(_containers(pod))
    for pod in pods_of(rendering.objects):
        release = releases.get(pod.owner.origin)
        if (release is not None and release.stand_in) or not _mounts(pod, accounts):
            continue
        there = containers[pod.owner.origin]
        if release is None or not any(_meets(need, release, pod, there) for need in NEEDS):
            message = f"holds a token of the Kubernetes API without a reason; set {FIELD} to false"
            yield Finding(pod.reference(), message)


def _mounts(pod: Pod, accounts: Mapping[tuple[str, str], Mapping[str, Any]]) -> bool:
    account = accounts.get((pod.owner.namespace, pod.spec.get("serviceAccountName") or "default"), {})
    of_pod = pod.spec.get(FIELD)
    return (account.get(FIELD) if of_pod is None else of_pod) is not False


def _meets(need: Need, release: ReleaseSummary, pod: Pod, there: Collection[str]) -> bool:
    return (
        need.chart == release.chart
        and release.version.startswith(need.version)
        and any(name.startswith(need.container) for name in _containers(pod))
        and any(name.startswith(need.beside) for name in there)
    )


def _containers(pod: Pod) -> list[str]:
    return [str(container["name"]) for container in pod.containers]
