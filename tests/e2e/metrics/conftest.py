"""What the tests with real programs of metrics share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.metrics import servers
from tests.e2e.metrics.cluster import Cluster, running
from tests.e2e.metrics.programs import Programs
from tests.e2e.metrics.servers import PAGES, Shop
from tests.e2e.metrics.stack import BUCKET, REGION, existing, render_stack, settings
from tests.e2e.metrics.workloads import Objects
from tests.e2e.s3 import s3_client, s3_server


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The stand-in of S3, with the bucket that the stack expects."""
    with s3_server(tmp_path_factory.mktemp("aws")) as endpoint:
        s3_client(endpoint, REGION).create_bucket(Bucket=BUCKET)
        yield endpoint


@pytest.fixture(scope="session")
def shop() -> Iterator[Shop]:
    """A site that is scraped and probed."""
    with servers.shop({"/": "", **PAGES}) as served:
        yield served


@pytest.fixture(scope="session")
def rendered(store: str, shop: Shop) -> Objects:
    """The objects of the stack's metrics."""
    return render_stack(settings(store, shop))


@pytest.fixture(scope="session")
def cluster(rendered: Objects, shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A control plane of its own, with the published definitions where they can be had and the stack's objects."""
    with running([*existing(shop), *rendered.manifests], tmp_path_factory.mktemp("cluster")) as cluster:
        yield cluster


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
