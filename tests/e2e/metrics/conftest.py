"""What the tests with real programs of metrics share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from sandbox import controlplane
from sandbox.crds import DEFINITIONS_VARIABLE
from sandbox.documents import DUMPER
from tests.e2e.metrics.cluster import Cluster
from tests.e2e.metrics.programs import Programs
from tests.e2e.metrics.releases import DEFINITIONS, STACK, Renderer
from tests.e2e.metrics.workloads import Objects


@pytest.fixture(scope="session")
def renderer(tmp_path_factory: pytest.TempPathFactory) -> Renderer:
    """Renders releases with the charts at hand."""
    return Renderer(tmp_path_factory.mktemp("charts"))


@pytest.fixture(scope="session")
def rendered(renderer: Renderer) -> Objects:
    """The objects of the stack's metrics."""
    return renderer(STACK)


@pytest.fixture(scope="session")
def cluster(renderer: Renderer, rendered: Objects, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A control plane of its own, with the published definitions and the objects of the stack's metrics."""
    definitions, directory = tmp_path_factory.mktemp("definitions"), tmp_path_factory.mktemp("cluster")
    for manifest in renderer(DEFINITIONS).manifests:
        (definitions / f"{manifest['metadata']['name']}.yaml").write_text(yaml.dump(manifest, Dumper=DUMPER))
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(DEFINITIONS_VARIABLE, str(definitions))
            sandbox = controlplane.up(directory)
        cluster = Cluster(sandbox, directory)
        cluster.apply(rendered.manifests)
        yield cluster
    finally:
        controlplane.down(directory)


@pytest.fixture(scope="module")
def module_programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Programs]:
    """Starts programs, which end with the tests of a module."""
    started = Programs(tmp_path_factory.mktemp("programs"))
    try:
        yield started
    finally:
        started.end()


@pytest.fixture
def programs(tmp_path: Path) -> Iterator[Programs]:
    """Starts programs, which end with the test."""
    started = Programs(tmp_path)
    try:
        yield started
    finally:
        started.end()
