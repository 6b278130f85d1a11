"""The real receivers and rulers of Thanos, with the real memcached, on the stand-in of S3."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from components.alerting.rule_files import read_groups
from components.thanos.roles import ThanosRole
from components.thanos.spec import TENANT_LABEL
from sandbox.commands import HOST, free_ports
from tests.e2e import memcached
from tests.e2e.alerting.alertmanager import Alertmanager, running_alertmanager
from tests.e2e.memcached import Memcached
from tests.e2e.metrics.blocks import BLOCK, HOUR, copy_blocks, make_blocks
from tests.e2e.metrics.programs import Program, Programs
from tests.e2e.metrics.prometheus import Prometheus
from tests.e2e.metrics.pushing import push_remotely
from tests.e2e.metrics.servers import Shop
from tests.e2e.metrics.stack import BUCKET, CLUSTER, RECEIVED_PREFIX, REGION, existing, receiving_settings, render_stack
from tests.e2e.metrics.thanos import Thanos
from tests.e2e.metrics.workloads import Objects
from tests.e2e.s3 import s3_client
from tests.shop_alerting import QUEUE
from tools.deploy.live_rules import live_problems

pytestmark = pytest.mark.e2e

RECEIVE_PATH = "/api/v1/receive"
SENT = {"job": "tempo", "service_name": "checkout", "namespace": "shop", "pod": "checkout-0"}
RECEIVED = {**SENT, "cluster": CLUSTER, TENANT_LABEL: "default-tenant"}
RECORDED = "service:orders:sum"
ANNOTATIONS: Any = QUEUE["annotations"]
GROUPS = [
    {
        "name": "orders",
        "interval": "1s",
        "rules": [
            {"record": RECORDED, "expr": "sum by (service_name) (orders)"},
            {**QUEUE, "expr": f"{RECORDED} > 0", "for": "1s", "annotations": {**ANNOTATIONS, "description": "Many."}},
        ],
    }
]
HISTORY = "history"
BEGIN = int((time.time() - 6 * HOUR) // BLOCK) * BLOCK
"""The begin of a block that the rulers still keep on their volumes."""
INGESTORS, RULERS = 3, 2
STORES = {"store": 1, "rule": RULERS, "receive": INGESTORS}


class Platform:
    """Receivers, rulers and what queries need; as one, they are started and killed."""

    def __init__(self, rendered: Objects, shop: Shop, directory: Path, cache: str, alertmanager: str) -> None:
        self._directory = directory
        self._alertmanager = alertmanager
        self._programs = Programs(directory / "programs")
        self._thanos = Thanos(rendered, Objects([*rendered.manifests, *existing(shop)]), directory, cache)
        self.replicas = {
            "receive_replica": self._thanos.pods(ThanosRole.RECEIVE_INGESTOR),
            "rule_replica": self._thanos.pods(ThanosRole.RULE),
        }

    def start(self) -> None:
        """Start everything but the compactor, on the volumes as they are."""
        self.store = self._thanos.store_gateway(self._programs)
        self.ingestors = self._thanos.ingestors(self._programs)
        _, self.address = self._thanos.router(self._programs)
        self.query = self._thanos.query(self._programs)
        self.rulers = self._thanos.rulers(self._programs, self._alertmanager)
        self.frontend = self._thanos.query_frontend(self._programs)
        self.query.wait_until(lambda: self.query.stores() == STORES, "the stores of the querier")

    def compact(self) -> Program:
        """Start the compactor."""
        return self._thanos.compact(self._programs)

    def push(self, name: str, value: float) -> None:
        """Write one sample remotely, as Tempo and the collectors do."""
        push_remotely(self.address, name, value, SENT, self._directory, RECEIVE_PATH)

    def write_history(self, histories: Sequence[Sequence[Path]]) -> None:
        """Put blocks on the volume of each ruler."""
        for number, blocks in enumerate(histories):
            volume = self._thanos.volume(ThanosRole.RULE, number)
            volume.mkdir(parents=True)
            copy_blocks(blocks, volume)

    def kill(self) -> None:
        """End everything at once."""
        self._programs.end()

    def lose_disks(self) -> None:
        """Remove every volume."""
        shutil.rmtree(self._directory)
        self._directory.mkdir()


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Memcached | None]:
    """A memcached, none where this machine has none."""
    if not memcached.is_installed():
        yield None
        return
    with memcached.serving(tmp_path_factory.mktemp("memcached")) as running:
        yield running


@pytest.fixture(scope="module")
def alertmanager(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Alertmanager]:
    """An Alertmanager that keeps what it gets."""
    config = {"route": {"receiver": "none"}, "receivers": [{"name": "none"}]}
    with running_alertmanager(config, tmp_path_factory.mktemp("alertmanager")) as running:
        yield running


@pytest.fixture(scope="module")
def platform(
    store: str,
    shop: Shop,
    cache: Memcached | None,
    alertmanager: Alertmanager,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Platform]:
    """The platform, whose rulers have evaluated two hours of today already."""
    directory = tmp_path_factory.mktemp("receivers")
    rendered = render_stack(receiving_settings(store, shop, GROUPS))
    (closed,) = free_ports(1)
    address = cache.address if cache else f"{HOST}:{closed}"
    platform = Platform(rendered, shop, directory / "pods", address, urlsplit(alertmanager.url).netloc)
    history = [(second, 7.0) for second in range(BEGIN, BEGIN + BLOCK, 60)]
    platform.write_history([make_blocks(HISTORY, history, directory / str(number)) for number in range(RULERS)])
    try:
        platform.start()
        yield platform
    finally:
        platform.kill()


def test_what_is_pushed_is_in_every_ingestor_and_answers_once(platform: Platform) -> None:
    platform.push("orders", 3)
    assert platform.query.one("orders") == ({"__name__": "orders", **RECEIVED}, 3)
    replicas = platform.replicas["receive_replica"]
    platform.query.wait_until(lambda: _replicas(platform.query, "orders", "receive_replica") == replicas, "every copy")


def test_rules_are_evaluated_over_what_was_pushed_and_their_samples_answer_once(platform: Platform) -> None:
    expected = {"__name__": RECORDED, "cluster": CLUSTER, "service_name": "checkout"}
    assert platform.query.one(RECORDED) == (expected, 3)
    replicas = platform.replicas["rule_replica"]
    platform.query.wait_until(lambda: _replicas(platform.query, RECORDED, "rule_replica") == replicas, "both rulers")
    for ruler in platform.rulers:
        ruler.wait_until(partial(_is_healthy, ruler), "every evaluation")
        compiled = read_groups({"orders.yaml": yaml.safe_dump({"groups": GROUPS})}, of_thanos=["orders.yaml"])
        answer = {"data": {"groups": ruler.rule_groups()}}
        assert list(live_problems("Thanos", answer, compiled, added_labels=["cluster", "rule_replica"])) == []


def _is_healthy(ruler: Prometheus) -> bool:
    return {rule["health"] for rule in ruler.rules()} == {"ok"}


def test_both_rulers_send_one_alert_to_alertmanager(platform: Platform, alertmanager: Alertmanager) -> None:
    platform.query.wait_until(alertmanager.alerts, "an alert of the rulers")
    labels = {"alertname": QUEUE["alert"], "cluster": CLUSTER, "service_name": "checkout"}
    assert [each["labels"] for each in alertmanager.alerts()] == [{**labels, "severity": "warning", "owner": "shop"}]


def test_a_write_is_confirmed_and_answers_while_one_ingestor_is_down(platform: Platform) -> None:
    platform.ingestors[0].kill()
    platform.push("while_one_is_down", 5)
    assert platform.query.one("while_one_is_down")[1] == 5
    kept = _replicas(platform.query, "while_one_is_down", "receive_replica")
    assert kept == platform.replicas["receive_replica"][1:]


def test_what_was_pushed_answers_after_everything_was_killed(platform: Platform) -> None:
    platform.kill()
    platform.start()
    assert platform.query.one("while_one_is_down")[1] == 5
    platform.push("orders", 4)
    platform.query.one(f"{RECORDED} == 4")
    assert platform.query.query("count_over_time(orders[1h])") == [(RECEIVED, 2)]


def test_ingestors_and_rulers_upload_what_they_hold_with_the_labels_of_the_stack(
    platform: Platform, store: str
) -> None:
    # What an ingestor uploads as it ends lacks the sample of the latest time.
    platform.push("last", 0)
    for ingestor in platform.ingestors:
        ingestor.end()
    client = s3_client(store, REGION)
    platform.query.wait_until(lambda: len(_blocks(client)) >= INGESTORS + RULERS, "the blocks of each")
    tenant = {"cluster": CLUSTER, TENANT_LABEL: "default-tenant"}
    expected = [{**tenant, "receive_replica": name} for name in platform.replicas["receive_replica"]]
    expected += [{"cluster": CLUSTER, "rule_replica": name} for name in platform.replicas["rule_replica"]]
    assert sorted(sorted(labels.items()) for labels in _blocks(client)) == sorted(
        sorted(labels.items()) for labels in expected
    )


def test_the_bucket_answers_once_after_every_disk_was_lost(platform: Platform, store: str) -> None:
    compactor = platform.compact()
    client = s3_client(store, REGION)

    def is_merged() -> bool:
        return {"cluster": CLUSTER, TENANT_LABEL: "default-tenant"} in _blocks(client)

    compactor.wait_until(is_merged, "one block of the copies of the ingestors")
    platform.kill()
    platform.lose_disks()
    platform.start()
    platform.query.wait_until(partial(_holds_history, platform.query), "the blocks of the rulers")
    assert platform.query.query("count_over_time(orders[1h])") == [(RECEIVED, 2)]
    apart = platform.query.query("count_over_time(orders[1h])", dedup="false")
    assert (RECEIVED, 2) in apart, "the compactor has merged the copies of the ingestors"


def test_memcached_answers_for_index_and_results(platform: Platform, cache: Memcached | None) -> None:
    if cache is None:
        pytest.skip("needs memcached on PATH")
    asked = (HISTORY, BEGIN, BEGIN + BLOCK - 60, 60)
    first = platform.frontend.query_range(*asked)
    assert {float(value) for _, value in first[0]["values"]} == {7.0}
    platform.store.wait_until(lambda: cache.count("curr_items") > 0, "an entry in memcached")
    hits = cache.count("get_hits")

    def is_hit() -> bool:
        """Whether results and index come from memcached, which an earlier query may still be writing to."""
        assert platform.frontend.query_range(*asked) == first
        platform.query.query_range(*asked)
        results = platform.frontend.program.metrics().total("cortex_cache_hits_total", tripperware="query_range")
        return results > 0 and platform.store.metrics().total("thanos_store_index_cache_hits_total") > 0

    platform.store.wait_until(is_hit, "a hit of each cache")
    assert cache.count("get_hits") > hits


def _replicas(prometheus: Prometheus, expression: str, label: str) -> list[str]:
    return sorted(labels[label] for labels, _ in prometheus.query(expression, dedup="false"))


def _holds_history(prometheus: Prometheus) -> bool:
    return bool(prometheus.query(HISTORY, time=BEGIN + HOUR))


def _blocks(client: Any) -> list[Mapping[str, str]]:
    """Return the external labels of each block in the bucket."""
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=f"{RECEIVED_PREFIX}/")
    keys = [item["Key"] for page in pages for item in page.get("Contents", []) if item["Key"].endswith("/meta.json")]
    metas = [json.loads(client.get_object(Bucket=BUCKET, Key=key)["Body"].read()) for key in keys]
    return [meta["thanos"]["labels"] for meta in metas]
