"""The dead man's switch, and the cluster that is down: what is left when all else is silent.

Sources of the inhibitions that the documents have: `ClusterDown` mutes warnings of its cluster, `NodeDown` (in `nodes`)
all of its instance, and a critical alert the warning of the same name and service.
"""

from ..rules import Severity
from ..runbooks import Query, Runbook
from ..shapes import Below, DeadMansSwitch, Signal, Unit, selector
from .model import PLATFORM, Topic

_API_SERVER = {"job": "apiserver"}

WATCHDOG = Topic(
    "watchdog",
    "The dead man's switch",
    alert_group="watchdog",
    alerts=[
        DeadMansSwitch(
            name="Watchdog",
            owner=PLATFORM,
            summary="Alerting works",
            description="It always fires. A receiver that no longer gets it must raise the alarm.",
            runbook=Runbook(
                meaning=(
                    "It always fires, and is sent again and again to a receiver outside the cluster. Where it stays "
                    "away, Prometheus, Alertmanager or the way to the receiver is down, and no other alert arrives."
                ),
                diagnose=[
                    "`kubectl -n <namespace> get pods`: Prometheus and Alertmanager.",
                    Query(
                        "Whether Prometheus reaches Alertmanager", "prometheus_notifications_alertmanagers_discovered"
                    ),
                    Query("Whether Alertmanager reaches receivers", "alertmanager_notifications_failed_total"),
                    "`amtool alert query alertname=Watchdog --alertmanager.url=http://<alertmanager>:9093`.",
                ],
                resolve=[
                    "If Prometheus is down: its volume may be full, or its memory too small.",
                    "If Alertmanager is down: read its log for a configuration that it refuses.",
                    "If both run: check the address and the secret of the receiver, and egress from the cluster.",
                ],
                escalate="The platform team, at once: until it is back, look at dashboards.",
            ),
        )
    ],
)

CLUSTER = Topic(
    "cluster",
    "The cluster as a whole",
    producers=frozenset({"kube-apiserver"}),
    alert_group="cluster_alerts",
    alerts=[
        Below(
            name="ClusterDown",
            severity=Severity.CRITICAL,
            pending="5m",
            owner=PLATFORM,
            summary="No API server answers",
            description="No API server of the cluster has answered Prometheus for 5 minutes.",
            impact="Nothing can be deployed, scaled or moved, and failed pods are not replaced.",
            symptom="Running services go on; whatever fails now stays failed, and `kubectl` gets no answer.",
            dashboard="cluster",
            signal=Signal(
                f"max by (job) ({selector('up', _API_SERVER)})",
                Unit.NUMBER,
                _API_SERVER,
                lambda value, minutes: {
                    selector("up", {**_API_SERVER, "instance": "10.0.0.1:6443"}): f"0x{minutes}",
                    selector("up", {**_API_SERVER, "instance": "10.0.0.2:6443"}): f"{value:g}x{minutes}",
                },
            ),
            threshold=1,
            runbook=Runbook(
                meaning=(
                    "Prometheus can scrape none of the API servers that it knows. The alert mutes the warnings of the "
                    "cluster, as most of them follow from it."
                ),
                diagnose=[
                    "`kubectl get --raw /readyz?verbose` from outside the cluster.",
                    Query("Whether nodes are reachable at all", 'up{job="kubelet"}'),
                    "The control plane in the console of the cloud, or on its nodes `crictl ps` and the logs of "
                    "kube-apiserver and etcd.",
                ],
                resolve=[
                    "If etcd has no quorum or no space: restore that first.",
                    "If certificates of the control plane have expired: `kubeadm certs renew all`.",
                    "If the network between nodes and control plane is down: repair the route or the firewall.",
                    "On a managed control plane: open a case with the provider.",
                ],
                escalate="The owners of the cluster, at once.",
            ),
        )
    ],
)
