"""What the tests with real Collectors share: the API server, Loki, Prometheus, and the agent of a node."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.handle import Sandbox
from tests.e2e.collection.agent import Agent, index_labels, start_agent
from tests.e2e.collection.reading import Reader
from tests.e2e.collection.sink import TraceSink, trace_sink
from tests.e2e.collection.stack import NAMESPACE, OPERATIONS, TEAM, LokiPod
from tests.e2e.loki.configuration import Renderer
from tests.e2e.metrics.cluster import Cluster
from tests.e2e.metrics.programs import Programs, command


@pytest.fixture(scope="package")
def cluster(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Cluster:
    """The API server, which knows the pods of the node."""
    return Cluster(sandbox, tmp_path_factory.mktemp("cluster"), NAMESPACE)


@pytest.fixture(scope="package")
def loki_pod(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LokiPod]:
    """Loki with two tenants."""
    renderer = Renderer(tmp_path_factory.mktemp("charts"))
    pod = LokiPod(command("loki"), renderer, tmp_path_factory.mktemp("loki"), index_labels())
    try:
        yield pod
    finally:
        pod.kill()


@pytest.fixture(scope="package")
def logs(loki_pod: LokiPod) -> Iterator[Reader]:
    """The logs of the tenant that everything belongs to where nothing else is said."""
    reader = Reader(loki_pod.address, OPERATIONS)
    yield reader
    reader.close()


@pytest.fixture(scope="package")
def team_logs(loki_pod: LokiPod) -> Iterator[Reader]:
    """The logs of the tenant of one namespace."""
    reader = Reader(loki_pod.address, TEAM)
    yield reader
    reader.close()


@pytest.fixture(scope="package")
def agent(cluster: Cluster, loki_pod: LokiPod, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    """The Collector of a node that reads the files of its pods and receives OTLP."""
    programs = Programs(tmp_path_factory.mktemp("agent"))
    try:
        yield start_agent(cluster, loki_pod, programs)
    finally:
        programs.end()


@pytest.fixture(scope="module")
def module_programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Programs]:
    """Starts programs, which end with the tests of a module."""
    started = Programs(tmp_path_factory.mktemp("programs"))
    try:
        yield started
    finally:
        started.end()


@pytest.fixture(scope="module")
def sinks() -> Iterator[list[TraceSink]]:
    """Two stores of traces."""
    with trace_sink() as first, trace_sink() as second:
        yield [first, second]
