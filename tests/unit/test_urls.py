"""Addresses of other servers: which draw a warning, and that components log it."""

from typing import Any

import pulumi
import pytest
from pydantic import BaseModel

from components import Telemetry
from components.urls import (
    LokiPushUrl,
    OptionalAlertmanagerUrls,
    OptionalQueryUrl,
    OptionalRemoteWriteUrl,
    OtlpUrl,
    address_warnings,
)
from tests.recording import record_component
from tests.unit.telemetry.examples import BACKENDS


class Addresses(BaseModel):
    """One address of each kind, each right by default."""

    write: OptionalRemoteWriteUrl = "http://p:9090/api/v1/write"
    otlp: OtlpUrl = "http://p:9090/api/v1/otlp"
    query: OptionalQueryUrl = "http://p:9090"
    push: LokiPushUrl = "http://loki/loki/api/v1/push"
    alerts: OptionalAlertmanagerUrls = "http://am:9093"


@pytest.mark.parametrize(
    ("field", "url"),
    [
        ("write", ""),
        ("write", "http://mimir/api/v1/push"),
        ("write", "http://vminsert:8480/insert/0/prometheus/api/v1/write/"),
        ("write", "http://thanos-receive:19291/api/v1/receive"),
        ("write", "https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-0/api/v1/remote_write"),
        ("write", "https://prometheus-prod-01.grafana.net/api/prom/push"),
        ("write", "https://m.ingest.monitor.azure.com/streams/x/api/v1/write?api-version=2023-04-24"),
        ("write", "https://gateway.example.org/acme/in"),
        ("otlp", "http://p:9090"),
        ("otlp", "http://mimir/otlp"),
        ("otlp", "http://vminsert:8480/insert/0/opentelemetry"),
        ("query", "http://mimir/prometheus"),
        ("query", "https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-0"),
        ("query", "https://monitoring.googleapis.com/v1/projects/acme/location/global/prometheus"),
        ("push", "https://logs-prod-01.grafana.net/loki/api/v1/push"),
        ("push", "http://loki/api/prom/push"),
        ("push", "http://vlogs:9428/insert/loki/api/v1/push"),
        ("alerts", "http://am-0:9093/alertmanager,http://am-1:9093/alertmanager"),
        ("alerts", "http://_http._tcp.alertmanager-operated.monitoring"),
    ],
)
def test_the_addresses_of_known_stores_draw_no_warning(field: str, url: str) -> None:
    assert list(address_warnings(Addresses.model_validate({field: url}))) == []


@pytest.mark.parametrize(
    ("field", "url", "end", "api", "right"),
    [
        ("write", "http://p:9090/api/v1/query", "/api/v1/query", "queries of metrics", "/api/v1/write in Prometheus"),
        ("write", "http://p:9090/api/v1/otlp", "/api/v1/otlp", "OTLP", "/api/v1/push in Mimir"),
        ("write", "http://loki/loki/api/v1/push", "/loki/api/v1/push", "pushes to Loki", "/api/v1/receive in Thanos"),
        (
            "otlp",
            "http://p:9090/api/v1/write",
            "/api/v1/write",
            "Prometheus remote write",
            "/api/v1/otlp in Prometheus",
        ),
        (
            "otlp",
            "http://p/api/v1/otlp/v1/metrics",
            "/v1/metrics",
            "one signal of OTLP",
            "; set http://p/api/v1/otlp",
        ),
        ("query", "http://p/x/api/v1/query_range", "/api/v1/query_range", "queries of metrics", "; set http://p/x"),
        ("query", "http://p:9090/api/v1", "/api/v1", "queries of metrics", "; set http://p:9090"),
        ("query", "http://loki/loki/api/v1/push", "/loki/api/v1/push", "pushes to Loki", "; set http://loki"),
        ("push", "http://loki/otlp", "/otlp", "OTLP", "/loki/api/v1/push"),
        ("push", "http://mimir/api/v1/push", "/api/v1/push", "Prometheus remote write", "/loki/api/v1/push"),
        (
            "alerts",
            "http://a,http://am:9093/x/api/v2/alerts",
            "/api/v2/alerts",
            "alerts of Alertmanager",
            "; set http://am:9093/x",
        ),
    ],
)
def test_the_address_of_another_api_draws_a_warning_with_the_right_one(
    field: str, url: str, end: str, api: str, right: str
) -> None:
    (warning,) = address_warnings(Addresses.model_validate({field: url}))
    stated, _, advice = warning.partition(f", and ends with {end}, the path of {api}; ")
    assert stated.startswith(f'{field} = "{url.rpartition(",")[2]}": should be the ')
    assert right in f"; {advice}"


@pytest.mark.parametrize(("field", "url"), [("write", "http://p:9090/"), ("push", "http://loki-gateway.logging")])
def test_an_address_that_is_used_as_it_is_needs_a_path(field: str, url: str) -> None:
    (warning,) = address_warnings(Addresses.model_validate({field: url}))
    assert warning.startswith(f'{field} = "{url}": should be the whole URL of ')
    assert ", and has no path; set the one that ends with " in warning


def test_the_query_of_an_address_is_not_logged() -> None:
    (warning,) = address_warnings(Addresses(write="http://p/api/v1/query?code=hunter2"))
    assert "hunter2" not in warning


@pytest.mark.parametrize("known_later", [False, True])
def test_a_component_logs_its_warnings_at_preview(monkeypatch: pytest.MonkeyPatch, known_later: bool) -> None:
    logged: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", lambda message, resource=None: logged.append(message))
    url: Any = "http://p:9090/api/v1/otlp/v1/metrics"
    address = pulumi.Output.from_input(url) if known_later else url
    record_component(Telemetry, {**BACKENDS, "metrics_otlp_url": address}, preview=True)
    assert [message.partition(": ")[0] for message in logged] == [f'metrics_otlp_url = "{url}"']
