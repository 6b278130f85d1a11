"""Sizes and nodes of single workloads of Tempo."""

from typing import Any

import pytest

from components._spec import REMOVE, InvalidArgsError
from components.tracing.values import distributed_values
from tests.fixes import fix_of
from tests.unit.tracing.specs import KAFKA, LAPTOP, ON_PREMISES, spec

SECTIONS = {
    "distributor": "distributor",
    "querier": "querier",
    "query-frontend": "queryFrontend",
    "compactor": "compactor",
    "metrics-generator": "metricsGenerator",
    "backend-worker": "backendWorker",
}
OWN = {"replicas": 4, "cpu": "3", "memory": "5Gi", "node_selector": {"pool": "big"}, "tolerations": [{"key": "big"}]}


def base_of(role: str) -> dict[str, Any]:
    return KAFKA if role == "backend-worker" else ON_PREMISES


@pytest.mark.parametrize("role", SECTIONS)
def test_settings_of_a_workload_change_that_workload_alone(role: str) -> None:
    args = {"workloads": {role: OWN}}
    values, without = (distributed_values(spec(base_of(role), **more)) for more in (args, {}))
    section = values[SECTIONS[role]]
    assert section["replicas"] == 4
    assert section["resources"]["requests"] == {"cpu": "3", "memory": "5Gi"}
    assert (section["nodeSelector"], section["tolerations"]) == ({"pool": "big"}, [{"key": "big"}])
    assert {key: value for key, value in values.items() if key != SECTIONS[role]} == {
        key: value for key, value in without.items() if key != SECTIONS[role]
    }


def test_workloads_that_hold_data_have_limits_and_volumes_of_their_own() -> None:
    own = {"memory": "4Gi", "volume_size": "30Gi", "storage_class": "fast", "node_selector": {}}
    values = distributed_values(spec(workloads={"ingester": own, "metrics-generator": {"volume_size": "9Gi"}}))
    ingester = values["ingester"]
    assert ingester["resources"]["limits"] == {"memory": "4Gi"}
    assert ingester["extraEnv"][0] == {"name": "GOMEMLIMIT", "value": "3481MiB"}
    assert ingester["persistence"] == {"enabled": True, "size": "30Gi", "storageClass": "fast"}
    assert ingester["nodeSelector"] == {} and ingester["tolerations"], "settings that it leaves out are those of Tempo"
    assert ingester["replicas"] == 2
    assert values["metricsGenerator"]["persistence"]["size"] == "9Gi"


def test_the_ephemeral_volumes_of_tempo_3_differ_by_workload() -> None:
    values = distributed_values(spec(KAFKA, workloads={"live-store": {"volume_size": "40Gi"}}))
    sizes = {
        part: values[part]["extraVolumes"][0]["ephemeral"]["volumeClaimTemplate"]["spec"]["resources"]["requests"]
        for part in ("liveStore", "blockBuilder")
    }
    assert sizes == {"liveStore": {"storage": "40Gi"}, "blockBuilder": {"storage": "10Gi"}}


@pytest.mark.parametrize(
    ("base", "workloads", "place", "fix"),
    [
        (LAPTOP, {"querier": {"replicas": 2}}, "querier", {}),
        (ON_PREMISES, {"live-store": {"cpu": "1"}}, "live-store", {}),
        (KAFKA, {"ingester": {"cpu": "1"}}, "ingester", {}),
        (ON_PREMISES, {"querier": {"volume_size": "1Gi"}}, "querier.volume_size", {}),
        (KAFKA, {"backend-scheduler": {"replicas": 2}}, "backend-scheduler.replicas", {}),
        (ON_PREMISES, {"ingester": {"replicas": 3}}, "ingester.replicas", {}),
        ({**ON_PREMISES, "replicas": 1}, {"ingester": {"replicas": 3}}, "ingester.replicas", {"replicas": 3}),
        (KAFKA, {"live-store": {"replicas": 4}}, "live-store.replicas", {"partitions": 4}),
        (KAFKA, {"block-builder": {"replicas": 4}}, "block-builder.replicas", {"partitions": 4}),
        ({**KAFKA, "partitions": 6}, {"live-store": {"replicas": 4}}, "live-store.replicas", {}),
    ],
)
def test_a_setting_without_effect_is_refused_with_its_place_and_fix(
    base: dict[str, Any], workloads: dict[str, Any], place: str, fix: dict[str, Any]
) -> None:
    with pytest.raises(InvalidArgsError) as raised:
        spec(base, workloads=workloads)
    (problem,) = raised.value.problems
    assert problem.field == f"workloads.{place}"
    assert fix_of(problem) == {f"workloads.{place}": REMOVE, **fix}


def test_settings_of_a_gateway_need_one() -> None:
    own = {"gateway": {"cpu": "1"}}
    with pytest.raises(InvalidArgsError) as raised:
        spec(workloads=own)
    (problem,) = raised.value.problems
    assert problem.field == "workloads.gateway" and fix_of(problem) == {"gateway": True}
    assert spec(workloads=own, gateway=True) and spec(workloads=own, tls_secret="tempo-tls")


def test_a_workload_that_tempo_does_not_have_is_refused() -> None:
    with pytest.raises(InvalidArgsError, match="must be one of distributor, "):
        spec(workloads={"reader": {"cpu": "1"}})
