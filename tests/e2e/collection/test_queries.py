"""The queries of logs that the documents show, on what was collected; their label `service` is `service_name` here."""

from __future__ import annotations

import json

import pytest

from tests.e2e.collection.agent import Agent
from tests.e2e.collection.reading import Reader

pytestmark = pytest.mark.e2e

MESSAGES = {"timeout": 3, "connection refused": 2, "unknown customer": 1}
"""Of errors, and how often each occurs."""
DURATIONS = range(100, 10_100, 100)


@pytest.fixture(scope="module")
def api(agent: Agent, logs: Reader) -> Reader:
    """Loki with the lines of a service that logs JSON, and of one that was killed for its memory."""
    log = agent.log_of(agent.run_pod("shop", "api", labels={"app": "api"}))
    errors = [message for message, times in MESSAGES.items() for _ in range(times)]
    log.write(
        *(json.dumps({"level": "error", "message": message, "duration_ms": 6000}) for message in errors),
        *(json.dumps({"level": "info", "message": "served", "duration_ms": duration}) for duration in DURATIONS),
        json.dumps({"level": "info", "message": "probe of /health", "duration_ms": 1}),
    )
    agent.log_of(agent.run_pod("shop", "hungry", labels={"app": "hungry"})).write("java was OOMKilled")
    petclinic = {"app": "spring-petclinic"}
    agent.log_of(agent.run_pod("shop", "petclinic", labels=petclinic)).write("Started PetClinicApplication")
    logs.wait_for('{pod=~"api|hungry|petclinic"}', len(errors) + len(DURATIONS) + 3)
    return logs


def test_the_logs_of_an_app_are_found(api: Reader) -> None:
    assert list(api.texts('{app="spring-petclinic"}')) == ["Started PetClinicApplication"]


def test_lines_are_filtered_by_text_field_and_level(api: Reader) -> None:
    errors = sum(MESSAGES.values())
    slow = sum(1 for duration in DURATIONS if duration > 5000)
    assert len(api.entries('{service_name="api"} |= "error"')) == errors
    assert len(api.entries('{service_name="api"} | json | level="error"')) == errors
    assert len(api.entries('{service_name="api", level="error"}')) == errors
    assert len(api.entries('{service_name="api"} != "/health"')) == errors + len(DURATIONS)
    assert len(api.entries('{service_name="api"} |~ "timeout|connection refused"')) == errors - 1
    assert len(api.entries('{service_name="api"} | json | level="info" | duration_ms > 5000')) == slow
    shown = api.texts('{service_name="api"} | json | level="error" | line_format "{{.message}} ({{.duration_ms}}ms)"')
    assert shown["timeout (6000ms)"] == MESSAGES["timeout"]


def test_lines_are_counted_by_service(api: Reader) -> None:
    counted = api.vector('sum(count_over_time({service_name="api"} |= "error" [10m]))')
    assert counted == [({}, float(sum(MESSAGES.values())))]
    rates = api.vector('sum by (service_name) (rate({job="shop/main"} [10m]))')
    sizes = api.vector('sum by (service_name) (bytes_over_time({job="shop/main"} [10m]))')
    for series in (rates, sizes):
        assert {"api", "hungry", "spring-petclinic"} <= {labels["service_name"] for labels, value in series if value}


def test_the_99th_percentile_of_a_duration_is_computed(api: Reader) -> None:
    selected = '{service_name="api", level="info"} | json | unwrap duration_ms | __error__=""'
    ((_, value),) = api.vector(f"max(quantile_over_time(0.99, {selected} [10m]))")
    assert 9_800 <= value <= 10_000


def test_the_most_frequent_errors_are_found(api: Reader) -> None:
    found = api.vector('topk(2, sum by (message) (count_over_time({service_name="api"} | json | level="error" [10m])))')
    assert {labels["message"]: value for labels, value in found} == {"timeout": 3, "connection refused": 2}


def test_a_process_without_memory_is_detected(api: Reader) -> None:
    found = api.vector('sum by (app) (count_over_time({job=~".+"} |= "OOM" [10m])) > 0')
    assert found == [({"app": "hungry"}, 1.0)]
