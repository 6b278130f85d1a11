"""Every value that the component sets is one that the chart knows, in every generation, mode and choice."""

from itertools import product
from typing import Any

import pytest

from components.tracing.values import tempo_values
from tests.unit.tracing.charts import chart_files
from tests.unit.tracing.specs import KAFKA, LAPTOP, ON_PREMISES, spec
from tools.contract.chart_values import findings

SHAPES: dict[str, dict[str, Any]] = {
    "laptop": LAPTOP,
    "monolithic": {"bucket": "prod", "endpoint": "https://s3.example.org"},
    "ingesters": ON_PREMISES,
    "old-ingesters": {**ON_PREMISES, "chart_version": "1.61.0"},
    "kafka": KAFKA,
    "kafka-login": {**KAFKA, "kafka_credentials_secret": "kafka", "partitions": 1},
}
RECEIVERS = (["otlp"], ["otlp", "jaeger", "zipkin"])
CHOICES: tuple[dict[str, Any], ...] = (
    {},
    {"remote_write_url": ""},
    {"limits": {"ingestion_rate_limit_bytes": 30_000_000, "max_bytes_per_trace": 10_000_000}},
    {"span_metrics_dimensions": ["http.method"], "service_graph_dimensions": ["service.namespace"]},
)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("receivers", "choice"), list(product(RECEIVERS, CHOICES)))
def test_the_chart_knows_every_value(shape: str, receivers: list[str], choice: dict[str, Any]) -> None:
    checked = spec(SHAPES[shape], receivers=receivers, **choice)
    unknown = [str(finding) for finding in findings("tempo", tempo_values(checked), chart_files(checked))]
    assert unknown == []


@pytest.mark.parametrize("shape", ["ingesters", "old-ingesters", "kafka"])
def test_the_chart_knows_the_values_of_the_gateway(shape: str) -> None:
    checked = spec(SHAPES[shape], gateway=True)
    assert [str(finding) for finding in findings("tempo", tempo_values(checked), chart_files(checked))] == []
