"""Events of Kubernetes: each is stored once, by the one of two readers that holds the lease."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from components._collector_roles import Role
from components.telemetry import TelemetryArgs
from tests.e2e.collection.agent import to_loki
from tests.e2e.collection.collectors import Collector
from tests.e2e.collection.reading import Entry, Reader
from tests.e2e.collection.rendered import Rendered
from tests.e2e.collection.stack import CLUSTER, EXTRA_LABELS, NAMESPACE, NODE, LokiPod
from tests.e2e.metrics.cluster import Cluster
from tests.e2e.metrics.programs import Programs
from tests.e2e.metrics.workloads import Object

pytestmark = pytest.mark.e2e

SHOP, QUIET = "events-shop", "events-quiet"
JOB = "kubernetes-events"
EVENTS = f'{{job="{JOB}", namespace="{SHOP}"}}'
LEASE = f"/apis/coordination.k8s.io/v1/namespaces/{NAMESPACE}/leases"
ACCEPTED = "otelcol_receiver_accepted_log_records"
LATER = ("meanwhile", "afterwards")


def telemetry_args(loki: str) -> TelemetryArgs:
    """Return the arguments of a reader of events alone."""
    return {
        **to_loki(loki),
        "sources": {"events": {"kind": "events", "exclude_namespaces": [QUIET]}},
        "pipelines": {"events": {"signal": "logs", "sources": ["events"], "processors": ["level"]}},
    }


@dataclass(frozen=True)
class Readers:
    """Two pods of the reader of events: during an update, or where one is on a node that is cut off."""

    cluster: Cluster
    pods: Sequence[Collector]
    lease: str

    def holder(self) -> str:
        """Return who holds the lease; empty where nobody does."""
        found = self.cluster.find(self.lease)
        return str(found["spec"].get("holderIdentity", "")) if found else ""

    def reading(self) -> list[Collector]:
        """Return the pods that have read an event since they were started."""
        return [pod for pod in self.pods if pod.program.process.is_running() and pod.metrics().total(ACCEPTED)]


@pytest.fixture(scope="module")
def readers(cluster: Cluster, loki_pod: LokiPod, module_programs: Programs) -> Iterator[Readers]:
    rendered = Rendered(telemetry_args(loki_pod.address))
    cluster.apply(rendered.access)
    account = rendered.name(Role.SINGLETON)
    environment = {"KUBECONFIG": str(cluster.kubeconfig(account)), "OTEL_K8S_POD_NAME": account}
    pods = [
        Collector(name, rendered, Role.SINGLETON, module_programs, environment=environment)
        for name in ("events-a", "events-b")
    ]
    yield Readers(cluster, pods, f"{LEASE}/{account}")


def event(namespace: str, name: str, seconds: int, *, kind: str = "Warning", note: str = "") -> Object:
    """Return an event as the kubelet reports it."""
    seen = (datetime.now(UTC) - timedelta(minutes=1) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"namespace": namespace, "name": name},
        "involvedObject": {"apiVersion": "v1", "kind": "Pod", "namespace": namespace, "name": "api"},
        "type": kind,
        "reason": "BackOff",
        "message": note or f"Back-off restarting {name}",
        "source": {"component": "kubelet", "host": NODE},
        "firstTimestamp": seen,
        "lastTimestamp": seen,
        "count": 1,
    }


def messages(entries: Sequence[Entry]) -> list[str]:
    return sorted(json.loads(entry.text)["msg"] for entry in entries)


@pytest.fixture(scope="module")
def stored(readers: Readers, logs: Reader) -> list[Entry]:
    """What Loki has of three events, one of which is of a namespace that is left out."""
    events = [
        event(SHOP, "first", 0),
        event(SHOP, "second", 1, kind="Normal", note="Pulled the image"),
        event(QUIET, "left-out", 2),
    ]
    readers.cluster.apply(events)
    return logs.wait_for(EVENTS, 2)


def test_events_have_the_labels_of_the_policy(stored: list[Entry]) -> None:
    assert messages(stored) == ["Back-off restarting first", "Pulled the image"]
    of_all = {"cluster": CLUSTER, **EXTRA_LABELS, "job": JOB, "service_name": JOB, "namespace": SHOP}
    assert [entry.labels for entry in stored] == [{**of_all, "level": "warn"}, {**of_all, "level": "info"}]
    warning = json.loads(stored[0].text)
    assert warning | {"kind": "Pod", "name": "api", "reason": "BackOff", "sourcehost": NODE, "count": 1} == warning


def test_one_of_two_readers_holds_the_lease(readers: Readers, stored: list[Entry], logs: Reader) -> None:
    assert len(readers.reading()) == 1
    # The events of other tests are there as well, and the left out one, which a processor drops.
    assert readers.reading()[0].metrics().total(ACCEPTED) >= len(stored)
    assert logs.count(EVENTS) == len(stored)


def test_the_other_reader_goes_on_after_a_kill_and_nothing_is_stored_twice(
    readers: Readers, stored: list[Entry], logs: Reader
) -> None:
    (killed,) = readers.reading()
    (other,) = (pod for pod in readers.pods if pod is not killed)
    holder = readers.holder()
    killed.kill()
    readers.cluster.apply([event(SHOP, "meanwhile", 3)])
    logs.wait_for(EVENTS, len(stored) + 1)
    assert readers.holder() != holder
    killed.restart()
    readers.cluster.apply([event(SHOP, "afterwards", 4)])
    found = logs.wait_for(EVENTS, len(stored) + 2)
    assert readers.reading() == [other], "the pod that was killed waits for the lease"
    assert messages(found) == sorted([*messages(stored), *(f"Back-off restarting {name}" for name in LATER)])
    assert logs.count(EVENTS) == len(found), "the other reader has sent again what Kubernetes had"
