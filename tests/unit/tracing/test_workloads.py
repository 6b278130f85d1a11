"""Sizes and places of single workloads of Tempo."""

from typing import Any

import pytest

from components._spec import InvalidArgsError
from components.tracing.values import distributed_values
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
def test_each_has_what_is_said_of_it_and_the_others_do_not(role: str) -> None:
    args = {"workloads": {role: OWN}}
    values, without = (distributed_values(spec(base_of(role), **more)) for more in (args, {}))
    section = values[SECTIONS[role]]
    assert section["replicas"] == 4
    assert section["resources"]["requests"] == {"cpu": "3", "memory": "5Gi"}
    assert (section["nodeSelector"], section["tolerations"]) == ({"pool": "big"}, [{"key": "big"}])
    assert {key: value for key, value in values.items() if key != SECTIONS[role]} == {
        key: value for key, value in without.items() if key != SECTIONS[role]
    }


def test_what_gathers_spans_has_a_limit_and_a_volume_of_its_own() -> None:
    own = {"memory": "4Gi", "volume_size": "30Gi", "storage_class": "fast", "node_selector": {}}
    values = distributed_values(spec(workloads={"ingester": own, "metrics-generator": {"volume_size": "9Gi"}}))
    ingester = values["ingester"]
    assert ingester["resources"]["limits"] == {"memory": "4Gi"}
    assert ingester["extraEnv"][0] == {"name": "GOMEMLIMIT", "value": "3481MiB"}
    assert ingester["persistence"] == {"enabled": True, "size": "30Gi", "storageClass": "fast"}
    assert ingester["nodeSelector"] == {} and ingester["tolerations"], "what it leaves out is that of Tempo"
    assert ingester["replicas"] == 2
    assert values["metricsGenerator"]["persistence"]["size"] == "9Gi"


def test_the_scratch_volumes_of_tempo_3_differ_by_workload() -> None:
    values = distributed_values(spec(KAFKA, workloads={"live-store": {"volume_size": "40Gi"}}))
    sizes = {
        part: values[part]["extraVolumes"][0]["ephemeral"]["volumeClaimTemplate"]["spec"]["resources"]["requests"]
        for part in ("liveStore", "blockBuilder")
    }
    assert sizes == {"liveStore": {"storage": "40Gi"}, "blockBuilder": {"storage": "10Gi"}}


@pytest.mark.parametrize(
    ("base", "workloads", "sentence"),
    [
        (LAPTOP, {"querier": {"replicas": 2}}, "monolithic Tempo is one process: use cpu, memory and volume_size"),
        (ON_PREMISES, {"live-store": {"cpu": "1"}}, "live-store does not run here: there are distributor"),
        (KAFKA, {"ingester": {"cpu": "1"}}, "ingester does not run here"),
        (ON_PREMISES, {"gateway": {"cpu": "1"}}, "there is no gateway: set gateway to true"),
        (ON_PREMISES, {"ingester": {"replicas": 3}}, "set the replicas of Tempo itself"),
        (KAFKA, {"live-store": {"replicas": 3}}, "set partitions, as there is one for each"),
        (KAFKA, {"backend-scheduler": {"replicas": 2}}, "Tempo takes exactly one"),
        (ON_PREMISES, {"querier": {"volume_size": "1Gi"}}, "querier keeps nothing on a volume"),
        (ON_PREMISES, {"reader": {"cpu": "1"}}, "must be one of distributor, "),
    ],
)
def test_what_has_no_meaning_is_refused(base: dict[str, Any], workloads: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidArgsError, match=sentence):
        spec(base, workloads=workloads)
