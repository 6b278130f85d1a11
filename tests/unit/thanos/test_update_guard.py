"""Updates of an applied Thanos that are refused."""

from typing import Any

import pytest

from components.thanos.objstore_file import LOCATION, location
from components.thanos.spec import GuardedChange, ThanosObjectStoreSpec, ThanosSpec
from components.thanos.update_guard import location_problems, update_problems
from components.thanos.values import thanos_values
from tests.unit.thanos.specs import WHOLE, spec, store


def problems(old: ThanosSpec, new: ThanosSpec, *allowed: GuardedChange) -> list[str]:
    return update_problems(thanos_values(old), thanos_values(new), allowed=allowed)


def inputs(of: ThanosObjectStoreSpec) -> dict[str, Any]:
    return {"metadata": {"annotations": {LOCATION: location(of)}}}


@pytest.mark.parametrize(
    "change",
    [{"bucket": "other"}, {"bucket_prefix": "thanos"}, {"endpoint": "https://s3.example.org"}, {"region": "us-east-1"}],
)
def test_the_place_of_the_blocks_cannot_change(change: dict[str, Any]) -> None:
    old, new = inputs(store()), inputs(store(**change))
    (problem,) = location_problems(old, new)
    assert problem.startswith('bucket = "') and "must not change from" in problem
    assert 'allow_changes ["location"]' in problem
    assert not location_problems(old, new, allowed=[GuardedChange.LOCATION])


def test_the_address_of_a_store_may_be_written_otherwise_and_its_keys_may_change() -> None:
    keys = {"access_key_id": "a", "secret_access_key": "b"}
    old = inputs(store(endpoint="https://s3.example.org"))
    assert location_problems(old, inputs(store(endpoint="https://S3.example.org:443/", **keys))) == []
    assert location_problems({}, old) == [], "a Secret of an earlier version"


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ({}, {"replica_labels": ["replica"]}, "replica_labels = "),
        (WHOLE, {**WHOLE, "external_labels": {"cluster": "other"}}, "external_labels = "),
        (WHOLE, {**WHOLE, "external_labels": {}}, "external_labels = "),
    ],
)
def test_labels_of_blocks_cannot_change(before: dict[str, Any], after: dict[str, Any], change: str) -> None:
    (problem,) = problems(spec(**before), spec(**after))
    assert problem.startswith(change) and 'allow_changes ["labels"]' in problem
    assert not problems(spec(**before), spec(**after), GuardedChange.LABELS)


def test_a_further_replica_label_hides_nothing() -> None:
    assert problems(spec(), spec(replica_labels=["prometheus_replica", "replica"])) == []


def test_a_compactor_beside_another_one_is_stopped_first() -> None:
    old, new = spec(compactor=False), spec()
    (problem,) = problems(old, new)
    assert problem.startswith("compactor = true: must not change from false") and "exactly 1 compactor" in problem
    assert not problems(old, new, GuardedChange.COMPACTOR)
    assert not problems(new, old), "another one takes its place"


@pytest.mark.parametrize(("downsampled", "kept"), [(True, "13d"), (False, "47h")])
def test_a_retention_below_the_need_of_a_resolution_is_refused_whatever_sets_it(downsampled: bool, kept: str) -> None:
    old = thanos_values(spec(downsampling=downsampled, retention="395d"))
    flags = [flag for flag in old["compact"]["extraArgs"] if "resolution-raw" not in flag]
    new = {**old, "compact": {**old["compact"], "extraArgs": [*flags, f"--retention.resolution-raw={kept}"]}}
    (problem,) = update_problems(old, new)
    assert problem.startswith("retention_raw = ") and "from" in problem
    assert update_problems(new, new) == [], "it is so already"


def test_a_retention_may_shrink_to_its_need() -> None:
    assert problems(spec(retention="395d"), spec(retention="14d")) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"volume_size": "20Gi"}, "volume_size"),
        ({"storage_class": "gp3"}, "storage_class"),
    ],
)
def test_volume_claim_templates_cannot_change(change: dict[str, Any], field: str) -> None:
    found = problems(spec(**WHOLE), spec(**WHOLE, **change))
    parts = ("store-gateway", "compact", "rule", "receive-ingestor")
    assert [problem.split(" = ")[0] for problem in found] == [f"workloads.{part}.{field}" for part in parts]
    assert all("immutable" in problem for problem in found)
    assert not problems(spec(**WHOLE), spec(**WHOLE, **change), GuardedChange.VOLUMES)


def test_parts_may_come_and_go() -> None:
    assert problems(spec(), spec(**{**WHOLE, "replicas": 1})) == []
    assert problems(spec(**WHOLE), spec()) == []
