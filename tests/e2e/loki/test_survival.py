"""A monolithic Loki as `dev` configures it, on the stand-in of S3: what comes back after it was lost."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox import aws
from tests.checkout import ROOT
from tests.e2e import valkey
from tests.e2e.loki.configuration import Renderer, release_of_clean_clone, release_of_stack
from tests.e2e.loki.machine import Ports, on_this_machine
from tests.e2e.loki.process import Line, Loki
from tests.e2e.s3 import s3_client, s3_server
from tests.e2e.valkey import Valkey

pytestmark = pytest.mark.e2e

MINUTE = 60 * 10**9
BUCKET, PREFIX, REGION = "logs-of-dev", "survival", "us-east-1"
CHUNKS, RESULTS = 0, 1
"""The databases of the cache that a stack uses."""
PASSWORD = "of-the-cache"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": aws.FAKE_KEY,
    "AWS_SECRET_ACCESS_KEY": aws.FAKE_KEY,
    "AWS_EC2_METADATA_DISABLED": "true",
    "CACHE_PASSWORD": PASSWORD,
}
"""What the pod has from its Secrets, and nothing of this machine's."""


@dataclass
class Lines:
    """Lines of one test, apart from those of others by the label `run`; a batch follows the one before."""

    run: str
    begin: int = field(default_factory=lambda: (time.time_ns() // MINUTE - 90) * MINUTE)
    made: int = 0

    @property
    def selector(self) -> str:
        return f'{{run="{self.run}"}}'

    def batch(self, count: int = 90) -> list[Line]:
        """Return lines of three streams, half a second apart."""
        numbers = range(self.made, self.made + count)
        self.made += count
        return [Line(self.begin + number * MINUTE // 120, f"s{number % 3}", f"line {number}") for number in numbers]

    @property
    def span(self) -> tuple[int, int]:
        return self.begin, self.begin + 10 * MINUTE


class Pod:
    """Starts Lokis from fresh renderings of the stack, each on the volume that it is given."""

    def __init__(self, renderer: Renderer, loki: str, endpoint: str, cache: Valkey) -> None:
        self._renderer = renderer
        self._loki = loki
        self._endpoint = endpoint
        self._cache = cache
        self._running: Loki | None = None

    def started(self, machine: Path, clone: Path | None = None) -> Loki:
        """Render the stack, by the program of a clean `clone` where one is to be made, and start its Loki.

        The cache is empty then, and the Loki before must have ended.
        """
        self._cache.databases.clear()
        stack = _dev_on(self._endpoint)
        rendered = self._renderer(release_of_clean_clone(stack, clone) if clone else release_of_stack(stack))
        ports = Ports.free()
        configuration = on_this_machine(rendered, ports, machine, self._cache.address)
        self._running = Loki(self._loki, configuration, ports, machine, ENVIRONMENT)
        return self._running

    def end(self) -> None:
        """Leave nothing running."""
        if self._running:
            self._running.kill()


def _dev_on(endpoint: str) -> Mapping[str, Any]:
    dev = yaml.safe_load((ROOT / "Pulumi.dev.yaml").read_text())["config"]
    store = {
        "kind": "external",
        "endpoint": endpoint,
        "shared_bucket": BUCKET,
        "prefixes": {"logs": PREFIX, "traces": "traces"},
        "credentials": {"logs": "loki-s3", "traces": "tempo-s3"},
    }
    return {**dev, "observability:storage": store, "observability:caching": {"kind": "valkey"}}


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The stand-in of S3, with the bucket that the stack expects."""
    with s3_server(tmp_path_factory.mktemp("aws")) as address:
        s3_client(address, REGION).create_bucket(Bucket=BUCKET)
        yield address


@pytest.fixture
def cache() -> Iterator[Valkey]:
    """An empty cache."""
    with valkey.serving(PASSWORD) as server:
        yield server


@pytest.fixture
def pod(renderer: Renderer, loki: str, endpoint: str, cache: Valkey) -> Iterator[Pod]:
    pod = Pod(renderer, loki, endpoint, cache)
    yield pod
    pod.end()


def test_every_flushed_line_comes_back_once_from_the_bucket_alone(pod: Pod, endpoint: str, tmp_path: Path) -> None:
    lines = Lines("lost-disk")
    first = pod.started(tmp_path / "first")
    flushed = lines.batch()
    first.push(flushed, {"run": lines.run})
    first.flush()
    flushed += (more := lines.batch())
    first.push(more, {"run": lines.run})
    first.flush_and_end()
    shutil.rmtree(tmp_path / "first")

    second = pod.started(tmp_path / "second", clone=tmp_path / "clone")
    assert second.lines(lines.selector, *lines.span) == Counter(flushed)
    second.push(lost := lines.batch(), {"run": lines.run})
    assert second.lines(lines.selector, *lines.span) == Counter([*flushed, *lost])
    second.kill()
    shutil.rmtree(tmp_path / "second")

    third = pod.started(tmp_path / "third")
    assert third.lines(lines.selector, *lines.span) == Counter(flushed), "what was not flushed goes with the disk"
    assert third.count(lines.selector, *lines.span) == len(flushed)
    objects = s3_client(endpoint, REGION).list_objects_v2(Bucket=BUCKET)["Contents"]
    assert {key["Key"].partition("/")[0] for key in objects} == {PREFIX}


def test_every_line_comes_back_once_from_the_log_on_a_disk_that_is_kept(pod: Pod, tmp_path: Path) -> None:
    lines = Lines("kept-disk")
    first = pod.started(tmp_path)
    taken = lines.batch()
    first.push(taken, {"run": lines.run})
    first.flush()
    taken += (unflushed := lines.batch())
    first.push(unflushed, {"run": lines.run})
    first.kill()

    second = pod.started(tmp_path)
    assert second.lines(lines.selector, *lines.span) == Counter(taken)


def test_the_same_query_a_second_time_is_answered_by_the_cache(pod: Pod, cache: Valkey, tmp_path: Path) -> None:
    lines = Lines("cached")
    first = pod.started(tmp_path / "first")
    first.push(flushed := lines.batch(), {"run": lines.run})
    first.end()

    second = pod.started(tmp_path / "second")
    for _ in range(2):
        before = [second.metric("loki_cache_hits", name) for name in ("chunksredis", "frontend.redis")]
        assert second.lines(lines.selector, *lines.span) == Counter(flushed)
        assert second.count(lines.selector, *lines.span) == len(flushed)
        second.wait_until(lambda: bool(cache.databases[CHUNKS] and cache.databases[RESULTS]), "entries in the cache")
        after = [second.metric("loki_cache_hits", name) for name in ("chunksredis", "frontend.redis")]
    assert all(now > earlier for earlier, now in zip(before, after, strict=True))
    assert cache.unknown == 0
    assert PASSWORD not in (tmp_path / "second" / "config.yaml").read_text()
