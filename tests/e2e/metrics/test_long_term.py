"""A pair of the real Prometheus with the real Thanos on the stand-in of S3: what answers after years and losses."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from components._cache import PASSWORD_VARIABLE, Database
from tests.e2e import valkey
from tests.e2e.metrics.blocks import BLOCK, HOUR, copy_blocks, make_blocks
from tests.e2e.metrics.cluster import Cluster
from tests.e2e.metrics.operated import Operated, Replica, start_operator
from tests.e2e.metrics.programs import Program, Programs
from tests.e2e.metrics.pushing import push_remotely
from tests.e2e.metrics.stack import BUCKET, CLUSTER, NAMESPACE, PREFIX, REGION
from tests.e2e.metrics.thanos import IMAGE, Thanos
from tests.e2e.metrics.workloads import Objects, Pod
from tests.e2e.s3 import s3_client
from tests.e2e.valkey import Valkey

pytestmark = pytest.mark.e2e

DAY = 24 * HOUR
FORTNIGHT = 14 * DAY
"""The longest that a block of Thanos covers."""
MINUTE, FIVE_MINUTES = 60, 300
SERIES = "orders"
BEGIN = int((time.time() - DAY) // FORTNIGHT - 1) * FORTNIGHT
"""The begin of the last fortnight that was over a day ago, for the compactor; each day has a block in it."""
MISSED, BOTH = BEGIN + 3 * DAY + HOUR // 2, BEGIN + 10 * DAY + HOUR // 2
"""A time that one replica has missed, and one that both have seen."""
INDEX_HITS = "thanos_store_index_cache_hits_total"
STORES = {"sidecar": 2, "store": 1}


def _samples(days: range) -> Iterator[tuple[int, float]]:
    """Yield a sample each minute of the first two hours of days, whose value is the number of the day."""
    for day in days:
        yield from ((BEGIN + day * DAY + second, day) for second in range(0, BLOCK, MINUTE))


def _recent() -> Iterator[tuple[int, float]]:
    """Yield samples of the last blocks that a Prometheus may have written by now.

    The compactor leaves the last block alone, and compacts only what is before the one before it.
    """
    end = int(time.time()) // BLOCK * BLOCK - BLOCK
    yield from ((second, 99.0) for second in range(end - 2 * BLOCK, end, MINUTE))


@dataclass
class Bucket:
    """The bucket of the stack's metrics."""

    client: Any

    def metas(self) -> list[dict[str, Any]]:
        """Return what Thanos states of each block."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=f"{PREFIX}/")
        keys = [item["Key"] for page in pages for item in page.get("Contents", [])]
        return [json.loads(self._read(key)) for key in keys if key.endswith("/meta.json")]

    def _read(self, key: str) -> bytes:
        return bytes(self.client.get_object(Bucket=BUCKET, Key=key)["Body"].read())


@pytest.fixture(scope="module")
def bucket(store: str) -> Bucket:
    return Bucket(s3_client(store, REGION))


@pytest.fixture(scope="module")
def operated(cluster: Cluster, rendered: Objects, module_programs: Programs) -> Operated:
    """What the operator makes of the stack."""
    start_operator(rendered, cluster, module_programs)
    return Operated(rendered, cluster)


class Platform:
    """The pair with its sidecars, and Thanos; as one, they are started and killed."""

    def __init__(self, operated: Operated, rendered: Objects, cache: Valkey, directory: Path) -> None:
        self.cache = cache
        self._directory = directory
        self._programs = Programs(directory / "programs")
        self.labels = {"cluster": CLUSTER, "prometheus": f"{NAMESPACE}/{operated.name}"}
        self.replicas = [Replica(operated, number, {}, directory) for number in range(2)]
        sidecars = [replica.sidecar_address for replica in self.replicas]
        self._thanos = Thanos(rendered, operated.cluster, directory, cache.address, [(operated.workload, sidecars)])

    def upload(self, histories: Sequence[Sequence[Path]]) -> None:
        """Have the sidecar of each replica upload the blocks of its history, and end all."""
        for replica, blocks in zip(self.replicas, histories, strict=True):
            replica.start(self._programs)
            copy_blocks(blocks, replica.volume)
            sidecar = replica.start_sidecar(self._programs)
            sidecar.wait_until(partial(_uploaded, sidecar, len(blocks)), "the upload of the blocks")
        self.kill()

    def compact(self) -> None:
        """Have the compactor go through the bucket, and end it."""
        compactor = self._thanos.compact(self._programs)
        compactor.wait_until(partial(_has_downsampled_twice, compactor), "a block of one hour's resolution")
        self.kill()

    def start(self) -> None:
        """Start everything, on the volumes as they are."""
        self.pair = [replica.start(self._programs) for replica in self.replicas]
        for replica in self.replicas:
            replica.start_sidecar(self._programs)
        self._thanos.compact(self._programs)
        self.store = self._thanos.store_gateway(self._programs)
        self.query = self._thanos.query(self._programs)
        self.frontend = self._thanos.query_frontend(self._programs)
        self.query.wait_until(lambda: self.query.stores() == STORES, "the stores of the querier")

    def kill(self) -> None:
        """End everything at once."""
        self._programs.end()

    def lose_disks(self) -> None:
        """Remove every volume, and empty the cache."""
        shutil.rmtree(self._directory)
        self.cache.databases.clear()


def _uploaded(sidecar: Program, count: int) -> bool:
    return sidecar.metrics().total("thanos_shipper_uploads_total") == count


def _has_downsampled_twice(compactor: Program) -> bool:
    return compactor.metrics().total("thanos_compact_downsample_total", resolution="300000") > 0


@pytest.fixture(scope="module")
def platform(operated: Operated, rendered: Objects, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """The platform with a fortnight of samples in the bucket, of which one replica has missed the first week."""
    directory = tmp_path_factory.mktemp("platform")
    histories = [
        make_blocks(SERIES, [*_samples(days), *_recent()], directory / str(number))
        for number, days in enumerate((range(14), range(7, 14)))
    ]
    frontend = Pod(rendered.workload(IMAGE, "query-frontend"), operated.cluster, directory)
    with valkey.serving(frontend.environment()[PASSWORD_VARIABLE]) as cache:
        platform = Platform(operated, rendered, cache, directory / "pods")
        try:
            platform.upload(histories)
            platform.compact()
            platform.start()
            yield platform
        finally:
            platform.kill()


def test_the_bucket_has_each_replica_for_itself_in_every_resolution_that_its_history_is_long_enough_for(
    platform: Platform, bucket: Bucket
) -> None:
    found = {replica.name: set[int]() for replica in platform.replicas}
    for meta in bucket.metas():
        labels = meta["thanos"]["labels"]
        assert labels == {**platform.labels, "prometheus_replica": labels["prometheus_replica"]}
        found[labels["prometheus_replica"]].add(meta["thanos"]["downsample"]["resolution"] // 1000)
    whole, half = found.values()
    assert whole == {0, FIVE_MINUTES, HOUR}, "a fortnight is compacted into one block, which is long enough for all"
    assert half == {0, FIVE_MINUTES}, "an hour's resolution takes more than ten days in one block"


def test_samples_that_are_older_than_the_local_retention_answer_from_the_bucket(platform: Platform) -> None:
    for prometheus in platform.pair:
        assert prometheus.query(SERIES, time=MISSED) == [] and prometheus.query(SERIES, time=BOTH) == []
    for entrance in (platform.query, platform.frontend):
        assert [value for _, value in entrance.query(SERIES, time=MISSED)] == [3]
        assert [value for _, value in entrance.query(SERIES, time=BOTH)] == [10]


def test_two_replicas_are_one_series_until_they_are_asked_for_apart(platform: Platform) -> None:
    assert platform.query.query(SERIES, time=BOTH) == [({"__name__": SERIES, **platform.labels}, 10)]
    apart = platform.query.query(SERIES, time=BOTH, dedup="false")
    assert {labels["prometheus_replica"] for labels, _ in apart} == {replica.name for replica in platform.replicas}


def test_what_is_pushed_to_both_replicas_is_counted_once(platform: Platform, tmp_path: Path) -> None:
    for prometheus in platform.pair:
        push_remotely(prometheus.program.address, "pushed", 3, {"job": "tempo"}, tmp_path)
    platform.query.wait_until(lambda: len(platform.query.query("pushed", dedup="false")) == 2, "both samples")
    assert [value for _, value in platform.query.query("sum(pushed)")] == [3]


def test_a_query_over_years_may_ask_for_a_lower_resolution(platform: Platform) -> None:
    asked = {"time": MISSED + HOUR + MINUTE // 2}
    age = f"{asked['time']} - timestamp({SERIES})"
    ((_, exact),) = platform.query.query(age, **asked, max_source_resolution="0s")
    ((_, rough),) = platform.query.query(age, **asked, max_source_resolution="1h")
    assert exact < MINUTE < rough < HOUR
    ((_, value),) = platform.query.query(SERIES, **asked, max_source_resolution="1h")
    assert value == 3


def test_the_same_query_a_second_time_is_answered_by_the_cache(platform: Platform) -> None:
    asked = (SERIES, BEGIN + 5 * DAY, BEGIN + 5 * DAY + BLOCK - MINUTE, MINUTE)
    first = platform.frontend.query_range(*asked)
    (hits, queries), (series,) = _counts(platform), first
    assert [float(value) for _, value in series["values"]] == [5] * (BLOCK // MINUTE)
    platform.query.wait_until(lambda: platform.cache.databases[Database.THANOS], "an entry in the cache")
    assert platform.frontend.query_range(*asked) == first
    assert _counts(platform) == (hits + 1, queries)


def test_a_store_gateway_takes_what_it_has_read_of_an_index_from_the_cache(platform: Platform) -> None:
    before = platform.store.metrics().total(INDEX_HITS)

    def is_hit() -> bool:
        """Whether a query hits the cache, which an earlier one may still be writing to."""
        platform.query.query(SERIES, time=BOTH)
        return platform.store.metrics().total(INDEX_HITS) > before

    platform.store.wait_until(is_hit, "a hit of the index cache")


def test_old_samples_answer_again_after_everything_was_killed_and_every_disk_lost(platform: Platform) -> None:
    asked = (SERIES, BEGIN, BEGIN + FORTNIGHT, HOUR)
    before = platform.frontend.query_range(*asked)
    assert {float(value) for _, value in before[0]["values"]} == set(range(14))
    platform.kill()
    platform.lose_disks()
    platform.start()
    assert platform.frontend.query_range(*asked) == before


def _counts(platform: Platform) -> tuple[float, float]:
    """Return the hits of the frontend's cache, and the queries that reached the store gateway."""
    hits = platform.frontend.program.metrics().total("cortex_cache_hits_total", tripperware="query_range")
    return hits, platform.store.metrics().total("thanos_bucket_store_series_blocks_queried_count")
