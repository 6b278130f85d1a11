"""Lines of containers and of OTLP, as Loki has them: their labels, their metadata and what became of their text."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.e2e.collection.agent import EXCLUDED_NAMESPACE, JAVA_NAMESPACE, TEAM_NAMESPACE, Agent
from tests.e2e.collection.node import Container, Runtime
from tests.e2e.collection.reading import Reader
from tests.e2e.collection.sending import Sender
from tests.e2e.collection.stack import CLUSTER, EXTRA_LABELS, NODE
from tools.local_collector import OTLP_HTTP

pytestmark = pytest.mark.e2e

TRACE = bytes(range(1, 17))
STACK_TRACE = (
    "Exception in thread main",
    "    at org.example.Shop.order(Shop.java:17)",
    "    at org.example.Shop.main(Shop.java:4)",
)


def policy_labels(container: Container, app: str) -> dict[str, str]:
    """Return the index labels of all lines of a container."""
    return {
        "namespace": container.namespace,
        "pod": container.pod,
        "container": container.name,
        "app": app,
        "job": f"{container.namespace}/{container.name}",
        "node_name": NODE,
        "pod_ip": container.address,
        "cluster": CLUSTER,
        **EXTRA_LABELS,
        "service_name": app,
    }


@pytest.fixture
def sender(agent: Agent) -> Iterator[Sender]:
    """A program in a pod that sends OTLP to the agent of its node."""
    pod = agent.run_pod("shop", "sender", labels={"app": "orders"})
    sender = Sender(agent.collector.address(OTLP_HTTP), {"k8s.pod.uid": pod.uid, "k8s.container.name": "main"})
    yield sender
    sender.close()


@pytest.mark.parametrize("runtime", Runtime)
def test_lines_of_a_container_have_the_labels_of_the_policy(runtime: Runtime, agent: Agent, logs: Reader) -> None:
    container = agent.run_pod("shop", f"web-{runtime.value}", labels={"app.kubernetes.io/name": "web"})
    log = agent.log_of(container, runtime)
    log.write("level=info first", "level=warning second")
    log.write("level=error third", stream="stderr")
    found = logs.wait_for(f'{{pod="{container.pod}"}}', 3)
    labels = {**policy_labels(container, "web"), "container_runtime": runtime.value}
    assert [(entry.text, dict(entry.labels)) for entry in found] == [
        ("level=info first", {**labels, "stream": "stdout", "level": "info"}),
        ("level=warning second", {**labels, "stream": "stdout", "level": "warn"}),
        ("level=error third", {**labels, "stream": "stderr", "level": "error"}),
    ]


@pytest.mark.parametrize(
    ("name", "labels", "app"),
    [
        ("by-app", {"app": "cart", "k8s-app": "other"}, "cart"),
        ("by-k8s-app", {"k8s-app": "kube-dns"}, "kube-dns"),
        ("without", {}, None),
    ],
)
def test_the_service_is_always_named(
    name: str, labels: dict[str, str], app: str | None, agent: Agent, logs: Reader
) -> None:
    container = agent.run_pod("shop", name, labels=labels)
    agent.log_of(container).write("ready")
    (found,) = logs.wait_for(f'{{pod="{name}"}}', 1)
    assert found.labels.get("app") == app
    assert found.labels["service_name"] == (app or container.name)


@pytest.mark.parametrize("runtime", Runtime)
def test_the_parts_of_a_line_are_joined(runtime: Runtime, agent: Agent, logs: Reader) -> None:
    container = agent.run_pod("shop", f"long-{runtime.value}")
    log = agent.log_of(container, runtime)
    long = f"begin {'x' * 40_000} end"
    log.write(long, partial=True)
    log.write_in_turn({"stdout": "of output " * 1000, "stderr": "of errors " * 1000})
    found = logs.wait_for(f'{{pod="{container.pod}"}}', 3)
    assert [(entry.labels["stream"], entry.text) for entry in found] == [
        ("stdout", long),
        ("stdout", "of output " * 1000),
        ("stderr", "of errors " * 1000),
    ]


@pytest.mark.parametrize("runtime", Runtime)
def test_the_lines_of_an_entry_are_joined_for_each_stream(runtime: Runtime, agent: Agent, logs: Reader) -> None:
    container = agent.run_pod(JAVA_NAMESPACE, f"java-{runtime.value}")
    log = agent.log_of(container, runtime)
    for line in STACK_TRACE:
        log.write(line, stream="stderr")
        log.write(f"served {line[-4:]}")
    log.write("ERROR after", stream="stderr")
    served = [f"served {line[-4:]}" for line in STACK_TRACE]
    found = logs.wait_for(f'{{pod="{container.pod}"}}', len(served) + 2)
    by_stream = {
        stream: [entry.text for entry in found if entry.labels["stream"] == stream] for stream in ("stdout", "stderr")
    }
    assert by_stream == {"stdout": served, "stderr": ["\n".join(STACK_TRACE), "ERROR after"]}


def test_fields_of_json_are_labels_and_metadata(agent: Agent, logs: Reader) -> None:
    container = agent.run_pod("shop", "json")
    fields = {"severity": "ERROR", "team": "payments", "trace_id": TRACE.hex(), "order": "A-17"}
    line = json.dumps({"message": "payment failed", **fields})
    agent.log_of(container).write(line, json.dumps({"level": "debug", "message": "retry"}), '{"cut off')
    failed, retried, cut = logs.wait_for('{pod="json"}', 3)
    assert failed.text == line
    assert failed.labels["team"] == "payments" and "team" not in retried.labels
    assert failed.labels["level"] == "error" and retried.labels["level"] == "debug"
    assert failed.metadata.items() >= {"trace_id": TRACE.hex(), "order": "A-17"}.items()
    assert not {"trace_id", "order"} & {*failed.labels, *retried.labels, *retried.metadata, *cut.metadata}
    assert cut.text == '{"cut off'


def test_noise_is_left_out_and_secrets_are_replaced(agent: Agent, logs: Reader, sender: Sender) -> None:
    container = agent.run_pod("shop", "noisy")
    lines = (
        "GET /health 200",
        "mail to jane.doe@example.org about C-12345678",
        "card 4111 1111 1111 1111 of C-1234567",
        "GET /orders 200",
    )
    agent.log_of(container).write(*lines)
    sender.log(*lines)
    expected = ["mail to [email] about [customer]", "card [credit_card] of C-1234567", "GET /orders 200"]
    for pod in ("noisy", "sender"):
        assert [entry.text for entry in logs.wait_for(f'{{pod="{pod}"}}', 3)] == expected


def test_pods_are_left_out_by_namespace_and_by_annotation(agent: Agent, logs: Reader) -> None:
    left_out = [
        agent.run_pod(EXCLUDED_NAMESPACE, "excluded"),
        agent.run_pod("shop", "annotated", annotations={"observability/logs": "false"}),
    ]
    read = agent.run_pod("shop", "read", annotations={"observability/logs": "true"})
    for container in (*left_out, read):
        agent.log_of(container).write("line")
    agent.log_of(read).write("later")
    logs.wait_for('{pod="read"}', 2)
    assert logs.entries('{pod=~"excluded|annotated"}') == []


def test_lines_of_a_namespace_belong_to_its_tenant(agent: Agent, logs: Reader, team_logs: Reader) -> None:
    for namespace in (TEAM_NAMESPACE, "shop"):
        agent.log_of(agent.run_pod(namespace, "tenant")).write(f"of {namespace}")
    assert [entry.text for entry in team_logs.wait_for('{pod="tenant"}', 1)] == [f"of {TEAM_NAMESPACE}"]
    assert [entry.text for entry in logs.wait_for('{pod="tenant"}', 1)] == ["of shop"]


def test_lines_by_otlp_have_the_labels_of_the_pod_that_sends_them(agent: Agent, logs: Reader) -> None:
    container = agent.run_pod("shop", "instrumented", labels={"app": "orders"})
    resource = {"k8s.pod.uid": container.uid, "k8s.container.name": "main", "service.instance.id": "17"}
    for service in ({}, {"service.name": "checkout"}):
        sender = Sender(agent.collector.address(OTLP_HTTP), resource | service)
        sender.log(f"order of {service}", severity="ERROR", trace=TRACE, attributes={"order": "A-17"})
        sender.close()
    by_pod, named = logs.wait_for('{pod="instrumented"}', 2)
    labels = {**policy_labels(container, "orders"), "level": "error"}
    assert by_pod.labels == labels
    assert named.labels == {**labels, "service_name": "checkout"}
    assert by_pod.metadata.items() >= {"trace_id": TRACE.hex(), "order": "A-17", "service_instance_id": "17"}.items()
    assert by_pod.metadata["k8s_pod_uid"] == container.uid
