"""The metrics generator's configuration and the names of what it writes."""

from components.tracing.generator import processor_config, written_by
from components.tracing.spec import Processor
from tests.unit.tracing.specs import spec


def test_each_processor_names_the_metrics_that_dashboards_ask_for() -> None:
    names = written_by(tuple(Processor))
    for name in (
        "traces_service_graph_request_total",
        "traces_service_graph_request_failed_total",
        "traces_service_graph_request_server_seconds_bucket",
        "traces_spanmetrics_calls_total",
        "traces_spanmetrics_latency_bucket",
    ):
        assert name in names


def test_a_processor_that_is_off_names_nothing() -> None:
    names = written_by((Processor.SPAN_METRICS, Processor.LOCAL_BLOCKS))
    assert names and all(name.startswith("traces_spanmetrics_") for name in names)


def test_dimensions_become_labels_and_those_of_edges_tell_their_two_sides_apart() -> None:
    config = processor_config(
        spec(span_metrics_dimensions=["http.method"], service_graph_dimensions=["service.namespace"])
    )
    assert config["span_metrics"] == {"dimensions": ["http.method"]}
    assert config["service_graphs"] == {"dimensions": ["service.namespace"], "enable_client_server_prefix": True}


def test_no_label_is_added_unasked() -> None:
    config = processor_config(spec())
    assert config["span_metrics"]["dimensions"] == config["service_graphs"]["dimensions"] == []


def test_trace_queries_find_spans_of_every_kind_beyond_the_generators_memory() -> None:
    assert processor_config(spec())["local_blocks"] == {"filter_server_spans": False, "flush_to_storage": True}
