"""The metrics generator's configuration and the names of what it writes."""

from components.tracing.metrics_generator import generated_metrics, generator_config, processor_config
from components.tracing.spec import Processor
from components.tracing.values import tempo_values
from tests.unit.tracing.specs import LAPTOP, spec


def test_each_processor_writes_the_metrics_that_dashboards_query() -> None:
    names = generated_metrics(tuple(Processor))
    for name in (
        "traces_service_graph_request_total",
        "traces_service_graph_request_failed_total",
        "traces_service_graph_request_server_seconds_bucket",
        "traces_spanmetrics_calls_total",
        "traces_spanmetrics_latency_bucket",
    ):
        assert name in names


def test_a_disabled_processor_writes_no_metrics() -> None:
    names = generated_metrics((Processor.SPAN_METRICS, Processor.LOCAL_BLOCKS))
    assert names and all(name.startswith("traces_spanmetrics_") for name in names)


def test_dimensions_become_labels_prefixed_by_client_and_server_in_service_graphs() -> None:
    config = processor_config(
        spec(span_metrics_dimensions=["http.method"], service_graph_dimensions=["service.namespace"])
    )
    assert config["span_metrics"] == {"dimensions": ["http.method"]}
    assert config["service_graphs"] == {"dimensions": ["service.namespace"], "enable_client_server_prefix": True}


def test_there_are_no_dimensions_by_default() -> None:
    config = processor_config(spec())
    assert config["span_metrics"]["dimensions"] == config["service_graphs"]["dimensions"] == []


def test_trace_queries_find_spans_of_every_kind_beyond_the_generators_memory() -> None:
    assert processor_config(spec())["local_blocks"] == {"filter_server_spans": False, "flush_to_storage": True}


def test_a_published_configuration_of_one_process_can_be_written() -> None:
    found = tempo_values(
        spec(
            LAPTOP,
            retention="336h",
            max_block_duration="5m",
            remote_write_url="http://prometheus.monitoring:9090/api/v1/write",
            external_labels={"source": "tempo", "cluster": "docker-compose"},
            service_graph_dimensions=["service.namespace"],
            span_metrics_dimensions=["http.method", "http.status_code", "service.version"],
        )
    )["tempo"]
    assert (found["retention"], found["ingester"]["max_block_duration"]) == ("336h", "300s")
    generator = found["metricsGenerator"]
    assert generator["registry"]["external_labels"] == {"source": "tempo", "cluster": "docker-compose"}
    assert generator["storage"]["remote_write"][0]["send_exemplars"] is True
    assert generator["processor"]["service_graphs"] == {
        "dimensions": ["service.namespace"],
        "enable_client_server_prefix": True,
    }
    assert generator["processor"]["span_metrics"]["dimensions"] == [
        "http.method",
        "http.status_code",
        "service.version",
    ]


def test_both_charts_take_the_same_sections() -> None:
    assert generator_config(spec()).keys() == generator_config(spec(LAPTOP)).keys()
