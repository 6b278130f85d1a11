"""Every value that the component sets is one that the chart reads, in every version and mode."""

from itertools import product
from typing import Any

import pytest

from components.tracing.modes import TEMPO_2_VERSIONS
from components.tracing.values import tempo_values
from tests.real_charts import require_files
from tests.unit.tracing.specs import KAFKA, LAPTOP, ON_PREMISES, spec
from tools.contract.chart_values import findings

SPECS: dict[str, dict[str, Any]] = {
    "laptop": LAPTOP,
    "monolithic": {"bucket": "prod", "endpoint": "https://s3.example.org"},
    "ingesters": ON_PREMISES,
    "old-ingesters": {**ON_PREMISES, "chart_version": TEMPO_2_VERSIONS[-1]},
    "kafka": KAFKA,
    "kafka-login": {**KAFKA, "kafka_credentials_secret": "kafka", "partitions": 1},
}
RECEIVERS = (["otlp"], ["otlp", "jaeger", "zipkin"])
OPTIONS: tuple[dict[str, Any], ...] = (
    {},
    {"remote_write_url": ""},
    {"limits": {"ingestion_rate_limit_bytes": 30_000_000, "max_bytes_per_trace": 10_000_000}},
    {"span_metrics_dimensions": ["http.method"], "service_graph_dimensions": ["service.namespace"]},
)


@pytest.mark.parametrize("name", SPECS)
@pytest.mark.parametrize(("receivers", "options"), list(product(RECEIVERS, OPTIONS)))
def test_the_chart_reads_every_value(name: str, receivers: list[str], options: dict[str, Any]) -> None:
    checked = spec(SPECS[name], receivers=receivers, **options)
    unknown = [
        str(finding)
        for finding in findings("tempo", tempo_values(checked), require_files(checked.chart, checked.chart_version))
    ]
    assert unknown == []


@pytest.mark.parametrize("name", ["ingesters", "old-ingesters", "kafka"])
def test_the_chart_reads_the_values_of_the_gateway(name: str) -> None:
    checked = spec(SPECS[name], gateway=True)
    assert [
        str(finding)
        for finding in findings("tempo", tempo_values(checked), require_files(checked.chart, checked.chart_version))
    ] == []
