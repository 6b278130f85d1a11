"""Labels and structured metadata with which Loki would reject every line are refused at preview."""

from typing import Any

import pytest

from components._log_labels import OTLP_INDEX_LABELS, IndexLabel
from tests.unit.config.stacks import load_whole, problems, source
from wiring.planned_components import planned_loki

NAME = "max_label_names_per_series"


def labels(count: int) -> dict[str, str]:
    return {f"label_{number}": "x" for number in range(count)}


def refused(**areas: Any) -> str:
    return problems(load_whole, **areas)


def accepted(**areas: Any) -> None:
    assert load_whole(source(**areas))


def test_seven_labels_beside_the_eight_of_the_pipeline_are_accepted_and_eight_are_not() -> None:
    accepted(telemetry={"extra_labels": labels(7)})
    message = refused(telemetry={"extra_labels": labels(8)})
    assert "observability:telemetry.extra_labels" in message and "have 16 index labels (app, cluster," in message
    assert f"at most 15 index labels (logging.limits.{NAME})" in message and "; remove 1 of extra_labels" in message
    assert f"pulumi config set --path observability:logging.limits.{NAME} 16 --stack test" in message


@pytest.mark.parametrize(
    "logging",
    [
        {"limits": {NAME: 16}},
        {"values": {"loki": {"limits_config": {NAME: 16}}}},
        {"limits": {NAME: 15}, "values": {"loki": {"structuredConfig": {"limits_config": {NAME: 16}}}}},
        {"tenant_limits": {"fake": {NAME: 16}}, "limits": {NAME: 15}},
    ],
)
def test_a_limit_that_the_stack_raises_is_in_force(logging: dict[str, Any]) -> None:
    accepted(telemetry={"extra_labels": labels(8)}, logging=logging)


def test_every_label_of_the_pipeline_counts() -> None:
    accepted(telemetry={"extra_labels": labels(3), "index_labels": list(IndexLabel)})
    assert "have 16 index labels" in refused(telemetry={"extra_labels": labels(4), "index_labels": list(IndexLabel)})
    accepted(telemetry={"extra_labels": labels(8), "log_source": "api"})
    assert "have 16 index labels" in refused(telemetry={"extra_labels": labels(9), "log_source": "api"})


def test_the_strictest_limit_of_the_tenants_in_use_counts() -> None:
    logging = {"tenants": ["a", "b", "c"], "tenant_limits": {"b": {NAME: 14}, "c": {NAME: 14}}}
    telemetry = {"extra_labels": labels(7), "logs_tenant": "a", "namespace_tenants": {"shop": "b"}}
    message = refused(logging=logging, telemetry=telemetry)
    assert f"at most 14 index labels (logging.tenant_limits.b.{NAME})" in message
    assert f"observability:logging.tenant_limits.b.{NAME} 15 --stack test" in message
    accepted(logging=logging, telemetry={**telemetry, "namespace_tenants": {}})


def test_a_limit_below_the_labels_of_the_pipeline_is_reported_at_the_limit() -> None:
    message = refused(logging={"limits": {NAME: 7}, "otlp_index_labels": ["service.name"]})
    assert f"logging.limits.{NAME} = 7: must be at least 8, as container logs have 8 index labels" in message
    assert "extra_labels" not in message


def test_labels_of_otlp_logs_count_against_the_limit_without_the_name_of_the_service() -> None:
    message = refused(logging={"limits": {NAME: 13}})
    assert f"logging.limits.{NAME} = 13: must be at least 14, as many as otlp_index_labels; raise it" in message
    assert f"observability:logging.limits.{NAME} 14" in message
    accepted(logging={"otlp_index_labels": ["service.name", *(f"a.{number}" for number in range(15))]})
    assert "remove 1 of the 16" in refused(logging={"otlp_index_labels": [f"a.{number}" for number in range(16)]})


def test_loki_indexes_the_labels_of_a_collector_that_sends_all_logs_by_otlp() -> None:
    telemetry: dict[str, Any] = {"extra_labels": {"team": "shop"}, "index_labels": ["namespace", "app"]}
    assert indexed(telemetry=telemetry) == [*OTLP_INDEX_LABELS]
    telemetry["engine"] = "otel-collector"
    labels = indexed(telemetry=telemetry)
    assert {"team", "namespace", "app", "cluster", "service.name"} <= {*labels}
    assert "pod" not in labels
    assert indexed(telemetry=telemetry, logging={"otlp_index_labels": ["service.name"]}) == ["service.name"]


def indexed(**areas: Any) -> list[str]:
    loki = planned_loki(load_whole(source(**areas)))
    assert loki
    return list(loki.otlp_index_labels)


def test_a_value_is_at_most_as_long_as_loki_takes() -> None:
    accepted(telemetry={"extra_labels": {"team": "\u00e9" * 1024}})
    message = refused(telemetry={"extra_labels": {"team": "\u00e9" * 1024 + "e"}})
    assert "observability:telemetry.extra_labels.team" in message
    assert "at most 2048 bytes (logging.limits.max_label_value_length)" in message and "and has 2049;" in message
    accepted(telemetry={"extra_labels": {"team": "e" * 2049}}, logging={"limits": {"max_label_value_length": 4096}})


def test_a_name_is_at_most_as_long_as_loki_takes() -> None:
    logging = {"limits": {"max_label_name_length": 64}}
    accepted(telemetry={"extra_labels": {"a" * 64: "x"}}, logging=logging)
    assert "and it has 65;" in refused(telemetry={"extra_labels": {"a" * 65: "x"}}, logging=logging)


@pytest.mark.parametrize("kind", ["json", "logfmt"])
def test_the_name_of_a_label_of_a_processor_is_not_longer_either(kind: str) -> None:
    def fields(length: int) -> dict[str, Any]:
        processor = {"kind": kind, "labels": {"a" * length: "field"}}
        return {"processors": {"fields": processor}, "pipelines": {"containers": {"processors": ["fields"]}}}

    logging = {"limits": {"max_label_name_length": 64}}
    accepted(telemetry=fields(64), logging=logging)
    message = refused(telemetry=fields(65), logging=logging)
    assert (
        f'observability:telemetry.processors.fields.labels.{"a" * 65} = "field": must have a name of at most' in message
    )
    assert f"pulumi config rm --path observability:telemetry.processors.fields.labels.{'a' * 65}" in message


def test_the_name_of_an_indexed_attribute_is_not_longer_either() -> None:
    logging: dict[str, Any] = {"limits": {"max_label_name_length": 64}}
    accepted(logging={**logging, "otlp_index_labels": ["service.name", "a" * 64]})
    message = refused(logging={**logging, "otlp_index_labels": ["service.name", "a" * 65]})
    assert "observability:logging.otlp_index_labels[1]" in message and "and it has 65;" in message


@pytest.mark.parametrize("area", [{"extra_labels": {"a__b": "x"}}, {"structured_metadata": ["a__b"]}])
def test_a_name_that_loki_rewrites_is_refused(area: dict[str, Any]) -> None:
    assert "must not have several _ in a row" in refused(telemetry=area)


def test_structured_metadata_is_limited_and_absent_where_loki_takes_none() -> None:
    limits = {"limits": {"max_structured_metadata_entries_count": 2}}
    accepted(telemetry={"structured_metadata": ["a", "b"]}, logging=limits)
    assert "remove 1 of the 3" in refused(telemetry={"structured_metadata": ["a", "b", "c"]}, logging=limits)
    accepted(logging={"structured_metadata": False})
    message = refused(logging={"structured_metadata": False}, telemetry={"structured_metadata": ["a"]})
    assert "must be empty with logging.structured_metadata false" in message
