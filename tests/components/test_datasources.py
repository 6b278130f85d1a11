"""The ConfigMaps that `Datasources` registers."""

from typing import Any

import pulumi
import pytest
import yaml
from pulumi_random import RandomPassword

from components._spec import InvalidArgsError
from components.datasources import Datasources, DatasourcesArgs
from tests.recording import UNKNOWN, Registered, record

CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
ARGS: DatasourcesArgs = {
    "namespace": "grafana",
    "logs_url": "http://loki-gateway.logging",
    "traces_url": "http://tempo.tracing:3200",
}
METRICS: dict[str, Any] = {"provision_metrics": True, "metrics_url": "http://prometheus.metrics"}


def build(name: str = "links", **more: Any) -> Datasources:
    args: Any = {**ARGS, **more}
    return Datasources(name, args)


def metadata(config_map: Registered) -> Any:
    return config_map.plain()["metadata"]


def test_each_datasource_is_a_config_map_that_the_sidecar_finds() -> None:
    recording = record(lambda: {"names": build().config_maps})
    logs, traces = recording.one(CONFIG_MAP, "links-logs"), recording.one(CONFIG_MAP, "links-traces")
    assert [metadata(made)["name"] for made in (logs, traces)] == [
        "grafana-datasource-loki",
        "grafana-datasource-tempo",
    ]
    assert all(metadata(made)["labels"]["grafana_datasource"] == "1" for made in (logs, traces))
    assert recording.outputs["names"] == ["grafana-datasource-loki", "grafana-datasource-tempo"]


def test_no_two_files_share_a_name_in_the_directory_of_the_sidecar() -> None:
    recording = record(lambda: build(**METRICS))
    keys = [key for made in recording.of_type(CONFIG_MAP) for key in made.plain()["data"]]
    assert len(keys) == len(set(keys)) == 3


def test_each_config_map_can_live_beside_its_backend() -> None:
    recording = record(
        lambda: {"namespaces": build(logs_namespace="tracing", traces_namespace="logging", **METRICS).namespaces}
    )
    assert recording.outputs["namespaces"] == ["grafana", "logging", "tracing"]
    places = {made.name: metadata(made)["namespace"] for made in recording.of_type(CONFIG_MAP)}
    assert places == {"links-logs": "tracing", "links-traces": "logging", "links-metrics": "grafana"}


def test_prometheus_of_another_stack_is_linked_to_but_not_made() -> None:
    generated = ["traces_service_graph_request_total", "traces_service_graph_request_failed_total"]
    recording = record(lambda: build(metrics_uid="P1809F7CD0C75ACF3", generated_metrics=generated))
    assert recording.names() >= {"links-logs", "links-traces"}
    assert "links-metrics" not in recording.names()
    (file,) = recording.one(CONFIG_MAP, "links-traces").plain()["data"].values()
    data = yaml.safe_load(file)["datasources"][0]["jsonData"]
    assert data["serviceMap"] == {"datasourceUid": "P1809F7CD0C75ACF3"}
    assert data["tracesToMetrics"]["datasourceUid"] == "P1809F7CD0C75ACF3"


def test_the_metrics_output_is_empty_without_metrics() -> None:
    assert record(lambda: {"uid": build(metrics_uid="").metrics_uid}).outputs == {"uid": ""}


def test_the_component_is_parent_of_every_resource() -> None:
    recording = record(build)
    component = recording.one("observability:index:Datasources")
    assert {made.parent for made in recording.of_type(CONFIG_MAP)} == {component.urn}


def test_the_namespace_is_created_by_create_namespace_alone() -> None:
    assert record(build).of_type(":Namespace") == []
    assert metadata(record(lambda: build(create_namespace=True)).one(":Namespace"))["name"] == "grafana"


def test_an_address_that_is_not_known_yet_leaves_the_topology_known() -> None:
    unknown = frozenset({"random:index/randomPassword:RandomPassword.result"})
    recording = record(lambda: build(logs_url=RandomPassword("late", length=8).result), preview=True, unknown=unknown)
    for signal, product in (("logs", "loki"), ("traces", "tempo")):
        made = recording.one(CONFIG_MAP, f"links-{signal}")
        assert metadata(made)["name"] == f"grafana-datasource-{product}"
        assert made.plain()["data"] == {f"grafana-datasource-{product}.yaml": UNKNOWN}


def test_an_output_is_checked_once_it_is_resolved() -> None:
    interval = pulumi.Output.from_input("soon")
    only_metrics: dict[str, Any] = {"logs_uid": "", "traces_uid": "", "provision_metrics": True}
    with pytest.raises(InvalidArgsError, match=r'scrape_interval = "soon": '):
        record(lambda: build(**only_metrics, metrics_url="http://prometheus.metrics", scrape_interval=interval))


def test_two_sets_live_side_by_side() -> None:
    def two() -> None:
        build("one")
        build("two", logs_uid="loki-two", traces_uid="tempo-two", logs_name="Loki two", traces_name="Tempo two")

    names = [metadata(made)["name"] for made in record(two).of_type(CONFIG_MAP)]
    assert len(names) == len(set(names)) == 4
